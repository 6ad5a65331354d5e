"""A folder of pages becomes a run, or a clear error that names file and key, and nothing in between."""

import hashlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.outcomes import Effect, Outcome
from crawler.archive.check import check_archive
from crawler.archive.reader import iter_captures
from crawler.archive.runs import OPEN_SUFFIX, iter_fetches, read_manifest
from crawler.archive.writer import RunWriter
from crawler.errors import FolderError
from crawler.imports.folder import ingest_folder
from tests.examples import examples

SEEDS = Path(__file__).parents[2] / "seeds"
TEXT = "A page in words of our own, with a dash – and an é.\n".encode()
HTML = b"<!doctype html><title>Ours</title><p>Words.</p>"


def page_entry(file: str, content: bytes, **keys: object) -> dict[str, object]:
    url = f"https://liberia.iom.int/news/{Path(file).stem}"
    entry: dict[str, object] = {"file": file, "sha256": hashlib.sha256(content).hexdigest(), "url": url}
    return {**entry, "reader": "text", "received_at": datetime(2026, 1, 2, tzinfo=UTC), **keys}


def write_manifest(folder: Path, *entries: dict[str, object]) -> None:
    lines: list[str] = []
    for entry in entries:
        lines.append("[[page]]")
        for key, value in entry.items():
            written = (
                value.isoformat() if isinstance(value, datetime) else f'"{value}"' if isinstance(value, str) else value
            )
            lines.append(f"{key} = {written}")
    (folder / "manifest.toml").write_text("\n".join(lines))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pages"
    made.mkdir()
    (made / "a.txt").write_bytes(TEXT)
    (made / "b.html").write_bytes(HTML)
    return made


def test_the_seeds_become_conversion_records_at_their_hand_over_date(tmp_path: Path) -> None:
    done = ingest_folder(SEEDS, tmp_path)
    assert (done.n_pages, done.already_present) == (4, False)
    assert done.run_id.startswith("20261121T000000Z-seeds-")
    captures = list(iter_captures(tmp_path / done.run_id))
    names = sorted(path.name for path in SEEDS.glob("*.txt"))
    assert [capture.payload for capture in captures] == [(SEEDS / name).read_bytes() for name in names]
    assert {capture.record.warc_type for capture in captures} == {"conversion"}
    fetches = list(iter_fetches(tmp_path / done.run_id))
    assert [(fetch.site, fetch.kind) for fetch in fetches] == [
        ("iom.int", "project"),
        ("liberia.iom.int", "news"),
        ("iom.int", "news"),
        ("iom.int", "news"),
    ]
    assert {(f.outcome, f.effect, f.time_basis, f.discovered_by) for f in fetches} == {
        (Outcome.FETCHED, Effect.SEEN, "received", "folder")
    }
    assert fetches[0].page_key == "iom.int/project/technical-support-improve-border-management-controls-liberia-0"
    assert check_archive(tmp_path) == []


