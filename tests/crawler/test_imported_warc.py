"""Imported WARC and WACZ files: their pages at their own times, damage named, nothing invented."""

import gzip
import hashlib
import json
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import brotli  # type: ignore[import-untyped]  # it ships no types, and nobody publishes stubs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.outcomes import Effect, Outcome
from contracts.run import Fetch
from crawler.archive.check import check_archive
from crawler.archive.reader import ArchivedCapture, iter_captures
from crawler.archive.runs import iter_fetches, read_manifest
from crawler.errors import ImportedWarcError
from crawler.imports.folder import IngestedRun
from crawler.imports.warc import ingest_archive
from tests.crawler.runs import ImportedWarc, page_bytes, warcio_agrees
from tests.examples import examples

URL = "https://liberia.iom.int/news/one"
HTML = (("Content-Type", "text/html; charset=utf-8"),)
DAY = "2024-03-01T10:00:00Z"


def take(
    warc: ImportedWarc, folder: Path, name: str = "imported.warc.gz"
) -> tuple[IngestedRun, list[Fetch], list[ArchivedCapture]]:
    return take_file(warc.save(folder / name), folder)


def take_file(path: Path, folder: Path) -> tuple[IngestedRun, list[Fetch], list[ArchivedCapture]]:
    done = ingest_archive(path, folder / "archive")
    run = folder / "archive" / done.run_id
    assert check_archive(folder / "archive") == []
    return done, list(iter_fetches(run)), list(iter_captures(run))


def test_a_page_enters_at_its_own_capture_time(tmp_path: Path) -> None:
    warc = ImportedWarc()
    record_id = warc.add_response(URL, DAY, page_bytes(1), headers=[*HTML, ("ETag", '"v1"')])
    done, (fetch,), (capture,) = take(warc, tmp_path)
    assert done.run_id.startswith("20240301T100000Z-warc-")
    assert fetch.fetched_at == datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert (fetch.site, fetch.kind, fetch.outcome) == ("liberia.iom.int", "news", Outcome.FETCHED)
    assert (fetch.time_basis, fetch.discovered_by, fetch.etag) == ("captured", "warc", '"v1"')
    assert capture.payload == page_bytes(1)
    assert capture.record.headers["x-source-record-id"] in record_id


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_compressed_or_not_old_or_new_the_capture_is_the_same(tmp_path: Path, compressed: bool, version: str) -> None:
    warc = ImportedWarc(compressed=compressed, version=version)
    warc.add_response(URL, DAY, page_bytes(1))
    _, (fetch,), _ = take(warc, tmp_path)
    assert fetch.capture is not None
    # Pinned: a UUIDv5 of URI, date and payload is what other runs and published rows name this capture by.
    assert fetch.capture.capture_id == "0f9668fd-a420-5a2b-b739-8439c3086ec1"


def test_a_whole_file_in_one_gzip_member_is_read_too(tmp_path: Path) -> None:
    warc = ImportedWarc(compressed=False)
    for number in range(3):
        warc.add_response(f"{URL}-{number}", DAY, page_bytes(number))
    path = tmp_path / "whole.warc.gz"
    path.write_bytes(gzip.compress(warc.content, mtime=0))
    _, fetches, captures = take_file(path, tmp_path)
    assert [capture.payload for capture in captures] == [page_bytes(number) for number in range(3)]
    assert len(fetches) == 3


def test_ingesting_again_changes_nothing_and_another_name_is_the_same_run(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, DAY, page_bytes(1))
    first, *_ = take(warc, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "archive").rglob("*")}
    again, *_ = take(warc, tmp_path, "renamed.warc.gz")
    assert again.already_present
    assert (again.run_id, again.n_pages) == (first.run_id, 1)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "archive").rglob("*")} == before


