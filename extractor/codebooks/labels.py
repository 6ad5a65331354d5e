"""The labels of a project page: twelve fields in three languages.

Belongs here: the wording of labels as SEEN on pages, and telling whether a text is one.
Does not belong here: which value belongs to a label (``project``), and what values mean.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from extractor.raw import FieldName

MAX_LABEL: Final = 100
"""No label is longer; the longest known, in French, has 71 characters."""

_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\\x00]")
_BUDGET: Final = re.compile(r"budget amount(?: \(([a-z]{3})\))?")


@dataclass(frozen=True, slots=True)
class Label:
    """A known label. ``lang`` is None where the wording is the same in all three languages.

    ``field`` is None for the one label that stands for two fields: Spanish pages print "Tipo de proyecto" over the
    status, and once more over the type.
    """

    field: FieldName | None
    lang: str | None


# SEEN on iom.int and developmentfund.iom.int (IDF project pages and their French and Spanish nodes), in small letters
# without accents: French pages print one of them unaccented. "project id" is INFER: the singular of the translations.
_WORDINGS: Final[dict[str, tuple[FieldName | None, str | None]]] = {
    "start date": ("start_date", "en"),
    "end date": ("end_date", "en"),
    "project status": ("status", "en"),
    "project type": ("type", "en"),
    "budget amount (usd)": ("budget", None),
    "coverage": ("coverage", "en"),
    "year": ("funding_year", "en"),
    "idf region": ("idf_region", None),
    "other countries benefiting at time of allocation": ("other_countries", "en"),
    "prima id": ("prima_id", None),
    "projects id": ("projects_id", "en"),
    "project id": ("projects_id", "en"),
    "benefiting member states": ("countries", "en"),
    "date de debut": ("start_date", "fr"),
    "date de fin": ("end_date", "fr"),
    "statut du projet": ("status", "fr"),
    "type de projet": ("type", "fr"),
    "couverture": ("coverage", "fr"),
    "annee": ("funding_year", "fr"),
    "projet id": ("projects_id", "fr"),
    "etat(s) membre(s) beneficiaires remplissant les conditions requises": ("countries", "fr"),
    "fecha de inicio": ("start_date", "es"),
    "fecha de finalizacion": ("end_date", "es"),
    "tipo de proyecto": (None, "es"),
    "cobertura geografica": ("coverage", "es"),
    "ano": ("funding_year", "es"),
    "proyecto id": ("projects_id", "es"),
    "estados miembros beneficiarios que reunen los requisitos": ("countries", "es"),
}
_LABELS: Final = {wording: Label(*meaning) for wording, meaning in _WORDINGS.items()}
_ANY: Final = "|".join(map(re.escape, sorted(_LABELS, key=len, reverse=True)))
_LONG: Final = "|".join(map(re.escape, sorted((w for w in _LABELS if " " in w), key=len, reverse=True)))
_INNER: Final = re.compile(rf"(?<!\w)(?:(?:{_ANY}) ?:|(?:{_LONG})(?!\w))")


@lru_cache(maxsize=8192)
def find_label(value: str) -> Label | None:
    """The known label that a text is, whatever its case, accents, invisible characters and final colon; else None.

    >>> find_label("ANNÉE :"), find_label("The year"), find_label("Budget Amount (EUR)")
    (Label(field='funding_year', lang='fr'), None, Label(field='budget', lang=None))
    """
    if len(value) > MAX_LABEL:
        return None
    wording = fold_label(value)
    return _LABELS.get(wording) or (Label("budget", None) if _BUDGET.fullmatch(wording) else None)


def holds_label(value: str) -> bool:
    """Whether a text goes on to another known label: one of several words, or one with its colon.

    >>> [holds_label(text) for text in ("2016 End Date: 2018", "2016 Year: 2015", "Health coverage", "Year")]
    [True, True, False, False]
    """
    return find_label(value) is None and _INNER.search(fold_label(value)) is not None


def fold_label(value: str) -> str:
    """A label's wording without what varies: case, accents, invisible characters, a final colon.

    >>> fold_label("État(s) membre(s) :")
    'etat(s) membre(s)'
    """
    visible = value if value.isascii() else _INVISIBLE.sub("", value)
    if not visible.isascii():
        visible = "".join(c for c in unicodedata.normalize("NFKD", visible) if not unicodedata.combining(c))
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
