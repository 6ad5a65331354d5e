"""What the gate judges: each run's part for one site and kind of page, with each of its pages as read.

Belongs here: reading these rows out of ledgers and extractions. Does not belong here: their shapes
(``contracts.verdict``), judging them (``pipeline.gate``).
"""

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from contracts.verdict import JudgedPage, SiteRun
from warehouse.build.sources import Sources, stage_sources
from warehouse.build.steps import run_step
from warehouse.connection import open_scratch

_PAGES = """
SELECT run_id, site, kind, page_key, url, layout, key, filled, unread, content_sha256, n_unmapped, observed_at,
       is_nobodys, stated
FROM page_reading
"""
_UNCHANGED = "SELECT run_id, site, kind, content_run_id, page_keys FROM unchanged_page ORDER BY ALL"
_RUNS = """
SELECT run_id, source, site, kind, site_config, n_listed, last_fetched_at, unknown, absent, moved, conflicts
FROM site_run ORDER BY started_at, run_id, site, kind
"""


_NOTHING: Mapping[str, str] = {}


def read_site_runs(sources: Sources) -> list[SiteRun]:
    """Every (run, site, kind) of the archive, oldest run first.

    Raises:
        SourceError: a source does not keep to the contract.
    """
    pages: defaultdict[tuple[str, str, str], list[JudgedPage]] = defaultdict(list)
    unchanged: defaultdict[tuple[str, str, str], dict[str, frozenset[str]]] = defaultdict(dict)
    found = []
    with tempfile.TemporaryDirectory(prefix="iomdb-gate-") as folder, open_scratch(Path(folder)) as connection:
        stage_sources(connection, sources, [], Path(folder))
        for step in ("10_load", "11_nobodys_text", "12_site_runs"):
            run_step(connection, step)
        for run_id, site, kind, *page in connection.execute(_PAGES).fetchall():
            pages[run_id, site, kind].append(_make_page(page))
        for *part, content_run_id, page_keys in connection.execute(_UNCHANGED).fetchall():
            unchanged[tuple(part)][content_run_id] = frozenset(page_keys)
        for run_id, source, site, kind, config, n_listed, at, unknown, absent, moved, conflicts in connection.execute(
            _RUNS
        ).fetchall():
            whole = (run_id, site, kind)
            found.append(
                SiteRun(
                    run_id=run_id,
                    source=source,
                    site=site,
                    kind=kind,
                    site_config=config,
                    n_listed=n_listed,
                    last_fetched_at=at.replace(tzinfo=UTC),
                    unchanged=unchanged[whole],
                    unknown=unknown,
                    absent=frozenset(absent),
                    moved=frozenset(moved),
                    pages=tuple(pages[whole]),
                    conflicts=tuple(conflicts),
                )
            )
    return found


def _make_page(row: Sequence[Any]) -> JudgedPage:
    """The page of a row of :data:`_PAGES`, behind its run, site and kind."""
    page_key, url, layout, key, filled, unread, content_sha256, n_unmapped, observed_at, is_nobodys, stated = row
    return JudgedPage(
        page_key=page_key,
        url=url,
        layout=layout,
        key=key,
        filled=frozenset(filled),
        unread=frozenset(unread),
        content_sha256=content_sha256,
        n_unmapped=n_unmapped,
        observed_at=observed_at.replace(tzinfo=UTC),
        is_nobodys=is_nobodys,
        stated=stated or _NOTHING,
    )
