"""Tables of values and what each means: " or " parts answers that are both right, NULL is nothing read."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from extractor.values.countries import read_countries
from extractor.values.dates import find_date, find_order
from extractor.values.money import find_money

TABLES = Path(__file__).parent / "cases"


def rows(name: str) -> list[tuple[str, str]]:
    """Each value of a table and what is right of it."""
    with (TABLES / f"{name}.tsv").open(encoding="utf-8") as lines:
        return [(row[0], row[1]) for row in csv.reader(lines, "excel-tab", quoting=csv.QUOTE_NONE)][1:]


@pytest.mark.parametrize(("value", "right"), rows("dates"))
def test_a_value_that_is_a_date_is_read_and_no_other(value: str, right: str) -> None:
    assert (find_date(value) or "NULL") in right.split(" or ")


@pytest.mark.parametrize(("value", "right"), rows("listing_dates"))
def test_a_row_of_a_listing_is_read_alone_where_its_order_is_proved(value: str, right: str) -> None:
    assert (find_date(value) or "NULL") == right.removesuffix(" unless another row of the listing settles the order")


@pytest.mark.parametrize(
    ("other", "read"),
    [("Tue, 05/12/2023 - 09:30", "2024-08-07"), ("Tue, 12/05/2023 - 09:30", "2024-07-08"), ("25/12/2023", "2024-08-07"),
     ("10/04/2021 - 09:30", None), ("05/05/2021", None), ("2 November 2023", None)],
)  # fmt: skip
def test_another_row_of_the_listing_settles_the_order_of_an_ambiguous_one(other: str, read: str | None) -> None:
    row = "07/08/2024 - 09:30"
    assert find_date(row, find_order([row, other])) == read


def test_rows_that_contradict_each_other_settle_nothing() -> None:
    assert find_order(["Tue, 05/12/2023", "Tue, 12/05/2023", "07/08/2024"]) is None


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("вівторок, 22 лютого 2022 року", "2022-02-22"),
        ("22 февраля 2022 г.", "2022-02-22"),
        ("الثلاثاء، 22 شباط 2022", "2022-02-22"),
        ("٢٢ نيسان/ أبريل ٢٠٢٢", "2022-04-22"),
        ("16 كانون الأول/ديسمبر 2022", "2022-12-16"),
        ("3 جويلية 2021", "2021-07-03"),
        ("Mittwoch, 26.01.2022 - 14:30", "2022-01-26"),
        ("Di., 25.01.2022 - 14:45", "2022-01-25"),
        ("Fri Apr 28 19:20:36 CEST 2023", "2023-04-28"),
        ("2023-11-02T20-59-53Z", "2023-11-02"),
        ("20:34 17.04.2020", "2020-04-17"),
        ("mar. 5 mai 2020", "2020-05-05"),
        ("Mon, 5 May 2020", None),
        ("2006/07", None),
        ("1762513252000", None),
    ],
)
def test_months_weekdays_and_hours_are_read_in_the_forms_of_many_languages(value: str, day: str | None) -> None:
    assert find_date(value) == day


@pytest.mark.parametrize(("value", "right"), rows("countries"))
def test_a_list_of_benefiting_states_is_read_to_its_last_word_or_refused(value: str, right: str) -> None:
    listed = read_countries(value)
    read = "refuse" if listed.unexplained else " ".join(listed.codes)
    assert read in right.replace("(or refuse)", "or refuse").replace("  ", " ").split(" or ")


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        ("Congo (DRC) Rwanda", "CD RW"),
        ("Saint Martin (France), Mali", "MF ML"),
        ("Guam (USA)", "GU"),
        ("Hong Kong SAR, China, Mongolia", "HK MN"),
        ("China, Mongolia", "CN MN"),
        ("United States / Puerto Rico", "PR"),
        ("Africa (Niger, Mali)", "NE ML"),
        ("Iran (Islamic Republic of)Afghanistan", "IR AF"),
        ("Niger (Nigeria)", "refuse"),
        ("Serbia (Kosovo)", "refuse"),
        ("Guinea Africa", "refuse"),
    ],
)
def test_a_parenthesis_narrows_the_name_before_it_and_a_sovereign_is_no_second_item(value: str, codes: str) -> None:
    listed = read_countries(value)
    assert ("refuse" if listed.unexplained else " ".join(listed.codes)) == codes


@pytest.mark.parametrize(("value", "right"), rows("money"))
def test_an_amount_is_read_where_it_is_one_plain_amount(value: str, right: str) -> None:
    money = find_money(value, "Budget Amount (USD)")
    read = "NULL" if money is None else f"{money.amount} {money.currency}"
    read += f", conflict {money.conflict}" if money is not None and money.conflict else ""
    assert read in right.split(" or ")
