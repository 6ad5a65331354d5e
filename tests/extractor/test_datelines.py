"""Datelines: forms in which place and date are printed, and names that are two things."""

from __future__ import annotations

import pytest

from extractor.prose.country_mentions import iter_named_countries
from extractor.prose.datelines import Dateline, find_dateline
from extractor.prose.events import find_event_date
from extractor.prose.prose import Prose
from extractor.values.places import find_place


@pytest.mark.parametrize(
    ("text", "place", "date"),
    [
        ("Geneva (5 May 2020) – Clerks", "Geneva", "2020-05-05"),
        ("Geneva: 5 May 2020 – Clerks", "Geneva", "2020-05-05"),
        ("Geneva | 5 May 2020 – Clerks", "Geneva", "2020-05-05"),
        ("Geneva / 5 May 2020 – Clerks", "Geneva", "2020-05-05"),
        ("Suva (Fiji), 5 May 2020 – Clerks", "Suva", "2020-05-05"),
        ("5 May 2020, Geneva – Clerks", "Geneva", "2020-05-05"),
        ("(5 May 2020) Geneva – Clerks", "Geneva", "2020-05-05"),
        ("5 May 2020 – Geneva – Clerks", "Geneva", "2020-05-05"),
        ("5 May 2020, Small Place – Clerks", "Small Place", "2020-05-05"),
        ("GENEVA - 5 May 2020 - Clerks", "GENEVA", "2020-05-05"),
        ("Geneva, 5 – 6 May 2020 – Clerks", "Geneva", "2020-05-05"),
        ("Geneva, 05/05/2020 – Clerks", "Geneva", "2020-05-05"),
        ("Geneva, 5.5.2020 – Clerks", "Geneva", "2020-05-05"),
        ("Geneva, 25/05/2020 – Clerks", "Geneva", "2020-05-25"),
        ("Geneva, 05/25/2020 – Clerks", "Geneva", "2020-05-25"),
        ("Geneva, 2020-05-06 – Clerks", "Geneva", "2020-05-06"),
        ("Geneva, 06/05/2020 – Clerks", "Geneva", None),
        ("Geneva, 31/02/2020 – Clerks", "Geneva", None),
        ("Suva – On 5 May 2020 – a Tuesday – clerks", "Suva", None),
        ("Suva – Clerks of Fiji, 5 May 2020 – a list", "Suva", None),
    ],
)
def test_place_and_date_are_read_in_every_order_and_with_every_sign(text: str, place: str, date: str | None) -> None:
    found = find_dateline(text)
    assert isinstance(found, Dateline)
    assert (found.places[0].name, found.date.start if found.date else None) == (place, date)


def test_a_dateline_is_cited_up_to_its_last_dash() -> None:
    for raw in ("Geneva (5 May 2020)", "5 May 2020, Geneva", "GENEVA - 5 May 2020", "Geneva, 5.5.2020", "Geneva"):
        found = find_dateline(f"{raw} – Clerks met.")
        assert isinstance(found, Dateline)
        assert found.raw == raw


@pytest.mark.parametrize("text", ["5 May 2020, Clerks of the harbour – a list", "5 May 2020 – a Tuesday – was calm"])
def test_a_date_before_other_words_than_a_place_is_no_dateline(text: str) -> None:
    assert not isinstance(find_dateline(text), Dateline)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("5 May 2020, Geneva – Clerks met.", None),
        ("GENEVA - 5 May 2020 - Clerks met.", None),
        ("5 May 2020, Geneva – On 4 May 2020, clerks met.", "2020-05-04"),
        ("Geneva, 5 May 2020 – On 4 May 2020, clerks met.", "2020-05-04"),
        ("Geneva, 5 May 2020 – Clerks remember 4 May 2020, a calm day.", None),
        ("Geneva – On 4 May 2020, clerks met.", "2020-05-04"),
    ],
)
def test_the_date_of_a_dateline_is_no_event(text: str, start: str | None) -> None:
    dateline = find_dateline(text)
    assert isinstance(dateline, Dateline)
    found = find_event_date(Prose(text), None, after=dateline.last)
    assert (found.start if found else None) == start


