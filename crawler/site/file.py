"""The form of a site file: its tables and keys, their types and defaults. docs/site-files.md is this for people.

Belongs here: what can be said of one key alone. Does not belong here: what keys say together, or what follows from them
for a URL (``crawler.site.site``).
"""

from typing import Annotated

from msgspec import Meta, Struct

from contracts.fields import DocumentKind
from contracts.run import Kind, RemovalRule

Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]

DELAY_FLOOR_SECONDS = 1.0
"""No public host is asked more often than this; a site file may only say slower."""


class SiteTable(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of a site file: an unknown key is an error."""


class Listing(SiteTable, frozen=True):
    """A paged listing; ``url`` holds ``{page}`` once where it has pages.

    Entries drift while it is read, so ``overlap`` says how many pages of nothing but known entries, in a row, end it.
    """

    url: str
    kind: DocumentKind
    first_page: Count = 0
    max_pages: Positive = 200
    overlap: Positive = 2


class Start(SiteTable, frozen=True):
    """Where discovery begins. Each list may be empty; ``pages`` are pages known by address."""

    sitemaps: list[str] = []
    listings: list[Listing] = []
    feeds: list[str] = []
    pages: list[str] = []


class PathRule(SiteTable, frozen=True):
    """The kind of the pages whose path matches ``pattern`` (searched, language prefix taken off); first match wins.

    ``examples`` are URLs of the site for which this rule must decide: ``iomdb site check`` and loading prove it.
    """

    pattern: str
    kind: Kind
    examples: list[str] = []


class Politeness(SiteTable, frozen=True):
    """Politeness to one host.

    ``delay_seconds`` lies between the starts of two requests; ``deadline_seconds`` is for one URL in all.
    """

    delay_seconds: Annotated[float, Meta(ge=0, le=3600)] = DELAY_FLOOR_SECONDS
    concurrent_requests: Annotated[int, Meta(ge=1, le=8)] = 1
    timeout_seconds: Annotated[float, Meta(gt=0, le=300)] = 30.0
    deadline_seconds: Annotated[float, Meta(gt=0, le=3600)] = 180.0
    attempts: Annotated[int, Meta(ge=1, le=10)] = 3
    breaker_failures: Positive = 5


class Budget(SiteTable, frozen=True):
    """What one run may spend. ``depth`` counts links from a start point; bytes are of bodies as on the wire."""

    pages: Positive = 20_000
    bytes: Positive = 4_000_000_000
    depth: Positive = 10
    minutes: Positive = 600
    body_bytes: Annotated[int, Meta(ge=1, le=100_000_000)] = 10_000_000
    decoded_bytes: Annotated[int, Meta(ge=1, le=1 << 27)] = 40_000_000


class Expectation(SiteTable, frozen=True):
    """What the gate asks of a run, by kind. ``fill`` is the least share of pages that state a field."""

    pages_min: Count = 0
    fill: dict[str, Share] = {}


class Removal(RemovalRule, frozen=True, forbid_unknown_fields=True):
    """When a page counts as removed, as written: here an unknown key is an error."""


class AgeRule(SiteTable, frozen=True):
    """Pages younger than ``younger_than_days`` are asked for again every ``every_days``."""

    younger_than_days: Annotated[float, Meta(gt=0, le=36_500)]
    every_days: Annotated[float, Meta(ge=0, le=3650)]


class Recrawl(SiteTable, frozen=True):
    """How often pages that earlier runs have seen are asked for again.

    Every ``full_every_days`` this is done without validators, for a validator may be frozen.
    """

    ages: tuple[AgeRule, ...] = (
        AgeRule(younger_than_days=14, every_days=1),
        AgeRule(younger_than_days=90, every_days=7),
    )
    older_every_days: Annotated[float, Meta(ge=0, le=3650)] = 30.0
    full_every_days: Annotated[float, Meta(gt=0, le=3650)] = 90.0

    def interval_days(self, age_days: float) -> float:
        """Days between two requests for a page first seen ``age_days`` ago.

        >>> Recrawl().interval_days(3), Recrawl().interval_days(1000)
        (1, 30.0)
        """
        return next((rule.every_days for rule in self.ages if age_days < rule.younger_than_days), self.older_every_days)


DEFAULT_PATHS = (
    PathRule(pattern=r"^/project/[^/]", kind="project"),
    PathRule(pattern=r"^/(news|statements|stories|blogs)/.", kind="news"),
    PathRule(pattern=r"^/(news|statements|stories|blogs|project|projects|search)/?$", kind="listing"),
    PathRule(pattern=r"^/robots\.txt$", kind="robots"),
    PathRule(pattern=r"sitemap[^/]*\.xml(\.gz)?$", kind="sitemap"),
    PathRule(pattern=r"(^|/)(rss|feed)(\.xml)?/?$", kind="feed"),
)
"""The addresses met on iom.int hosts (`/project/<slug>`, `/news/<slug>`, `/statements/<slug>`, `/stories/`, `/blogs/`)
and the names that sitemaps and feeds usually have."""


class SiteFile(SiteTable, frozen=True):
    """One file as written.

    ``hosts`` are the only hosts ever asked; the first is the site's own; a port may follow a colon.
    ``private_addresses`` names the addresses (IP, no port) that are private and meant: a loopback test site.
    ``keep_query`` are the query parameters that distinguish pages.
    """

    name: str
    hosts: Annotated[list[str], Meta(min_length=1)]
    language: Annotated[str, Meta(pattern="^[a-z]{2,3}(-[a-z0-9]{2,8})*$")] = "en"
    private_addresses: list[str] = []
    keep_query: list[str] = []
    start: Start = Start()
    paths: tuple[PathRule, ...] = DEFAULT_PATHS
    politeness: Politeness = Politeness()
    budget: Budget = Budget()
    expect: dict[DocumentKind, Expectation] = {}
    removal: Removal = Removal()
    recrawl: Recrawl = Recrawl()
