"""Which software wrote a run, for its manifest.

Belongs here: versions of installed distributions. Does not belong here: the manifest (``contracts.run``).
"""

from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version


def software_versions(*distributions: str) -> dict[str, str]:
    """Name to version of the installed distributions named; one that is not installed is left out."""
    found: dict[str, str] = {}
    for name in distributions:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
