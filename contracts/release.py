"""An extractor release: the unit of the known clock (docs/contracts.md, section 6).

Belongs here: its shape. Does not belong here: reading ``releases.toml`` (``pipeline.stages.releases``), data releases
(``warehouse.publish.data_release``).
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct


class ExtractorRelease(Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """One extractor release. ``released_on`` never falls as ``number`` grows; ``code_sha256`` is of its sources."""

    number: int
    released_on: date
    summary: str = ""
    code_sha256: str = ""
