"""Which of several workers does what: the share of the sites that each one crawls, where their code servers are.

Belongs here: two variables and what follows from them. Does not belong here: Dagster (``pipeline.defs``), leases.

``IOMDB_SHARE`` is ``1/3`` on the first of three workers: it crawls each third site, and publishes. What another one
leaves due for longer than :data:`TAKE_OVER_AFTER` it crawls too, so that a dead worker's sites are not left out.
``IOMDB_WORKERS`` names their code servers to the daemon: ``one:4000,two:4000``.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from pipeline.ground.errors import WrongUseError

TAKE_OVER_AFTER = timedelta(minutes=45)
SHARE_VARIABLE, WORKERS_VARIABLE = "IOMDB_SHARE", "IOMDB_WORKERS"


@dataclass(frozen=True, slots=True)
class SiteShare:
    """The share of one of several workers, counted from 1."""

    number: int = 1
    of: int = 1

    @property
    def publishes(self) -> bool:
        """Whether this worker derives and publishes: one does."""
        return self.number == 1

    def covers(self, site: str, sites: Sequence[str]) -> bool:
        """Whether a site of these is this worker's own to crawl.

        >>> [SiteShare(2, 2).covers(site, ["a", "b"]) for site in ("a", "b")]
        [False, True]
        """
        return sites.index(site) % self.of == self.number - 1


def may_take_over(slot: datetime, last_started_at: datetime | None, *, now: datetime, working_since: datetime) -> bool:
    """Whether another worker's site was left due for so long that this one crawls it.

    ``slot`` is when its daily crawl was due last, ``last_started_at`` when its newest crawl began, ``working_since``
    when this worker began: what was never crawled, or not for days, is due at once, and waits for its own worker first.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 29, 12, tzinfo=UTC)
    >>> may_take_over(noon - TAKE_OVER_AFTER, None, now=noon, working_since=noon - TAKE_OVER_AFTER)
    True
    >>> may_take_over(noon - TAKE_OVER_AFTER, None, now=noon, working_since=noon)
    False
    """
    is_left = last_started_at is None or last_started_at < slot
    return is_left and now - max(slot, working_since) >= TAKE_OVER_AFTER


def find_share(environ: Mapping[str, str] = os.environ) -> SiteShare:
    """The share that ``IOMDB_SHARE`` names; all of it where it is not set.

    Raises:
        WrongUseError: it names none.
    """
    text = environ.get(SHARE_VARIABLE) or "1/1"
    found = re.fullmatch(r"([1-9][0-9]?)/([1-9][0-9]?)", text)
    if found is None or int(found[1]) > int(found[2]):
        raise WrongUseError(f"{SHARE_VARIABLE}={text!r} is no share of workers: write 1/3 for the first of three")
    return SiteShare(int(found[1]), int(found[2]))


class CodeServer(NamedTuple):
    """Where a worker's code server listens."""

    host: str
    port: int


def find_code_servers(environ: Mapping[str, str] = os.environ) -> list[CodeServer]:
    """The code servers that ``IOMDB_WORKERS`` names, as ``host:port`` with commas between; none where it is not set.

    Raises:
        WrongUseError: one of them is no host and port.
    """
    servers = []
    for text in filter(None, (environ.get(WORKERS_VARIABLE) or "").split(",")):
        host, _, port = text.strip().rpartition(":")
        if not host or not port.isdecimal():
            raise WrongUseError(f"{WORKERS_VARIABLE}: {text.strip()!r} is no host:port; write one:4000,two:4000")
        servers.append(CodeServer(host, int(port)))
    return servers
