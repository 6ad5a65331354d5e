"""Personal contacts: found in contact blocks for ``private/``, and cut from whatever is published.

Belongs here: the people and offices that addresses and numbers belong to, and cutting addresses and numbers out.
Does not belong here: what an address or a number looks like (``extractor.values.contact_patterns``), where contacts
are kept. One broken link (``"mailto:a@b">a@b``, seed 003) is one address.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import phonenumbers

from extractor.codebooks import find_pattern
from extractor.unicode import clean_line
from extractor.values.contact_patterns import AT, DOT, Reach, find_reaches, make_plain

E_MAIL_WITHHELD = "[e-mail withheld]"
PHONE_WITHHELD = "[phone withheld]"

_Part = tuple[str, str, int, int]
"""What stands in a block (email, phone, office or name), as it is kept, and its first and last character."""

_MAILTO = re.compile(r"^[\"“]?mailto: ?", re.IGNORECASE)


class FoundContact(NamedTuple):
    """What a contact block says of one person or office; ``first`` and ``last`` are characters of the block's text."""

    name: str | None
    organisation: str | None
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    first: int
    last: int


def _read_email(printed: str) -> str:
    """An address in its usual form, however it was masked.

    >>> _read_email('"mailto:Ann [at] example [dot] org')
    'ann@example.org'
    """
    plain = _MAILTO.sub("", make_plain(printed))
    user, host = re.split(rf"{AT}| (?i:at) ", plain, maxsplit=1)
    return f"{user}@{re.sub(DOT, '.', host)}".lower()


def format_phone(printed: str, country: str | None = None) -> str:
    """E.164 where the number is a possible one (``country`` for numbers without a country code), else as printed.

    >>> format_phone("+227 20 75 25 07"), format_phone("20 75 25 07", "NE"), format_phone("12 34")
    ('+22720752507', '+22720752507', '12 34')
    """
    number = re.sub(r"^\s*00", "+", make_plain(clean_line(printed))).replace("(0)", "")
    number = f"+{number[:-1]}" if number.endswith("+") else number
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return clean_line(printed)
    if not phonenumbers.is_possible_number(parsed):
        return clean_line(printed)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def withhold_contacts(text: str) -> str:
    """The text with each e-mail address and telephone number replaced by words that say so.

    >>> withhold_contacts("Write to a.b@iom.int or call +227 20 75 25 07.")
    'Write to [e-mail withheld] or call [phone withheld].'
    """
    pieces: list[str] = []
    at = 0
    for found in find_reaches(text):
        pieces += (text[at : found.first], E_MAIL_WITHHELD if found.kind == "email" else PHONE_WITHHELD)
        at = found.last
    return "".join([*pieces, text[at:]]) if pieces else text


_NO_NAME = re.compile(find_pattern("contacts", "no_name"), re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:[’'.-][^\W\d_]+)*\.?")
_NAME = re.compile(
    r"[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:[’'.-][^\W\d_]+)*(?: (?:[A-Z]\.|de|da|van|von|el|al|"
    r"[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:[’'.-][^\W\d_]+)*)){1,3}"
)
_OFFICE = re.compile(r"\b(?:IOM|OIM)(?:[’']s)?(?: (?:in |en |au )?[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:-[^\W\d_]+)*){0,4}")
_ADDRESSING = re.compile(r"\b(?:at|of|in|from)\s$")


def _iter_names(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _NAME.finditer(text):
        kept: list[re.Match[str]] = []
        for word in _WORD.finditer(text, match.start(), match.end()):
            if _NO_NAME.fullmatch(word[0].rstrip(".")):
                if len(kept) >= 2:
                    break
                kept = []
            else:
                kept.append(word)
        if len(kept) >= 2 and not _ADDRESSING.search(text, max(0, kept[0].start() - 5), kept[0].start()):
            yield clean_line(text[kept[0].start() : kept[-1].end()]), kept[0].start(), kept[-1].end()


def find_contacts(text: str, country: str | None = None) -> tuple[FoundContact, ...]:
    r"""The contacts of a block whose lines are divided by line feeds.

    A name begins a contact; what follows is that contact's.

    >>> block = 'Jan Novák\nIOM Niger\nE-mail:\n"mailto:jn@iom.int">jn@iom.int'
    >>> [(one.name, one.organisation, one.emails) for one in find_contacts(block)]
    [('Jan Novák', 'IOM Niger', ('jn@iom.int',))]
    """
    parts = [_read_reach(text, reach, country) for reach in find_reaches(text)]
    offices = [("office", match[0], *match.span()) for match in _OFFICE.finditer(text)]
    parts = _add_free(parts, offices)
    parts = _add_free(parts, [("name", *found) for found in _iter_names(text)])
    groups: list[list[_Part]] = []
    for part in parts:
        begins = part[0] == "name" and (not groups or any(kind != "office" for kind, *_ in groups[-1]))
        if begins or not groups:
            groups.append([])
        groups[-1].append(part)
    found = (_read_group(group) for group in groups)
    return tuple(contact for contact in found if contact.emails or contact.phones or contact.name)


def _read_reach(text: str, reach: Reach, country: str | None) -> _Part:
    printed = text[reach.first : reach.last]
    value = _read_email(printed) if reach.kind == "email" else format_phone(printed, country)
    return (reach.kind, value, reach.first, reach.last)


def _add_free(parts: list[_Part], others: Iterable[_Part]) -> list[_Part]:
    """The parts and those of the others that stand over none of them; all in order, as both are."""
    starts = [part[2] for part in parts]
    free = []
    for other in others:
        at = bisect_left(starts, other[3])
        if at == 0 or parts[at - 1][3] <= other[2]:
            free.append(other)
    return sorted([*parts, *free], key=lambda part: part[2])


def _read_group(group: list[_Part]) -> FoundContact:
    by_kind: dict[str, list[str]] = {"name": [], "office": [], "email": [], "phone": []}
    for kind, value, _, _ in group:
        by_kind[kind].append(value)
    return FoundContact(
        name=next(iter(by_kind["name"]), None),
        organisation=clean_line(by_kind["office"][0]) if by_kind["office"] else None,
        emails=tuple(dict.fromkeys(by_kind["email"])),
        phones=tuple(dict.fromkeys(by_kind["phone"])),
        first=min(part[2] for part in group),
        last=max(part[3] for part in group),
    )
