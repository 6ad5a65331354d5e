"""What the gate judges: each run's part for one site and kind of page, with each of its pages as read.

Belongs here: reading these rows out of ledgers and extractions. Does not belong here: judging them (``pipeline.gate``).
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.build.sources import Sources
from warehouse.build.staged import stage_sources
from warehouse.build.steps import run_step
from warehouse.connection import open_scratch


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page with a body of its own; ``layout`` None means quarantined.

    ``filled`` names the fields with a value, ``unread`` those that it states in a way that no rule reads.

    ``observed_at`` is the ledger's ``fetched_at``, in UTC without a zone.
    """

    page_key: str
    url: str
    observed_at: datetime
    layout: str | None
    key: str | None
    content_sha256: str | None
    n_unmapped: int
    filled: frozenset[str]
    unread: frozenset[str]


@dataclass(frozen=True, slots=True)
class SiteRunRow:
    """One (run, site, kind), in the order in which runs started.

    ``site_config`` is the text of the site file the run used, None where it used none. ``n_listed`` is how many pages
    the sources named, None where that is not recorded; ``n_answered`` how many fetches said something of their page.
    ``unknown`` maps outcomes to numbers of fetches; ``unchanged`` maps earlier runs to the pages that still answer with
    what was archived then. ``last_fetched_at`` is in UTC without a zone.
    """

    run_id: str
    source: str
    site: str
    kind: str
    site_config: str | None
    n_listed: int | None
    n_answered: int
    last_fetched_at: datetime
    first_unknown_url: str | None
    unknown: Mapping[str, int]
    absent: frozenset[str]
    unchanged: Mapping[str, frozenset[str]]
    pages: Sequence[PageRow]


def read_site_runs(sources: Sources) -> list[SiteRunRow]:
    """Every (run, site, kind) of the archive, oldest run first.

    Raises:
        SourceError: a source does not keep to the contract.
    """
    with tempfile.TemporaryDirectory(prefix="iomdb-gate-") as folder, open_scratch(Path(folder)) as connection:
        stage_sources(connection, sources, [], Path(folder))
        for step in ("10_load", "12_site_runs"):
            run_step(connection, step)
        pages: defaultdict[tuple[str, str, str], list[PageRow]] = defaultdict(list)
        for run_id, site, kind, *values in connection.execute(
            "SELECT run_id, site, kind, page_key, url, observed_at, layout, key, content_sha256, n_unmapped, filled, "
            "unread FROM page_reading"
        ).fetchall():
            pages[run_id, site, kind].append(make_page_row(values))
        unchanged: defaultdict[tuple[str, str, str], dict[str, frozenset[str]]] = defaultdict(dict)
        for run_id, site, kind, content_run_id, page_keys in connection.execute(
            "SELECT run_id, site, kind, content_run_id, page_keys FROM unchanged_page ORDER BY ALL"
        ).fetchall():
            unchanged[run_id, site, kind][content_run_id] = frozenset(page_keys)
        return [
            make_site_run_row(values, unchanged[tuple(values[:3])], pages[tuple(values[:3])])
            for values in connection.execute(
                "SELECT run_id, site, kind, source, site_config, n_listed, n_answered, last_fetched_at, "
                "first_unknown_url, unknown, absent FROM site_run ORDER BY started_at, run_id, site, kind"
            ).fetchall()
        ]


def make_page_row(values: Sequence[Any]) -> PageRow:
    """A page as step 12 gives it, without the run's part."""
    page_key, url, observed_at, layout, key, content_sha256, n_unmapped, *sets = values
    return PageRow(page_key, url, observed_at, layout, key, content_sha256, n_unmapped, *map(frozenset, sets))


def make_site_run_row(
    values: Sequence[Any], unchanged: Mapping[str, frozenset[str]], pages: Sequence[PageRow]
) -> SiteRunRow:
    """A run's part as step 12 gives it, with its pages."""
    run_id, site, kind, source, site_config, n_listed, n_answered, last_fetched_at, first_unknown_url, *sets = values
    unknown, absent = sets
    return SiteRunRow(
        run_id=run_id,
        source=source,
        site=site,
        kind=kind,
        site_config=site_config,
        n_listed=n_listed,
        n_answered=n_answered,
        last_fetched_at=last_fetched_at,
        first_unknown_url=first_unknown_url,
        unknown=unknown,
        absent=frozenset(absent),
        unchanged=unchanged,
        pages=pages,
    )
