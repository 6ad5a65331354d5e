"""On which day a page is asked for again, told by ledgers alone: each number of the rhythm below, at and above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from contracts.outcomes import Outcome
from contracts.run import CaptureRef, make_run_id
from crawler.archive.volumes import Original
from crawler.archive.writer import RunWriter
from crawler.disk import Scratch
from crawler.session.frontier import Found, Frontier, iter_due, may_validate
from crawler.session.history import read_history
from tests.crawler.crawling import site_of
from tests.crawler.runs import NOON, make_exchange, make_fetch, page_url

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
FORGIVEN = 0.1
"""The part of an interval by which a crawl may come early."""
PAGE = page_url(1)
SITE = 'name = "Example"\nhosts = ["example.org"]\n'


@dataclass(frozen=True)
class Answer:
    """What the page answered, ``days`` after the first: a whole body, 304 to the newest of them, or not there."""

    days: float
    outcome: Outcome = Outcome.FETCHED
    words: int = 1


def seen(days: float, words: int = 1) -> Answer:
    return Answer(days, words=words)


def unchanged(days: float) -> Answer:
    return Answer(days, Outcome.UNCHANGED)


def absent(days: float) -> Answer:
    return Answer(days, Outcome.NOT_FOUND)


def write_runs(archive: Path, answers: Sequence[Answer]) -> None:
    """One sealed run for each answer."""
    newest: Original | None = None
    for answer in answers:
        now = NOON + answer.days * DAY
        run_id = make_run_id(now, "loop", b"x")
        with RunWriter.open(archive, run_id, source="crawl", site="loop", started_at=now) as writer:
            exchange = replace(make_exchange(answer.words), url=PAGE, fetched_at=now)
            capture: CaptureRef | None = None
            if answer.outcome is Outcome.UNCHANGED:
                assert newest is not None
                capture = writer.write_revisit(exchange, newest, not_modified=True)
            elif answer.outcome is Outcome.FETCHED:
                capture = writer.write_exchange(exchange)
                newest = Original(capture.capture_id, PAGE, now, capture.payload_sha256)
            fetch = make_fetch(exchange, capture, answer.outcome)
            writer.write_fetch(msgspec.structs.replace(fetch, site="loop", etag='"1"'))
            writer.seal(ended_at=now, sealed_at=now, complete=True)


def is_asked(archive: Path, now: datetime, more: str = "", *, named: bool = False) -> bool:
    """Whether a crawl at this time would ask for the page; ``named`` by a sitemap."""
    site = site_of(SITE + more)
    with Scratch(archive) as scratch:
        past, frontier = read_history(archive, "loop", scratch, now), Frontier(scratch, site)
        if named:
            frontier.add_found("news", Found(PAGE, "sitemap"))
        return [page.found.url for page in iter_due(site, "news", frontier, past, is_wanted=site.allows, now=now)] == [
            PAGE
        ]


def check_first_asked(archive: Path, after: Answer, interval: float, more: str = "", *, named: bool = False) -> None:
    """The page is asked for from ``interval`` days after an answer on, and not a second earlier."""
    moment = NOON + (after.days + interval) * DAY
    asked = [is_asked(archive, moment + step * SECOND, more, named=named) for step in (-1, 0, 1)]
    assert asked == [False, True, True]


@pytest.mark.parametrize("more", ["", "[recrawl]\nolder_every_days = 50\nages = []\n"], ids=["default", "site file's"])
def test_a_tenth_of_the_interval_is_forgiven_to_a_crawl_that_comes_early(tmp_path: Path, more: str) -> None:
    answers = [seen(-400), unchanged(0)]
    write_runs(tmp_path, answers)
    check_first_asked(tmp_path, answers[-1], (50 if more else 30) * (1 - FORGIVEN), more)


@pytest.mark.parametrize(
    ("age", "every"),
    [(13.999, 1), (14, 7), (89.999, 7), (90, 30), (400, 30)],
)
@pytest.mark.parametrize("step", [-1, 0])
def test_a_page_of_this_age_is_asked_for_every_so_many_days(tmp_path: Path, age: float, every: int, step: int) -> None:
    """Its age is that of the crawl that asks, not of the answer before."""
    now = NOON + age * DAY
    checked = now - step * SECOND - every * (1 - FORGIVEN) * DAY
    write_runs(tmp_path, [seen(0), unchanged((checked - NOON) / DAY)])
    assert is_asked(tmp_path, now) is (step == 0)


def test_age_counts_from_the_last_change(tmp_path: Path) -> None:
    answers = [seen(-400), seen(0, words=2)]
    write_runs(tmp_path, answers)
    check_first_asked(tmp_path, answers[-1], 1 - FORGIVEN)


def test_a_page_that_is_absent_is_asked_for_again_when_that_can_confirm_it_and_no_earlier(tmp_path: Path) -> None:
    answers = [seen(-400), absent(0)]
    write_runs(tmp_path, answers)
    check_first_asked(tmp_path, answers[-1], 1 - FORGIVEN)
    check_first_asked(tmp_path, answers[-1], 3 * (1 - FORGIVEN), "[removal]\nhours_apart = 72\n")
    check_first_asked(tmp_path, answers[-1], 3 * (1 - FORGIVEN), "[removal]\nhours_apart = 72\n", named=True)


@pytest.mark.parametrize(
    ("apart", "answers", "interval"),
    [(0.89, 2, 0.9), (0.9, 2, 27), (1, 2, 27), (1, 3, 0.9), (30, 3, 0.9)],
    ids=["not far enough apart", "a tenth early", "confirmed", "one answer too few", "one answer too few for long"],
)
def test_absence_is_confirmed_by_answers_enough_and_far_enough_apart(
    tmp_path: Path, apart: float, answers: int, interval: float
) -> None:
    given = [seen(-400), absent(0), absent(apart)]
    write_runs(tmp_path, given)
    check_first_asked(tmp_path, given[-1], interval, f"[removal]\nanswers = {answers}\n")


@pytest.mark.parametrize(("first", "interval"), [(12.9, 0.9), (13.1, 6.3), (83, 6.3), (84, 27)], ids=str)
def test_a_page_that_is_gone_and_still_named_has_the_age_of_its_absence(
    tmp_path: Path, first: float, interval: float
) -> None:
    given = [seen(-400), absent(-first), absent(0)]
    write_runs(tmp_path, given)
    check_first_asked(tmp_path, given[-1], interval, named=True)


@pytest.mark.parametrize("full", [90, 10])
def test_validators_are_sent_until_the_last_whole_body_is_so_old(tmp_path: Path, full: int) -> None:
    write_runs(tmp_path, [seen(0), unchanged(1)])
    now = NOON + full * DAY
    with Scratch(tmp_path) as scratch:
        known = read_history(tmp_path, "loop", scratch, now).pages.find(PAGE)
    site = site_of(SITE + ("" if full == 90 else f"[recrawl]\nfull_every_days = {full}\n"))
    every = timedelta(days=site.file.recrawl.full_every_days)
    assert [may_validate(known, every, now + step * SECOND) for step in (-1, 0, 1)] == [True, False, False]


def test_a_page_whose_newest_answer_is_no_part_of_the_record_is_asked_for_again_the_next_day(tmp_path: Path) -> None:
    write_runs(tmp_path, [seen(-400), absent(-50), absent(-2), absent(0)])
    site = site_of(SITE)
    for hours, expected in ((21.5, []), (21.6, [PAGE])):
        now = NOON + timedelta(hours=hours)
        with Scratch(tmp_path) as scratch:
            past = read_history(tmp_path, "loop", scratch, now, frozenset({("news", site.page_key(PAGE))}))
            due = iter_due(site, "news", Frontier(scratch, site), past, is_wanted=site.allows, now=now)
            assert [page.found.url for page in due] == expected
