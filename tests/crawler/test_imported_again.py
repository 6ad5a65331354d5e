"""What the archive has already is not taken again, and nothing that is handed over changes how it is read."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.outcomes import Effect, Outcome
from contracts.run import Fetch
from crawler.archive.check import check_archive
from crawler.archive.runs import iter_fetches, read_manifest
from crawler.errors import ImportedWarcError
from crawler.imports.folder import ingest_folder
from crawler.imports.warc import ingest_archive
from tests.crawler.crawling import MORNING, crawl, site_of
from tests.crawler.runs import ImportedWarc, page_bytes
from tests.crawler.test_folder import SEEDS
from tests.crawler.test_imported_revisits import LAST, LATER, add_304
from tests.crawler.test_imported_warc import DAY, URL, take
from tests.site.routes import NEWS, iom_like, site_file
from tests.site.server import WebServer

CAFE = b"<html><title>Harbour caf\xe9 lit</title><body><p>The harbour caf\xe9 is lit again.</p></body></html>"
LATIN = (("Content-Type", "text/html; charset=windows-1252"),)
CYRILLIC = (("Content-Type", "text/html; charset=windows-1251"),)


def list_files(archive: Path) -> dict[Path, tuple[int, int]]:
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in archive.rglob("*") if path.is_file()}


def test_the_files_of_a_crawl_ingested_again_change_nothing(tmp_path: Path) -> None:
    with WebServer() as server:
        server.routes.update(iom_like(server.root))
        often = "[recrawl]\nages = []\nolder_every_days = 0\n"
        site = site_of(site_file(server.host, often))
        runs = [crawl(site, tmp_path / "archive").run_id]
        del server.routes[NEWS[0]]
        runs.append(crawl(site, tmp_path / "archive", MORNING + timedelta(days=1)).run_id)
    before = list_files(tmp_path / "archive")
    for run_id in runs:
        for path in sorted((tmp_path / "archive" / run_id).glob("*.warc.gz")):
            done = ingest_archive(path, tmp_path / "archive")
            assert done.already_present
            assert done.run_id in runs
            assert done.n_pages > len(NEWS)
            assert list(done.damages) == []
    assert list_files(tmp_path / "archive") == before


def test_the_seeds_as_a_warc_stay_received(tmp_path: Path) -> None:
    seeds = ingest_folder(SEEDS, tmp_path / "archive")
    before = list_files(tmp_path / "archive")
    (volume,) = (tmp_path / "archive" / seeds.run_id).glob("*.warc.gz")
    done = ingest_archive(volume, tmp_path / "archive")
    assert (done.run_id, done.n_pages, done.already_present) == (seeds.run_id, 4, True)
    assert list_files(tmp_path / "archive") == before


def test_the_seeds_as_a_warc_stay_received_in_another_archive_too(tmp_path: Path) -> None:
    seeds = ingest_folder(SEEDS, tmp_path / "archive")
    rows = list(iter_fetches(tmp_path / "archive" / seeds.run_id))
    (volume,) = (tmp_path / "archive" / seeds.run_id).glob("*.warc.gz")
    for archive in (tmp_path / "second", tmp_path / "third"):
        done = ingest_archive(volume, archive)
        taken = list(iter_fetches(archive / done.run_id))
        assert [(row.time_basis, row.url, row.fetched_at) for row in taken] == [
            ("received", row.url, row.fetched_at) for row in rows
        ]
        (volume,) = (archive / done.run_id).glob("*.warc.gz")


def test_of_a_file_that_overlaps_only_what_is_new_is_taken(tmp_path: Path) -> None:
    first, second = ImportedWarc(), ImportedWarc()
    first.add_response(URL, DAY, page_bytes(1))
    take(first, tmp_path)
    second.add_response(URL, DAY, page_bytes(1))
    second.add_response(f"{URL}-2", DAY, page_bytes(2))
    done, (fetch,), _ = take(second, tmp_path, "second.warc.gz")
    assert fetch.url == f"{URL}-2"
    assert "1 left out: captures that the archive has already" in done.notes


def add_page(warc: ImportedWarc, headers: tuple[tuple[str, str], ...], status: str = "200 OK") -> None:
    warc.add_response(URL, DAY, CAFE, headers=headers, status=status)


@pytest.mark.parametrize("in_one_file", [False, True], ids=["two files", "one file"])
@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [(CYRILLIC, "200 OK", "windows-1251 declared"), (LATIN, "404 Not Found", "says “absent” of its page")],
    ids=["another charset", "another status"],
)
def test_the_same_capture_read_otherwise_is_told_and_the_first_stays(
    tmp_path: Path, in_one_file: bool, headers: tuple[tuple[str, str], ...], status: str, words: str
) -> None:
    warc = ImportedWarc()
    add_page(warc, LATIN)
    if not in_one_file:
        _, (first,), _ = take(warc, tmp_path)
        warc = ImportedWarc()
    add_page(warc, headers, status)
    warc.add_response(f"{URL}-more", LATER, page_bytes(2))
    done = ingest_archive(warc.save(tmp_path / "bad.warc.gz"), tmp_path / "archive")
    rows = list(iter_fetches(tmp_path / "archive" / done.run_id))
    if in_one_file:
        first = rows.pop(0)
    told, more = rows
    assert (first.outcome, more.outcome) == (Outcome.FETCHED, Outcome.FETCHED)
    assert (told.outcome, told.effect, told.capture) == (Outcome.CONFLICTING, Effect.UNKNOWN, None)
    assert words in str(told.detail)
    (damage,) = check_archive(tmp_path / "archive")
    assert (damage.run_id, damage.code) == (done.run_id, "conflict")
    assert URL in damage.message


@pytest.mark.parametrize("label", ["ISO-8859-1", "latin1", "Windows-1252"])
def test_another_name_of_the_charset_is_no_other_reading(tmp_path: Path, label: str) -> None:
    first, second = ImportedWarc(), ImportedWarc()
    add_page(first, LATIN)
    take(first, tmp_path)
    add_page(second, (("Content-Type", f"text/html; charset={label}"), ("X-More", "x")))
    assert ingest_archive(second.save(tmp_path / "b.warc.gz"), tmp_path / "archive").already_present


def outcomes_of(archive: Path) -> list[tuple[str, Outcome, Fetch]]:
    found = [fetch for run in archive.iterdir() for fetch in iter_fetches(run)]
    return [(fetch.url, fetch.outcome, fetch) for fetch in sorted(found, key=lambda fetch: fetch.fetched_at)]


def test_a_304_that_names_no_original_is_of_the_last_body_of_its_page(tmp_path: Path) -> None:
    warc = ImportedWarc()
    warc.add_response(URL, "2024-02-01T10:00:00Z", page_bytes(0))
    warc.add_response(URL, DAY, page_bytes(1))
    warc.add_response(URL, LAST, page_bytes(2))
    add_304(warc, LATER)
    add_304(warc, LATER, f"{URL}-unknown")
    _, fetches, _ = take(warc, tmp_path)
    by_time = {(fetch.url, fetch.fetched_at.month): fetch for fetch in fetches}
    settled, original = by_time[URL, 4], by_time[URL, 3]
    assert settled.outcome is Outcome.UNCHANGED
    assert original.capture is not None
    assert settled.capture is not None
    assert settled.capture.content_capture_id == original.capture.capture_id
    assert by_time[f"{URL}-unknown", 4].outcome is Outcome.UNRESOLVED_REVISIT


def test_a_304_that_names_no_original_is_settled_when_the_body_comes_in_a_later_file(tmp_path: Path) -> None:
    early, late = ImportedWarc(), ImportedWarc()
    early.add_response(f"{URL}-other", DAY, page_bytes(3))
    add_304(early, LATER)
    _, fetches, _ = take(early, tmp_path)
    assert [fetch.outcome for fetch in fetches] == [Outcome.FETCHED, Outcome.UNRESOLVED_REVISIT]
    late.add_response(URL, DAY, page_bytes(1), headers=[("Content-Type", "text/html; charset=utf-8")])
    _, (body, settled), captures = take(late, tmp_path, "late.warc.gz")
    assert (settled.url, settled.outcome, settled.fetched_at) == (URL, Outcome.UNCHANGED, fetches[1].fetched_at)
    assert body.capture is not None
    assert settled.capture is not None
    assert settled.capture.content_capture_id == body.capture.capture_id
    assert captures[1].http is not None
    assert captures[1].http.status == 304
    other = ImportedWarc()
    other.add_response(URL, "2024-02-01T10:00:00Z", page_bytes(0))
    _, more, _ = take(other, tmp_path, "other.warc.gz")
    assert len(more) == 1, "it is settled once"


def test_the_damage_of_a_file_is_told_however_often_it_is_ingested(tmp_path: Path) -> None:
    warc = ImportedWarc()
    for number in range(3):
        warc.add_response(f"{URL}-{number}", DAY, page_bytes(number))
    path = tmp_path / "cut.warc.gz"
    path.write_bytes(warc.content[:-20])
    first, second = (ingest_archive(path, tmp_path / "archive") for _ in range(2))
    assert (first.n_pages, first.already_present, second.already_present) == (2, False, True)
    assert list(first.damages) == list(second.damages)
    assert "its gzip member is cut short" in first.damages[0]
    assert read_manifest(tmp_path / "archive", first.run_id).damaged == 1


def test_of_a_file_without_a_whole_record_the_reasons_are_told_in_few_lines(tmp_path: Path) -> None:
    warc = ImportedWarc()
    for number in range(9):
        warc.add_response(f"{URL}-{number}", DAY, page_bytes(number))
    content = bytearray(warc.content)
    for start in warc.starts:
        content[start + 200] ^= 0xFF
    (tmp_path / "broken.warc.gz").write_bytes(bytes(content))
    with pytest.raises(ImportedWarcError, match="holds no whole WARC record of a page") as refused:
        ingest_archive(tmp_path / "broken.warc.gz", tmp_path / "archive")
    lines = str(refused.value).splitlines()
    assert 2 <= len(lines) <= 5
    assert "a record at offset 0 is damaged" in lines[1]
    assert not list((tmp_path / "archive").iterdir())


def test_a_wacz_of_waczs_is_refused_with_advice(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.wacz", "w") as made:
        made.writestr("one.wacz", b"PK\x03\x04")
        made.writestr("datapackage.json", b"{}")
    with pytest.raises(ImportedWarcError, match="holds WACZ files: unpack it"):
        ingest_archive(tmp_path / "many.wacz", tmp_path / "archive")


def test_a_page_shorter_than_its_coding_and_a_redirect_without_its_body_are_what_they_are(tmp_path: Path) -> None:
    warc = ImportedWarc()
    coded = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Content-Length", "9999"))
    warc.add_response(URL, DAY, page_bytes(1), headers=coded)
    moved = (("Location", f"{URL}-new"), ("Content-Length", "162"), ("Content-Type", "text/html"))
    warc.add_response(f"{URL}-old", DAY, b"", status="301 Moved Permanently", headers=moved)
    _, fetches, _ = take(warc, tmp_path)
    assert [fetch.outcome for fetch in fetches] == [Outcome.FETCHED, Outcome.REDIRECTED]
