"""Making runs, pages and imported WARC files for tests, all from given times and bytes."""

import gzip
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from warcio.checker import Checker
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from contracts.outcomes import Outcome
from contracts.run import CaptureRef, Fetch
from crawler.archive.runs import LEDGER_NAME, OPEN_SUFFIX
from crawler.archive.volumes import Exchange
from crawler.archive.writer import RunWriter

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RUN_ID = "20261122T120000Z-example.org-0123abcd"


def page_url(number: int) -> str:
    return f"https://example.org/news/page-{number}"


def page_bytes(number: int, words: int = 40) -> bytes:
    text = " ".join(hashlib.sha256(f"{number}/{word}".encode()).hexdigest()[:7] for word in range(words))
    return f"<html><head><title>Page {number}</title></head><body><p>{text}</p></body></html>".encode()


def open_writer(archive: Path, run_id: str = RUN_ID, max_file_bytes: int = 1_000_000_000) -> RunWriter:
    return RunWriter.open(
        archive,
        run_id,
        source="crawl",
        site="example.org",
        started_at=NOON,
        site_config="name = 'Example'\n",
        software={"iomdb": "0"},
        max_file_bytes=max_file_bytes,
    )


def make_exchange(number: int, *, coded: bool = True) -> Exchange:
    payload = page_bytes(number)
    body = gzip.compress(payload, mtime=0) if coded else payload
    coding = b"Content-Encoding: gzip\r\n" if coded else b""
    return Exchange(
        url=page_url(number),
        fetched_at=NOON + timedelta(seconds=number),
        request_head=b"GET /news/page-%d HTTP/1.1\r\nHost: example.org\r\n\r\n" % number,
        response_head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n" + coding + b"\r\n",
        body=body,
        payload_sha256=hashlib.sha256(payload).hexdigest(),
        media_type="text/html",
        reader="html",
        ip_address="192.0.2.1",
    )


def make_fetch(exchange: Exchange, capture: CaptureRef | None, outcome: Outcome = Outcome.FETCHED) -> Fetch:
    return Fetch(
        site="example.org",
        url=exchange.url,
        page_key=exchange.url.removeprefix("https://"),
        kind="news",
        outcome=outcome,
        fetched_at=exchange.fetched_at,
        http_status=200,
        capture=capture,
        discovered_by="sitemap",
        bytes_received=len(exchange.body),
    )


def write_pages(writer: RunWriter, numbers: Sequence[int], *, coded: bool = True) -> None:
    for number in numbers:
        exchange = make_exchange(number, coded=coded)
        writer.write_fetch(make_fetch(exchange, writer.write_exchange(exchange)))


def seal(writer: RunWriter) -> Path:
    """Seal the run and give its folder."""
    writer.seal(ended_at=NOON + timedelta(hours=1), sealed_at=NOON + timedelta(hours=1), complete=True)
    return writer.archive / writer.run_id


def warcio_agrees(path: Path) -> bool:
    """Whether warcio's own checker finds every digest right and every member sound."""
    arguments = type("Arguments", (), {"inputs": [str(path)], "verbose": False})()
    checker = Checker(arguments)
    checker.process_all()
    return bool(checker.exit_value == 0)


class _InMemoryWriter(WARCWriter):  # type: ignore[misc]  # warcio ships no types
    """warcio leaves its temporary files to the garbage collector, which our tests take for a leak."""

    @classmethod
    def _create_temp_file(cls) -> BytesIO:
        return BytesIO()


class ImportedWarc:
    """A WARC file as another tool writes it, by warcio; ``compressed`` as wget and browsertrix do by default."""

    def __init__(self, *, compressed: bool = True, version: str = "1.0") -> None:
        self.stream = BytesIO()
        self.writer = _InMemoryWriter(self.stream, gzip=compressed, warc_version=version)
        self.starts: list[int] = []

    def add_response(
        self,
        url: str,
        date: str,
        body: bytes,
        *,
        status: str = "200 OK",
        headers: Sequence[tuple[str, str]] = (("Content-Type", "text/html; charset=utf-8"),),
        warc_headers: dict[str, str] | None = None,
        record_type: str = "response",
    ) -> str:
        """Add one answer; returns its record id."""
        self.starts.append(self.stream.tell())
        record = self.writer.create_warc_record(
            url,
            record_type,
            payload=BytesIO(body),
            http_headers=StatusAndHeaders(status, list(headers), protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": date, **(warc_headers or {})},
        )
        self.writer.write_record(record)
        found = record.rec_headers.get_header("WARC-Record-ID")
        assert isinstance(found, str)
        return found

    def add_content(self, record_type: str, url: str, date: str, content: bytes, content_type: str) -> None:
        """Add a record without HTTP."""
        self.starts.append(self.stream.tell())
        record = self.writer.create_warc_record(
            url,
            record_type,
            payload=BytesIO(content),
            warc_content_type=content_type,
            warc_headers_dict={"WARC-Date": date},
        )
        self.writer.write_record(record)

    @property
    def content(self) -> bytes:
        return self.stream.getvalue()

    def save(self, path: Path) -> Path:
        path.write_bytes(self.content)
        return path


def count_open_lines(archive: Path) -> int:
    """Whole lines of the ledgers that are being written."""
    return sum(path.read_bytes().count(b"\n") for path in archive.glob(f"*{OPEN_SUFFIX}/{LEDGER_NAME}"))
