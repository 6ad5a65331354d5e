"""A known label over a word of no codebook is read: its raw text is the value, a change of it an edit."""

from __future__ import annotations

from pathlib import Path

from tests.pipeline.gate.test_lost_fields import render_project
from tests.pipeline.houses import House, at_day, project_url
from warehouse.read.published import run_query

CHANGES = "SELECT field, old, new, significance FROM v1.changes WHERE change_kind = 'edited' ORDER BY field"
EDITS = "SELECT changed_fields FROM v1.project_versions WHERE change_kind = 'edited' ORDER BY valid_from"


def publish_statuses(root: Path, *statuses: str) -> House:
    """One project whose status is worded so on one day after the other."""
    house = House(root)
    for day, status in enumerate(statuses):
        house.pages = {project_url(0): render_project(0).replace(b"<dd>Completed<", f"<dd>{status}<".encode())}
        house.crawl(day)
    house.publish(at_day(len(statuses)))
    return house


def test_an_edit_between_two_unknown_words_names_the_raw_field_as_significant_as_the_read_one(tmp_path: Path) -> None:
    house = publish_statuses(tmp_path, "On paper", "Under quiet review")
    assert run_query(house.folder.published, EDITS).rows == [(["status_raw"],)]
    assert run_query(house.folder.published, CHANGES).rows == [
        ("status_raw", "On paper", "Under quiet review", "high"),
    ]


def test_an_edit_from_a_known_word_to_an_unknown_one_names_both(tmp_path: Path) -> None:
    house = publish_statuses(tmp_path, "Completed", "On paper")
    assert run_query(house.folder.published, CHANGES).rows == [
        ("status", "completed", None, "high"),
        ("status_raw", None, "On paper", "high"),
    ]


def test_another_known_wording_of_one_status_is_no_edit(tmp_path: Path) -> None:
    house = publish_statuses(tmp_path, "Completed", "Closed")
    assert run_query(house.folder.published, EDITS).rows == []
