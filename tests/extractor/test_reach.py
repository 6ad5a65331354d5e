"""Addresses and numbers are found in every way they are printed; amounts, dates and identifiers are never taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.values.contact_patterns import find_reaches, make_plain
from tests.costs import costing_at_most


def find(text: str) -> list[str]:
    return [text[reach.first : reach.last] for reach in find_reaches(text)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Tel: 022 717 9111 / 022 717 9222", ["022 717 9111", "022 717 9222"]),
        ("ring +679 330 1234 or 330 5678", ["+679 330 1234", "330 5678"]),
        ("Tel: 022 717 9111, 717 9222", ["022 717 9111", "717 9222"]),
        ("or +679‑330‑1234,", ["+679‑330‑1234"]),
        ("+679 - 330 - 1234", ["+679 - 330 - 1234"]),
        ("(+679 330 1234)", ["+679 330 1234"]),
        ("Phone Number: 077 123 4567", ["077 123 4567"]),
        ("Tel No. 330 1234", ["330 1234"]),
        ("Tel. (office): 330 1234", ["330 1234"]),
        ("Tel/Fax: 330 1234", ["330 1234"]),
        ("M. 077 123 4567", ["077 123 4567"]),
        ("GSM : 77 12 34 56", ["77 12 34 56"]),
        ("Portable : 77 12 34 56", ["77 12 34 56"]),
        ("cel. 77123456", ["77123456"]),
        ("тел. 044 123 45 67", ["044 123 45 67"]),
        ("الهاتف: 0771234567", ["0771234567"]),
        ("هاتف ٠٧٧ ١٢٣ ٤٥٦٧", ["٠٧٧ ١٢٣ ٤٥٦٧"]),
        ("٠٧٧١٢٣٤٥٦٧", ["٠٧٧١٢٣٤٥٦٧"]),
        ("+٩٦٤ ٧٧١ ٢٣٤ ٥٦٧", ["+٩٦٤ ٧٧١ ٢٣٤ ٥٦٧"]),
        ("964771234567+", ["964771234567+"]),
        ("(202) 555-0199", ["(202) 555-0199"]),
        ("WhatsApp +33 (0)6 12 34 56 78", ["+33 (0)6 12 34 56 78"]),
        ("For more information call 330 1234.", ["330 1234"]),
        ("Ana Vula, +679 330 1234, and Ben Novak, 330 5678.", ["+679 330 1234", "330 5678"]),
        ("Tel:(+231) 88 612 3456", ["(+231) 88 612 3456"]),
        ("Contact Ana Vula on 3301234 before noon", ["3301234"]),
    ],
)
def test_numbers_are_found_however_they_are_printed(text: str, numbers: list[str]) -> None:
    assert find(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "people with mobile phones in 2015-2019",
        "mobile teams in 2006-2007 and mobile 2015/16",
        "mobile to 1234567 people",
        "Please contact the 1 234 567 people before 12.05.2016",
        "to reach 2,500,000 clerks, call for 100000-200000 lamps",
        "USD 183,813.00, 1.234.567,00, EUR 10 000 000, $1234567",
        "TC.0767, QU8-805, LR10P0010, IS.10P0001, BD10P0123456",
        "12/05/2006 - 14/05/2008, 2006-05-10, 12.05.2016-14.05.2016",
        "at 16:00 2015 2016 2017",
        "ISBN 0-306-40615-2, account no. 0123456789",
        "look at iom.int, AVAILABLE AT IOM.INT",
        "F. 2015-2019, T. 12",
        "Contact ana: coordinates 12.3456789, 012.345678",
        "Call between 09.00-12.30 and 14.00 – 17.30, from 05.06.20-07.08.20",
        "we look at the lamps. Dot by dot int",
    ],
)
def test_amounts_dates_and_identifiers_are_no_numbers(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    "text",
    ["avula AT iom.int", "avula{at}iom.int", "avula＠iom.int", "avula‑b@iom.int", "a.vula(at)iom(dot)int",
     "avula at iom dot int", "avula @ iom.int", "o'brien@fiji.iom.int"],
)  # fmt: skip
def test_addresses_are_found_whole_however_they_are_masked(text: str) -> None:
    assert find(f"write to {text} soon") == [text]


@given(st.text(max_size=60))
def test_the_plain_copy_is_as_long_as_the_text(text: str) -> None:
    assert len(make_plain(text)) == len(text)


@pytest.mark.parametrize(
    "text",
    ["a" * 200_000 + " x@y.org", "@a" * 50_000, "a@" + "b." * 50_000, "1 " * 100_000, "1" * 200_000, "+" * 100_000,
     "tel " * 50_000 + "1", "(" * 50_000 + "1", "tel: 022 717 9111" + " " * 100_000 + "1" * 9,
     "Tel: 022 717 9111, " * 8_500],
)  # fmt: skip
def test_time_grows_with_the_text_only(text: str) -> None:
    with costing_at_most(3):
        find_reaches(text)
