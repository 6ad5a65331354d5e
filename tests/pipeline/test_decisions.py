"""Decisions are input: appended, never rewritten, and never guessed at."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from contracts.verdict import Decision
from pipeline.gate.decisions import DecisionsError, append_decision, read_decisions

ACCEPT = Decision(
    decided_at=datetime(2026, 11, 22, tzinfo=UTC), decision="accept", why="budgets were dropped", who="ana", run_id="r1"
)


def test_decisions_are_read_back_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "data" / "decisions.jsonl"
    reject = Decision(ACCEPT.decided_at, "reject", "garbage", "ana", run_id="r2", site="niger", kind="news")
    append_decision(path, ACCEPT)
    append_decision(path, reject)
    assert read_decisions(path) == [ACCEPT, reject]


def test_no_file_means_no_decisions(tmp_path: Path) -> None:
    assert read_decisions(tmp_path / "decisions.jsonl") == []


@pytest.mark.parametrize("line", ["{", "{}", '{"decision": "maybe"}', "null"])
def test_a_line_that_is_no_decision_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "decisions.jsonl"
    append_decision(path, ACCEPT)
    with path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(DecisionsError, match=r"decisions\.jsonl, line 2 is no decision"):
        read_decisions(path)


def test_a_purge_is_no_matter_for_the_gate() -> None:
    purge = Decision(ACCEPT.decided_at, "purge", "asked for", "ana", url="https://example.org/a")
    part = ("r1", "niger", "news")
    assert [decision.overrules(*part) for decision in (ACCEPT, purge, replace(purge, run_id="r1"))] == [
        True,
        False,
        False,
    ]
