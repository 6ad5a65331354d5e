"""Witnesses of a title beside the headings: names of a site and of its parts, which are none; the page's address.

Belongs here: telling such names, and how many words of an address a text has, which no theme can change. Does not
belong here: the names of sections in each language (``codebooks/sections.toml``), choosing a title (``title``).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final
from urllib.parse import unquote

from extractor.codebooks import read_codebook
from extractor.codebooks.labels import fold_label

_OWNERS: Final = (
    r"International Organi[sz]ation for Migration(?: \(IOM\))?|UN Migration|IOM Development Fund|Organisation"
    r" internationale pour les migrations(?: \(OIM\))?|Organización Internacional para las Migraciones(?: \(OIM\))?"
    r"|Organização Internacional para as Migrações|Internationale Organisation für Migration(?: \(IOM\))?"
    r"|Международная организация по миграции|المنظمة الدولية للهجرة"
)
_SITE_NAME: Final = re.compile(rf"(?:.*\b)?(?:IOM|OIM|{_OWNERS})(?:\b.*)?", re.IGNORECASE)
_SITE_NAME_ALONE: Final = re.compile(rf"IOM|OIM|(?:IOM|OIM),? [^\W\d_]+|{_OWNERS}", re.IGNORECASE)


@cache
def _read_names() -> dict[str, frozenset[str]]:
    book = read_codebook("sections")
    return {kind: frozenset(fold_label(one) for words in book[kind].values() for one in words) for kind in book}


def is_section(value: str) -> bool:
    """Whether a text names a part of a site.

    >>> is_section("Press Room"), is_section("NEWS & EVENTS"), is_section("News of the lamps")
    (True, True, False)
    """
    return len(value) <= 40 and fold_label(value).replace("&", "and") in _read_names()["section"]


def is_section_name(value: str) -> bool:
    """Whether a text names a part of a site, whom it speaks of, or the site, and no document.

    >>> is_section_name("Новини"), is_section_name("Global"), is_section_name("IOM Liberia")
    (True, True, True)
    """
    return (
        is_section(value)
        or fold_label(value) in _read_names()["reach"]
        or _SITE_NAME_ALONE.fullmatch(value) is not None
    )


def ends_with_owner(value: str) -> bool:
    """Whether a text is the name of IOM, or one that has it.

    >>> ends_with_owner("IOM Development Fund"), ends_with_owner("Lamps")
    (True, False)
    """
    return _SITE_NAME.fullmatch(value) is not None


NAMED: Final = 0.75
"""A text with so many of the words of an address is what the address names."""

_MIN_WORDS: Final = 2
_WORD: Final = re.compile(r"[^\W_]+")


@lru_cache(maxsize=512)
def split_words(value: str) -> tuple[str, ...]:
    """The words of a text as they are compared: without case, accents and signs.

    >>> split_words("L’État : où ?")
    ('l', 'etat', 'ou')
    """
    return tuple(_WORD.findall(fold_label(value)))


@lru_cache(maxsize=256)
def _read_slug(url: str) -> frozenset[str]:
    """The words of an address's last part that has any, without short ones, numbers and a file's ending."""
    for part in reversed(unquote(url.partition("#")[0].partition("?")[0]).split("/")[3:]):
        name = re.sub(r"\.[a-z]{2,5}$", "", part)
        words = frozenset(word for word in split_words(name) if len(word) > 2 and not word.isdigit())
        if len(words) >= _MIN_WORDS:
            return words
    return frozenset()


def rate_named(value: str, url: str) -> float:
    """The share of the words of a page's address that a text has; -1.0 where the address has too few words.

    >>> rate_named("Fire drill in Nairobi", "https://www.iom.int/news/fire-drill"), rate_named("x", "https://iom.int/12")
    (1.0, -1.0)
    """
    words = _read_slug(url)
    if not words:
        return -1.0
    shown = set(split_words(value))
    return sum(word in shown for word in words) / len(words)