CHUNKED = (*HTML, ("Transfer-Encoding", "chunked"))
CODED = (*HTML, ("Content-Encoding", "gzip"))


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    parts = (body[:half], body[half:])
    return b"".join(b"%X;x=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("headers", "stored"),
    [
        (CHUNKED, chunked(page_bytes(1))),
        ((*CHUNKED, ("Content-Encoding", "gzip")), chunked(gzip.compress(page_bytes(1), mtime=0))),
        (CODED, gzip.compress(page_bytes(1), mtime=0)),
        ((*HTML, ("Content-Encoding", "br")), brotli.compress(page_bytes(1))),
        ((*HTML, ("Content-Encoding", "br")), page_bytes(1)),
        ((*HTML, ("Content-Encoding", "deflate")), page_bytes(1)),
        (CODED, page_bytes(1)),
        (CHUNKED, page_bytes(1)),
        ((*CODED, ("Content-Length", "99")), page_bytes(1)),
    ],
    ids=[
        "chunks",
        "chunks of gzip",
        "gzip",
        "brotli",
        "brotli undone",
        "deflate undone",
        "gzip undone",
        "chunks undone",
        "gzip undone, length kept",
    ],
)
def test_transfer_and_content_codings_are_undone_however_the_tool_kept_them(
    tmp_path: Path, headers: Sequence[tuple[str, str]], stored: bytes
) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, DAY, stored, headers=headers)
    _, (fetch,), (capture,) = take(warc, tmp_path)
    assert fetch.outcome is Outcome.FETCHED
    assert capture.payload == page_bytes(1)


