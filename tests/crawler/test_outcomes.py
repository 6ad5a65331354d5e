"""The list of outcomes is closed, and its page says the same as the code."""

from pathlib import Path

import pytest

from contracts.outcomes import Effect, Host, Outcome, describe_outcomes, outcome_of_status
from crawler.archive.runs import encode_fetch, parse_fetch
from crawler.errors import DamagedRecordError
from tests.crawler.runs import make_exchange, make_fetch

PAGE = (Path(__file__).parents[2] / "docs" / "outcomes.md").read_text(encoding="utf-8")


def test_the_docs_have_the_table_that_is_made_from_the_list() -> None:
    assert describe_outcomes() in PAGE


def test_what_was_never_sent_says_nothing_of_the_host() -> None:
    unsent = {o for o in Outcome if o.text.startswith("Not fetched") or o.text.endswith("not fetched.")}
    assert {o.host for o in unsent - {Outcome.REDIRECTED_OFF_SITE}} == {Host.NOT_ASKED}


def test_a_host_that_answers_anything_is_there_and_one_that_does_not_failed() -> None:
    assert {Outcome.FETCHED.host, Outcome.NOT_FOUND.host} == {Host.ANSWERED}
    assert {Outcome.TIMEOUT.host, Outcome.SERVER_ERROR.host} == {Host.FAILED}
    assert [o for o in Outcome if o.host is Host.BLOCKED] == [Outcome.BLOCKED]


def test_only_whole_pages_are_seen_and_only_404_and_410_are_absent() -> None:
    by_effect = {effect: {o for o in Outcome if o.effect is effect} for effect in Effect}
    assert by_effect[Effect.SEEN] == {Outcome.FETCHED, Outcome.UNCHANGED, Outcome.IDENTICAL}
    assert by_effect[Effect.ABSENT] == {Outcome.NOT_FOUND, Outcome.GONE}
    assert by_effect[Effect.MOVED] == {Outcome.REDIRECTED}


def test_no_status_but_404_and_410_ever_speaks_of_absence() -> None:
    effects = {status: outcome_of_status(status).effect for status in range(1000)}
    assert {status for status, effect in effects.items() if effect is Effect.ABSENT} == {404, 410}
    assert {status for status, effect in effects.items() if effect is Effect.SEEN} == {200, 203, 304}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"effect":"seen"', b'"effect":"absent"'),
        (b'"outcome":"fetched"', b'"outcome":"perhaps"'),
        (b'"seq":0', b'"seq":-1'),
        (b'"seq":0', b'"seq":0,"colour":"red"'),
        (b'"fetched_at":"2026-11-22T12:00:01Z"', b'"fetched_at":"2026-11-22T12:00:01"'),
        (b'"kind":"news"', b'"kind":"poem"'),
        (b"}", b""),
        (b"news", b"\xff"),
    ],
)
def test_a_ledger_line_that_keeps_no_contract_is_damage(old: bytes, new: bytes) -> None:
    line = encode_fetch(make_fetch(make_exchange(1), None).numbered(0))
    assert parse_fetch(line).effect is Effect.SEEN
    assert old in line
    with pytest.raises(DamagedRecordError):
        parse_fetch(line.replace(old, new, 1))
