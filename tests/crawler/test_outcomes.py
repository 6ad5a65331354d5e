"""The list of outcomes is closed, and its page says the same as the code."""

import re
from pathlib import Path

import pytest

from contracts.outcomes import MEANINGS, Effect, Outcome, outcome_of_status
from crawler.archive.ledger import encode_fetch, parse_fetch
from crawler.errors import DamagedRecordError
from tests.crawler.runs import make_exchange, make_fetch

PAGE = (Path(__file__).parents[2] / "docs" / "outcomes.md").read_text(encoding="utf-8")


def test_every_outcome_has_one_meaning_and_one_row_in_the_docs() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.+) \|$", PAGE, re.MULTILINE)
    assert rows == [(str(o), str(MEANINGS[o].effect), MEANINGS[o].text) for o in Outcome]


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
