"""Personal contacts: found in contact blocks for ``private/``, and cut from whatever is published.

Belongs here: e-mail addresses, telephone numbers, and the people and offices they stand beside. Does not belong
here: where they are kept. One broken link (``"mailto:a@b">a@b``, seed 003) is one address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import phonenumbers

from pipeline.clean.unicode import clean_line

E_MAIL_WITHHELD = "[e-mail withheld]"
PHONE_WITHHELD = "[phone withheld]"

_E_MAIL = re.compile(
    r"(?:[\"“]?mailto:[ ]?)?(?P<user>[\w.+%'-]*[\w+%-]) ?(?:@|[\[(]\s?(?:at|@|arroba|arobase)\s?[\])]) "
    r"?(?P<host>(?:[\w-]+(?:\.|\s?[\[(]\s?dot\s?[\])]\s?))+[^\W\d_]{2,})",
    re.IGNORECASE,
)
_LABELS = (
    r"(?:tel|telephone|phone|mobile|mob|cell|fax|whatsapp|viber|téléphone|tél|teléfono|móvil|celular|telefono|"
    r"telefon|telefone|هاتف)"
)
_PHONE = re.compile(
    r"(?<![\w+])(?:\+|00)\s?[1-9](?:[\s().\-–/]{0,2}\d){6,14}(?!\d)"
    rf"|(?<=\b)(?i:{_LABELS})\b[\s.:()a-z]{{0,12}}?(?P<local>\(?\d(?:[\s().\-–/]{{0,2}}\d){{5,13}})(?!\d)"
)
_SPELLED_AT = re.compile(r"[\[(]\s?(?:at|arroba|arobase)\s?[\])]", re.IGNORECASE)
_DIGITS = re.compile(r"\d(?:[\s().\-–/]{0,2}\d){5}")


class FoundContact(NamedTuple):
    """What a contact block says of one person or office; ``first`` and ``last`` are characters of the block's text."""

    name: str | None
    organisation: str | None
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    first: int
    last: int


def _may_hold_e_mail(text: str) -> bool:
    return "@" in text or (("(" in text or "[" in text) and _SPELLED_AT.search(text) is not None)


def _iter_e_mails(text: str) -> Iterator[tuple[str, int, int]]:
    if _may_hold_e_mail(text):
        for match in _E_MAIL.finditer(text):
            host = re.sub(r"\s?[\[(]\s?dot\s?[\])]\s?", ".", match["host"], flags=re.IGNORECASE)
            yield f"{match['user'].lstrip('.').removeprefix(chr(39))}@{host}".lower(), match.start(), match.end()


def _iter_phones(text: str, country: str | None) -> Iterator[tuple[str, int, int]]:
    if _DIGITS.search(text):
        for match in _PHONE.finditer(text):
            group = "local" if match["local"] else 0
            yield format_phone(match[group], country), *match.span(group)


def format_phone(printed: str, country: str | None = None) -> str:
    """E.164 where the number is a possible one (``country`` for numbers without a country code), else as printed.

    >>> format_phone("+227 20 75 25 07"), format_phone("20 75 25 07", "NE"), format_phone("12 34")
    ('+22720752507', '+22720752507', '12 34')
    """
    number = re.sub(r"^\s*00", "+", clean_line(printed)).replace("(0)", "")
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
    if _may_hold_e_mail(text):
        text = _E_MAIL.sub(E_MAIL_WITHHELD, text)
    if _DIGITS.search(text):
        text = _PHONE.sub(_replace_phone, text)
    return text


def _replace_phone(match: re.Match[str]) -> str:
    local = match["local"]
    return match[0].removesuffix(local) + PHONE_WITHHELD if local else PHONE_WITHHELD


def has_contact(text: str) -> bool:
    """Whether :func:`withhold_contacts` would cut something."""
    return withhold_contacts(text) != text


_WORDS_OF_NO_NAME = (
    "for please contact contacts e email mail e-mail tel telephone phone mobile mob cell fax or and the media "
    "press public information office officer officers communications communication unit department project "
    "programme program mission regional director spokesperson manager coordinator assistant specialist senior "
    "head iom oim un international organization organisation migration website web visit further more note "
    "editors notes chief of associate country headquarters hq liaison whatsapp at in from pour plus "
    "d'informations para más información mr mrs ms dr"
)
_NO_NAME = frozenset(_WORDS_OF_NO_NAME.split())
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
            if word[0].rstrip(".").casefold() in _NO_NAME:
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
    parts = [("email", *found) for found in _iter_e_mails(text)] + [
        ("phone", *found) for found in _iter_phones(text, country)
    ]
    taken = [(first, last) for _, _, first, last in parts]
    offices = [
        ("office", match[0], *match.span()) for match in _OFFICE.finditer(text) if not _overlaps(match.span(), taken)
    ]
    taken += [(first, last) for _, _, first, last in offices]
    names = [("name", *found) for found in _iter_names(text) if not _overlaps(found[1:], taken)]
    groups: list[list[tuple[str, str, int, int]]] = []
    for part in sorted([*parts, *offices, *names], key=lambda part: part[2]):
        begins = part[0] == "name" and (not groups or any(kind != "office" for kind, *_ in groups[-1]))
        if begins or not groups:
            groups.append([])
        groups[-1].append(part)
    found = (_read_group(group) for group in groups)
    return tuple(contact for contact in found if contact.emails or contact.phones or contact.name)


def _overlaps(span: tuple[int, int], taken: Sequence[tuple[int, int]]) -> bool:
    return any(span[0] < last and first < span[1] for first, last in taken)


def _read_group(group: list[tuple[str, str, int, int]]) -> FoundContact:
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
