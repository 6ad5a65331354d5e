"""The gate stops garbage and lets genuine change through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from contracts.verdict import Decision, JudgedPage, SiteRun
from pipeline.gate.judge import judge_runs
from pipeline.gate.judgement import Judgement
from pipeline.gate.rules import Expectations

FIELDS = frozenset({"title", "projects_id", "budget_amount", "countries"})


def make_page(number: int, **changes: object) -> JudgedPage:
    page = JudgedPage(
        page_key=f"example.org/project/{number}",
        url=f"https://example.org/project/{number}",
        layout="project/1",
        key=f"TC.{number:04}",
        filled=FIELDS,
        content_sha256=f"content {number}",
    )
    return replace(page, **changes)  # type: ignore[arg-type]  # the names are JudgedPage's own


def make_run(name: str, pages: Iterable[JudgedPage], **changes: object) -> SiteRun:
    run = SiteRun(run_id=name, source="crawl", site="example", kind="project", pages=tuple(pages))
    run = replace(run, n_listed=len(run.pages))
    return replace(run, **changes)  # type: ignore[arg-type]  # the names are SiteRun's own


def judge(*runs: SiteRun, decisions: tuple[Decision, ...] = (), minimum: int = 0) -> list[Judgement]:
    return judge_runs(runs, lambda _run: Expectations(minimum_pages=minimum), decisions)


def decide(run_id: str, decision: Literal["accept", "reject"], why: str, site: str | None = None) -> Decision:
    return Decision(datetime(2026, 11, 22, tzinfo=UTC), decision, why, "ana", run_id=run_id, site=site)


def unchanged_since(run_id: str, numbers: Iterable[int]) -> dict[str, frozenset[str]]:
    return {run_id: frozenset(f"example.org/project/{number}" for number in numbers)}


def urls_of(run: SiteRun) -> dict[str, str]:
    return {page.page_key: page.url for page in run.pages}


FIRST = make_run("first", [make_page(n) for n in range(20)])


def rules(verdict: Judgement) -> set[str]:
    return {reason.rule for reason in verdict.rejecting}


def test_a_first_run_is_accepted() -> None:
    assert judge(FIRST)[0].is_accepted


def test_a_first_run_below_the_minimum_of_the_site_file_is_rejected() -> None:
    assert rules(judge(FIRST, minimum=21)[0]) == {"minimum_pages"}


def test_the_same_pages_again_are_accepted() -> None:
    assert judge(FIRST, replace(FIRST, run_id="second"))[1].is_accepted


def test_block_pages_on_all_pages_are_rejected_and_named() -> None:
    blocked = make_run("second", [], unknown={"block_page": urls_of(FIRST)}, n_listed=20)
    verdict = judge(FIRST, blocked)[1]
    assert rules(verdict) == {"reach"}
    assert "20 of 20 pages said nothing: 20 block_page" in verdict.rejecting[0].message
    assert "https://example.org/project/0" in verdict.rejecting[0].message


def test_a_script_only_shell_is_rejected() -> None:
    shells = [JudgedPage(page.page_key, page.url, None) for page in FIRST.pages]
    verdict = judge(FIRST, make_run("second", shells))[1]
    assert rules(verdict) == {"reading"}
    assert verdict.rejecting[0].before == "project/1"


def test_a_lost_field_block_is_rejected_with_field_before_after_and_first_page() -> None:
    poor = [replace(page, filled=FIELDS - {"budget_amount"}, content_sha256="x") for page in FIRST.pages[:8]]
    verdict = judge(FIRST, make_run("second", poor, n_listed=20, unchanged=unchanged_since("first", range(8, 20))))[1]
    assert rules(verdict) == {"field_lost"}
    reason = verdict.rejecting[0]
    assert (reason.field, reason.before) == ("budget_amount", "filled on 8 of these pages")
    assert reason.after == "8 of 8 without it"
    assert reason.first_url == "https://example.org/project/0"


def test_a_site_that_lists_half_its_pages_is_rejected() -> None:
    assert rules(judge(FIRST, make_run("second", FIRST.pages[:10]))[1]) == {"pages_listed"}


def test_a_redesign_that_still_reads_is_accepted_with_a_warning() -> None:
    verdict = judge(FIRST, make_run("second", [replace(page, layout="project/2") for page in FIRST.pages]))[1]
    assert verdict.is_accepted
    assert [warning.rule for warning in verdict.warnings] == ["layout"]


def test_a_burst_of_genuine_news_is_accepted() -> None:
    burst = [make_page(n) for n in range(200)]
    assert judge(FIRST, make_run("second", burst))[1].is_accepted


def test_single_edits_are_accepted() -> None:
    edited = [replace(page, content_sha256="edited", filled=FIELDS - {"countries"}) for page in FIRST.pages[:2]]
    assert judge(FIRST, make_run("second", [*edited, *FIRST.pages[2:]]))[1].is_accepted


def test_half_of_all_pages_changed_at_once_is_rejected() -> None:
    changed = [replace(page, content_sha256="changed") for page in FIRST.pages[:10]]
    assert rules(judge(FIRST, make_run("second", [*changed, *FIRST.pages[10:]]))[1]) == {"changes"}


def test_other_ids_on_the_same_pages_are_rejected() -> None:
    swapped = [replace(page, key=f"XX.{n:04}") for n, page in enumerate(FIRST.pages[:4])]
    assert rules(judge(FIRST, make_run("second", [*swapped, *FIRST.pages[4:]]))[1]) == {"keys"}


def test_a_mass_disappearance_is_rejected() -> None:
    absent = frozenset(page.page_key for page in FIRST.pages[:8])
    run = make_run("second", FIRST.pages[8:], absent=absent, n_listed=20)
    assert rules(judge(FIRST, run)[1]) == {"absence"}


def test_new_pages_without_a_field_that_all_have_are_rejected() -> None:
    new = [replace(make_page(n), filled=FIELDS - {"projects_id"}) for n in range(100, 110)]
    assert rules(judge(FIRST, make_run("second", [*FIRST.pages, *new]))[1]) == {"field_lost"}


def test_a_rejected_run_is_never_the_past_of_the_next() -> None:
    poor = [replace(page, filled=FIELDS - {"budget_amount"}) for page in FIRST.pages]
    verdicts = judge(FIRST, make_run("second", poor), make_run("third", poor))
    assert [verdict.is_accepted for verdict in verdicts] == [True, False, False]


def test_garbage_that_is_answered_unchanged_is_garbage_still() -> None:
    poor = [replace(page, filled=FIELDS - {"budget_amount"}) for page in FIRST.pages]
    unchanged = [
        make_run(name, [], n_listed=20, unchanged=unchanged_since("second", range(20))) for name in ("third", "fourth")
    ]
    good_again = make_run("fifth", FIRST.pages)
    verdicts = judge(FIRST, make_run("second", poor), *unchanged, good_again)
    assert [verdict.is_accepted for verdict in verdicts] == [True, False, False, False, True]
    assert rules(verdicts[2]) == {"field_lost"}


def test_a_shell_that_is_answered_unchanged_is_a_shell_still() -> None:
    shells = [JudgedPage(page.page_key, page.url, None) for page in FIRST.pages]
    unchanged = make_run("third", [], n_listed=20, unchanged=unchanged_since("second", range(20)))
    assert rules(judge(FIRST, make_run("second", shells), unchanged)[2]) == {"reading"}


def test_what_a_person_accepted_is_good_when_it_is_answered_unchanged() -> None:
    poor = [replace(page, filled=FIELDS - {"budget_amount"}) for page in FIRST.pages]
    unchanged = make_run("third", [], n_listed=20, unchanged=unchanged_since("second", range(20)))
    decision = decide("second", "accept", "the site dropped budgets")
    assert judge(FIRST, make_run("second", poor), unchanged, decisions=(decision,))[2].is_accepted


def test_a_decision_overrules_the_gate_and_becomes_the_past() -> None:
    poor = [replace(page, filled=FIELDS - {"budget_amount"}) for page in FIRST.pages]
    decision = decide("second", "accept", "the site dropped budgets")
    verdicts = judge(FIRST, make_run("second", poor), make_run("third", poor), decisions=(decision,))
    assert [(verdict.is_accepted, verdict.by) for verdict in verdicts[1:]] == [(True, "decision"), (True, "gate")]
    assert rules(verdicts[1]) == {"field_lost"}


def test_the_newest_decision_wins_and_covers_only_its_site() -> None:
    accept, reject = decide("first", "accept", "a"), decide("first", "reject", "b")
    elsewhere = decide("first", "accept", "c", site="another")
    assert not judge(FIRST, decisions=(accept, reject, elsewhere))[0].is_accepted


def test_what_a_person_handed_in_is_not_judged() -> None:
    assert judge(FIRST, make_run("second", FIRST.pages[:3], source="folder"))[1].is_accepted


def test_sites_are_judged_apart() -> None:
    other = make_run("other", [], site="other", unknown={"timeout": urls_of(FIRST)}, n_listed=9)
    assert [verdict.is_accepted for verdict in judge(FIRST, other, replace(FIRST, run_id="second"))] == [
        True,
        False,
        True,
    ]


@given(st.sets(st.integers(0, 19), max_size=2), st.integers(0, 60))
def test_up_to_two_broken_pages_and_any_number_of_good_new_ones_never_stop_a_run(broken: set[int], n_new: int) -> None:
    pages = [replace(page, layout=None) if n in broken else page for n, page in enumerate(FIRST.pages)]
    assert judge(FIRST, make_run("second", [*pages, *(make_page(100 + n) for n in range(n_new))]))[1].is_accepted


@given(st.integers(10, 20), st.sampled_from(sorted(FIELDS)))
def test_a_field_lost_on_half_or_more_of_the_pages_always_stops_a_run(n_poor: int, name: str) -> None:
    pages = [replace(page, filled=FIELDS - {name}) if n < n_poor else page for n, page in enumerate(FIRST.pages)]
    assert "field_lost" in rules(judge(FIRST, make_run("second", pages))[1])
