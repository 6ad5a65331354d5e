"""show, history and diff as they are called: what one page said, and the versions of its document."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.pipeline.cli.conftest import Iomdb


def test_show_gives_the_capture_closest_to_an_instant(iomdb: Iomdb) -> None:
    shown = json.loads(iomdb("show", "https://www.iom.int/project/guards", "--at", "2026-01-20", "--json").output)
    assert shown["memento"]["captured_at"] == "2026-01-19T00:00:01Z"
    assert (shown["record"]["status"], shown["record"]["budget_amount"]) == ("completed", "150000.01")
    page = iomdb("show", "PR.0157", "--at", "2026-01-06").output
    assert "captured 2026-01-05T00:00:01Z, closest to 2026-01-06T00:00:00Z" in page
    assert "8 captures, after: 2026-01-12T00:00:01Z" in page
    assert re.search(r"^status +active$", page, re.MULTILINE)


def test_show_tells_what_the_very_page_said_and_beside_it_which_version_was_valid(iomdb: Iomdb) -> None:
    french = iomdb("show", "https://www.iom.int/fr/node/44").output
    assert re.search(r"^lang +fr$", french, re.MULTILINE)
    assert re.search(r"^status +completed$", french, re.MULTILINE)
    assert "read from iom.int/project/river; this capture differs in title, lang, start_date" in french
    english = iomdb("show", "CD.0200", "--at", "2026-01-06").output
    assert "CD.0200 at 2026-01-06T00:00:00Z: on the site, version 1 from 2026-01-05" in english
    assert "as this capture says" in english


def test_show_of_a_page_that_is_gone_shows_what_it_last_said_and_says_since_when(iomdb: Iomdb) -> None:
    shown = json.loads(iomdb("show", "CT.0300", "--json").output)
    assert shown["memento"]["captured_at"][:10] == "2026-02-02"
    assert (shown["version"]["is_gone"], shown["version"]["valid_from"][:10]) == (True, "2026-02-09")
    assert "CT.0300 now: gone, version 2 from 2026-02-09" in iomdb("show", "CT.0300").output
    before = iomdb("show", "CT.0300", "--at", "2026-02-08").output
    assert "CT.0300 at 2026-02-08T00:00:00Z: on the site, version 1" in before


def test_show_of_a_rejected_runs_capture_is_asked_for_by_its_id_and_says_so(iomdb: Iomdb) -> None:
    rows = json.loads(iomdb("sql", "FROM v1.timemap('https://haiti.iom.int/news/storm')", "--json").output)
    assert "Access denied" not in iomdb("show", "https://haiti.iom.int/news/storm").output
    blocked = iomdb("show", rows[-1]["capture_id"]).output
    assert "nothing is published from it" in blocked
    assert "Access denied" in blocked
    assert iomdb("show", rows[-1]["capture_id"], "--at", "2026-01-01").exit_code == 2


def test_show_names_what_is_near_where_nothing_is(iomdb: Iomdb) -> None:
    answer = iomdb("show", "PR.0156")
    assert answer.exit_code == 2
    assert "did you mean PR.0157" in answer.output


def test_history_lists_versions(iomdb: Iomdb) -> None:
    lines = iomdb("history", "CE.0100").output.splitlines()
    assert lines[0] == "project · CE.0100"
    assert [line.split()[:1] + line.split()[-5:-4] for line in lines[3:]] == [["1"], ["2"], ["3"]] or len(lines) == 6
    (found,) = json.loads(iomdb("history", "CE.0100", "--json").output)
    assert [version["change_kind"] for version in found["versions"]] == ["created", "removed", "restored"]


def test_history_tells_the_sites_edits_also_where_a_newer_release_reads_the_page_otherwise(iomdb: Iomdb) -> None:
    lines = iomdb("history", "PR.0157").output.splitlines()
    assert [name[:10] for name in lines[1].split()[3:7]] == ["site_chang", "site_chang", "change_kin", "changed_fi"]
    assert all(word in line for word, line in zip(["created", "end_date", "budget_am"], lines[3:], strict=True))
    (found,) = json.loads(iomdb("history", "PR.0157", "--json").output)
    assert found["versions"][1]["site_changed_fields"] == ["end_date", "status"]
    assert "change_kind" not in iomdb("history", "CE.0100").output, "nothing is read otherwise: one story is enough"


def test_diff_tells_field_by_field(iomdb: Iomdb) -> None:
    page = iomdb("diff", "PR.0157", "2", "3").output
    assert "budget_amount\n- 150000.01\n+ 160000.01\n" in page
    found = json.loads(iomdb("diff", "PR.0157", "2026-01-06", "2026-01-20", "--json").output)
    assert (found["before"], found["after"]) == (1, 2)
    assert {one["field"] for one in found["differences"]} == {"status", "end_date", "end_year"}
