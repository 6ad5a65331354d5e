"""The door: odd files, odd manifests and addresses with secrets are refused or cleaned, at once and in few words."""

from __future__ import annotations

import hashlib
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts.outcomes import Outcome
from contracts.run import Fetch
from crawler.archive.runs import iter_fetches
from crawler.errors import FolderError, ImportedWarcError
from crawler.imports.door import read_address
from crawler.imports.folder import IngestedRun, ingest_folder
from crawler.imports.warc import ingest_archive
from tests.costs import costing_at_most
from tests.crawler.runs import ImportedWarc, page_bytes
from tests.pipeline.commands import Caller

TEXT = b"A page in words of our own.\n"
TODAY = datetime(2026, 11, 29, 12, tzinfo=UTC)
ENTRY = f'[[page]]\nfile = "a.txt"\nsha256 = "{hashlib.sha256(TEXT).hexdigest()}"\nreader = "text"\n'
DATED = "received_at = 2026-01-02T00:00:00Z\n"
URL = 'url = "https://liberia.iom.int/news/a"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pages"
    made.mkdir()
    (made / "a.txt").write_bytes(TEXT)
    (made / "manifest.toml").write_text(ENTRY + URL + DATED)
    return made


def take(folder: Path) -> tuple[IngestedRun, Fetch]:
    """The run that the folder became, and its one row."""
    archive = folder.parent / "archive"
    done = ingest_folder(folder, archive)
    (fetch,) = iter_fetches(archive / done.run_id)
    return done, fetch


@pytest.mark.parametrize("key", ["received_at", "captured_at"])
@pytest.mark.parametrize("date", ["9998-12-31T00:00:00Z", "2026-12-01T00:00:00Z", "2099-01-01T00:00:00+02:00"])
def test_a_date_after_tomorrow_is_refused(folder: Path, tmp_path: Path, key: str, date: str) -> None:
    dated = f"{key} = {date}\n" + (DATED if key == "captured_at" else "")
    (folder / "manifest.toml").write_text(ENTRY + URL + dated)
    with pytest.raises(FolderError, match=rf"page\[0\]\.{key}: .* is after tomorrow"):
        ingest_folder(folder, tmp_path / "archive", latest=TODAY + timedelta(days=1))
    assert not (tmp_path / "archive").exists()


SECRETS = {
    "https://user:s3cretpw@liberia.iom.int/news/a": "https://liberia.iom.int/news/a",
    "HTTPS://Liberia.IOM.int:443/news/../news/a#token=abc": "https://liberia.iom.int/news/a",
    "https://liberia.iom.int/news/a?access_token=s3cret&page=2": "https://liberia.iom.int/news/a?page=2",
    "https://liberia.iom.int/news/a?API-Key=s3cret": "https://liberia.iom.int/news/a",
    "https://liberia.iom.int/news/a?id=7&sig=s3cret&password=s3cret": "https://liberia.iom.int/news/a?id=7",
    "https://liberia.iom.int/news/a?X-Amz-Signature=s3cret&X-Amz-Credential=s3cret": "https://liberia.iom.int/news/a",
    "https://liberia.iom.int/news/a?access%5Ftoken=s3cret": "https://liberia.iom.int/news/a",
    "https://liberia.iom.int/news/a?keyword=dams&authority=x": "https://liberia.iom.int/news/a?keyword=dams&authority=x",
}