PAGE = page_bytes(1)
BOMB = gzip.compress(bytes(50_000_000), 1, mtime=0)
ANSWERS = {
    "not found": ("404 Not Found", HTML, PAGE, Outcome.NOT_FOUND, Effect.ABSENT),
    "gone": ("410 Gone", HTML, PAGE, Outcome.GONE, Effect.ABSENT),
    "forbidden": ("403 Forbidden", HTML, PAGE, Outcome.CLIENT_ERROR, Effect.UNKNOWN),
    "too many": ("429 Too Many Requests", HTML, PAGE, Outcome.RATE_LIMITED, Effect.UNKNOWN),
    "broken server": ("502 Bad Gateway", HTML, PAGE, Outcome.SERVER_ERROR, Effect.UNKNOWN),
    "no content": ("204 No Content", HTML, b"", Outcome.UNEXPECTED_STATUS, Effect.UNKNOWN),
    "not modified": ("304 Not Modified", (), b"", Outcome.UNRESOLVED_REVISIT, Effect.UNKNOWN),
    "empty": ("200 OK", HTML, b" \n", Outcome.EMPTY, Effect.UNKNOWN),
    "cut by length": ("200 OK", (*HTML, ("Content-Length", "9999")), PAGE, Outcome.TRUNCATED, Effect.UNKNOWN),
    "cut gzip": ("200 OK", CODED, gzip.compress(PAGE, mtime=0)[:-5], Outcome.BAD_ENCODING, Effect.UNKNOWN),
    "cut chunks": ("200 OK", CHUNKED, chunked(PAGE)[:-30], Outcome.BAD_ENCODING, Effect.UNKNOWN),
    "a coding nobody knows": (
        "200 OK",
        (*HTML, ("Content-Encoding", "zz")),
        PAGE,
        Outcome.BAD_ENCODING,
        Effect.UNKNOWN,
    ),
    "a bomb": ("200 OK", CODED, BOMB, Outcome.TOO_LARGE, Effect.UNKNOWN),
    "a PDF as HTML": ("200 OK", HTML, b"%PDF-1.7 ...", Outcome.NOT_A_PAGE, Effect.UNKNOWN),
    "moved": ("301 Moved", (*HTML, ("Location", "/news/two")), b"", Outcome.REDIRECTED, Effect.MOVED),
    "same page": (
        "301 Moved",
        (("Location", "http://liberia.iom.int/news/one/"),),
        b"",
        Outcome.SAME_PAGE_REDIRECT,
        Effect.UNKNOWN,
    ),
    "off site": (
        "302 Found",
        (("Location", "https://example.org/"),),
        b"",
        Outcome.REDIRECTED_OFF_SITE,
        Effect.UNKNOWN,
    ),
    "moved to another site of ours": (
        "301 Moved",
        (("Location", "https://www.iom.int/news/two"),),
        b"",
        Outcome.REDIRECTED,
        Effect.MOVED,
    ),
    "nowhere": ("302 Found", HTML, b"", Outcome.REDIRECT_LOOP, Effect.UNKNOWN),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_has_its_outcome_and_only_a_whole_page_is_seen(tmp_path: Path, name: str) -> None:
    status, headers, body, outcome, effect = ANSWERS[name]
    warc = ImportedWarc()
    warc.add_response(URL, DAY, body, status=status, headers=headers)
    _, (fetch,), captures = take(warc, tmp_path)
    assert (fetch.outcome, fetch.effect, fetch.http_status) == (outcome, effect, int(status[:3]))
    assert all(capture.ledger is not None and capture.ledger.capture is not None for capture in captures)
    assert fetch.capture is None or fetch.capture.reader is None
    if name == "moved":
        assert fetch.final_url == "https://liberia.iom.int/news/two"


def test_a_body_that_is_not_whole_says_so_in_our_record_too(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, DAY, page_bytes(1)[:50], warc_headers={"WARC-Truncated": "time"})
    warc.add_response(URL + "-2", DAY, page_bytes(1), headers=[*HTML, ("Content-Length", "9999")])
    _, fetches, captures = take(warc, tmp_path)
    assert [fetch.outcome for fetch in fetches] == [Outcome.TRUNCATED, Outcome.TRUNCATED]
    assert [capture.record.headers["warc-truncated"] for capture in captures] == ["time", "unspecified"]
    assert [capture.payload for capture in captures] == [page_bytes(1)[:50], page_bytes(1)]


def test_what_is_no_page_is_left_out_and_counted(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, DAY, page_bytes(1))
    warc.add_response("https://liberia.iom.int/a.css", DAY, b"a{}", headers=[("Content-Type", "text/css")])
    warc.add_response("https://liberia.iom.int/photo", DAY, b"\x89PNG", headers=[("Content-Type", "image/png")])
    warc.add_response("https://liberia.iom.int/lost.png", DAY, page_bytes(2), status="404 Not Found")
    warc.add_response("dns:liberia.iom.int", DAY, b"192.0.2.1")
    warc.add_content("metadata", URL, DAY, b"a: b", "application/warc-fields")
    warc.add_response(URL, DAY, page_bytes(1))
    done, fetches, _ = take(warc, tmp_path)
    assert [fetch.url for fetch in fetches] == [URL]
    assert set(done.notes[1:]) == {
        "3 left out: responses that are no pages",
        "1 left out: records of other than http(s) URLs",
        "1 left out: requests, metadata and the like",
        "1 left out: captures met twice",
    }
    assert list(read_manifest(tmp_path / "archive", done.run_id).notes) == list(done.notes)


def test_a_hostless_world_of_unknown_hosts_keeps_the_host_as_site(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response("http://www.unknown.example:8080/project/x-0", DAY, page_bytes(1))
    _, (fetch,), _ = take(warc, tmp_path)
    assert (fetch.site, fetch.kind, fetch.page_key) == (
        "unknown.example-8080",
        "project",
        "unknown.example:8080/project/x-0",
    )


def test_angle_brackets_of_old_wget_are_taken_off_the_uri(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response(f"<{URL}>", DAY, page_bytes(1))
    assert take(warc, tmp_path)[1][0].url == URL


@pytest.mark.parametrize("date", ["2024-13-01T00:00:00Z", "yesterday", "1970-01-01T00:00:00Z", "2024-03-01 10:00:00"])
def test_a_record_without_a_believable_date_is_left_out(tmp_path: Path, date: str) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, date, page_bytes(1))
    warc.add_response(URL, DAY, page_bytes(2))
    done, fetches, _ = take(warc, tmp_path)
    assert len(fetches) == 1
    assert "1 left out: records without a believable date" in done.notes


def test_a_capture_from_the_future_is_not_believed(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, "2099-01-01T00:00:00Z", page_bytes(1))
    path = warc.save(tmp_path / "future.warc.gz")
    with pytest.raises(ImportedWarcError, match="no whole WARC record of a page"):
        ingest_archive(path, tmp_path / "archive", latest=datetime(2026, 1, 1, tzinfo=UTC))
    assert not list((tmp_path / "archive").iterdir())


@pytest.mark.parametrize("named_by", ["id", "uri and date", "digest"])
def test_a_revisit_finds_its_original_however_it_is_named(tmp_path: Path, named_by: str) -> None:
    warc = ImportedWarc()
    record_id = warc.add_response(URL, DAY, page_bytes(1))
    digest = next(h for n, h in _headers_of(warc, 0) if n == "WARC-Payload-Digest")
    naming = {
        "id": {"WARC-Refers-To": record_id},
        "uri and date": {"WARC-Refers-To-Target-URI": URL, "WARC-Refers-To-Date": DAY},
        "digest": {"WARC-Payload-Digest": digest},
    }[named_by]
    warc.add_response(URL, "2024-04-01T10:00:00Z", b"", record_type="revisit", warc_headers=naming)
    _, fetches, _ = take(warc, tmp_path)
    first, second = fetches
    assert (second.outcome, second.effect) == (Outcome.IDENTICAL, Effect.SEEN)
    assert first.capture is not None
    assert second.capture is not None
    assert second.capture.content_capture_id == first.capture.capture_id
    assert second.capture.payload_sha256 == first.capture.payload_sha256


def _headers_of(warc: ImportedWarc, start: int) -> list[tuple[str, str]]:
    head = gzip.decompress(warc.content)[start:].split(b"\r\n\r\n")[0].decode()
    return [(line.partition(": ")[0], line.partition(": ")[2]) for line in head.split("\r\n")[1:]]


def test_a_revisit_finds_its_original_in_an_earlier_run(tmp_path: Path) -> None:
    earlier, later = ImportedWarc(), ImportedWarc()
    earlier.add_response(URL, DAY, page_bytes(1))
    take(earlier, tmp_path)
    naming = {"WARC-Refers-To-Target-URI": URL, "WARC-Refers-To-Date": DAY}
    later.add_response(
        URL, "2024-04-01T10:00:00Z", b"", status="304 Not Modified", record_type="revisit", warc_headers=naming
    )
    _, (fetch,), _ = take(later, tmp_path, "later.warc.gz")
    assert fetch.outcome is Outcome.UNCHANGED
    assert fetch.capture is not None
    assert fetch.capture.payload_sha256 == hashlib.sha256(page_bytes(1)).hexdigest()


def test_a_revisit_of_nothing_known_says_nothing(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, DAY, b"", record_type="revisit", warc_headers={"WARC-Refers-To-Date": DAY})
    _, (fetch,), captures = take(warc, tmp_path)
    assert (fetch.outcome, fetch.effect, fetch.capture) == (Outcome.UNRESOLVED_REVISIT, Effect.UNKNOWN, None)
    assert captures == []


def test_a_revisit_of_an_empty_answer_is_no_page_either(tmp_path: Path) -> None:
    warc = ImportedWarc()
    record_id = warc.add_response(URL, DAY, b"")
    warc.add_response(
        URL, "2024-04-01T10:00:00Z", b"", record_type="revisit", warc_headers={"WARC-Refers-To": record_id}
    )
    assert [fetch.outcome for fetch in take(warc, tmp_path)[1]] == [Outcome.EMPTY, Outcome.EMPTY]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("http://user:secret@liberia.iom.int/news/one", "http://liberia.iom.int/news/one"),
        ("https://liberia.iom.int/news/märkte", "https://liberia.iom.int/news/m%C3%A4rkte"),
        ("https://liberia.iom.int/news/one two", "https://liberia.iom.int/news/one%20two"),
        ("https://LIBERIA.iom.int/x/../news/one#top", "https://liberia.iom.int/news/one"),
    ],
)
def test_a_page_has_the_address_that_a_crawl_of_ours_would_ask_for(tmp_path: Path, written: str, asked: str) -> None:
    warc = ImportedWarc()
    warc.add_response(written, DAY, page_bytes(1))
    done, (fetch,), (capture,) = take(warc, tmp_path)
    assert (fetch.url, capture.record.url) == (asked, asked)
    assert all(
        b"secret" not in gzip.decompress(path.read_bytes())
        for path in (tmp_path / "archive" / done.run_id).glob("*.gz")
    )


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (b"<html><title>Page not found</title></html>", Outcome.SOFT_NOT_FOUND),
        (b"<html><title>Just a moment...</title></html>", Outcome.BLOCKED),
        (b"%PDF-1.7 x", Outcome.NOT_A_PAGE),
        (b"<html><meta charset=rot13><title>caf\xe9</title></html>", Outcome.BAD_CHARSET),
        (b"<html><title>A pump</title><p>whose markup does not end", Outcome.FETCHED),
    ],
)
def test_a_saved_page_is_judged_like_any_other(tmp_path: Path, content: bytes, outcome: Outcome) -> None:
    warc = ImportedWarc()
    warc.add_content("resource", URL, DAY, content, "text/html")
    assert [fetch.outcome for fetch in take(warc, tmp_path)[1]] == [outcome]


