"""Archived pages handed on: a WACZ that the field's own tools read, whole by itself, and that comes back as it went."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import duckdb
import msgspec
import pytest
from click.testing import CliRunner, Result
from warcio.archiveiterator import ArchiveIterator

from contracts.outcomes import Outcome
from crawler.imports.folder import ingest_folder
from crawler.imports.warc import ingest_archive
from crawler.site.site import SHIPPED_SITES, load_sites
from pipeline.cli import main
from pipeline.ground.folders import PROJECT_ROOT, DataFolder
from pipeline.proof.cdxj import compress_index
from pipeline.stages.extract import extract_missing
from pipeline.stages.publish import publish
from tests.pipeline.houses import START, House, at_day, news_url, project_url
from tests.site.pages import Look, make_news, make_project, render_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SMALL = Look(n_bytes=4_000)
GONE = project_url(3)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Projects and news, unchanged after a week, one edited after two; one page answers 404 from then on."""
    house = House(tmp_path_factory.mktemp("wacz"))
    for number in range(4):
        house.pages[project_url(number)] = render_page(make_project(number), SMALL)
        house.pages[news_url(number)] = render_page(make_news(number), SMALL)
    first = house.crawl(0)
    house.crawl_unchanged(7, since=first)
    house.pages[project_url(1)] = render_page(make_project(9), SMALL)
    house.pages[GONE] = b"<html><head><title>Page not found</title></head><body><h1>Page not found</h1></body></html>"
    for day in (14, 16):
        with house.open_crawl(day, urls=[url for url in house.pages if url != GONE]) as writer:
            add_404(house, writer, day)
            house.seal(writer, day)
    house.publish(at_day(17))
    return house


