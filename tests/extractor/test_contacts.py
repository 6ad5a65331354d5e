"""Contacts: found whole for private/, cut whole from what is published, and nothing else cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.blocks.source import Source
from extractor.blocks.text import SourceText
from extractor.meaning.findings import find_office_country
from extractor.raw import FrameFact
from extractor.values.contacts import E_MAIL_WITHHELD, PHONE_WITHHELD, find_contacts, format_phone, withhold_contacts
from tests.costs import costing_at_most


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Write to ann.sample@example.org now.", f"Write to {E_MAIL_WITHHELD} now."),
        ("Write to ann(at)example.org now.", f"Write to {E_MAIL_WITHHELD} now."),
        ("ann [at] example [dot] org", E_MAIL_WITHHELD),
        ('"mailto:ann@example.org">ann@example.org', f'{E_MAIL_WITHHELD}">{E_MAIL_WITHHELD}'),
        ("Call +227 20 75 25 07 or +227-20-75-25-08.", f"Call {PHONE_WITHHELD} or {PHONE_WITHHELD}."),
        ("Call 00 227 20 75 25 07.", f"Call {PHONE_WITHHELD}."),
        ("Tel: 022 717 9111", f"Tel: {PHONE_WITHHELD}"),
        ("Tél. : 20 75 25 07", f"Tél. : {PHONE_WITHHELD}"),
        ("Mobile (679) 331 0000", f"Mobile {PHONE_WITHHELD}"),
        (
            "Ring Ana (Tel: 022 717 9111 / 022 717 9222), +679‑330‑1234, or write to ana AT iom.int.",
            f"Ring Ana (Tel: {PHONE_WITHHELD} / {PHONE_WITHHELD}), {PHONE_WITHHELD}, or write to {E_MAIL_WITHHELD}.",
        ),
    ],
)
def test_addresses_and_numbers_are_cut(text: str, published: str) -> None:
    assert withhold_contacts(text) == published


@pytest.mark.parametrize(
    "text",
    [
        "In 2015-2016, 1,000,000 people and USD 183,813.00 in 10 towns.",
        "from 29-30 July 2015 (16:00) to 3 May 2016",
        "Projects ID TC.0767 and LR10P0010, 10.7, 2030",
        "@ the harbour, the (at) sign, mobile teams of 2000 people",
        "telephones for 12 clerks; +5 degrees; 2006 2007 2008 2009",
    ],
)
def test_numbers_that_are_no_telephone_stay(text: str) -> None:
    assert withhold_contacts(text) == text


@given(st.text(max_size=80))
def test_cutting_twice_is_cutting_once(text: str) -> None:
    once = withhold_contacts(text)
    assert withhold_contacts(once) == once


def test_each_name_of_a_block_has_what_follows_it() -> None:
    block = (
        "Media contacts:\nAnn Sample, Head of Communications, IOM Suva, Tel: +679 331 00 00, "
        "asample@example.org\nBen Example\nbexample@example.org"
    )
    first, second = find_contacts(block)
    assert (first.name, first.organisation, first.emails, first.phones) == (
        "Ann Sample",
        "IOM Suva",
        ("asample@example.org",),
        ("+6793310000",),
    )
    assert (second.name, second.organisation, second.emails, second.phones) == (
        "Ben Example",
        None,
        ("bexample@example.org",),
        (),
    )


def test_an_address_printed_twice_is_one() -> None:
    (found,) = find_contacts('Ann Sample\n"mailto:a@example.org">a@example.org')
    assert found.emails == ("a@example.org",)


@pytest.mark.parametrize("masked", ["ana AT iom.int", "Ana(at)iom(dot)int", "ana＠iom.int", "mailto:ana@iom.int"])
def test_a_masked_address_is_kept_in_its_usual_form(masked: str) -> None:
    (found,) = find_contacts(f"Ana Vula\n{masked}")
    assert found.emails == ("ana@iom.int",)


def test_a_number_in_other_digits_or_with_its_plus_behind_is_kept_in_its_usual_form() -> None:
    assert format_phone("+٩٦٤ ٧٧١ ٢٣٤ ٥٦٧٨") == "+9647712345678"
    assert format_phone("9647712345678+") == "+9647712345678"


def test_thousands_of_contacts_are_read_in_seconds() -> None:
    with costing_at_most(5):
        found = find_contacts("Call Ana Vula, Tel: +679 330 1234, or Ben Novak at IOM Suva. " * 8_500)
    assert len(found) == 17_000


def test_a_number_without_a_country_code_is_that_of_the_offices_country() -> None:
    assert format_phone("331 00 00", "FJ") == "+6793310000"
    assert format_phone("331 00 00") == "331 00 00"
    name = SourceText.from_plain(Source("Fiji"), 0, 4)
    assert find_office_country([FrameFact("office_country", name, name)]) == "FJ"
    assert find_office_country([]) is None