@pytest.mark.parametrize(
    ("date", "instant"),
    [
        ("2024-03-01", datetime(2024, 3, 1, tzinfo=UTC)),
        ("2024-03-01T10:05Z", datetime(2024, 3, 1, 10, 5, tzinfo=UTC)),
    ],
)
def test_a_coarser_date_of_warc_1_1_is_its_first_instant(tmp_path: Path, date: str, instant: datetime) -> None:
    warc = ImportedWarc(version="1.1")
    warc.add_response(URL, date, page_bytes(1))
    assert take(warc, tmp_path)[1][0].fetched_at == instant


def test_a_label_that_is_no_charset_costs_its_own_page_alone(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, DAY, b"<p>\xe9", headers=[("Content-Type", "text/html; charset=rot13")])
    warc.add_response(f"{URL}-2", DAY, page_bytes(2))
    assert [fetch.outcome for fetch in take(warc, tmp_path)[1]] == [Outcome.BAD_CHARSET, Outcome.FETCHED]


def test_the_answer_to_a_post_is_not_the_page(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response(f"{URL}?__wb_method=POST&q=a", DAY, page_bytes(1))
    warc.add_response(URL, DAY, page_bytes(2))
    done, fetches, _ = take(warc, tmp_path)
    assert [fetch.url for fetch in fetches] == [URL]
    assert "1 left out: answers to other than GET requests" in done.notes


def test_an_answer_that_was_stored_behind_its_100_continue_is_taken(tmp_path: Path) -> None:
    warc = ImportedWarc()
    body = page_bytes(1)
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    warc.add_content(
        "response", URL, DAY, b"HTTP/1.1 100 Continue\r\n\r\n" + answer, "application/http;msgtype=response"
    )
    _, (fetch,), (capture,) = take(warc, tmp_path)
    assert (fetch.http_status, capture.payload) == (200, body)


def test_a_wacz_that_unpacks_to_a_hundred_times_its_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/a.warc", bytes(50_000_000))
    with pytest.raises(ImportedWarcError, match="would unpack to more than 100 times its size"):
        ingest_archive(path, tmp_path / "archive")
    assert list((tmp_path / "archive").iterdir()) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x28\xb5\x2f\xfdxxxx", "is compressed with Zstandard; unpack it first"),
        (b"filedesc://IA-001.arc 0.0.0.0 2006", "is an ARC file; make a WARC of it first"),
        (gzip.compress(b"filedesc://IA-001.arc 0.0.0.0 2006", mtime=0), "is an ARC file"),
        (b" CDX N b a m s k r M S V g", "is a CDX index"),
        (b"<!doctype html><p>x", "is markup, no archive"),
    ],
    ids=["zstd", "arc", "arc.gz", "cdx", "html"],
)
def test_a_file_of_another_format_is_named_with_the_next_step(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "some.file"
    path.write_bytes(content)
    with pytest.raises(ImportedWarcError, match=words):
        ingest_archive(path, tmp_path / "archive")


REPLAY = "https://web.archive.org/web/20200102030405id_/http://www.iom.int/news/one"
MEMENTO = ("Memento-Datetime", "Thu, 02 Jan 2020 03:04:05 GMT")


def test_a_download_from_the_wayback_machine_is_the_page_at_the_time_of_its_capture(tmp_path: Path) -> None:
    warc = ImportedWarc()
    own = ("x-archive-orig-etag", '"v1"'), ("x-archive-orig-content-length", "99999"), ("ETag", '"replay"')
    warc.add_response(REPLAY, DAY, page_bytes(1), headers=[*HTML, MEMENTO, *own])
    moved = ("Location", "https://web.archive.org/web/20200102030405id_/http://www.iom.int/news/two")
    warc.add_response(REPLAY + "-x", DAY, b"", status="301 Moved", headers=[*HTML, MEMENTO, moved])
    _, (page, redirect), (capture, _) = take(warc, tmp_path)
    assert (page.url, page.site, page.page_key) == ("http://www.iom.int/news/one", "iom.int", "iom.int/news/one")
    assert page.fetched_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (page.outcome, page.etag, page.detail) == (Outcome.FETCHED, '"v1"', f"replayed by {REPLAY}")
    assert capture.payload == page_bytes(1)
    assert (redirect.outcome, redirect.final_url) == (Outcome.REDIRECTED, "http://www.iom.int/news/two")


@pytest.mark.parametrize(
    ("url", "headers", "reason"),
    [
        (REPLAY.replace("id_", ""), (MEMENTO,), "replays that the Wayback Machine has rewritten"),
        (REPLAY.replace("id_", "if_"), (MEMENTO,), "replays that the Wayback Machine has rewritten"),
        (REPLAY, (), "answers of the Wayback Machine itself"),
        (REPLAY, (("Memento-Datetime", "soon"),), "answers of the Wayback Machine itself"),
        (REPLAY.replace("0405id_", "0406id_"), (MEMENTO,), "answers of the Wayback Machine itself"),
        (REPLAY + ".png", (MEMENTO,), "responses that are no pages"),
    ],
)
def test_what_the_wayback_machine_says_of_itself_is_no_page(
    tmp_path: Path, url: str, headers: Sequence[tuple[str, str]], reason: str
) -> None:
    warc = ImportedWarc()
    warc.add_response(url, DAY, page_bytes(1), headers=[*HTML, *headers])
    warc.add_response(URL, DAY, page_bytes(2))
    done, fetches, _ = take(warc, tmp_path)
    assert [fetch.url for fetch in fetches] == [URL]
    assert any(reason in note for note in done.notes)


def test_text_of_a_wet_file_and_saved_html_are_taken(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_content("conversion", URL, DAY, "Title\nWörter".encode(), "text/plain")
    warc.add_content("resource", URL + "-2", DAY, page_bytes(1), "text/html")
    warc.add_content("resource", URL + "-3", DAY, b"{}", "application/json")
    _, fetches, _ = take(warc, tmp_path)
    assert [f.capture.reader for f in fetches if f.capture] == ["text", "html"]


def wacz(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return path


def test_the_warc_files_of_a_wacz_are_read_where_they_stand(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, DAY, page_bytes(1))
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        package = {
            "resources": [
                {"path": "archive/data.warc.gz", "hash": "sha256:" + hashlib.sha256(warc.content).hexdigest()}
            ]
        }
        members = {
            "datapackage.json": json.dumps(package).encode(),
            "archive/data.warc.gz": warc.content,
            "pages/pages.jsonl": b"{}",
        }
        folder = tmp_path / str(method)
        folder.mkdir()
        done, _, captures = take_file(wacz(folder / "a.wacz", members, method), folder)
        assert [capture.payload for capture in captures] == [page_bytes(1)]
        assert len(done.notes) == 1


def test_a_wacz_writes_nothing_outside_whatever_its_names_say(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, DAY, page_bytes(1))
    names = ["../../evil.warc.gz", "/tmp/evil.warc", "archive/..\\evil.warc.gz"]
    inner = tmp_path / "deep" / "er"
    inner.mkdir(parents=True)
    before = set(tmp_path.rglob("*"))
    path = wacz(inner / "a.wacz", dict.fromkeys(names, warc.content))
    _, fetches, _ = take_file(path, inner)
    assert len(fetches) == 1
    made = set(tmp_path.rglob("*")) - before
    assert all(p == path or p.is_relative_to(inner / "archive") for p in made)


def test_a_wacz_that_is_damaged_or_lies_is_named(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, DAY, page_bytes(1))
    package = {"resources": [{"path": "archive/a.warc.gz", "hash": "sha256:" + "0" * 64}]}
    path = wacz(
        tmp_path / "a.wacz", {"datapackage.json": json.dumps(package).encode(), "archive/a.warc.gz": warc.content}
    )
    done, _, captures = take_file(path, tmp_path)
    assert len(captures) == 1
    assert any("not the one that datapackage.json declares" in note for note in done.notes)
    (tmp_path / "b.wacz").write_bytes(b"PK\x03\x04" + bytes(500))
    with pytest.raises(ImportedWarcError, match="no whole WARC record"):
        ingest_archive(tmp_path / "b.wacz", tmp_path / "archive")
    with pytest.raises(ImportedWarcError, match="holds no WARC file"):
        ingest_archive(wacz(tmp_path / "c.wacz", {"x": b""}), tmp_path / "archive")


def test_a_wacz_whose_directory_points_before_the_file_is_refused(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, DAY, page_bytes(1))
    path = wacz(tmp_path / "a.wacz", {"archive/a.warc.gz": warc.content})
    content = bytearray(path.read_bytes())
    place = len(content) - 6  # of the directory's offset, in the ZIP file's last 22 bytes
    content[place : place + 4] = (int.from_bytes(content[place : place + 4], "little") + 100).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(ImportedWarcError):
        ingest_archive(path, tmp_path / "archive")


def test_the_whole_records_of_a_cut_wacz_are_found_without_its_directory(tmp_path: Path) -> None:
    warc = ImportedWarc()
    for number in range(3):
        warc.add_response(f"{URL}-{number}", DAY, page_bytes(number))
    path = wacz(tmp_path / "a.wacz", {"datapackage.json": b"{}", "archive/a.warc.gz": warc.content})
    path.write_bytes(path.read_bytes()[:-260])
    done, _, captures = take_file(path, tmp_path)
    assert [capture.payload for capture in captures] == [page_bytes(0), page_bytes(1)]
    assert any("no WACZ that can be read" in note for note in done.notes)
    assert any("cut short (nothing readable follows)" in note for note in done.notes)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x1f\x8b\x08", gzip.compress(b"hello", mtime=0), b"WARC/1.0\r\n", b"PK\x03\x04"]
)
def test_a_file_that_is_no_archive_is_refused_and_nothing_is_left(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(ImportedWarcError):
        ingest_archive(tmp_path / "x", tmp_path / "archive")
    assert not list((tmp_path / "archive").iterdir())


SMALL = ImportedWarc()
for _number in range(3):
    SMALL.add_response(f"{URL}-{_number}", DAY, page_bytes(_number))


@examples(60)
@given(is_wacz=st.booleans(), place=st.integers(0, 1 << 16), flip=st.integers(0, 255), cut=st.integers(0, 400))
def test_any_damage_gives_true_pages_or_our_error_and_an_archive_that_holds(
    tmp_path_factory: pytest.TempPathFactory,
    is_wacz: bool,
    place: int,
    flip: int,
    cut: int,
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    path = SMALL.save(folder / "a.warc.gz")
    if is_wacz:
        path = wacz(folder / "a.wacz", {"archive/a.warc.gz": SMALL.content, "datapackage.json": b"{}"})
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= flip
    path.write_bytes(content[: len(content) - cut])
    try:
        _, fetches, captures = take_file(path, folder)
    except ImportedWarcError:
        assert not list((folder / "archive").iterdir())
        return
    assert {fetch.outcome for fetch in fetches} == {Outcome.FETCHED}
    true_pages = {f"{URL}-{number}": page_bytes(number) for number in range(3)}
    assert {capture.record.url: capture.payload for capture in captures}.items() <= true_pages.items()
    assert is_wacz or flip == cut == 0 or len(captures) >= 1


class _Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = page_bytes(7) if self.path == "/news/seven" else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""


def wget_or_like(url: str, folder: Path) -> Path:
    """A WARC of two answers: by Wget itself where it is installed, else by warcio in the same shape."""
    path = folder / "made.warc.gz"
    found = shutil.which("wget")
    if found:
        words = [
            found,
            "-q",
            "-O",
            "/dev/null",
            f"--warc-file={path.with_name('made')}",
            f"{url}/news/seven",
            f"{url}/gone",
        ]
        subprocess.run(words, check=False, timeout=60, env={"no_proxy": "*", "PATH": ""}, cwd=folder)
        return path
    warc = ImportedWarc()
    warc.add_response(f"{url}/news/seven", DAY, page_bytes(7))
    warc.add_response(f"{url}/gone", DAY, b"", status="404 Not Found")
    return warc.save(path)


def test_what_wget_made_comes_in_page_and_missing_page(tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        path = wget_or_like(f"http://127.0.0.1:{server.server_port}", tmp_path)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert warcio_agrees(path)
    done, fetches, captures = take_file(path, tmp_path)
    assert warcio_agrees(tmp_path / "archive" / done.run_id / "pages-00000.warc.gz")
    assert [(fetch.outcome, fetch.http_status) for fetch in fetches] == [
        (Outcome.FETCHED, 200),
        (Outcome.NOT_FOUND, 404),
    ]
    assert captures[0].payload == page_bytes(7)
