"""A release of the extractor: the unit of the known clock (docs/contracts.md, section 6).

Belongs here: its shape. Does not belong here: reading ``releases.toml`` (``pipeline.stages.releases``), releases of the
published tables (``warehouse.publish.release``).
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct


class ExtractorRelease(Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """One release. ``released_on`` never falls as ``number`` grows; ``code_sha256`` is of the sources of its code."""

    number: int
    released_on: date
    summary: str = ""
    code_sha256: str = ""
