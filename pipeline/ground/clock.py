"""The one place where the wall clock is read; everything else is given the time.

Belongs here: now. Does not belong here: any use of it.
"""

from datetime import UTC, datetime


def read_clock() -> datetime:
    """The present instant in UTC, cut to the second."""
    return datetime.now(UTC).replace(microsecond=0)