def test_the_same_folder_ingested_again_changes_nothing(tmp_path: Path) -> None:
    done = ingest_folder(SEEDS, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    again = ingest_folder(SEEDS, tmp_path)
    assert again.already_present
    assert again.run_id == done.run_id
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_two_machines_make_the_same_run_of_the_same_folder(tmp_path: Path) -> None:
    runs = [tmp_path / name / ingest_folder(SEEDS, tmp_path / name).run_id for name in ("one", "two")]
    for file in ("pages-00000.warc.gz", "fetches.jsonl", "run.json"):
        assert (runs[0] / file).read_bytes() == (runs[1] / file).read_bytes()


def test_html_is_a_resource_at_its_capture_time_and_a_note_is_kept(folder: Path, tmp_path: Path) -> None:
    seen = datetime(2025, 5, 6, 7, 8, 9, tzinfo=UTC)
    write_manifest(folder, page_entry("b.html", HTML, reader="html", captured_at=seen, notes="saved by hand"))
    done = ingest_folder(folder, tmp_path / "archive")
    (capture,) = iter_captures(tmp_path / "archive" / done.run_id)
    assert capture.record.warc_type == "resource"
    assert capture.payload == HTML
    assert capture.ledger is not None
    assert (capture.ledger.fetched_at, capture.ledger.time_basis) == (seen, "captured")
    manifest = read_manifest(tmp_path / "archive", done.run_id)
    assert manifest.site == "liberia.iom.int"
    assert manifest.started_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert manifest.notes == ["b.html: saved by hand"]


def test_what_a_killed_import_left_is_made_anew(tmp_path: Path) -> None:
    done = ingest_folder(SEEDS, tmp_path)
    run = tmp_path / done.run_id
    left = run.rename(run.with_name(run.name + OPEN_SUFFIX))
    (left / "run.json").unlink()
    os.truncate(left / "pages-00000.warc.gz", 3000)
    assert not ingest_folder(SEEDS, tmp_path).already_present
    assert check_archive(tmp_path) == []
    assert len(list(iter_captures(run))) == 4


BAD = {
    "an unknown key": (page_entry("a.txt", TEXT, recieved_at="x"), r"page\[0\]\.recieved_at: unknown key"),
    "a missing key": (
        {k: v for k, v in page_entry("a.txt", TEXT).items() if k != "url"},
        r"page\[0\]\.url: the key is missing",
    ),
    "another digest": (page_entry("a.txt", TEXT + b"!"), r"page\[0\]\.sha256: a\.txt has the sha256 [0-9a-f]{64}"),
    "a digest that is none": (page_entry("a.txt", TEXT, sha256="abc"), r"page\[0\]\.sha256"),
    "a file that is not there": (page_entry("c.txt", TEXT), r"page\[0\]\.file: 'c\.txt' cannot be read: No such file"),
    "a path out of the folder": (page_entry("../secret.txt", TEXT), r"page\[0\]\.file: .* leads out of the folder"),
    "an absolute path": (page_entry("/etc/passwd", TEXT), r"page\[0\]\.file: .* leads out of the folder"),
    "a link out of the folder": (page_entry("link.txt", TEXT), r"page\[0\]\.file: .* is a link out of the folder"),
    "an empty file": (page_entry("empty.txt", b""), r"page\[0\]\.file: 'empty\.txt' is empty"),
    "text that is not UTF-8": (page_entry("latin.txt", b"caf\xe9"), r"page\[0\]\.file: .* is not UTF-8"),
    "a date without a zone": (page_entry("a.txt", TEXT, received_at=datetime(2026, 1, 2)), r"page\[0\]\.received_at"),  # noqa: DTZ001 - the fault
    "a date before the web": (
        page_entry("a.txt", TEXT, captured_at=datetime(26, 1, 2, tzinfo=UTC)),
        r"page\[0\]\.captured_at: .* no date of the web's time",
    ),
    "a reader that is none": (page_entry("a.txt", TEXT, reader="pdf"), r"page\[0\]\.reader"),
    "a URL that is none": (page_entry("a.txt", TEXT, url="ftp://iom.int/x"), r"page\[0\]\.url: .* no absolute http"),
    "a URL with a line in it": (
        page_entry("a.txt", TEXT, url="https://iom.int/a\\nb"),
        r"page\[0\]\.url: .* control characters",
    ),
    "a number for a word": (page_entry("a.txt", TEXT, url=3), r"page\[0\]\.url: expected `str`, got `int`"),
}


@pytest.mark.parametrize("fault", BAD)
def test_bad_input_is_named_with_file_and_key_and_writes_nothing(folder: Path, tmp_path: Path, fault: str) -> None:
    entry, message = BAD[fault]
    (tmp_path / "secret.txt").write_bytes(TEXT)
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "latin.txt").write_bytes(b"caf\xe9")
    write_manifest(folder, entry)
    with pytest.raises(FolderError, match=message) as raised:
        ingest_folder(folder, tmp_path / "archive")
    assert "manifest.toml" in str(raised.value)
    assert not (tmp_path / "archive").exists()


