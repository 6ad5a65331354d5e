"""Deriving versions, building the published file and asking it as of a date, beside dlt's scd2 on the same changes.

Belongs here: one generated archive of ledger lines and readings, and the clocks around the warehouse's own steps.
Does not belong here: any SQL of the derivation (``warehouse/build/sql``).

The archive: pages asked for once a week; one page in a hundred changes a week, one in a thousand is removed for good,
one answer in fifty is unknown. Every word is generated.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import duckdb
import msgspec

from bench.sizes import Size
from contracts.extraction import Extraction
from contracts.run import RunManifest
from warehouse.build.database import DERIVATION
from warehouse.build.steps import run_step
from warehouse.connection import open_scratch, quote_text, set_variable
from warehouse.extracted.writer import shape_columns, write_extraction
from warehouse.read.published import fetch_query, open_published

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = {Size.FULL: 100_000, Size.QUICK: 10_000, Size.TINY: 200}
WEEKS = 20
STEPS = DERIVATION[DERIVATION.index("10_load") + 1 :]
"""From the ledger, which is generated as a table here, to versions."""
VERSIONING = STEPS[STEPS.index("30_identity") + 1 :]
"""The steps after identity: from observations of known documents to versions."""
RUN_ID = "20260105T000000Z-bench-00000000"
WORDS_A_BODY = 400

LEDGER = Path(__file__).with_name("ledger.sql")
"""What step 10 would have loaded: the ledger, verdicts, readings."""

BUILD = """
import json, sys, time
from datetime import date
from pathlib import Path
from bench.memory import read_peak
from warehouse.build.database import build_database
from warehouse.publish.swap import publish_database
from contracts.extraction import ExtractorRelease
from contracts.verdict import Verdict
from warehouse.build.sources import Sources
root = Path(sys.argv[1])
start = time.perf_counter()
sources = Sources(root / "archive", root / "extracted", [ExtractorRelease(1, date(2026, 1, 1))])
verdicts = [
    Verdict(run_id=sys.argv[2], site="bench", kind=kind, verdict="accepted", by="gate") for kind in ("project", "news")
]
built = build_database(sources, verdicts, root / "iomdb.duckdb").path
middle = time.perf_counter()
publish_database(built, root / "iomdb.duckdb")
print(json.dumps({"build": middle - start, "publish": time.perf_counter() - middle, "memory": read_peak()}))
"""


def measure(size: Size = Size.FULL) -> list[dict[str, Any]]:
    """Rows of the benchmark's table."""
    pages = PAGES[size]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        rows = measure_derivation(root / "spill", pages)
        write_archive(root, pages)
        rows += measure_build(root, pages)
        rows += measure_questions(root / "iomdb.duckdb", project=min(5_000, pages // 2))
        rows += measure_scd2(root / "peer", pages)
    return rows


def measure_derivation(spill: Path, pages: int, weeks: int = WEEKS) -> list[dict[str, Any]]:
    """From the loaded ledger to versions, step by step; the reading of JSON and Parquet is in the build's figure."""
    observations = f"{pages * weeks:,} observations of {pages:,} pages"
    with open_scratch(spill) as connection:
        connection.execute("ATTACH ':memory:' AS built")
        run_step(connection, "00_schemas")
        _load_ledger(connection, spill, pages, weeks)
        seconds = {step: _time_step(connection, step) for step in STEPS}
        versions = fetch_query(connection, "SELECT count(*) FROM version").rows[0][0]
        plain = _time(connection, "CREATE TABLE plain AS " + PLAIN_ISLANDS)
    derived = sum(seconds[step] for step in VERSIONING)
    return [
        _row(f"versions from {observations}", derived, "s", target=3.0, met=derived < 3),
        _row("  beside a bare gaps-and-islands query", derived, "s", peer="one window", peer_value=plain),
        _row("  versions made", versions, ""),
        _row("ledger to versions, identity included", sum(seconds.values()), "s"),
    ]


PLAIN_ISLANDS = """
SELECT page_no, observed_at, capture_no FROM observation WHERE says = 'read'
QUALIFY capture_no IS DISTINCT FROM lag(capture_no) OVER (PARTITION BY page_no ORDER BY observed_at)
"""
"""The least that any derivation must do: one sort and one comparison, on one clock, without removals."""


def write_archive(root: Path, pages: int) -> None:
    """One run of ``pages`` pages, half projects and half news, and its extraction, as the contract fixes them."""
    run = root / "archive" / RUN_ID
    run.mkdir(parents=True)
    started = datetime(2026, 1, 5, tzinfo=UTC)
    manifest = RunManifest(
        run_id=RUN_ID,
        source="crawl",
        site="bench",
        started_at=started,
        ended_at=started,
        sealed_at=started,
        complete=True,
        files=[],
        counts={"fetched": pages},
        software={},
    )
    (run / "run.json").write_bytes(msgspec.json.encode(manifest))
    with (run / "fetches.jsonl").open("w") as ledger:
        ledger.writelines(json.dumps(line) + "\n" for line in _iter_lines(pages))
    target = root / "extracted" / "1" / f"{RUN_ID}.parquet"
    target.parent.mkdir(parents=True)
    columns = shape_columns(Extraction)
    selected = ", ".join(f"({EXTRACTION.get(name, 'NULL')})::{kind} AS {name}" for name, kind in columns.items())
    with open_scratch(root / "spill") as connection:
        connection.execute(
            f"COPY (SELECT {selected} FROM range({pages}) AS p(page) ORDER BY capture_id) "
            f"TO {quote_text(str(target))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20000)"
        )


_BODY = f"array_to_string([substr(md5(page || '.' || w), 1, 4 + w % 5) for w in range({WORDS_A_BODY})], ' ')"
_COUNTRY = "['LR', 'SL', 'GN', 'NE', 'TD'][1 + page % 5]"
_FOUND = "rule: 'r', certainty: 'stated', start: 1, \"end\": 9"
EXTRACTION = {
    "capture_id": "md5(page::VARCHAR)",
    "run_id": quote_text(RUN_ID),
    "site": "'bench'",
    "url": "'https://www.iom.int/page-' || page",
    "page_key": "'iom.int/page-' || page",
    "observed_at": "TIMESTAMP '2026-01-05' + to_seconds(page)",
    "time_basis": "'captured'",
    "release": "1",
    "status": "'read'",
    "kind": "CASE page % 2 WHEN 0 THEN 'project' ELSE 'news' END",
    "layout": "'bench/1'",
    "lang": "'en'",
    "title": "'Title ' || md5('t' || page)",
    "alternates": "[]",
    "content_sha256": "sha256(page::VARCHAR)",
    "project": "CASE WHEN page % 2 = 0 THEN {projects_id: 'TC.' || page, budget_amount: 100000, start_year: 2006,"
    f" countries: [{_COUNTRY}], other_countries: [], description: {_BODY}}} END",
    "news": "CASE WHEN page % 2 = 1 THEN {dateline_raw: 'Here', sdg_targets: [], word_count: 400,"
    f" body: {_BODY}}} END",
    "countries": f"[{{role: 'primary', country_code: {_COUNTRY}, raw: 'x', {_FOUND}}}]",
    "mentions": f"[{{kind: 'acronym', name: 'ABC', raw: 'ABC', {_FOUND}}}]",
    "evidence": f"[{{field: 'title', value: 'x', raw: 'x', {_FOUND}}} for k in range(12)]",
    "unmapped": "[]",
    "issues": "[]",
    "blocks": "{total: 20, frame: 8, explained: 12, unexplained: 0}",
    "unexplained": "[]",
}
"""The SQL of each column of a generated extraction; a column that is not named is NULL."""


def _iter_lines(pages: int) -> Iterator[dict[str, Any]]:
    with closing(duckdb.connect()) as connection:
        ids = connection.execute(f"SELECT md5(page::VARCHAR) FROM range({pages}) AS p(page) ORDER BY page").fetchall()
    for page, (capture_id,) in enumerate(ids):
        day, hour, minute, second = 5 + page // 86400, page % 86400 // 3600, page % 3600 // 60, page % 60
        yield {
            "seq": page, "site": "bench", "url": f"https://www.iom.int/page-{page}", "page_key": f"iom.int/page-{page}",
            "kind": "news" if page % 2 else "project", "outcome": "fetched", "effect": "seen", "time_basis": "captured",
            "fetched_at": f"2026-01-{day:02}T{hour:02}:{minute:02}:{second:02}Z",
            "http_status": 200, "final_url": None, "listing_date": None, "discovered_by": "known", "attempts": 1,
            "etag": None, "last_modified": None, "bytes_received": 9000, "detail": None,
            "capture": {"capture_id": capture_id, "warc_type": "response", "file": "pages.warc.gz", "offset": page,
                        "length": 1, "payload_sha256": capture_id * 2, "media_type": "text/html", "reader": "html",
                        "content_capture_id": capture_id},
        }  # fmt: skip


def measure_build(root: Path, pages: int) -> list[dict[str, Any]]:
    """The whole build and publish in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, "-c", BUILD, str(root), RUN_ID]
    took = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    seconds = took["build"] + took["publish"]
    size = (root / "iomdb.duckdb").stat().st_size / 2**20
    return [
        _row(f"published file from {pages:,} extracted pages", seconds, "s", target=10.0, met=seconds < 10),
        _row("  of which check, hash and swap", took["publish"], "s"),
        _row("  peak memory", took["memory"], "MB", target=1200.0, met=took["memory"] < 1200),
        _row("  size of the file", size, "MB"),
    ]


def measure_questions(published: Path, *, project: int) -> list[dict[str, Any]]:
    """As-of questions on the published file, warm: the median of 21."""
    questions = {
        "as of a date: one project": f"FROM v1.projects_asof('2026-02-01') WHERE project_id = 'TC.{project}'",
        "as of a date: sum over all projects": "SELECT sum(budget_amount) FROM v1.projects_asof('2026-02-01')",
    }
    rows = []
    with open_published(published) as connection:
        for name, sql in questions.items():
            times = sorted(_time_query(connection, sql) for _ in range(21))
            rows.append(_row(name, times[10] * 1000, "ms", target=10.0, met=times[10] < 0.01))
    return rows


def measure_scd2(folder: Path, pages: int) -> list[dict[str, Any]]:
    """Two weeks, one page in a hundred changed, keys and hashes given to both: dlt's scd2 and our versions."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"  # else the peer reports to its makers over the network
    import dlt  # noqa: PLC0415 - takes seconds to import and only this row needs it
    import pandas as pd  # noqa: PLC0415 - as dlt

    def snapshot(week: int) -> pd.DataFrame:
        contents = [f"{page}:{(week * 1000 + page * 7919) // 100000}" for page in range(pages)]
        keys = [f"iom.int/page-{page}" for page in range(pages)]
        return pd.DataFrame({"page_key": keys, "content": contents, "row_hash": contents})

    folder.mkdir()
    pipeline = dlt.pipeline(
        "peer",
        pipelines_dir=str(folder),
        destination=dlt.destinations.duckdb(str(folder / "peer.duckdb")),
        dataset_name="record",
    )
    # The row's hash is given, as dlt asks for tables: the peer does not spend time on making it.
    disposition: Any = {"disposition": "merge", "strategy": "scd2", "row_version_column_name": "row_hash"}
    loads = []
    for week in (0, 1):
        start = perf_counter()
        pipeline.run(snapshot(week), table_name="pages", write_disposition=disposition)
        loads.append(perf_counter() - start)
    with open_scratch(folder / "spill") as connection:
        connection.execute("ATTACH ':memory:' AS built")
        run_step(connection, "00_schemas")
        _load_ledger(connection, folder / "spill", pages, 2)
        seconds = {step: _time_step(connection, step) for step in STEPS}
    ours = sum(seconds[step] for step in VERSIONING)
    name = f"two weeks of {pages:,} pages, from nothing"
    return [_row(name, ours, "s", peer="dlt scd2, both loads", peer_value=sum(loads))]


def _load_ledger(connection: duckdb.DuckDBPyConnection, folder: Path, pages: int, weeks: int) -> None:
    connection.execute(f"SET VARIABLE pages = {pages}; SET VARIABLE weeks = {weeks}")
    connection.execute(LEDGER.read_text(encoding="utf-8"))
    write_extraction([], folder / "none.parquet")
    set_variable(connection, "extraction_files", [str(folder / "none.parquet")])


def _time_step(connection: duckdb.DuckDBPyConnection, step: str) -> float:
    start = perf_counter()
    run_step(connection, step)
    return perf_counter() - start


def _time(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    start = perf_counter()
    connection.execute(sql)
    return perf_counter() - start


def _time_query(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    start = perf_counter()
    fetch_query(connection, sql)
    return perf_counter() - start


def _row(
    name: str,
    value: float,
    unit: str,
    *,
    target: float | None = None,
    met: bool | None = None,
    peer: str | None = None,
    peer_value: float | None = None,
) -> dict[str, Any]:
    ratio = None if not peer_value else value / peer_value
    return {
        "stage": "derive", "measure": name, "value": value, "unit": unit, "peer": peer, "peer_value": peer_value,
        "ratio": ratio, "target": target, "met": met,
    }  # fmt: skip