def add_404(house: House, writer: Any, day: int) -> None:
    exchange = house._exchange(GONE, at_day(day + 0.01))
    exchange = replace(exchange, response_head=b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n")
    fetch = house._fetch(GONE, at_day(day + 0.01), Outcome.NOT_FOUND, writer.write_exchange(exchange))
    writer.write_fetch(msgspec.structs.replace(fetch, http_status=404))


@pytest.fixture
def call(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IOMDB_DATA", str(house.folder.root))
    monkeypatch.setenv("IOMDB_SITES", str(house.sites))
    return lambda *words: CliRunner().invoke(main, words)


def read_records(wacz: Path) -> list[tuple[str, str, str]]:
    """Type, id and address of each record, as another program reads them; it checks the digests, too."""
    with zipfile.ZipFile(wacz) as opened:
        warc = opened.read("archive/data.warc.gz")
    found = []
    for record in ArchiveIterator(BytesIO(warc), check_digests="raise"):
        record.content_stream().read()
        head = record.rec_headers
        found.append((record.rec_type, head["WARC-Record-ID"], head["WARC-Target-URI"]))
    return found


def read_index(wacz: Path) -> list[dict[str, Any]]:
    """The lines of the index, each proved by the record that it leads to."""
    with zipfile.ZipFile(wacz) as opened:
        assert all(one.compress_type == zipfile.ZIP_STORED for one in opened.infolist())
        warc, index = opened.read("archive/data.warc.gz"), opened.read("indexes/index.cdx.gz")
        blocks = opened.read("indexes/index.idx").decode().splitlines()
    lines = gzip.decompress(index).decode().splitlines()
    assert lines == sorted(lines)
    for block in blocks[1:]:
        place = json.loads(block[block.index("{") :])
        part = gzip.decompress(index[place["offset"] : place["offset"] + place["length"]]).decode()
        assert part.startswith(block[: block.index(" {")])
    found = [json.loads(line[line.index("{") :]) for line in lines]
    for one in found:
        member = warc[int(one["offset"]) : int(one["offset"]) + int(one["length"])]
        (record,) = ArchiveIterator(BytesIO(member))
        assert record.rec_headers["WARC-Target-URI"] == one["url"]
    return found


def read_pages(wacz: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(wacz) as opened:
        head, *pages = [json.loads(line) for line in opened.read("pages/pages.jsonl").decode().splitlines()]
    assert head["format"] == "json-pages-1.0"
    return pages


def validate(wacz: Path) -> str:
    """What the field's own validator says; it must be content."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "wacz", "validate", "-f", str(wacz)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_without_a_filter_every_capture_goes_out_and_the_field_s_validator_is_content(
    house: House, call: Callable[..., Result], tmp_path: Path
) -> None:
    answer = call("export", "--format", "wacz", "-o", "all.wacz", "--json")
    assert answer.exit_code == 0, answer.output
    assert "Validation succeeded" in validate(tmp_path / "all.wacz")
    with duckdb.connect(str(house.folder.published), read_only=True) as connection:
        ids = {f"<urn:uuid:{row[0]}>" for row in connection.execute("SELECT capture_id FROM v1.captures").fetchall()}
    records = read_records(tmp_path / "all.wacz")
    assert {record_id for kind, record_id, _ in records if kind != "warcinfo"} == ids
    assert len(read_index(tmp_path / "all.wacz")) == len(ids) == json.loads(answer.output)["n_captures"]
    assert {one["status"] for one in read_index(tmp_path / "all.wacz")} >= {"200", "404"}
    assert {page["url"] for page in read_pages(tmp_path / "all.wacz")} == set(house.pages)


@pytest.mark.slow
def test_what_went_out_comes_back_in_an_empty_folder_with_every_version(
    house: House, call: Callable[..., Result], tmp_path: Path
) -> None:
    assert call("export", "--format", "wacz", "-o", "all.wacz").exit_code == 0
    other = DataFolder(tmp_path / "other")
    ingest_archive(tmp_path / "all.wacz", other.archive, load_sites(house.sites))
    extract_missing(other)
    publish(other, now=at_day(18), threads=1)
    for table, key in (
        ("projects", "project_id"), ("news", "news_id"), ("project_versions", "project_id, valid_from"),
        ("removals", "document_id"), ("changes", "document_id, changed_at, field"),
    ):  # fmt: skip
        # How the bytes came to us is another way now; what they say is not.
        sql = f"SELECT COLUMNS(name -> name <> 'source') FROM v1.{table} ORDER BY {key}"
        mine, theirs = (read_rows(folder, sql) for folder in (house.folder, other))
        assert mine == theirs
        assert mine


def read_rows(folder: DataFolder, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(folder.published), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.slow
def test_of_one_document_or_a_time_the_page_that_was_seen_again_goes_with_it(
    house: House, call: Callable[..., Result], tmp_path: Path
) -> None:
    answer = call("export", "--format", "wacz", "-o", "one.wacz", "--document", project_url(2), "--since", "2026-11-08")
    assert answer.exit_code == 0, answer.output
    validate(tmp_path / "one.wacz")
    records = read_records(tmp_path / "one.wacz")
    assert [kind for kind, _, _ in records] == ["warcinfo", "response", "response", "response", "revisit"]
    assert {url for kind, _, url in records if kind != "warcinfo"} == {project_url(2)}
    assert [page["ts"][:10] for page in read_pages(tmp_path / "one.wacz")] == ["2026-11-08", "2026-11-15", "2026-11-17"]
    other = DataFolder(tmp_path / "other")
    ingested = ingest_archive(tmp_path / "one.wacz", other.archive, load_sites(house.sites))
    assert ingested.n_pages == 4


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    folder = DataFolder(tmp_path_factory.mktemp("seeds"))
    folder.archive.mkdir()
    ingest_folder(PROJECT_ROOT / "seeds", folder.archive, load_sites(SHIPPED_SITES))
    extract_missing(folder)
    publish(folder, now=START, threads=1)
    return folder


def test_texts_that_were_handed_over_are_in_the_index_are_pages_and_stay_received(
    seeds: DataFolder, call: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOMDB_DATA", str(seeds.root))
    monkeypatch.delenv("IOMDB_SITES")
    assert call("export", "--format", "wacz", "-o", "seeds.wacz").exit_code == 0
    validate(tmp_path / "seeds.wacz")
    assert len(read_index(tmp_path / "seeds.wacz")) == len(read_pages(tmp_path / "seeds.wacz")) == 4
    assert "Technical Support to Improve" in " ".join(page["title"] for page in read_pages(tmp_path / "seeds.wacz"))
    other = DataFolder(tmp_path / "other")
    ingest_archive(tmp_path / "seeds.wacz", other.archive, load_sites(SHIPPED_SITES))
    extract_missing(other)
    publish(other, now=START, threads=1)
    for sql in ("FROM v1.projects", "FROM v1.news ORDER BY news_id"):
        assert read_rows(seeds, sql) == read_rows(other, sql)


def test_nothing_to_write_is_said_and_no_file_is_there(call: Callable[..., Result], tmp_path: Path) -> None:
    answer = call("export", "--format", "wacz", "-o", "none.wacz", "--since", "2030-01-01")
    assert (answer.exit_code, answer.output.count("\n")) == (1, 1)
    assert "nothing of what was asked for is archived" in answer.output
    assert call("export", "--format", "wacz", "-o", "none.wacz", "--document", "ZZ.9999").exit_code == 2
    assert call("export", "--format", "wacz", "-o", "none.wacz", "--site", "nowhere").exit_code == 2
    assert call("export", "--format", "csv", "--document", "ZZ.9999").exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_two_exports_are_the_same_bytes(call: Callable[..., Result], tmp_path: Path) -> None:
    for name in ("one.wacz", "two.wacz"):
        assert call("export", "--format", "wacz", "-o", name, "--site", "example.org").exit_code == 0
    assert (tmp_path / "one.wacz").read_bytes() == (tmp_path / "two.wacz").read_bytes()


def test_a_large_index_is_in_blocks_that_are_found_by_their_beginnings() -> None:
    lines = [f"org,example)/{number:05d} 20260101000000 {{}}\n" for number in range(7000)]
    index, heads = compress_index(reversed(lines), "index.cdx.gz")
    assert gzip.decompress(index).decode() == "".join(lines)
    assert [head.split(" ")[0] for head in heads.decode().splitlines()[1:]] == [
        "org,example)/00000", "org,example)/03000", "org,example)/06000",
    ]  # fmt: skip


def test_one_capture_s_bytes_are_saved_as_they_were_archived(
    house: House, call: Callable[..., Result], tmp_path: Path
) -> None:
    answer = call("show", project_url(2), "--at", "2026-11-08", "--save", "page.html")
    assert answer.exit_code == 0, answer.output
    assert (tmp_path / "page.html").read_bytes() == house.pages[project_url(2)]
    assert call("show", project_url(2), "--save", "page.html").exit_code == 2
    assert call("show", project_url(2), "--save", "page.html", "--force").exit_code == 0
