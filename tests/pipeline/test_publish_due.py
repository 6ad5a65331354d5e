"""When a publish is due: one follows new inputs, whatever they are, and none follows nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.ground.folders import DataFolder
from pipeline.history.due import MAX_ATTEMPTS_ON_INPUTS, Due, judge_publish_due
from pipeline.history.published_file import (
    PublishedInputs,
    find_published_inputs,
    fingerprint_inputs,
    note_publish,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    folder.extracted.mkdir(parents=True)
    return folder


def seal(folder: DataFolder, run_id: str) -> None:
    run = folder.archive / run_id
    run.mkdir(parents=True)
    (run / "run.json").write_text("{}")


def judge(
    published: PublishedInputs | None,
    *,
    hours: float | None = None,
    crawls: int = 0,
    publishes: int = 0,
    attempts: int = 0,
) -> Due:
    """``hours``: how long the oldest new run waits."""
    return judge_publish_due(
        "new",
        published,
        now=NOW,
        waiting_since=None if hours is None else NOW - timedelta(hours=hours),
        n_crawls_active=crawls,
        n_publishes_active=publishes,
        n_attempts=attempts,
    )


def test_each_kind_of_input_changes_the_fingerprint(folder: DataFolder) -> None:
    seen = [fingerprint_inputs(folder, 1), fingerprint_inputs(folder, 2)]
    seal(folder, "20261120T060000Z-niger-2d711642")
    seen.append(fingerprint_inputs(folder, 1))
    folder.decisions.write_text("{}\n")
    seen.append(fingerprint_inputs(folder, 1))
    assert len(set(seen)) == len(seen)


def test_an_open_run_is_no_input(folder: DataFolder) -> None:
    before = fingerprint_inputs(folder, 1)
    seal(folder, "20261120T060000Z-niger-2d711642.open")
    assert fingerprint_inputs(folder, 1) == before


def test_the_note_of_a_publish_is_read_back(folder: DataFolder) -> None:
    assert find_published_inputs(folder) is None
    note_publish(folder, "abc", now=NOW)
    assert find_published_inputs(folder) == PublishedInputs("abc", NOW)


def test_a_damaged_note_means_publish_again(folder: DataFolder) -> None:
    folder.inputs_note.write_text("{")
    assert find_published_inputs(folder) is None


def test_nothing_new_publishes_nothing() -> None:
    assert not judge(PublishedInputs("new", NOW)).is_due


def test_new_captures_are_published_when_no_crawl_is_under_way() -> None:
    assert judge(PublishedInputs("old", NOW)).is_due
    assert judge(None).is_due


@pytest.mark.parametrize("published", [None, PublishedInputs("old", NOW - timedelta(days=2))])
def test_crawls_under_way_are_waited_for_but_not_for_ever(published: PublishedInputs | None) -> None:
    assert not judge(published, hours=1, crawls=2).is_due
    assert judge(published, hours=7, crawls=2).is_due


def test_new_decisions_alone_wait_for_the_crawls_under_way() -> None:
    assert not judge(PublishedInputs("old", NOW - timedelta(days=2)), crawls=1).is_due


def test_two_publishes_never_run_at_once() -> None:
    assert not judge(PublishedInputs("old", NOW), publishes=1).is_due


def test_a_publish_that_keeps_dying_waits_for_a_person() -> None:
    assert judge(None, attempts=MAX_ATTEMPTS_ON_INPUTS - 1).is_due
    assert not judge(None, attempts=MAX_ATTEMPTS_ON_INPUTS).is_due
