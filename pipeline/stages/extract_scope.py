"""Which runs are read: all, or those of a site or a period.

Belongs here: the choice. Does not belong here: reading (``pipeline.stages.extract``).
"""

from dataclasses import dataclass
from datetime import date

from contracts.run import RunManifest


@dataclass(frozen=True, slots=True)
class Scope:
    """Which runs are read: those of one site, those that started in a period of UTC days (both ends included).

    ``again`` reads also what the release has read, and replaces it: a backfill, offline, from the archive alone. A run
    of many sites (a folder, imported WARCs) belongs to each of them.
    """

    site: str | None = None
    since: date | None = None
    until: date | None = None
    again: bool = False

    def covers(self, manifest: RunManifest) -> bool:
        """Whether the run is one of those."""
        day = manifest.started_at.date()
        return (
            (self.site is None or manifest.site in (None, self.site))
            and (self.since is None or day >= self.since)
            and (self.until is None or day <= self.until)
        )


EVERYTHING = Scope()