@pytest.mark.parametrize("written", SECRETS)
def test_no_password_and_no_token_of_an_address_is_kept_from_either_door(
    folder: Path, tmp_path: Path, written: str
) -> None:
    (folder / "manifest.toml").write_text(ENTRY + f'url = "{written}"\n' + DATED)
    warc = ImportedWarc()
    warc.add_response(written, "2024-03-01T10:00:00Z", page_bytes(1))
    warc.add_response(
        "https://liberia.iom.int/news/b",
        "2024-03-01T10:00:00Z",
        b"",
        status="302 Found",
        headers=[("Location", written)],
    )
    done, by_folder = take(folder)
    imported = ingest_archive(warc.save(tmp_path / "x.warc.gz"), tmp_path / "archive")
    by_warc, moved = iter_fetches(tmp_path / "archive" / imported.run_id)
    assert {by_folder.url, by_warc.url, moved.final_url} == {SECRETS[written]}
    cut = read_address(written).cut
    for notes in (done.notes, imported.notes):
        assert any(note.startswith("credentials were cut from addresses: ") for note in notes) == bool(cut)
    for path in (tmp_path / "archive").rglob("*.json*"):
        assert b"s3cret" not in path.read_bytes()


NESTED = 50_000
BOMBS = {
    "brackets": "a = " + "[" * NESTED,
    "tables in tables": "a = " + "{b = " * NESTED,
    "a key of parts": "a" + ".a" * NESTED + " = 1",
    "a key of quoted parts": 'a.""' * NESTED + " = 1",
    "a table of parts": "[a" + ".a" * NESTED + "]",
    "digits": "a = " + "9" * 5000,
    "a number in hexadecimal": "a = 0x" + "f" * NESTED,
    "a string without end": 'a = "' + "\\" * NESTED,
    "strings in a row": 'a = """' + '"x' * NESTED,
    "a long key in quotes": f'"{"k" * 1_000_000}" = 1',
    "an address without end": ENTRY + f'url = "https://iom.int/{"x" * 1_000_000}"\n' + DATED,
    "a file name without end": ENTRY.replace("a.txt", "x" * 1_000_000) + URL + DATED,
    "lines in a name": ENTRY.replace('"a.txt"', '"""' + "a\n" * 50 + '"""') + URL + DATED,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_manifest_that_is_a_bomb_is_refused_in_a_moment_and_in_few_words(
    folder: Path, tmp_path: Path, name: str
) -> None:
    (folder / "manifest.toml").write_text(BOMBS[name])
    with costing_at_most(2), pytest.raises(FolderError) as refused:
        ingest_folder(folder, tmp_path / "archive")
    assert len(str(refused.value).splitlines()) <= 5
    assert len(str(refused.value)) < 1000
    assert not (tmp_path / "archive").exists()


def test_a_manifest_of_more_than_sixteen_megabytes_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "manifest.toml").write_text(ENTRY + URL + DATED + "#" * 16_000_001)
    with pytest.raises(FolderError, match="more than 16000000 bytes"):
        ingest_folder(folder, tmp_path / "archive")


@pytest.mark.parametrize("member", ["manifest.toml", "a.txt"])
@pytest.mark.parametrize("kind", ["pipe", "device", "device without end", "folder", "socket", "link out", "loop"])
def test_what_is_no_regular_file_of_the_folder_is_refused_and_never_waited_for(
    folder: Path, tmp_path: Path, member: str, kind: str
) -> None:
    path = folder / member
    (tmp_path / "outside").write_bytes(path.read_bytes())
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(path))
    else:
        targets: dict[str, Path | str] = {"device": "/dev/null", "device without end": "/dev/zero", "loop": path}
        path.symlink_to(targets.get(kind, tmp_path / "outside"))
    answer = Caller(tmp_path / "data").call("ingest", str(folder))
    assert answer.code == 1
    assert len(answer.err.splitlines()) <= 5
    assert "cannot be read" in answer.err
    assert "Traceback" not in answer.err
    assert not list((tmp_path / "data").glob("archive/*"))


def test_a_link_within_the_folder_is_followed(folder: Path) -> None:
    (folder / "a.txt").rename(folder / "b.txt")
    (folder / "a.txt").symlink_to("b.txt")
    assert take(folder)[1].outcome is Outcome.FETCHED


def test_a_pipe_is_no_warc(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.warc")
    with pytest.raises(ImportedWarcError, match="no regular file"):
        ingest_archive(tmp_path / "x.warc", tmp_path / "archive")
