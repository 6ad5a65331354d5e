"""Archived text is shown, never obeyed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ground.printable import encode_object, escape, format_value

INSTANT = datetime(2026, 11, 21)  # noqa: DTZ001 - DuckDB gives UTC without a zone


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("a\u202eb\u2066c\u200fd", "a\\u202eb\\u2066c\\u200fd"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("\x9b31m", "\\x9b31m"),
        ("line\u2028paragraph\u2029", "line\\u2028paragraph\\u2029"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("lone \ud800", "lone \\ud800"),
        ("Haïti 日本 عربي 👍", "Haïti 日本 عربي 👍"),
        ("no\u00a0break\u202fspace", "no\u00a0break\u202fspace"),
    ],
)
def test_what_acts_or_hides_is_shown(text: str, shown: str) -> None:
    assert escape(text) == shown


@given(st.text())
def test_nothing_that_is_shown_acts_on_a_terminal(text: str) -> None:
    for shown in (escape(text), format_value(text), format_value([text]), encode_object({"a": text})):
        assert all(
            c.isprintable() or (c.isspace() and c not in "\n\r\t\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029")
            for c in shown
        )


@given(st.text())
def test_json_says_exactly_what_the_text_says(text: str) -> None:
    assert json.loads(encode_object(text)) == text


def test_lines_are_kept_only_where_asked_for() -> None:
    assert escape("a\nb\r\nc", keep_lines=True) == "a\nb\\r\nc"


def test_values_have_one_way_to_be_written() -> None:
    assert format_value(None) == ""
    assert format_value(True) == "yes"
    assert format_value(INSTANT) == "2026-11-21T00:00:00Z"
    assert format_value(date(2026, 11, 21)) == "2026-11-21"
    assert format_value(["LR", "HT"]) == "LR, HT"
    assert format_value(Decimal("100000.00")) == "100000.00"
    assert format_value([{"a": Decimal("1.50")}]) == '[{"a": "1.50"}]'
    assert encode_object({"at": INSTANT, "money": Decimal("1.50"), "raw": b"\x00"}) == (
        '{"at": "2026-11-21T00:00:00Z", "money": "1.50", "raw": "00"}'
    )


def test_an_instant_of_any_zone_is_written_once_as_utc_and_a_record_as_an_object() -> None:
    class Kept(msgspec.Struct):
        at: datetime

    instant = datetime(2026, 11, 21, 2, 30, tzinfo=timezone(timedelta(hours=2)))
    assert encode_object([Kept(instant), instant.astimezone(UTC), instant.replace(tzinfo=None)]) == (
        '[{"at": "2026-11-21T00:30:00Z"}, "2026-11-21T00:30:00Z", "2026-11-21T02:30:00Z"]'
    )
    assert format_value(instant) == "2026-11-21T00:30:00Z"
