"""The labels of a project page: telling whether a text is one, and which.

Belongs here: how ``labels.toml`` is read, and what of a label's wording varies.
Does not belong here: which value belongs to a label (``project``), and what values mean.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from contracts.fields import LABELLED
from extractor.codebooks import read_codebook

if TYPE_CHECKING:
    from contracts.fields import FieldName

MAX_LABEL: Final = 100
"""No label is longer; the longest known, in French, has 71 characters."""

_CURRENCY: Final = re.compile(r"\([a-z]{3}\)")
_COMBINING: Final = re.compile(f"[{''.join(chr(c) for c in range(0x20F1) if unicodedata.combining(chr(c)))}]")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\\x00]")


@dataclass(frozen=True, slots=True)
class Label:
    """A known label. ``lang`` is None where the wording is the same in all three languages.

    ``field`` is None for the one label that stands for two fields: Spanish pages print "Tipo de proyecto" over the
    status, and once more over the type.
    """

    field: FieldName | None
    lang: str | None


@lru_cache(maxsize=8192)
def find_label(value: str) -> Label | None:
    """The known label that a text is, whatever its case, accents, invisible characters and final colon; else None.

    >>> find_label("ANNÉE :"), find_label("The year"), find_label("Budget Amount (EUR)")
    (Label(field='funding_year', lang='fr'), None, Label(field='budget', lang=None))
    """
    if len(value) > MAX_LABEL:
        return None
    return _read_labels().get(_CURRENCY.sub("({currency})", fold_label(value)))


def holds_label(value: str) -> bool:
    """Whether a text goes on to another known label: one of several words, or one with its colon.

    >>> [holds_label(text) for text in ("2016 End Date: 2018", "2016 Year: 2015", "Health coverage", "Year")]
    [True, True, False, False]
    """
    return find_label(value) is None and _inner_label().search(fold_label(value)) is not None


@cache
def _read_labels() -> dict[str, Label]:
    """Every wording of ``labels.toml``, folded; one that stands for several fields has none of them."""
    found: dict[str, Label] = {}
    for field, wordings in read_codebook("labels").items():
        assert field in LABELLED, f"labels.toml names {field}, which is no label of the field catalogue"
        for lang, words in wordings.items():
            for wording in map(fold_label, words):
                label = Label(None if wording in found else field, None if lang == "any" else lang)
                found[wording] = label
    return found


@cache
def list_key_labels() -> tuple[str, ...]:
    """The wordings of the labels over a project's keys, as they are printed.

    >>> "Projects ID" in list_key_labels()
    True
    """
    book = read_codebook("labels")
    return tuple(
        wording for field in ("projects_id", "prima_id") for words in book[field].values() for wording in words
    )


@cache
def _inner_label() -> re.Pattern[str]:
    """A label within a text: one with its colon, or one of several words."""
    known = sorted(_read_labels(), key=len, reverse=True)
    patterns = {wording: re.escape(wording).replace(re.escape("{currency}"), "[a-z]{3}") for wording in known}
    whole = "|".join(patterns.values())
    long = "|".join(pattern for wording, pattern in patterns.items() if " " in wording)
    return re.compile(rf"(?<!\w)(?:(?:{whole}) ?:|(?:{long})(?!\w))")


def fold_label(value: str) -> str:
    """A label's wording without what varies: case, accents, invisible characters, a final colon.

    >>> fold_label("État(s) membre(s) :")
    'etat(s) membre(s)'
    """
    visible = value if value.isascii() else _INVISIBLE.sub("", value)
    if not visible.isascii():
        visible = _COMBINING.sub("", unicodedata.normalize("NFKD", visible))
    return " ".join(visible.casefold().rstrip(" :").split())


def is_blank(value: str) -> bool:
    r"""Whether a text shows nothing: only invisible characters.

    >>> is_blank("\u200b"), is_blank("–")
    (True, False)
    """
    return not value or not _INVISIBLE.sub("", value).strip()


PROJECTS_ID: Final = re.compile(r"[A-Z]{2}\.\d{4}|[A-Z0-9]{2,3}-80[05]")
"""The current form and the legacy one: ``TC.0767``, ``QU8-805``."""

PRIMA_ID: Final = re.compile(r"[A-Z]{2}(?:10|99)P\d{4}")
"""``LR10P0012``; its letters are the managing office."""


def is_project_key(value: str) -> bool:
    """Whether a whole text is a Projects ID or a Prima ID.

    >>> is_project_key("QU8-805"), is_project_key("LR10P0012"), is_project_key("2006")
    (True, True, False)
    """
    return PROJECTS_ID.fullmatch(value) is not None or PRIMA_ID.fullmatch(value) is not None