def test_one_bad_page_keeps_the_good_ones_out_too(folder: Path, tmp_path: Path) -> None:
    write_manifest(folder, page_entry("a.txt", TEXT), page_entry("b.html", b"changed", reader="html"))
    with pytest.raises(FolderError, match=r"page\[1\]\.sha256"):
        ingest_folder(folder, tmp_path / "archive")
    assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize("key", ["file", "url"])
def test_a_page_named_twice_is_refused(folder: Path, tmp_path: Path, key: str) -> None:
    first, second = page_entry("a.txt", TEXT), page_entry("b.html", HTML, reader="html")
    second |= {key: first[key], "sha256": first["sha256"]} if key == "file" else {key: first[key]}
    if key == "file":
        second["reader"] = "text"
    write_manifest(folder, first, second)
    with pytest.raises(FolderError, match=rf"page\[1\]\.{key}: .* is page\[0\] already"):
        ingest_folder(folder, tmp_path / "archive")


def test_one_url_at_two_times_is_its_history(folder: Path, tmp_path: Path) -> None:
    url = "https://liberia.iom.int/news/a"
    later = datetime(2026, 3, 4, tzinfo=UTC)
    write_manifest(
        folder, page_entry("a.txt", TEXT), page_entry("b.html", HTML, reader="html", url=url, received_at=later)
    )
    done = ingest_folder(folder, tmp_path / "archive")
    assert [f.url for f in iter_fetches(tmp_path / "archive" / done.run_id)] == [url, url]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"page = [", "not TOML"),
        (b"\xff", "not UTF-8"),
        (b"", "page: the key is missing"),
        (b"[[pages]]", "unknown key"),
    ],
)
def test_a_manifest_that_is_none_is_named(folder: Path, tmp_path: Path, text: bytes, message: str) -> None:
    (folder / "manifest.toml").write_bytes(text)
    with pytest.raises(FolderError, match=message):
        ingest_folder(folder, tmp_path / "archive")


@examples(150)
@given(
    st.integers(0, 1 << 12),
    st.integers(0, 12),
    st.sampled_from(
        ["", "0", "'x'", "[]", "..", "/", "\\u0000", "2026-01-01", "[[page]]", "é", "\n", "\ufeff", "true"]
    ),
)
def test_a_manifest_changed_anywhere_is_ingested_or_refused_and_raises_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, place: int, length: int, written: str
) -> None:
    folder = tmp_path_factory.mktemp("seeds")
    for path in SEEDS.glob("*.txt"):
        shutil.copy(path, folder)
    text = (SEEDS / "manifest.toml").read_text(encoding="utf-8")
    start = place % len(text)
    (folder / "manifest.toml").write_text(text[:start] + written + text[start + length :], encoding="utf-8")
    try:
        done = ingest_folder(folder, folder / "archive")
    except FolderError:
        assert not (folder / "archive").exists()
        return
    assert done.n_pages > 0
    assert check_archive(folder / "archive") == []


def test_a_folder_without_a_manifest_says_what_is_missing(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(FolderError, match=r"manifest\.toml cannot be read: No such file"):
        ingest_folder(folder, tmp_path / "archive")


def test_a_page_that_changes_while_it_is_ingested_leaves_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_manifest(folder, page_entry("a.txt", TEXT), page_entry("b.html", HTML, reader="html"))
    opened = RunWriter.open

    def open_after_a_change(*places: Path, **settings: object) -> RunWriter:
        (folder / "b.html").write_bytes(HTML + b"!")
        return opened(*places, **settings)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(RunWriter, "open", open_after_a_change)
    with pytest.raises(FolderError, match=r"page\[1\]\.sha256"):
        ingest_folder(folder, tmp_path / "archive")
    assert not list((tmp_path / "archive").iterdir())