@pytest.mark.parametrize(
    ("text", "place", "country"),
    [
        ("Kinshasa, DRC – Clerks", "Kinshasa", "CD"),
        ("London, UK – Clerks", "London", "GB"),
        ("Anytown, U.S. – Clerks", "Anytown", "US"),
        ("DRC – Clerks", "DRC", "CD"),
        ("Atlanta, Georgia – Clerks", "Atlanta", None),
        ("Athens, Georgia – Clerks", "Athens", None),
        ("Tbilisi, Georgia – Clerks", "Tbilisi", "GE"),
        ("Batumi, Georgia, 5 May 2020 – Clerks", "Batumi", "GE"),
        ("Kingston, Jamaica – Clerks", "Kingston", "JM"),
        ("Anytown, Nigeria – Clerks", "Anytown", "NG"),
    ],
)
def test_a_country_behind_a_town_is_the_one_that_is_meant(text: str, place: str, country: str | None) -> None:
    found = find_dateline(text)
    assert isinstance(found, Dateline)
    assert (found.places[0].name, found.places[0].country_code) == (place, country)


def test_an_acronym_in_small_letters_is_no_country() -> None:
    assert find_place("Anytown, us") is None


@pytest.mark.parametrize(
    ("text", "place", "date"),
    [
        ("بغداد، 26 تشرين الثاني 2024 – قالت المنظمة", "بغداد", "2024-11-26"),
        ("القاهرة، 16 كانون الأول/ ديسمبر 2022 – قالت", "القاهرة", "2022-12-16"),
        ("Київ, 22 лютого 2022 року – Представники", "Київ", "2022-02-22"),
        ("Москва, 5 мая 2020 г. – Сотрудники", "Москва", "2020-05-05"),
        ("Lissabon, 5. Mai 2020 – Die Schreiber", "Lissabon", "2020-05-05"),
        ("Lisboa, 5 de maio de 2020 – Os escrivães", "Lisboa", "2020-05-05"),
    ],
)
def test_datelines_name_months_in_the_languages_of_the_sites(text: str, place: str, date: str) -> None:
    found = find_dateline(text)
    assert isinstance(found, Dateline)
    assert (found.places[0].name, found.date and found.date.start) == (place, date)


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Belize City", "BZ"),
        ("Makeni City", "SL"),
        ("Benin City", "NG"),
        ("Port-Sudan", "SD"),
        ("بورتسودان", "SD"),
        ("أنقرة", "TR"),
        ("Женева", "CH"),
        ("Одеса", "UA"),
        ("Женева, Швейцария", "CH"),
        ("Genebra", "CH"),
        ("Bischkek", "KG"),
        ("Guinée-Conakry", "GN"),
        ("Sud-Soudan", "SS"),
        ("عمان، الأردن", "JO"),
    ],
)
def test_a_place_is_known_in_the_languages_of_datelines(name: str, country: str) -> None:
    place = find_place(name)
    assert place is not None
    assert place.country_code == country


@pytest.mark.parametrize("name", ["عمّان", "طرابلس", "Сантьяго", "Nouvelle-Guinée", "Niger-Delta", "Tri-Sudan"])
def test_a_name_of_two_places_or_a_compound_of_a_name_names_none(name: str) -> None:
    assert find_place(name) is None


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("les camps du Sud-Soudan", ["SS"]),
        ("en Nouvelle-Guinée", []),
        ("staff of Port-Sudan airport", []),
        ("the Niger-Nigeria border", ["NE", "NG"]),
        ("the EU-Turkey statement", ["TR"]),
        ("Mali-based groups", ["ML"]),
        ("the Côte d’Ivoire-Ghana border", ["CI", "GH"]),
    ],
)
def test_a_name_behind_a_hyphen_is_a_country_only_behind_another_name(text: str, countries: list[str]) -> None:
    assert [named.code for named in iter_named_countries(text)] == countries
