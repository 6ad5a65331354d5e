"""Decisions are input: recorded once with their reason, appended, never rewritten, never guessed at."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from contracts.verdict import Decision
from pipeline.gate.judgement import DecisionsError, append_decision, decide_run, read_decisions
from pipeline.ground.errors import WrongUseError
from tests.pipeline.commands import Caller
from tests.pipeline.houses import House, at_day, build_house, news_url

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


@pytest.fixture
def house(tmp_path: Path) -> House:
    return build_house(tmp_path / "house", news=1)


def test_a_decision_is_recorded_with_its_reason_and_once(house: House) -> None:
    run_id = house.crawl(0)
    for _ in range(2):
        decide_run(house.folder, run_id, accept=True, why="they really did", who="me", now=at_day(1), kind="news")
    (decision,) = read_decisions(house.folder.decisions)
    assert (decision.decision, decision.run_id, decision.kind, decision.why) == (
        "accept",
        run_id,
        "news",
        "they really did",
    )
    decide_run(house.folder, run_id, accept=False, why="no", who="me", now=at_day(2), kind="news")
    assert [decision.decision for decision in read_decisions(house.folder.decisions)] == ["accept", "reject"]


def test_a_decision_on_what_is_not_there_is_wrong_use(house: House) -> None:
    run_id = house.crawl(0)
    with pytest.raises(WrongUseError, match=r"no run .*etc"):
        decide_run(house.folder, "../../etc", accept=True, why="x", who="me", now=at_day(1))
    with pytest.raises(WrongUseError, match=r"it has example\.org news"):
        decide_run(house.folder, run_id, accept=True, why="x", who="me", now=at_day(1), kind="project")
    assert read_decisions(house.folder.decisions) == []


def test_a_rejected_run_of_a_person_leaves_the_tables(house: House) -> None:
    first = house.crawl(0)
    assert house.publish().rows["news"] == 1
    caller = Caller(house.folder.root)
    told = caller.call("decide", "reject", first, "--why", " a test\nsite ", IOMDB_SITES=str(house.sites))
    assert told.code == 0, told.err
    assert read_decisions(house.folder.decisions)[0].why == "a test site"
    assert house.publish().rows["news"] == 0
    assert caller.call("decide", "reject", first, "--why", " ").code == 2
    assert caller.call("decide", "maybe", first, "--why", "x").code == 2
    assert news_url(0) in house.pages
