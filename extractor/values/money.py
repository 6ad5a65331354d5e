"""An amount of money and its currency, from a label and a value, or nothing.

Belongs here: number and currency formats. Does not belong here: where on a page an amount stands (never in prose).
An amount that can be read in two ways is not read. What stands in IOM's records: ``100000.00`` (seed 000) and, on
the old host, ``183,813`` (two public texts of one project, ``183,813`` and ``183813.00``).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NamedTuple

from extractor.unicode import clean_line

LARGEST = Decimal("999999999999.99")
"""What DECIMAL(14,2) holds."""

_SIGNS = {"US$": "USD", "$US": "USD", "€": "EUR", "£": "GBP"}
_CURRENCY = re.compile(r"(?<![A-Za-z])(USD|EUR|GBP|CHF|CAD|AUD)(?![A-Za-z])|(US\$|\$US|€|£)", re.IGNORECASE)
_GROUPED = (
    re.compile(r"(?P<whole>[0-9]{1,12})(?:\.(?P<part>[0-9]{1,2}))?"),
    re.compile(r"(?P<whole>[0-9]{1,12}),(?P<part>[0-9]{1,2})"),
    re.compile(r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+)(?:\.(?P<part>[0-9]{1,2}))?"),
    re.compile(r"(?P<whole>[0-9]{1,3}(?:\.[0-9]{3})+),(?P<part>[0-9]{1,2})"),
    re.compile(r"(?P<whole>[0-9]{1,3}(?:\.[0-9]{3}){2,})"),
    re.compile(r"(?P<whole>[0-9]{1,3}(?: [0-9]{3})+)(?:[.,](?P<part>[0-9]{1,2}))?"),
    re.compile(r"(?P<whole>[0-9]{1,3}(?:'[0-9]{3})+)(?:[.,](?P<part>[0-9]{1,2}))?"),
)
"""Closed list of number formats. ``100.000`` is in none.

A point before three digits groups in one country and divides in another. A comma before three digits groups, as the
old host writes it; no currency here has three decimals.
"""

PRINTED: Final = re.compile(r"\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d{2})?|\d{4,9}[.,]\d{2}")
"""What shows by its groups or cents that it is an amount, where no label says so: 2006 may be a year."""

_DIGITS = {
    ord(char): str(value) for base in (0x0660, 0x06F0) for value, char in enumerate(map(chr, range(base, base + 10)))
}
_DIGITS |= {ord("’"): "'", ord("٬"): ",", ord("٫"): "."}


class Money(NamedTuple):
    """An amount to the cent. ``currency`` is None where neither label nor value names one.

    ``conflict`` is the label's currency where the value names another one: the value's own is taken.
    """

    amount: Decimal
    currency: str | None
    conflict: str | None = None


def find_currency(text: str) -> str | None:
    """The one ISO 4217 code that ``text`` names; None where it names none or several.

    >>> find_currency("Budget Amount (USD)"), find_currency("$"), find_currency("USD/EUR")
    ('USD', None, None)
    """
    found = {_SIGNS.get(match[0].upper(), match[0].upper()) for match in _CURRENCY.finditer(text)}
    return found.pop() if len(found) == 1 else None


def find_money(value: str, label: str = "") -> Money | None:
    """Read ``value`` under ``label``; None where it is not one plain amount.

    >>> find_money("USD 100,000")
    Money(amount=Decimal('100000.00'), currency='USD', conflict=None)
    >>> find_money("100.000,00", "Budget Amount (USD)").amount
    Decimal('100000.00')
    >>> find_money("100.000", "Budget Amount (USD)") is None
    True
    """
    text = clean_line(value).translate(_DIGITS)
    own, labelled = find_currency(text), find_currency(label)
    bare = _CURRENCY.sub(" ", text).strip()
    if own is None and _CURRENCY.search(text):
        return None
    if labelled or own:
        bare = bare.removeprefix("$").removesuffix("$").strip()
    for form in _GROUPED:
        if match := form.fullmatch(bare):
            whole = re.sub(r"[^0-9]", "", match["whole"])
            amount = Decimal(f"{whole}.{(match.groupdict().get('part') or '').ljust(2, '0')}")
            if amount > LARGEST:
                return None
            return Money(amount, own or labelled, labelled if own and labelled and own != labelled else None)
    return None
