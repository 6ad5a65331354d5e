"""Tables that fit the terminal, CSV that no spreadsheet runs, JSON that says what is there."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pipeline.cli.format import tables
from pipeline.cli.format.screen import cut, iter_record, iter_table
from pipeline.cli.format.tables import iter_csv, iter_json
from pipeline.report.differences import iter_text_differences

INSTANT = datetime(2026, 11, 21)  # noqa: DTZ001 - DuckDB gives UTC without a zone
cell = st.one_of(st.none(), st.text(max_size=60), st.integers(-(10**9), 10**9), st.booleans(), st.datetimes())


def _table(columns: list[str], rows: list[list[Any]], width: int = 60) -> list[str]:
    return list(iter_table(columns, rows, width=width, colour=False))


def test_long_text_is_wrapped_numbers_stand_to_the_right_and_the_unknown_has_a_sign() -> None:
    lines = _table(
        ["id", "budget", "title"], [["A", Decimal("9.00"), "water and " * 9], ["B", Decimal("12345.00"), None]]
    )
    assert lines[2].startswith("A       9.00  water and water")
    assert " ".join(line[14:] for line in lines[2:4]).split() == ["water", "and"] * 9
    assert lines[4] == "B   12345.00  ∅"


def test_a_title_keeps_24_columns_or_the_row_is_listed() -> None:
    row = ["Q-1", "a title that is long enough to be wrapped", "https://example.org/" + "x" * 60, INSTANT]
    for width in range(40, 140):
        lines = _table(["id", "title", "url", "at"], [row], width)
        assert max(map(cell_len, lines)) <= width
        if not lines[0].startswith("───"):
            assert lines[0].index("url") - lines[0].index("title") >= 24 + 2


def test_a_pipe_gets_whole_values_one_row_a_line() -> None:
    body = "line one\nline two " + "word " * 500
    lines = list(iter_table(["id", "body"], [["A", body], ["B", None]], width=None, colour=False))
    assert lines[2] == "A   " + body.replace("\n", "\\n").rstrip()
    assert lines[3] == "B   ∅"


def test_an_address_leads_there_on_a_terminal_with_colour_alone() -> None:
    row = [["https://example.org/news/a", None]]
    for width in (80, 24):
        assert "\x1b]8;" in "".join(iter_table(["url", "end"], row, width=width, colour=True))
        assert "\x1b" not in "".join(iter_table(["url", "end"], row, width=width, colour=False))


def test_ids_and_addresses_are_never_broken() -> None:
    row = ["haiti.iom.int/news/" + "a-story-" * 6, "a title of some words", "an excerpt " * 9]
    for width in (100, 120):
        lines = _table(["id", "title", "excerpt"], [row], width)
        assert any(row[0] in line for line in lines)


def test_an_empty_list_is_no_unknown_in_a_table_nor_in_a_list() -> None:
    assert _table(["changed", "n"], [[[], None]], 40)[2].split() == ["∅"]
    (changed,) = (line for line in _table(["changed", "text"], [[[], "word " * 9]], 12) if line.startswith("changed"))
    assert changed.strip() == "changed"


def test_dates_and_numbers_are_never_broken() -> None:
    lines = _table(["at", "title", "n"], [[INSTANT, "words " * 20, 123456]], width=54)
    assert "2026-11-21T00:00:00Z" in lines[2]
    assert lines[2].endswith("123456")


@given(st.lists(st.lists(cell, min_size=3, max_size=3), max_size=5), st.integers(30, 120))
def test_no_line_of_a_table_is_wider_than_the_terminal(rows: list[list[Any]], width: int) -> None:
    for line in _table(["first", "second", "third"], rows, width):
        assert cell_len(line) <= width
        assert "\n" not in line


def test_more_columns_than_there_is_room_for_are_listed_one_below_the_other() -> None:
    columns = [f"column_{number}" for number in range(20)]
    lines = _table(columns, [list(range(20)), list(range(20))], width=60)
    assert lines[0].startswith("─── 1 ─")
    assert "column_19  19" in lines
    assert max(map(cell_len, lines)) <= 60


def test_a_table_without_rows_has_its_heading() -> None:
    assert _table(["a", "b"], []) == ["a  b", "────"]


def test_a_record_wraps_at_blanks_keeps_lines_and_leaves_out_the_unknown() -> None:
    lines = list(
        iter_record(["title", "body", "end"], ["T", "one two three four five\n\nsix", None], width=26, colour=False)
    )
    assert lines == ["title  T", "body   one two three four", "       five", "", "       six"]


def test_wide_and_combining_characters_are_measured_as_shown() -> None:
    assert cell_len("日本") == 4
    assert cell_len("e\u0301") == 1
    assert cut("日本語", 5) == "日本…"
    assert cell_len(cut("日本語", 4)) <= 4


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", '=HYPERLINK("x")'])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    (_, row) = csv.reader(io.StringIO("".join(iter_csv(["a"], [[text]])), newline=""))
    assert row == ["'" + text]


def test_numbers_stay_numbers_in_csv() -> None:
    rows = list(csv.reader(io.StringIO("".join(iter_csv(["a", "b", "c", "d"], [[-1, Decimal("-2.50"), True, None]])))))
    assert rows[1] == ["-1", "-2.50", "true", ""]


@given(st.lists(st.lists(cell, min_size=2, max_size=2), max_size=4))
def test_json_is_one_array_of_objects(rows: list[list[Any]]) -> None:
    found = json.loads("".join(iter_json(["a", "b"], rows)))
    assert len(found) == len(rows)
    for row, read in zip(rows, found, strict=True):
        if isinstance(row[0], str):
            assert read["a"] == row[0]


def test_sentences_that_differ_are_told_and_equal_ones_are_not() -> None:
    lines = list(iter_text_differences("It began. It cost 5. It ended.", "It began. It cost 6. It ended."))
    assert lines == ["- It cost 5.", "+ It cost 6."]
    assert list(iter_text_differences("same", "same")) == []


def test_colour_needs_a_terminal_and_can_be_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert tables.has_colour()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not tables.has_colour()
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not tables.has_colour()
