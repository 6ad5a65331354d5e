"""Each change as one plain sentence: the table of what is said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from pipeline.report.changes import Change, make_changes, write_sides
from pipeline.report.sentences import count_quiet_days, describe_change, write_sentence

SEEN = datetime(2026, 11, 23, 8)  # noqa: DTZ001 - the tables' instants are UTC without a zone
BEFORE = datetime(2026, 11, 16, 8)  # noqa: DTZ001 - as above


def change(field: str | None = None, old: str | None = None, new: str | None = None, **more: Any) -> Change:
    stated: dict[str, Any] = {"kind": "project", "change": "edited", "title": "Lamps", "changed_after": BEFORE}
    return Change(document_id="X", changed_at=SEEN, field=field, old=old, new=new, **{**stated, **more})


USD = {"currency": "USD", "old_currency": "USD"}
SAID = [
    (
        change(change="removed"),
        "The project “Lamps” has been gone since 23 November 2026; it was last seen on 16 November 2026.",
    ),
    (change(change="restored", kind="news"), "The news page “Lamps” has been back since 23 November 2026."),
    (change(change="created"), "The project “Lamps” was first seen on 23 November 2026."),
    (change(change="created", time_basis="received"), "The project “Lamps” was handed over on 23 November 2026."),
    (
        change(change="relocated"),
        "The project “Lamps” has since been read from another of its pages, and says the same.",
    ),
    (
        change(change="removed", title=None, changed_after=None),
        "A project without a title has been gone since 23 November 2026.",
    ),
    (
        change("budget_amount", "100000.00", "120000.00", **USD, end_date="2024"),
        "The budget of “Lamps” went from 100,000.00 to 120,000.00 USD, two years after its end date.",
    ),
    (
        change("budget_amount", "100000.00", "120000.00", **USD, end_date="2025-12-31"),
        "The budget of “Lamps” went from 100,000.00 to 120,000.00 USD.",
    ),
    (change("budget_amount", "1.00", "2.00", end_date="2027"), "The budget of “Lamps” went from 1.00 to 2.00."),
    (change("budget_amount", None, "5.00", **USD), "A budget of 5.00 USD is now stated for “Lamps”, where none was."),
    (change("budget_amount", "5.00", None, **USD), "The budget of “Lamps” is no longer stated; it was 5.00 USD."),
    (change("status", "active", "completed"), "The status of “Lamps” went from active to completed."),
    (change("status", None, "active"), "The status of “Lamps”, which was not stated, is now active."),
    (change("status", "active", None), "The status of “Lamps” is no longer stated; it was active."),
    (
        change("status", "active", None, printed="En veilleuse"),
        "The status of “Lamps” was active; the page now prints “En veilleuse”, which no rule reads.",
    ),
    (
        change("status_raw", None, "En veilleuse"),
        "The status of “Lamps” is now printed as “En veilleuse”, which no rule reads.",
    ),
    (
        change("status_raw", "En veilleuse", None),
        "The status of “Lamps” is no longer printed as “En veilleuse”, which no rule reads.",
    ),
    (
        change("status_raw", "A", "B"),
        "The status of “Lamps” is now printed as “B”, no longer as “A”; no rule reads either.",
    ),
    (change("end_date", "2026-05", "2027-05-10"), "The end date of “Lamps” moved from May 2026 to 10 May 2027."),
    (change("countries", "[LR]", "[LR, GH]"), "Ghana was added to the benefiting countries of “Lamps”."),
    (
        change("countries", "[LR, GH, TG]", "[LR]"),
        "Ghana and Togo were removed from the benefiting countries of “Lamps”.",
    ),
    (
        change("countries", "[LR, GH]", "[LR, TG]"),
        "Togo was added, and Ghana removed, among the benefiting countries of “Lamps”.",
    ),
    (
        change("countries", "[LR, GH]", "[GH, LR]"),
        "The benefiting countries of “Lamps” are listed in another order: Ghana and Liberia.",
    ),
    (change("countries", "[]", "[LR]"), "The benefiting countries of “Lamps”, which were not stated, are now Liberia."),
    (change("countries", "[LR]", "[]"), "The benefiting countries of “Lamps” are no longer stated; they were Liberia."),
    (change("title", "Lamp", "Lamps"), "The title “Lamp” became “Lamps”."),
    (change("description", "one two", "one two three"), "The description of “Lamps” grew from 2 words to 3."),
    (change("description", "one two", "one"), "The description of “Lamps” shrank from 2 words to 1."),
    (change("description", "one two", "one three"), "The description of “Lamps” was changed, at 2 words as before."),
    (change("description", None, "one"), "“Lamps” now has a description, of 1 word."),
    (
        change("body", "one", "two", kind="news", published_date="2026-01-01"),
        "The text of “Lamps” was changed, at 1 word as before, 326 days after it was published.",
    ),
    (
        change("body", "one", "two", kind="news", published_date="2026-11-20"),
        "The text of “Lamps” was changed, at 1 word as before.",
    ),
    (
        change("funding_year", "2005", "2006", change="relocated"),
        "As it has since been read from another of its pages, the funding year of “Lamps” went from 2005 to 2006.",
    ),
    (
        change("coverage", None, "regional", change="reparsed"),
        "A newer reader reads the coverage of “Lamps” as regional, where an older one read none.",
    ),
    (
        change("coverage", "regional", None, change="reparsed"),
        "A newer reader finds no coverage of “Lamps”, where an older one read regional.",
    ),
    (change("status", "a\u202eb", "c\x1b[0m"), "The status of “Lamps” went from a\\u202eb to c\\x1b[0m."),
]


@pytest.mark.parametrize(("made", "sentence"), SAID, ids=[sentence[:60] for _, sentence in SAID])
def test_the_change_is_said(made: Change, sentence: str) -> None:
    assert write_sentence(describe_change(made)) == sentence


def test_a_long_value_is_cut_and_the_sentence_ends() -> None:
    said = write_sentence(describe_change(change("coverage", "x" * 400, "national")))
    assert len(said) < 260
    assert said.endswith("… to national.")
    assert len(write_sentence(describe_change(change("coverage", "x" * 400, "national", title="y" * 5_000)))) < 400


def test_a_value_that_gave_way_to_unknown_words_is_not_called_unstated() -> None:
    row = {"kind": "project", "document_id": "X", "change": "edited", "changed_at": SEEN, "title": "Lamps"}
    rows = [row | {"field": "status", "old": "active", "new": None}, row | {"field": "status_raw", "new": "Dormant"}]
    first, second = make_changes(rows)
    assert first.printed == "Dormant"
    assert second.printed is None


@pytest.mark.parametrize(
    ("made", "sides"),
    [
        (change("budget_amount", "336000.00", "5.50", **USD), ("336,000.00 USD", "5.50 USD")),
        (change("countries", "[LR]", "[LR, GH]"), ("Liberia", "Liberia and Ghana")),
        (change("countries", "[]", "[LR]"), (None, "Liberia")),
        (change("start_date", "2004", "2004-05"), ("2004", "May 2004")),
        (change("status_raw", None, "[a]\nb"), (None, "[a]\nb")),
        (change("body", "One.", ""), ("One.", None)),
    ],
)
def test_old_and_new_are_in_words(made: Change, sides: tuple[str | None, str | None]) -> None:
    assert write_sides(made) == sides


def test_each_amount_has_the_currency_that_was_stated_with_it() -> None:
    common = {"kind": "project", "document_id": "X", "change": "edited", "changed_at": SEEN, "currency": "EUR"}
    amount = common | {"field": "budget_amount", "old": "90.00", "new": "80.00", "title": "Lamps"}
    alone, _, both = make_changes(
        [amount, common | {"document_id": "Y", "field": "budget_currency", "old": "USD", "new": "EUR"},
         amount | {"document_id": "Y"}]
    )  # fmt: skip
    assert write_sides(alone) == ("90.00 EUR", "80.00 EUR")
    assert write_sides(both) == ("90.00 USD", "80.00 EUR")
    assert write_sentence(describe_change(both)) == "The budget of “Lamps” went from 90.00 USD to 80.00 EUR."


def test_only_a_late_edit_of_news_with_a_whole_date_is_quiet() -> None:
    late = change("body", "a", "b", kind="news", published_date="2026-10-01")
    assert count_quiet_days(late) == 53
    for other in (
        change("body", "a", "b", kind="news", published_date="2026-10"),
        change("body", "a", "b", kind="news", published_date=None),
        change("body", "a", "b", kind="project", published_date="2026-10-01"),
        change("body", "a", "b", kind="news", published_date="2026-10-30"),
    ):
        assert count_quiet_days(other) is None
