"""fsck finds what was changed, lost or added, and names where; and nothing in a whole archive."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.outcomes import Outcome
from crawler.archive.check import check_archive
from crawler.archive.reader import iter_captures, read_capture
from crawler.archive.runs import read_manifest
from crawler.archive.volumes import Original
from crawler.errors import ArchiveError, DamagedRecordError
from tests.crawler.runs import RUN_ID, make_exchange, make_fetch, open_writer, page_bytes, seal, write_pages
from tests.examples import examples

VOLUME = "pages-00000.warc.gz"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("sealed")
    writer = open_writer(archive)
    write_pages(writer, range(4))
    seal(writer)
    return archive


@pytest.fixture
def run(sealed: Path, tmp_path: Path) -> Path:
    copytree(sealed, tmp_path / "archive")
    return tmp_path / "archive" / RUN_ID


def codes(run: Path) -> set[str]:
    return {damage.code for damage in check_archive(run.parent)}


def test_a_whole_archive_and_one_that_is_not_there_have_no_damage(run: Path, tmp_path: Path) -> None:
    assert check_archive(run.parent) == []
    assert check_archive(tmp_path / "nowhere") == []


def test_every_flipped_byte_of_a_run_is_found(sealed: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    @examples(50)
    @given(name=st.sampled_from([VOLUME, "fetches.jsonl"]), place=st.integers(0, 1 << 20), flip=st.integers(1, 255))
    def flip_one(name: str, place: int, flip: int) -> None:
        archive = tmp_path_factory.mktemp("flip") / "a"
        copytree(sealed, archive)
        path = archive / RUN_ID / name
        content = bytearray(path.read_bytes())
        content[place % len(content)] ^= flip
        path.write_bytes(content)
        found = check_archive(archive)
        assert any(damage.file == name for damage in found)
        assert all(damage.run_id == RUN_ID for damage in found)

    flip_one()


def edit_manifest(run: Path, change: Callable[[dict[str, Any]], object]) -> None:
    manifest = json.loads((run / "run.json").read_bytes())
    change(manifest)
    (run / "run.json").write_text(json.dumps(manifest))


def test_each_kind_of_damage_has_its_code(run: Path) -> None:
    (run / "extra.txt").write_text("x")
    assert codes(run) == {"orphan_file"}
    (run / "extra.txt").unlink()
    (run / VOLUME).write_bytes((run / VOLUME).read_bytes()[:-9])
    assert codes(run) == {"size", "digest", "record", "count", "ledger"}
    (run / VOLUME).unlink()
    assert codes(run) == {"missing", "ledger"}


def test_a_manifest_that_lies_is_found(run: Path) -> None:
    edit_manifest(run, lambda manifest: manifest.update(counts={"fetched": 3}))
    assert codes(run) == {"count"}
    edit_manifest(run, lambda manifest: manifest.update(run_id="20261122T120000Z-other-0123abcd"))
    assert codes(run) == {"manifest", "count"}
    edit_manifest(run, lambda manifest: manifest.update(surprise=1))
    assert codes(run) == {"manifest"}
    with pytest.raises(ArchiveError, match="surprise"):
        read_manifest(run.parent, RUN_ID)


def test_a_manifest_that_leads_out_of_its_run_is_not_followed(run: Path) -> None:
    outside = run.parent / "outside.warc.gz"
    outside.write_bytes((run / VOLUME).read_bytes())
    edit_manifest(
        run, lambda manifest: manifest["files"].append(dict(manifest["files"][-1], name="../outside.warc.gz"))
    )
    assert {damage.file for damage in check_archive(run.parent) if damage.code == "missing"} == {"../outside.warc.gz"}
    with pytest.raises(DamagedRecordError, match="no file of a run"):
        read_capture(run.parent, RUN_ID, "../outside.warc.gz", 0)


def test_a_line_that_names_another_record_is_found_and_not_read(run: Path) -> None:
    lines = (run / "fetches.jsonl").read_text().splitlines()
    first, second = json.loads(lines[0]), json.loads(lines[1])
    first["capture"]["offset"], first["capture"]["length"] = second["capture"]["offset"], second["capture"]["length"]
    lines[0] = json.dumps(first, separators=(",", ":"))
    (run / "fetches.jsonl").write_text("\n".join(lines) + "\n")
    assert codes(run) >= {"ledger"}
    with pytest.raises(DamagedRecordError, match="is not the response"):
        list(iter_captures(run))


def test_what_is_no_run_and_what_was_left_open_is_named(run: Path) -> None:
    (run.parent / "holiday.jpg").write_bytes(b"x")
    open_writer(run.parent, "20261123T000000Z-example.org-0123abcd").close()
    assert codes(run) == {"folder", "left_open"}


def test_a_run_that_is_being_written_is_no_damage(run: Path) -> None:
    with open_writer(run.parent, "20261123T000000Z-example.org-0123abcd"):
        assert check_archive(run.parent) == []
    assert codes(run) == {"left_open"}


def test_a_revisit_whose_original_is_in_no_run_is_found(run: Path) -> None:
    first = next(iter_captures(run)).ledger
    assert first is not None
    assert first.capture is not None
    original = Original(first.capture.capture_id, first.url, first.fetched_at, first.capture.payload_sha256)
    writer = open_writer(run.parent, "20261123T000000Z-example.org-0123abcd")
    again = make_exchange(9)
    capture = writer.write_revisit(again, original, not_modified=True)
    writer.write_fetch(make_fetch(again, capture, Outcome.UNCHANGED))
    seal(writer)
    assert check_archive(run.parent) == []
    shutil.rmtree(run)
    assert codes(run) == {"original"}


def test_a_capture_in_the_middle_is_read_without_the_ledger(run: Path) -> None:
    places = [capture.record for capture in iter_captures(run)]
    ledger = [json.loads(line)["capture"] for line in (run / "fetches.jsonl").read_text().splitlines()]
    assert len(places) == 4
    assert read_capture(run.parent, RUN_ID, VOLUME, ledger[2]["offset"]).payload == page_bytes(2)
    with pytest.raises(DamagedRecordError, match="iomdb fsck"):
        read_capture(run.parent, RUN_ID, VOLUME, ledger[2]["offset"] + 1)
