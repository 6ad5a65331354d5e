"""Dates, money, identifiers, codebooks and characters: values or nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.codebooks import find_entry, read_codebook
from extractor.fields.grammar import find_prima_id, find_projects_id
from extractor.prose.datelines import disagrees_with_weekday, iter_dates
from extractor.prose.events import RelativeDate, resolve_relative_date
from extractor.unicode import clean_line, clean_text, fold
from extractor.values.dates import edtf, find_date, find_exact_day
from extractor.values.money import find_money


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("2006", "2006"),
        ("May 2006", "2006-05"),
        ("mai 2006", "2006-05"),
        ("mayo de 2006", "2006-05"),
        ("maio de 2006", "2006-05"),
        ("10 May 2006", "2006-05-10"),
        ("10th of May 2006", "2006-05-10"),
        ("May 10, 2006", "2006-05-10"),
        ("1er février 2020", "2020-02-01"),
        ("26 de noviembre de 2024", "2024-11-26"),
        ("26 de novembro de 2024", "2024-11-26"),
        ("16. Oktober 2023", "2023-10-16"),
        ("5 مارس 2024", "2024-03-05"),
        ("25/05/2006", "2006-05-25"),
        ("05/25/2006", "2006-05-25"),
        ("10.05.2006", "2006-05-10"),
        ("05/2006", "2006-05"),
        ("2006-05-10T12:00:00+00:00", "2006-05-10"),
        ("Tuesday, 30 November 2021", "2021-11-30"),
        ("mardi 30 novembre 2021", "2021-11-30"),
        ("30 NOVEMBER 2021", "2021-11-30"),
    ],
)
def test_a_date_keeps_the_precision_of_the_page(printed: str, expected: str) -> None:
    assert find_date(printed) == expected


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "N/A",
        "10/05/2006",
        "31/02/2006",
        "06",
        "10 May",
        "Smarch 2006",
        "2006-2007",
        "99999",
        "1006",
        "about 2006",
        "Project ID 2006",
    ],
)
def test_what_is_no_single_date_is_none(printed: str) -> None:
    assert find_date(printed) is None


MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905 - a list to read


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_any_day_is_read_back_from_three_ways_of_printing_it(day: date) -> None:
    assert find_date(f"{day.day:02d}.{day.month:02d}.{day.year}") == day.isoformat()
    assert find_date(f"{day.day} {MONTHS[day.month - 1]} {day.year}") == day.isoformat()
    assert find_date(day.isoformat()) == day.isoformat()


@given(st.text(max_size=40))
def test_no_text_makes_the_date_reader_fail_or_leave_its_calendar(text: str) -> None:
    found = find_date(text)
    assert found is None or 1900 <= int(found[:4]) <= 2100


def test_a_wrong_weekday_is_seen_and_a_right_one_is_not() -> None:
    right, wrong = next(iter_dates("on Tuesday, 30 November 2021")), next(iter_dates("on Monday, 30 November 2021"))
    assert not disagrees_with_weekday(right.start, right.weekday)
    assert disagrees_with_weekday(wrong.start, wrong.weekday)


def test_a_span_of_days_without_a_year_has_none() -> None:
    found = next(iter_dates("from 29-30 July, was"))
    assert (found.start, found.end) == ("XXXX-07-29", "XXXX-07-30")
    assert find_exact_day(found.start) is None


@pytest.mark.parametrize(
    "text", ["12 out of 20 may go", "the 10 march on", "5 set up", "200 mars", "Table 3 May", "at 5 a.m. on"]
)
def test_words_that_look_like_months_are_no_dates(text: str) -> None:
    assert [found.start for found in iter_dates(text) if found.start != "XXXX-05-03"] == []


def test_today_is_a_date_only_against_a_known_publication_date() -> None:
    plain, printed = RelativeDate("today", None, 0, 0), RelativeDate("today", (26, 3), 0, 0)
    assert resolve_relative_date(plain, None) is None
    assert resolve_relative_date(plain, "2013-03") is None
    assert resolve_relative_date(plain, "2013-03-26") == "2013-03-26"
    assert resolve_relative_date(printed, "2013-03-27") == "2013-03-26"
    assert resolve_relative_date(printed, "2013-09-27") == "XXXX-03-26"
    assert resolve_relative_date(RelativeDate("today", (31, 12), 0, 0), "2014-01-02") == "2013-12-31"


def test_no_date_has_a_year_outside_the_organisations_century() -> None:
    assert edtf(1066) is None
    assert edtf(2006, 13) is None
    assert edtf(2021, 2, 29) is None
    assert edtf(None, 2, 29) == "XXXX-02-29"


USD = "Budget Amount (USD)"


@pytest.mark.parametrize(
    ("value", "label", "amount", "currency"),
    [
        ("100000.00", USD, "100000.00", "USD"),
        ("100,000.00", USD, "100000.00", "USD"),
        ("100.000,00", USD, "100000.00", "USD"),
        ("183,813", USD, "183813.00", "USD"),
        ("100\u202f000,00", USD, "100000.00", "USD"),
        ("100\u00a0000", USD, "100000.00", "USD"),
        ("1'000'000.50", USD, "1000000.50", "USD"),
        ("USD 100,000", "Budget", "100000.00", "USD"),
        ("100 000 EUR", "Budget", "100000.00", "EUR"),
        ("€100.000,50", "Budget", "100000.50", "EUR"),
        ("$ 100,000", USD, "100000.00", "USD"),
        ("US$100,000", "", "100000.00", "USD"),
        ("١٠٠٠٠٠", USD, "100000.00", "USD"),
        ("100000", "Montant", "100000.00", None),
    ],
)
def test_an_amount_is_read_with_the_currency_that_is_stated(
    value: str, label: str, amount: str, currency: str | None
) -> None:
    money = find_money(value, label)
    assert money is not None
    assert (money.amount, money.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "value",
    [
        "N/A",
        "",
        "100.000",
        "1,00,000",
        "-5",
        "100000.001",
        "1.2 million",
        "100,000 / 200,000",
        "USD/EUR 5",
        "1e5",
        "TC.0767",
        "100000.00 (approx.)",
        "9" * 13,
        "NaN",
        "$ 5 USD EUR",
    ],
)
def test_an_amount_that_can_be_read_in_two_ways_or_none_is_not_read(value: str) -> None:
    assert find_money(value, USD) is None


def test_a_currency_of_the_value_that_is_not_the_labels_is_told() -> None:
    money = find_money("EUR 5,000.00", USD)
    assert money is not None
    assert (money.currency, money.conflict) == ("EUR", "USD")


@given(st.decimals(min_value=0, max_value=Decimal("99999999.99"), places=2, allow_nan=False, allow_infinity=False))
def test_any_amount_is_the_same_in_every_number_format(amount: Decimal) -> None:
    amount = abs(amount)
    english = f"{amount:,.2f}"
    continental = english.translate(str.maketrans(",.", ".,"))
    for text in (
        f"{amount:.2f}",
        english,
        continental,
        english.replace(",", "\u202f"),
        english.replace(",", "'"),
        f"USD {english}",
    ):
        money = find_money(text, USD)
        assert money is not None
        assert money.amount == amount


@pytest.mark.parametrize(
    ("value", "scheme"),
    [
        ("TC.0767", "typed"),
        ("QU8-805", "legacy-805"),
        ("AB1-800", "legacy-800"),
        ("tc.0767", "typed"),
        ("QU8–805", "legacy-805"),
    ],
)
def test_a_projects_id_is_known_by_its_form(value: str, scheme: str) -> None:
    found = find_projects_id(value)
    assert found is not None
    assert found.scheme == scheme


@pytest.mark.parametrize("value", ["LR10P0010", "TC.767", "QU8-806", "TC.0767 TC.0768", "Projects ID", "", "TC.07671"])
def test_what_only_looks_like_a_projects_id_is_none(value: str) -> None:
    assert find_projects_id(value) is None


def test_a_prima_id_is_known_by_its_form() -> None:
    assert find_prima_id("LR10P0010") == "LR10P0010"
    assert find_prima_id("LR99P0010") == "LR99P0010"
    assert find_prima_id("LR11P0010") is None


@pytest.mark.parametrize("book", ["status", "coverage", "region", "type"])
def test_every_entry_of_a_codebook_has_a_source_and_is_found(book: str) -> None:
    for entry in read_codebook(book)["entry"]:
        for value, source in entry["values"].items():
            assert source
            found = find_entry(book, value.upper())
            assert found is not None
            assert found.code == entry["code"]


def test_a_value_that_no_codebook_has_is_none() -> None:
    assert find_entry("status", "Project Type") is None
    assert find_entry("coverage", "Start Date") is None


def test_characters_that_nobody_sees_are_dropped_and_the_rest_is_composed() -> None:
    assert clean_text("Li\u200bbe\x00ria\u202e \ufeffCo\u0302te") == "Liberia Côte"
    assert clean_text("می\u200cخواهم") == "می\u200cخواهم"
    assert clean_line("a\n\tb\u00a0 c") == "a b c"
    assert fold("Ｃôté d’Ivoire") == "cote d'ivoire"


@given(st.text(max_size=60))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
