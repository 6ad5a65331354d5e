"""The archive: writing exchanges and proving them back, beside the field's two WARC implementations.

Belongs here: the archive's stage of the benchmark. Does not belong here: crawling (crawl.py), reading pages (pages.py).
Bodies are gzip, as nearly all come over the wire. Both sides write to files; ours also keeps its ledger and fsyncs.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from bench.memory import read_peak
from bench.sizes import Size
from crawler.archive.reader import iter_captures
from crawler.archive.volumes import Exchange
from crawler.warc.records import sha256_hex
from tests.crawler.runs import ImportedWarc, make_exchange, make_fetch, open_writer, seal
from tests.site.pages import make_benchmark_page

PAGES = {Size.FULL: 2_000, Size.QUICK: 200, Size.TINY: 20}
HEADERS = (("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"))


def measure(size: Size = Size.FULL) -> list[dict[str, Any]]:
    """Rows of the benchmark's table. Processor time, not the clock."""
    count = PAGES[size]
    exchanges = [make_page_exchange(number) for number in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        started = process_time()
        run = write_ours(exchanges, Path(folder))
        written = count / (process_time() - started)
        started = process_time()
        foreign = write_with_warcio(exchanges, Path(folder) / "warcio.warc.gz")
        written_by_warcio = count / (process_time() - started)
        started = process_time()
        assert sum(len(capture.payload) > 0 for capture in iter_captures(run)) == count
        read = count / (process_time() - started)
        started = process_time()
        assert read_with_fastwarc(foreign) == count
        read_by_fastwarc = count / (process_time() - started)
    peak = read_peak()
    return [
        _row("written, ledger and digests too", written, "pages/s a core", "warcio", written_by_warcio),
        _row("read back, every digest proved", read, "pages/s a core", "FastWARC, digests proved", read_by_fastwarc),
        _row("peak memory, with all pages in it", peak, "MB"),
    ]


def make_page_exchange(number: int) -> Exchange:
    """One page of 40 to 120 KB as it came over the wire."""
    payload, _ = make_benchmark_page(number)
    return replace(make_exchange(number), body=gzip.compress(payload, 6, mtime=0), payload_sha256=sha256_hex(payload))


def write_ours(exchanges: Sequence[Exchange], archive: Path) -> Path:
    """A sealed run of them."""
    writer = open_writer(archive)
    for exchange in exchanges:
        writer.write_fetch(make_fetch(exchange, writer.write_exchange(exchange)))
    return seal(writer)


def write_with_warcio(exchanges: Sequence[Exchange], path: Path) -> Path:
    """The same answers as warcio writes them by default."""
    warc = ImportedWarc(version="1.1")
    for exchange in exchanges:
        date = exchange.fetched_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        warc.add_response(exchange.url, date, exchange.body, headers=HEADERS)
    return warc.save(path)


def read_with_fastwarc(path: Path) -> int:
    """How many answers read back, decoded, with their digest right."""
    with path.open("rb") as stream:
        records = ArchiveIterator(stream, record_types=WarcRecordType.response, verify_digests=True, auto_decode="all")
        return sum(len(record.reader.read()) > 0 for record in records)


def _row(
    measure: str, value: float, unit: str, peer: str | None = None, peer_value: float | None = None
) -> dict[str, Any]:
    ratio = value / peer_value if peer_value else None
    row: dict[str, Any] = {"stage": "archive", "measure": measure, "value": value, "unit": unit, "peer": peer}
    return row | {"peer_value": peer_value, "ratio": ratio, "target": None, "met": None}
