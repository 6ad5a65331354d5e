"""One memory: what only a rejected crawl saw is open until a later crawl, or a person, settles it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.archive.runs import iter_fetches
from pipeline.gate.judgement import decide_run
from pipeline.stages.crawl import run_crawl
from pipeline.stages.publish import rebuild
from tests.pipeline.shores import MONTHLY, NOT_THERE, Shore, find_day, open_shore
from tests.site.server import Answer

pytestmark = pytest.mark.slow

DOWN = Answer(b"<h1>Down</h1>", status=503)


@pytest.fixture
def shore(tmp_path: Path) -> Iterator[Shore]:
    """Nineteen pages, read on day 0 and due again on day 30."""
    with open_shore(tmp_path, MONTHLY) as shore:
        shore.add_news(19)
        shore.live(0)
        yield shore


def lose(shore: Shore, n_pages: int = 6) -> list[str]:
    """So many pages are gone from the site, and from its sitemap."""
    paths = list(shore.pages)[:n_pages]
    for path in paths:
        shore.pages[path] = NOT_THERE
    shore.listed = [shore.url(path) for path in shore.pages if path not in paths]
    return paths


def asked_on(shore: Shore, day: float) -> set[str]:
    """The pages that the crawl of a day asked for."""
    stamp = f"{find_day(day):%Y%m%dT%H%M%SZ}"
    (run,) = shore.folder.archive.glob(f"{stamp}-*")
    return {fetch.url.removeprefix(shore.server.root) for fetch in iter_fetches(run) if fetch.kind == "news"}


def test_a_third_of_a_small_site_that_goes_is_asked_for_daily_and_settled_by_the_second_day(shore: Shore) -> None:
    gone = lose(shore)
    first = shore.live(30)
    assert shore.find_rings(30) == ["gate:loop:news"]
    assert shore.count_states() == {"live": 19}
    second = shore.live(31)
    assert set(gone) <= asked_on(shore, 31)
    assert shore.find_rings(31) == []
    assert shore.count_states() == {"gone": 6, "live": 13}
    assert {verdict.verdict for verdict in second.verdicts} == {"accepted"}
    assert first.rejected[0].run_id in second.describe(), "it is told"
    assert shore.ask("SELECT DISTINCT gone_from::DATE = DATE '2026-01-31' FROM v1.removals") == [(True,)]
    assert rebuild(shore.folder, now=find_day(32), threads=1).content_sha256 == second.content_sha256
    for day in (32, 61, 92):
        assert all(verdict.is_accepted for verdict in shore.live(day).verdicts), "and it is no news again"
        assert shore.find_rings(day) == []


def test_pages_that_are_back_on_the_second_day_were_never_gone(shore: Shore) -> None:
    there = dict(shore.pages)
    lose(shore)
    shore.live(30)
    shore.pages, shore.listed = there, None
    shore.live(31)
    assert shore.find_rings(31) == []
    assert shore.count_states() == {"live": 19}
    assert shore.list_changes() == []


def test_the_incident_stays_open_while_nobody_knows(shore: Shore) -> None:
    gone = lose(shore)
    shore.live(30)
    shore.live(31, dict.fromkeys(gone, DOWN))
    assert shore.find_rings(31) == ["gate:loop:news"]
    assert shore.count_states() == {"live": 19}
    shore.live(32)
    assert shore.find_rings(32) == []
    assert shore.count_states() == {"gone": 6, "live": 13}


def test_most_of_a_site_that_goes_waits_for_a_person_who_settles_it_with_one_word(shore: Shore) -> None:
    lose(shore, 12)
    for day in (30, 31, 32):
        shore.live(day)
        assert shore.find_rings(day) == ["gate:loop:news"]
    finding = shore.find_gate(32)[0]
    named = finding.remedy.split()[3]
    decide_run(shore.folder, named, accept=True, why="they closed it", who="me", now=find_day(32.5))
    shore.publish(33)
    assert shore.find_rings(33) == []
    assert shore.count_states() == {"gone": 12, "live": 7}
    assert {verdict.verdict for verdict in shore.publications[-1].verdicts} == {"accepted"}
    shore.live(34)
    assert shore.find_rings(34) == []


@pytest.mark.parametrize("place", [0, 1, 2])
def test_whichever_crawl_of_the_streak_is_accepted_all_are(place: int, shore: Shore) -> None:
    lose(shore, 12)
    runs = [shore.live(day).rejected[0].run_id for day in (30, 31, 32)]
    decide_run(shore.folder, runs[place], accept=True, why="they closed it", who="me", now=find_day(32.5))
    shore.publish(33)
    assert shore.ask_one("SELECT count(*) FROM v1.runs WHERE verdict = 'rejected'") == 0
    assert shore.count_states() == {"gone": 12, "live": 7}


def test_a_decision_says_nothing_of_a_later_crawl_that_is_bad_in_another_way(shore: Shore) -> None:
    lose(shore, 12)
    first = shore.live(30).rejected[0].run_id
    shore.live(31, dict.fromkeys(shore.pages, DOWN))
    decide_run(shore.folder, first, accept=True, why="they closed it", who="me", now=find_day(31.5))
    shore.publish(32)
    assert shore.find_rings(32) == ["gate:loop:news"]
    assert "reach" in {reason.rule for reason in shore.publications[-1].rejected[0].rejecting}


def test_an_unread_page_is_asked_for_again_the_next_day(shore: Shore) -> None:
    (path,) = list(shore.pages)[:1]
    shore.live(30, {path: Answer(b"<html><body><div id=app></div><script>x()</script></body></html>")})
    shore.live(31)
    assert asked_on(shore, 31) == {path}
    assert shore.ask("FROM v1.quarantine") == []


def test_the_process_that_crawls_is_told_what_is_open(shore: Shore) -> None:
    gone = lose(shore)
    shore.live(30)
    shore.serve({})
    report = run_crawl(
        "loop",
        sites=shore.root / "sites",
        folder=shore.folder,
        now=find_day(31),
        on_progress=lambda _: None,
        on_log=lambda _: None,
    )
    assert report.counts["not_found"] >= len(gone)
    assert set(gone) <= asked_on(shore, 31)
    shore.publish(31)
    assert shore.count_states() == {"gone": 6, "live": 13}
