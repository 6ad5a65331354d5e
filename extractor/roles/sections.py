"""Names of a site and of its parts, which are the title of no document.

Belongs here: telling them. Does not belong here: their words in each language (``codebooks/sections.toml``).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

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
