"""What the gate judges: each run's part for one site and kind of page, with each of its pages as read.

Belongs here: reading these rows out of ledgers and extractions. Does not belong here: judging them (``pipeline.gate``).
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.connection import open_scratch
from warehouse.sources import Sources
from warehouse.staging import stage_sources
from warehouse.statements import run_step


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page with a body of its own; ``layout`` None means quarantined. ``filled`` names the fields with a value."""

    page_key: str
    url: str
    layout: str | None
    key: str | None
    content_sha256: str | None
    n_unmapped: int
    filled: frozenset[str]


@dataclass(frozen=True, slots=True)
class SiteRunRow:
    """One (run, site, kind), in the order in which runs started.

    ``unknown`` maps outcomes to numbers of fetches; ``unchanged`` maps earlier runs to the pages that still answer with
    what was archived then.
    """

    run_id: str
    source: str
    site: str
    kind: str
    n_listed: int
    unchanged: Mapping[str, frozenset[str]]
    unknown: Mapping[str, int]
    absent: frozenset[str]
    first_unknown_url: str | None
    pages: Sequence[PageRow]


def read_site_runs(sources: Sources) -> list[SiteRunRow]:
    """Every (run, site, kind) of the archive, oldest run first.

    Raises:
        SourceError: a source does not keep to the contract.
    """
    with tempfile.TemporaryDirectory(prefix="iomdb-gate-") as folder, open_scratch(Path(folder)) as connection:
        stage_sources(connection, sources, [], Path(folder))
        for step in ("05_macros", "10_load", "12_site_runs"):
            run_step(connection, step)
        pages: defaultdict[tuple[str, str, str], list[PageRow]] = defaultdict(list)
        for run_id, site, kind, page_key, url, layout, key, content_sha256, n_unmapped, filled in connection.execute(
            "SELECT run_id, site, kind, page_key, url, layout, key, content_sha256, n_unmapped, filled "
            "FROM page_reading"
        ).fetchall():
            page = PageRow(page_key, url, layout, key, content_sha256, n_unmapped, frozenset(filled))
            pages[run_id, site, kind].append(page)
        unchanged: defaultdict[tuple[str, str, str], dict[str, frozenset[str]]] = defaultdict(dict)
        for run_id, site, kind, content_run_id, page_keys in connection.execute(
            "SELECT run_id, site, kind, content_run_id, page_keys FROM unchanged_page ORDER BY ALL"
        ).fetchall():
            unchanged[run_id, site, kind][content_run_id] = frozenset(page_keys)
        rows = connection.execute(
            "SELECT run_id, source, site, kind, n_listed, unknown, absent, first_unknown_url "
            "FROM site_run ORDER BY started_at, run_id, site, kind"
        ).fetchall()
    return [
        SiteRunRow(
            run_id=run_id,
            source=source,
            site=site,
            kind=kind,
            n_listed=n_listed,
            unchanged=unchanged[run_id, site, kind],
            unknown=unknown,
            absent=frozenset(absent),
            first_unknown_url=first_unknown_url,
            pages=pages[run_id, site, kind],
        )
        for run_id, source, site, kind, n_listed, unknown, absent, first_unknown_url in rows
    ]
