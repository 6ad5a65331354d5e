"""A codebook's entry as a table publishes it: the code, its name, and the wordings that pages have for it.

Belongs here: the shape. Does not belong here: the codebooks (``extractor.codebooks``), the tables (``warehouse``).
"""

from __future__ import annotations

from msgspec import Struct


class ProjectType(Struct, frozen=True, kw_only=True):
    """A type of project: a row of ``v1.project_types``."""

    type_code: str
    name: str
    wordings: tuple[str, ...]
