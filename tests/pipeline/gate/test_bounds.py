"""Where the gate's patience ends: each of its numbers below, at and above its value."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.verdict import Decision, JudgedPage, SiteRun
from pipeline.gate.judge import judge_runs
from pipeline.gate.judgement import Judgement
from pipeline.gate.rules import Expectations
from pipeline.gate.verdicts import find_streaks
from tests.pipeline.gate.test_judge import FIELDS, judge, make_page, make_run, rules, unchanged_since

MORNING = datetime(2026, 1, 5, 6, tzinfo=UTC)
POOR = FIELDS - {"budget_amount"}


def pages(count: int, first: int = 0, **changes: Any) -> list[JudgedPage]:
    return [make_page(number, **changes) for number in range(first, first + count)]


def judge_second(known: int, *, spoilt: int, new: int = 0, **changes: Any) -> Judgement:
    """The verdict on the second crawl of ``known`` pages, where the first ``spoilt`` (and all ``new``) are changed."""
    again = [*pages(spoilt, **changes), *pages(known - spoilt, spoilt), *pages(new, 1000, **changes)]
    return judge(make_run("first", pages(known)), make_run("second", again))[1]


def judge_filled(filled: int, of: int, share: float) -> Judgement:
    """The verdict on a first crawl of a site that expects a share of pages with a budget."""
    run = make_run("first", [*pages(filled), *pages(of - filled, filled, filled=POOR)])
    return judge_runs([run], lambda _run: Expectations(fill_rates={"budget_amount": share}))[0]


@pytest.mark.parametrize(("listed", "rejecting"), [(19, {"minimum_pages"}), (20, set()), (21, set())])
def test_fewer_pages_than_the_site_file_expects_are_too_few(listed: int, rejecting: set[str]) -> None:
    assert rules(judge(make_run("first", pages(20), n_listed=listed), minimum=20)[0]) == rejecting


@pytest.mark.parametrize(
    ("usual", "listed", "rejecting"),
    [(20, 13, {"pages_listed"}), (20, 14, set()), (20, 15, set()), (5, 2, {"pages_listed"}), (5, 3, set())],
)
def test_a_listing_may_lose_three_tenths_and_always_two_pages(usual: int, listed: int, rejecting: set[str]) -> None:
    past = make_run("first", pages(20), n_listed=usual)
    assert rules(judge(past, replace(past, run_id="second", n_listed=listed))[1]) == rejecting


@pytest.mark.parametrize(
    ("past", "fewest"),
    [([40, 50], 28), ([40, 50, 40, 45, 44, 41], 31)],
    ids=["of two the smaller", "of more the middle of the last five"],
)
def test_how_many_pages_a_site_usually_lists(past: list[int], fewest: int) -> None:
    crawls = [make_run(f"{number:02}", pages(20), n_listed=listed) for number, listed in enumerate(past)]
    for listed, is_accepted in ((fewest, True), (fewest - 1, False)):
        *before, verdict = judge(*crawls, make_run("newest", pages(20), n_listed=listed))
        assert all(one.is_accepted for one in before)
        assert verdict.is_accepted is is_accepted, listed


@pytest.mark.parametrize(
    ("unknown", "answered", "rejecting"),
    [(2, 0, set()), (3, 0, {"reach"}), (3, 3, {"reach"}), (3, 4, set()), (4, 3, {"reach"})],
)
def test_three_fetches_and_half_of_all_that_tell_nothing_are_too_many(
    unknown: int, answered: int, rejecting: set[str]
) -> None:
    silent = {f"example.org/project/silent-{n}": f"https://example.org/project/silent-{n}" for n in range(unknown)}
    run = make_run("first", pages(answered), unknown={"timeout": silent})
    assert rules(judge(run)[0]) == rejecting


A_FIFTH = [(8, 2, False), (14, 3, True), (15, 3, True), (16, 3, False), (20, 4, True), (3, 3, True), (2, 2, False)]
"""Pages known, pages spoilt, and whether that is a pattern: three pages, and a fifth of the known ones."""


@pytest.mark.parametrize(("known", "spoilt", "is_pattern"), A_FIFTH)
@pytest.mark.parametrize(
    ("changes", "rule"),
    [({"layout": None}, "reading"), ({"filled": POOR}, "field_lost")],
    ids=["no longer read", "lost a field"],
)
def test_three_pages_and_a_fifth_of_the_known_ones_are_too_many(
    known: int, spoilt: int, is_pattern: bool, changes: dict[str, Any], rule: str
) -> None:
    assert rules(judge_second(known, spoilt=spoilt, **changes)) == ({rule} if is_pattern else set())


@pytest.mark.parametrize(("known", "spoilt", "is_pattern"), A_FIFTH)
@pytest.mark.parametrize(
    ("changes", "rule"),
    [({"layout": "project/2"}, "layout"), ({"n_unmapped": 1}, "unmapped")],
    ids=["another layout", "unknown labels"],
)
def test_three_pages_and_a_fifth_of_the_known_ones_are_worth_a_look(
    known: int, spoilt: int, is_pattern: bool, changes: dict[str, Any], rule: str
) -> None:
    verdict = judge_second(known, spoilt=spoilt, **changes)
    assert verdict.is_accepted
    assert [warning.rule for warning in verdict.warnings] == ([rule] if is_pattern else [])


@pytest.mark.parametrize(("unchanged", "rejecting"), [(12, {"reading"}), (13, set())])
def test_pages_answered_as_unchanged_are_among_those_that_read(unchanged: int, rejecting: set[str]) -> None:
    since = unchanged_since("first", range(3, 3 + unchanged))
    run = make_run("second", pages(3, layout=None), unchanged=since, n_listed=16)
    assert rules(judge(make_run("first", pages(16)), run)[1]) == rejecting


def test_two_unread_pages_of_an_accepted_crawl_count_again_when_they_are_answered_unchanged() -> None:
    first = make_run("first", pages(15))
    second = make_run("second", [*pages(2, layout=None), *pages(13, 2)])
    unchanged = unchanged_since("second", range(2)) | unchanged_since("first", range(3, 15))
    third = make_run("third", pages(1, 2, layout=None), unchanged=unchanged, n_listed=15)
    verdicts = judge(first, second, third)
    assert [verdict.is_accepted for verdict in verdicts] == [True, True, False]
    assert rules(verdicts[2]) == {"reading"}


NEW_PAGES = [(4, 0, False), (5, 0, True), (5, 4, True), (5, 5, False), (6, 5, True)]
"""New pages that are poor, new pages that are not, and whether that is a pattern: five, and more than half."""


@pytest.mark.parametrize(("poor", "good", "is_pattern"), NEW_PAGES)
@pytest.mark.parametrize(
    ("changes", "rule"),
    [({"layout": None}, "reading"), ({"filled": POOR}, "field_lost")],
    ids=["do not read", "lack a field"],
)
def test_five_new_pages_and_more_than_half_of_them_are_too_many(
    poor: int, good: int, is_pattern: bool, changes: dict[str, Any], rule: str
) -> None:
    again = [*pages(20), *pages(poor, 1000, **changes), *pages(good, 2000)]
    verdict = judge(make_run("first", pages(20)), make_run("second", again))[1]
    assert rules(verdict) == ({rule} if is_pattern else set())


@pytest.mark.parametrize(("filled", "rejecting"), [(17, set()), (18, {"field_lost"}), (19, {"field_lost"})])
def test_new_pages_must_have_what_nine_of_ten_known_ones_have(filled: int, rejecting: set[str]) -> None:
    known = [*pages(filled), *pages(20 - filled, filled, filled=POOR)]
    again = make_run("second", [*known, *pages(5, 1000, filled=POOR)])
    assert rules(judge(make_run("first", known), again)[1]) == rejecting


@pytest.mark.parametrize(
    ("filled", "of", "share", "rejecting"),
    [
        (0, 4, 1.0, set()),
        (0, 5, 1.0, {"fill_rate"}),
        (4, 5, 1.0, {"fill_rate"}),
        (5, 5, 1.0, set()),
        (8, 10, 0.9, {"fill_rate"}),
        (9, 10, 0.9, set()),
        (1, 5, 0.2, set()),
        (9, 20, 0.45, set()),
        (8, 20, 0.45, {"fill_rate"}),
        (0, 5, 0.0, set()),
    ],
)
def test_of_five_pages_on_the_site_files_share_must_state_a_field(
    filled: int, of: int, share: float, rejecting: set[str]
) -> None:
    assert rules(judge_filled(filled, of, share)) == rejecting


@pytest.mark.parametrize(
    ("known", "changed", "rejecting"),
    [(9, 9, set()), (10, 10, {"changes"}), (20, 10, {"changes"}), (21, 10, set()), (21, 11, {"changes"})],
)
def test_ten_pages_and_half_of_all_that_say_something_new_are_too_many(
    known: int, changed: int, rejecting: set[str]
) -> None:
    assert rules(judge_second(known, spoilt=changed, content_sha256="changed")) == rejecting
    since = unchanged_since("first", range(changed, known))
    run = make_run("second", pages(changed, content_sha256="changed"), unchanged=since, n_listed=known)
    assert rules(judge(make_run("first", pages(known)), run)[1]) == rejecting, "unchanged answers count as pages"


@pytest.mark.parametrize(
    ("known", "rekeyed", "rejecting"),
    [(3, 2, set()), (3, 3, {"keys"}), (30, 3, {"keys"}), (31, 3, set()), (31, 4, {"keys"})],
)
def test_three_pages_and_a_tenth_of_the_known_ones_under_another_id_are_too_many(
    known: int, rekeyed: int, rejecting: set[str]
) -> None:
    assert rules(judge_second(known, spoilt=rekeyed, key="XX.0001")) == rejecting


@pytest.mark.parametrize(
    ("known", "gone", "rejecting"),
    [(2, 2, set()), (3, 3, {"absence"}), (10, 3, {"absence"}), (11, 3, set()), (11, 4, {"absence"})],
)
def test_three_pages_and_three_tenths_of_the_known_ones_gone_at_once_are_too_many(
    known: int, gone: int, rejecting: set[str]
) -> None:
    absent = frozenset(page.page_key for page in pages(gone))
    run = make_run("second", pages(known - gone, gone), absent=absent, n_listed=known)
    assert rules(judge(make_run("first", pages(known)), run)[1]) == rejecting


def judge_import_of_poor_pages(taken_at: datetime, *, by: str = "warc") -> Judgement:
    """The verdict on an import of poor pages beside good ones that ``by`` read in the morning."""
    good = make_run("good", pages(5, observed_at=MORNING), source=by)
    poor = make_run("poor", pages(5, filled=POOR, observed_at=taken_at), source="warc")
    return judge(good, poor)[1]


@pytest.mark.parametrize("by", ["warc", "crawl"])
@pytest.mark.parametrize(("seconds", "rejecting"), [(-1, set()), (0, set()), (1, {"field_lost"})])
def test_an_import_is_compared_with_what_was_read_before_it_and_not_at_its_instant(
    seconds: int, rejecting: set[str], by: str
) -> None:
    assert rules(judge_import_of_poor_pages(MORNING + timedelta(seconds=seconds), by=by)) == rejecting


def test_an_import_is_not_compared_with_itself() -> None:
    earlier = pages(5, observed_at=MORNING)
    later = pages(5, filled=POOR, observed_at=MORNING + timedelta(days=1))
    assert rules(judge(make_run("both", [*earlier, *later], source="warc"))[0]) == set()


def crawls(*rejected: bool) -> list[SiteRun]:
    """One crawl a day of a minimum of 20 pages, each with enough or too few."""
    return [make_run(f"{day:02}", pages(20), n_listed=10 if too_few else 20) for day, too_few in enumerate(rejected)]


@pytest.mark.parametrize(
    ("rejected", "in_streak", "has_good_state"),
    [
        ((True,), ["00"], False),
        ((False, True), ["01"], True),
        ((False, True, True), ["01", "02"], True),
        ((True, False, True), ["02"], True),
        ((True, False), None, None),
    ],
)
def test_a_streak_is_of_the_crawls_since_the_last_accepted_one(
    rejected: tuple[bool, ...], in_streak: list[str] | None, has_good_state: bool | None
) -> None:
    streaks = find_streaks(judge(*crawls(*rejected), minimum=20))
    found = [([verdict.run_id for verdict in streak.rejected], streak.has_good_state) for streak in streaks]
    assert found == ([] if in_streak is None else [(in_streak, has_good_state)])


def test_a_streak_ends_when_a_person_rejects_its_newest_crawl() -> None:
    decision = Decision(MORNING, "reject", "we know", "me", run_id="02")
    verdicts = judge(*crawls(False, True, True), minimum=20, decisions=(decision,))
    assert find_streaks(verdicts) == []
