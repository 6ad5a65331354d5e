"""What the writer leaves on the disk, and that other WARC software agrees with it."""

import gzip
import os
from datetime import timedelta
from pathlib import Path

import pytest
from fastwarc import warc as fastwarc
from warcio.archiveiterator import ArchiveIterator

from contracts.outcomes import Effect, Outcome
from contracts.run import Discovery, RobotsAnswer
from crawler.archive import writer as writing
from crawler.archive.check import check_archive
from crawler.archive.reader import iter_captures, read_capture
from crawler.archive.runs import find_open_run, iter_fetches, iter_lines, iter_run_ids, read_fetch, read_manifest
from crawler.archive.volumes import HandedOver, Original
from crawler.errors import ArchiveError
from crawler.warc.members import Record, iter_records
from tests.crawler.disks import full_disk
from tests.crawler.runs import (
    NOON,
    RUN_ID,
    make_exchange,
    make_fetch,
    open_writer,
    page_bytes,
    seal,
    warcio_agrees,
    write_pages,
)


def test_a_page_comes_back_decoded_while_the_archive_keeps_the_bytes_of_the_wire(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    write_pages(writer, [1])
    run = seal(writer)
    (capture,) = iter_captures(run)
    assert capture.payload == page_bytes(1)
    assert capture.record.block is not None
    assert capture.record.block.endswith(make_exchange(1).body)
    assert capture.http is not None
    assert capture.http.media_type == "text/html"
    assert capture.content_type == "text/html; charset=utf-8"


def test_warcio_finds_nothing_wrong_with_any_record_type_we_write(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    write_pages(writer, [1, 2])
    write_pages(writer, [3], coded=False)
    first = read_fetch(writer.folder, 0)
    assert first.capture is not None
    original = Original(first.capture.capture_id, first.url, NOON, first.capture.payload_sha256)
    writer.write_revisit(make_exchange(4), original, not_modified=True)
    writer.write_revisit(make_exchange(5), original, not_modified=False)
    for warc_type in ("conversion", "resource"):
        writer.write_content(HandedOver(warc_type, "https://example.org/é", NOON, b"words", "text/plain", "text"))
    run = seal(writer)
    assert warcio_agrees(run / "pages-00000.warc.gz")
    with (run / "pages-00000.warc.gz").open("rb") as file:
        types = [record.rec_type for record in ArchiveIterator(file)]
    assert types == ["warcinfo"] + ["request", "response"] * 3 + ["request", "revisit"] * 2 + ["conversion", "resource"]


def test_warcio_reads_the_decoded_page_out_of_our_record(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    write_pages(writer, [7])
    with (seal(writer) / "pages-00000.warc.gz").open("rb") as file:
        bodies = [r.content_stream().read() for r in ArchiveIterator(file) if r.rec_type == "response"]
    assert bodies == [page_bytes(7)]


def test_a_record_is_one_gzip_member_and_stands_where_its_line_says(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    write_pages(writer, range(5))
    run = seal(writer)
    content = (run / "pages-00000.warc.gz").read_bytes()
    for fetch in iter_fetches(run):
        assert fetch.capture is not None
        place = fetch.capture
        record = gzip.decompress(content[place.offset : place.offset + place.length])
        assert record.startswith(b"WARC/1.1\r\nWARC-Type: response\r\n")
        assert record.count(b"WARC/1.1\r\n") == 1
        found = read_capture(tmp_path, RUN_ID, place.file, place.offset)
        assert found.record.record_id == place.capture_id


def test_a_revisit_names_its_original_and_shares_its_payload(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    write_pages(writer, [1])
    first = read_fetch(writer.folder, 0)
    assert first.capture is not None
    original = Original(first.capture.capture_id, first.url, first.fetched_at, first.capture.payload_sha256)
    again = make_exchange(2)
    reference = writer.write_revisit(again, original, not_modified=True)
    writer.write_fetch(make_fetch(again, reference, Outcome.UNCHANGED))
    assert reference.content_capture_id == first.capture.capture_id
    assert reference.payload_sha256 == first.capture.payload_sha256
    _, revisit = iter_captures(seal(writer))
    assert revisit.record.refers_to == first.capture.capture_id
    assert revisit.payload == b""
    assert revisit.record.headers["warc-refers-to-target-uri"] == first.url
    assert revisit.record.headers["warc-refers-to-date"] == "2026-11-22T12:00:01Z"


def test_a_file_is_closed_past_its_size_and_each_begins_with_its_warcinfo(tmp_path: Path) -> None:
    writer = open_writer(tmp_path, max_file_bytes=2000)
    write_pages(writer, range(12))
    run = seal(writer)
    names = sorted(path.name for path in run.glob("*.warc.gz"))
    assert len(names) > 2
    assert names[:2] == ["pages-00000.warc.gz", "pages-00001.warc.gz"]
    assert all(warcio_agrees(run / name) for name in names)
    assert {c.payload for c in iter_captures(run)} == {page_bytes(number) for number in range(12)}
    manifest = read_manifest(tmp_path, RUN_ID)
    assert sum(file.records for file in manifest.files if file.name != "fetches.jsonl") == 12 * 2 + len(names)


def test_the_same_exchanges_give_the_same_bytes(tmp_path: Path) -> None:
    runs = []
    for name in ("one", "two"):
        writer = open_writer(tmp_path / name)
        write_pages(writer, range(4))
        runs.append(seal(writer))
    for file in ("pages-00000.warc.gz", "fetches.jsonl", "run.json"):
        assert (runs[0] / file).read_bytes() == (runs[1] / file).read_bytes()


def test_an_unsealed_run_is_not_in_the_archive_and_a_sealed_one_takes_nothing_more(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    assert list(iter_run_ids(tmp_path)) == []
    assert find_open_run(tmp_path, "example.org", NOON.date()) == RUN_ID
    assert find_open_run(tmp_path, "example.org", NOON.date() + timedelta(days=1)) is None
    assert find_open_run(tmp_path, "example", NOON.date()) is None
    seal(writer)
    assert list(iter_run_ids(tmp_path)) == [RUN_ID]
    with pytest.raises(ArchiveError, match="sealed"):
        open_writer(tmp_path)


def test_two_writers_of_one_run_are_refused(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    with pytest.raises(ArchiveError, match="another process"):
        open_writer(tmp_path)
    writer.close()
    open_writer(tmp_path).close()


def test_robots_and_discovery_survive_a_resume_and_stand_in_the_manifest(tmp_path: Path) -> None:
    robots = RobotsAnswer("example.org", 200, "User-agent: *\n", NOON)
    found = Discovery("sitemap", "https://example.org/sitemap.xml", 3, True)
    with open_writer(tmp_path) as writer:
        writer.record_robots(robots)
        writer.record_robots(RobotsAnswer("example.org", 503, None, NOON))
        writer.record_robots(robots)
        writer.record_discovery([found])
    writer = open_writer(tmp_path)
    seal(writer)
    manifest = read_manifest(tmp_path, RUN_ID)
    assert manifest.robots == [robots]
    assert manifest.discovery == [found]
    assert manifest.resumed == 1
    assert manifest.site_config == "name = 'Example'\n"


def test_a_ledger_line_gets_its_number_and_the_effect_of_its_outcome(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    first = writer.write_fetch(make_fetch(make_exchange(1), None, Outcome.TIMEOUT))
    second = writer.write_fetch(make_fetch(make_exchange(2), None, Outcome.GONE))
    assert [(f.seq, f.effect) for _, f in (first, second)] == [(0, Effect.UNKNOWN), (1, Effect.ABSENT)]
    run = seal(writer)
    assert list(iter_lines(run)) == [first, second]
    assert [read_fetch(run, line.offset) for line in (first, second)] == list(iter_fetches(run))
    assert read_manifest(tmp_path, RUN_ID).counts == {"gone": 1, "timeout": 1}


def test_a_hostile_url_cannot_end_a_header(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    url = "https://example.org/a\r\nWARC-Type: request\r\n\r\nx"
    writer.write_content(HandedOver("resource", url, NOON, b"<p>x</p>", "text/html", "html"))
    run = seal(writer)
    assert warcio_agrees(run / "pages-00000.warc.gz")
    with (run / "pages-00000.warc.gz").open("rb") as file:
        assert [record.rec_type for record in ArchiveIterator(file)] == ["warcinfo", "resource"]


@pytest.mark.parametrize("run_id", ["../20261122T120000Z-x-0123abcd", "x", "20261122T120000Z-a/b-0123abcd", ""])
def test_a_run_id_that_is_none_makes_no_folder(tmp_path: Path, run_id: str) -> None:
    with pytest.raises(ArchiveError, match="no run id"):
        open_writer(tmp_path / "archive", run_id)
    assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize("n_bytes", [400, 2000, 2600, 3000])
def test_a_full_disk_is_one_clear_error_and_the_next_call_goes_on(tmp_path: Path, n_bytes: int) -> None:
    writer = open_writer(tmp_path)
    with full_disk(n_bytes), pytest.raises(ArchiveError, match="free the disk and call again to resume"):
        write_pages(writer, range(20))
    n_written = writer.n_fetches
    writer.close()
    writer = open_writer(tmp_path)
    assert writer.n_fetches == n_written
    assert writer.state.notes == []
    for number in range(n_written, 20):
        exchange = make_exchange(number)
        writer.write_fetch(make_fetch(exchange, writer.orphans.get(exchange.url) or writer.write_exchange(exchange)))
    run = seal(writer)
    assert [capture.payload for capture in iter_captures(run)] == [page_bytes(number) for number in range(20)]
    assert check_archive(tmp_path) == []


def test_a_seal_on_a_full_disk_leaves_the_run_open(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    write_pages(writer, range(3))
    with full_disk(100), pytest.raises(ArchiveError, match="could not be sealed"):
        seal(writer)
    run = seal(open_writer(tmp_path))
    assert len(list(iter_captures(run))) == 3
    assert check_archive(tmp_path) == []


def test_an_archive_that_cannot_be_written_is_named_and_can_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file where the folder should be")
    with pytest.raises(ArchiveError, match="cannot be written in"):
        open_writer(tmp_path / "archive")
    (tmp_path / "archive").unlink()
    open_writer(tmp_path / "archive").close()


def test_the_disk_is_forced_records_first_after_so_many_bytes_or_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = open_writer(tmp_path)
    forced: list[str] = []
    monkeypatch.setattr(os, "fdatasync", lambda number: forced.append(Path(f"/proc/self/fd/{number}").readlink().name))
    write_pages(writer, range(5))
    assert forced == []
    write_pages(writer, [5])
    assert forced == ["pages-00000.warc.gz", "fetches.jsonl"]
    monkeypatch.setattr(writing, "SYNC_BYTES", 1)
    write_pages(writer, [6])
    assert forced == ["pages-00000.warc.gz", "fetches.jsonl"] * 2
    writer.close()


def test_fastwarc_reads_the_same_records_and_finds_their_digests_right(tmp_path: Path) -> None:
    writer = open_writer(tmp_path)
    write_pages(writer, [1, 2])
    write_pages(writer, [3], coded=False)
    path = seal(writer) / "pages-00000.warc.gz"
    with path.open("rb") as file:
        ours = [(f.offset, f.headers["warc-record-id"]) for f in iter_records(file) if isinstance(f, Record)]
    with path.open("rb") as file:
        theirs = [
            (record.stream_pos, record.record_id, record.verify_block_digest())
            for record in fastwarc.ArchiveIterator(file, parse_http=False)
        ]
    assert theirs == [(*place, True) for place in ours]
