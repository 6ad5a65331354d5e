"""How large a measurement is.

Belongs here: the names of the sizes. Does not belong here: how many pages or documents each means; a stage says that.
"""

from __future__ import annotations

from enum import StrEnum


class Size(StrEnum):
    """``FULL`` is what is quoted and kept; ``QUICK`` a tenth of it; ``TINY`` only shows that every line still runs."""

    FULL = "full"
    QUICK = "quick"
    TINY = "tiny"
