"""How far discovery has come: which sources were read, what each named, whether to its end.

Belongs here: the completeness of what is found. Does not belong here: reading the sources
(crawler.engine.discovery_spider), the pages they name (crawler.session.frontier).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from contracts.run import Discovery
from crawler.archive.writer import RunWriter


@dataclass(slots=True)
class DiscoveryProgress:
    """The sources read so far, written down as they are read. ``finished`` are the kinds of page all found by now."""

    writer: RunWriter
    finished: set[str] = field(default_factory=set)
    _sources: dict[tuple[str, str], Discovery] = field(default_factory=dict)

    def record_source(self, source: str, url: str, n_found: int, *, complete: bool) -> None:
        """Keep how many pages a source named and whether it was read to its end; both spiders may read the same one."""
        before = self._sources.get((source, url))
        if before is not None:
            n_found, complete = n_found + before.found, complete and before.complete
        self._sources[source, url] = Discovery(source, url, n_found, complete)
        self.writer.record_discovery(list(self._sources.values()))

    @property
    def is_complete(self) -> bool:
        """Whether both spiders read every source to its end."""
        return self.finished >= {"project", "news"} and all(source.complete for source in self._sources.values())
