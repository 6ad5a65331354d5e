"""From ledgers, extractions, releases and verdicts to one private file to publish; and before it, what is judged.

Belongs here: the order of the steps and what each is given; each run's part for one site and kind of page, with its
pages as read, out of the first of these steps. Does not belong here: the steps (``warehouse/build/sql/*.sql``, one file
a step), judging (``pipeline.gate``), checking and renaming (:mod:`warehouse.publish.swap`).
"""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import duckdb

from contracts.verdict import JudgedPage, SiteRun, Verdict
from warehouse.build.dictionary import apply_comments
from warehouse.build.sources import Sources, stage_sources
from warehouse.build.steps import run_step
from warehouse.connection import BUILD_MEMORY, SCHEMA_VERSION, attach_private, open_scratch, quote_text, refuse_newer
from warehouse.errors import BuildError
from warehouse.files import clear_leftovers, private_beside
from warehouse.tables import PUBLIC_TABLES

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


Relate = Callable[[Path, Path], None]
"""Judges what is alike: reads the documents file, writes ``clusters.ndjson`` and ``links.ndjson`` into the folder
(docs/contracts.md, section 7)."""


DERIVATION: Final = (
    "10_load",
    "11_nobodys_text",
    "20_observations",
    "30_identity",
    "35_absence",
    "40_lineages",
    "42_unread",
    "45_primary_periods",
    "50_presence",
    "60_versions",
)
BEFORE_RELATIONS: Final = (
    "00_schemas",
    *DERIVATION,
    "70_versions_wide",
    "72_changes",
    "73_money",
    "74_removals",
    "75_documents",
    "76_ledgers",
    "77_evidence",
    "81_findings",
    "84_unread_pages",
    "82_names",
    "83_codebooks",
)
PUBLIC = ("90_views", "91_unread_pages", "80_macros")
ANSWERS = ("clusters", "links")


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What was built, and where. ``rows`` counts each internal table; the file is private until it is published."""

    path: Path
    rows: Mapping[str, int]


def build_database(
    sources: Sources,
    verdicts: Sequence[Verdict],
    target: Path,
    *,
    relate: Relate | None = None,
    threads: int | None = None,
    notice: str | None = None,
    on_step: Callable[[int, int], object] = lambda *_: None,
) -> BuildReport:
    """Build the database beside ``target`` (what a killed build left there is removed first).

    The result depends on the sources, the verdicts and ``relate`` alone: not on the order of runs, threads or time.
    Only runs with an accepted verdict for their site and kind are derived from; a run without one is only listed.

    Of ``verdicts`` there is one a run, site and kind (docs/contracts.md, section 5). ``relate`` judges clusters and
    links; None leaves both tables empty. ``threads`` is how many DuckDB may use; None for all. ``notice`` is what must
    be said wherever something of the file is shown (it is invented); None for the public record.

    Raises:
        SourceError: a source does not keep to the contract; the text says which and where.
        BuildError: a step failed, or the disk did; nothing half built is left behind.
        SchemaVersionError: the published file is a newer program's.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    refuse_newer(target)
    clear_leftovers(target)
    private = private_beside(target)
    with ExitStack() as undo:
        undo.callback(clear_leftovers, target)
        try:
            rows = _build(private, sources, verdicts, relate=relate, threads=threads, notice=notice, on_step=on_step)
        except duckdb.Error as error:
            told = " ".join(str(error).split())
            raise BuildError(f"{target.name} could not be built and is left as it was: {told}") from error
        undo.pop_all()
    return BuildReport(private, rows)


def _build(
    private: Path,
    sources: Sources,
    verdicts: Sequence[Verdict],
    *,
    relate: Relate | None,
    threads: int | None,
    notice: str | None,
    on_step: Callable[[int, int], object],
) -> dict[str, int]:
    with tempfile.TemporaryDirectory(prefix=f"{private.name}-", dir=private.parent) as folder:
        staging = Path(folder)
        with open_scratch(staging, threads=threads, memory=BUILD_MEMORY) as connection:
            stage_sources(connection, sources, verdicts, staging)
            attach_private(connection, private, "built")
            connection.execute("SET VARIABLE schema_version = ?", [SCHEMA_VERSION])
            connection.execute("SET VARIABLE notice = ?", [notice])
            of = len((*BEFORE_RELATIONS, *PUBLIC)) + 1
            for done, step in enumerate(BEFORE_RELATIONS, start=1):
                run_step(connection, step)
                on_step(done, of)
            relate_documents(connection, relate, staging)
            on_step(len(BEFORE_RELATIONS) + 1, of)
            connection.execute("USE built")
            for step in PUBLIC:
                run_step(connection, step)
            on_step(of, of)
            # Under its own name too: SHOW TABLES and FROM projects answer, whatever the search path.
            for table in PUBLIC_TABLES:
                connection.execute(f"CREATE VIEW main.{table.name} AS SELECT * FROM v1.{table.name}")
            apply_comments(connection)
            connection.execute("USE memory")
            rows = count_rows(connection)
            connection.execute("DETACH built")
    return rows


def relate_documents(connection: duckdb.DuckDBPyConnection, relate: Relate | None, staging: Path) -> None:
    """Fill the tables of clusters and links. Without a judge both stay empty.

    Raises:
        BuildError: the judge did not write one of its two files.
    """
    folder = staging / "relations"
    folder.mkdir()
    if relate is None:
        for name in ANSWERS:
            (folder / f"{name}.ndjson").touch()
    else:
        run_step(connection, "78_relations_out")
        documents = staging / "documents.ndjson"
        connection.execute(f"COPY related_document TO {quote_text(str(documents))} (FORMAT json)")
        relate(documents, folder)
    for name in ANSWERS:
        path = folder / f"{name}.ndjson"
        if not path.is_file():
            raise BuildError(f"the search of relations wrote no {path.name}; see docs/contracts.md, section 7")
        connection.execute(f"SET VARIABLE {name}_file = ?", [str(path)])
    run_step(connection, "79_relations_in")


def count_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of each internal table of the built file, by name."""
    names = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'built' AND schema_name = 'internal' ORDER BY 1"
    ).fetchall()
    counts = {}
    for (name,) in names:
        row = connection.execute(f"SELECT count(*) FROM built.internal.{name}").fetchone()
        assert row is not None
        counts[name] = int(row[0])
    return counts
