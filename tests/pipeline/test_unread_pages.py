"""Unread is unknown: only a page that was read was seen; what is absent is data before it is a removal."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.stages.publish import rebuild
from tests.pipeline.commands import Caller
from tests.pipeline.shores import DAILY, NOT_THERE, find_day, open_shore, wall
from tests.site.content import make_project
from tests.site.server import Answer

pytestmark = pytest.mark.slow

MAINTENANCE = wall("Site under maintenance", "We are doing scheduled maintenance and will be back shortly.")
LOG_IN = wall("Log in", "Enter your username and password to go on.", "Username", "Password", "Forgot your password?")
SHELL = Answer(
    b'<html><head><title>IOM</title></head><body><div id="root"></div><script src="/a.js"></script></body></html>'
)


@pytest.mark.parametrize("answer", [MAINTENANCE, LOG_IN, SHELL], ids=["maintenance", "log-in", "shell"])
def test_a_removed_page_that_answers_without_being_read_is_not_back(answer: Answer, tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        path = shore.add_news(8)[0]
        there = shore.pages[path]
        shore.live(0)
        for day in (1, 2):
            shore.live(day, {path: NOT_THERE})
        assert shore.count_states() == {"gone": 1, "live": 7}
        for day in (3, 4):
            shore.live(day, {path: answer})
            assert shore.count_states() == {"gone": 1, "live": 7}
        assert shore.list_changes() == [(path, "removed")]
        ((reason, since, n_captures, document),) = shore.ask(
            "SELECT reason, since::DATE::VARCHAR, n_captures, document_id "
            "FROM v1.quarantine JOIN v1.coverage USING (page_key)"
        )
        assert (bool(reason), since, n_captures) == (True, "2026-01-04", 2)
        assert document.endswith(path)
        assert (
            shore.ask_one(f"SELECT last_seen_at::DATE::VARCHAR FROM v1.news WHERE url LIKE '%{path}'") == "2026-01-01"
        )
        shore.pages[path] = there
        shore.live(5)
        assert shore.list_changes() == [(path, "removed"), (path, "restored")]
        assert shore.ask("FROM v1.quarantine") == []


def test_an_answer_that_was_not_read_between_two_absences_is_no_sighting(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        path = shore.add_news(8)[0]
        for day, overlay in enumerate(({}, {path: NOT_THERE}, {path: SHELL}, {path: NOT_THERE})):
            shore.live(day, overlay)
        assert shore.ask("SELECT gone_from::DATE::VARCHAR, confirmed_at::DATE::VARCHAR FROM v1.removals") == [
            ("2026-01-02", "2026-01-04")
        ]


ABSENCES = """
SELECT page_key = document_id, seen_at::DATE::VARCHAR, http_status, ended_at::DATE::VARCHAR, ended_by FROM v1.absences
"""


def test_pages_that_were_absent_once_and_are_back_are_told(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        paths = shore.add_news(40)[:10]
        shore.live(0)
        shore.live(1, dict.fromkeys(paths, Answer(b"gone", status=410)))
        assert shore.ask(ABSENCES) == [(True, "2026-01-02", 410, None, None)] * 10
        shore.live(2)
        assert shore.ask(ABSENCES) == [(True, "2026-01-02", 410, "2026-01-03", "seen")] * 10
        assert shore.ask("FROM v1.removals") == []


def test_an_absence_that_is_confirmed_stays_told_when_the_page_is_back(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        path = shore.add_news(8)[0]
        for day, overlay in enumerate(({}, {path: NOT_THERE}, {path: NOT_THERE}, {})):
            shore.live(day, overlay)
        assert shore.ask(ABSENCES) == [(True, "2026-01-02", 404, "2026-01-03", "confirmed")]


def test_an_address_that_never_was_a_page_is_not_absent(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        shore.add_news(8)
        shore.listed = [shore.url(path) for path in [*shore.pages, "/news/never-there"]]
        shore.live(0)
        assert shore.ask_one("SELECT count(*) FROM v1.fetches WHERE outcome = 'not_found' AND kind = 'news'") == 1
        assert shore.ask("FROM v1.absences") == []


def test_a_removal_is_confirmed_by_a_crawl_that_is_some_minutes_early(tmp_path: Path) -> None:
    with open_shore(tmp_path, f"{DAILY}[removal]\nhours_apart = 24\n") as shore:
        path = shore.add_news(8)[0]
        early = timedelta(minutes=7) / timedelta(days=1)
        for day, overlay in ((0, {}), (1, {path: NOT_THERE}), (2 - early, {path: NOT_THERE})):
            shore.live(day, overlay)
        assert shore.ask(
            "SELECT confirmed_at < ?::TIMESTAMP FROM v1.removals".replace("?", f"'{find_day(2):%F %T}'")
        ) == [(True,)]


def test_every_total_says_that_a_page_could_not_be_read(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        path = shore.add_projects(4)[0]
        shore.add_news(4)
        shore.live(0)
        shore.live(1, {path: MAINTENANCE})
    caller = Caller(shore.folder.root)
    assert "4 projects, 4 news pages, 4 project versions, 4 news versions, 1 unread page" in caller.succeed("status")
    (total,) = json.loads(caller.succeed("sql", "--query", "budget_total", "--format", "json"))
    assert (total["n_projects"], total["n_pages_unread"]) == (4, 1)
    caller.succeed("report", "-o", str(tmp_path / "report"))
    home = (tmp_path / "report" / "index.html").read_text()
    assert "<title>1 answered, could not be read</title>" in home
    assert "in 4 projects that state a budget; 1 page of a project could not be read at all" in home


def test_after_a_second_extractor_release_each_change_is_counted_once(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        path = shore.add_projects(6)[2]
        shore.live(0)
        shore.add(replace(make_project(2), title="Lanterns for the harbour of the north"), path)
        shore.live(1)
        assert shore.list_changes() == [(path, "edited")]
        changes = shore.ask("SELECT document_id, changed_at, change_kind, field, old, new FROM v1.changes")
        content = shore.ask("SELECT * EXCLUDE (known_from, extractor) FROM v1.project_versions ORDER BY ALL")
        # An older reader that missed what is regional, as a demonstration has one: two releases read each capture.
        shore.folder.invented.touch()
        rebuild(shore.folder, now=find_day(1.2), threads=1)
        assert shore.ask("SELECT release FROM v1.releases ORDER BY ALL") == [(0,), (1,)]
        # Seven versions, and what the older one believed of the four that are regional.
        assert shore.ask("SELECT count(*), count(DISTINCT known_from) FROM v1.project_versions_bitemporal") == [(11, 2)]
        assert shore.list_changes() == [(path, "edited")]
        assert changes == shore.ask("SELECT document_id, changed_at, change_kind, field, old, new FROM v1.changes")
        assert content == shore.ask("SELECT * EXCLUDE (known_from, extractor) FROM v1.project_versions ORDER BY ALL")
