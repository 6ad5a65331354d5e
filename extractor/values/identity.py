"""The two identifiers that IOM gives its projects.

Belongs here: their forms. Does not belong here: which pages are one project (the warehouse), and identifiers in
prose (never read). Forms: IOM-SITES, "Identity": ``TC.0767``; legacy ``QU8-805``; Prima ``LR10P0010``, whose
letters are the managing office's.
"""

from __future__ import annotations

from typing import NamedTuple

from extractor.codebooks.labels import PRIMA_ID, PROJECTS_ID
from extractor.unicode import clean_line, straighten


class ProjectsId(NamedTuple):
    """``scheme`` is ``typed`` (project type and number), ``legacy-800`` or ``legacy-805``."""

    value: str
    scheme: str


def find_projects_id(value: str) -> ProjectsId | None:
    """A value that is a Projects ID and nothing else.

    >>> find_projects_id("QU8-805"), find_projects_id(" TC.0767 "), find_projects_id("TC.0767, IB.0001")
    (ProjectsId(value='QU8-805', scheme='legacy-805'), ProjectsId(value='TC.0767', scheme='typed'), None)
    """
    text = _plain(value)
    if PROJECTS_ID.fullmatch(text) is None:
        return None
    return ProjectsId(text, "typed" if "." in text else f"legacy-80{text[-1]}")


def find_prima_id(value: str) -> str | None:
    """A value that is a Prima ID and nothing else.

    >>> find_prima_id("LR10P0010"), find_prima_id("LR20P0010")
    ('LR10P0010', None)
    """
    text = _plain(value)
    return text if PRIMA_ID.fullmatch(text) else None


def _plain(value: str) -> str:
    return straighten(clean_line(value)).upper()
