"""A proof that is handed on: it checks in an empty folder without iomdb, and with one flipped byte it says no."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import brotli  # type: ignore[import-untyped]  # it has no types
import duckdb
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from contracts.outcomes import Outcome
from crawler.archive.volumes import Exchange
from crawler.warc.records import sha256_hex
from pipeline.cli import main
from pipeline.proof import check
from tests.examples import examples
from tests.pipeline.houses import SITE, House, at_day, news_url, project_url
from tests.site.pages import Look, make_news, make_project, render_page

if TYPE_CHECKING:
    from pathlib import Path

PACKED, SPLIT, MISLED = (f"https://{SITE}/project/grant-{number}" for number in (7, 8, 9))
"""Pages in a coding that Python cannot undo, in two gzip members, and with a head that declares undone chunks."""
CODINGS: list[tuple[str, str, Callable[[bytes], bytes]]] = [
    (PACKED, "Content-Encoding: br", brotli.compress),
    (SPLIT, "Content-Encoding: gzip", lambda page: gzip.compress(page[:99]) + gzip.compress(page[99:])),
    (MISLED, "Transfer-Encoding: chunked", bytes),
]
FILES = ["README.txt", "check.py", "citation.json", "record.warc.gz"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Projects and news, seen again unchanged a week later; some came in codings, one went."""
    house = House(tmp_path_factory.mktemp("bundle"))
    for number in range(4):
        house.pages[project_url(number)] = render_page(make_project(number), Look(n_bytes=4_000))
        house.pages[news_url(number)] = render_page(make_news(number), Look(n_bytes=4_000))
    with house.open_crawl(0) as writer:
        for number, (url, header, encode) in enumerate(CODINGS):
            page = render_page(make_project(7 + number), Look(n_bytes=4_000))
            packed = Exchange(
                url=url,
                fetched_at=at_day(0.01 + number / 1000),
                response_head=f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{header}\r\n\r\n".encode(),
                body=encode(page),
                payload_sha256=sha256_hex(page),
                media_type="text/html",
                reader="html",
            )
            fetch = house._fetch(url, packed.fetched_at, Outcome.FETCHED, writer.write_exchange(packed))
            writer.write_fetch(fetch)
        first = house.seal(writer, 0).run_id
    house.crawl_unchanged(7, since=first)
    gone = {project_url(3): Outcome.NOT_FOUND}
    house.crawl(14, outcomes=gone)
    house.crawl(16, outcomes=gone)
    house.publish(at_day(17))
    return house


@pytest.fixture
def call(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IOMDB_DATA", str(house.folder.root))
    return lambda *words: CliRunner().invoke(main, words)


def unpack(bundle: Path, folder: Path) -> Path:
    with zipfile.ZipFile(bundle) as opened:
        assert sorted(opened.namelist()) == FILES
        opened.extractall(folder)
    return folder


def run_check(folder: Path) -> tuple[int, str]:
    """As a sceptic runs it: elsewhere, isolated, without site packages."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "check.py")],
        capture_output=True, text=True, check=False, cwd="/", env={}, encoding="utf-8",
    )  # fmt: skip
    assert "Traceback" not in done.stderr or done.returncode == 1
    return done.returncode, done.stdout


def select(house: House, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(house.folder.published), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("name", "field"),
    [
        (project_url(1), "budget_amount"),
        (project_url(1), "title"),
        (project_url(2), "countries"),
        (project_url(2), "description"),
        (project_url(3), "status"),
        (news_url(0), "body"),
        (news_url(1), "published_date"),
        (PACKED, "budget_amount"),
        (SPLIT, "budget_amount"),
        (MISLED, "budget_amount"),
    ],
)
def test_a_bundle_checks_in_an_empty_folder_and_gives_the_value(
    house: House, call: Callable[..., Result], tmp_path: Path, name: str, field: str
) -> None:
    answer = call("prove", name, field, "-o", "proof.zip")
    assert answer.exit_code == 0, answer.output
    folder = unpack(tmp_path / "proof.zip", tmp_path / "elsewhere")
    code, out = run_check(folder)
    cited = json.loads((folder / "citation.json").read_bytes())
    assert (code, out.startswith(cited["value"].partition("\n")[0])) == (0, True), out
    table, key = ("projects", "project_id") if "/project/" in name else ("news", "news_id")
    column = f"array_to_string({field}, ', ')" if field == "countries" else f"{field}::VARCHAR"
    assert [(cited["value"],)] == select(
        house, f"SELECT {column} FROM v1.{table} WHERE {key} = '{cited['document_id']}'"
    )
    assert (cited["gone_from"] is not None) is (name == project_url(3))
    assert "gone from the site since 2026-11-15" in out if cited["gone_from"] else "gone" not in out


def test_without_a_field_it_is_the_title_and_two_bundles_are_the_same_bytes(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    for name in ("one.zip", "two.zip"):
        assert call("prove", project_url(1), "-o", name).exit_code == 0
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    cited = json.loads((unpack(tmp_path / "one.zip", tmp_path / "x") / "citation.json").read_bytes())
    assert cited["field"] == "title"


def test_a_page_that_was_seen_again_is_proved_by_the_record_that_it_refers_to(
    house: House, call: Callable[..., Result], tmp_path: Path
) -> None:
    ((revisit, original),) = select(
        house,
        "SELECT capture_id, content_capture_id FROM v1.captures "
        f"WHERE warc_type = 'revisit' AND url = '{project_url(1)}'",
    )
    assert call("prove", str(revisit), "budget_amount", "-o", "proof.zip").exit_code == 0
    folder = unpack(tmp_path / "proof.zip", tmp_path / "x")
    cited = json.loads((folder / "citation.json").read_bytes())
    assert (cited["capture_id"], cited["content_capture_id"]) == (revisit, original)
    records = list(check.iter_records((folder / "record.warc.gz").read_bytes()))
    assert [headers["warc-type"] for headers, _ in records] == ["revisit", "response"]
    assert run_check(folder)[0] == 0
    # The original alone, or another one in its place, proves nothing, however well it is sealed.
    for kept in (slice(0, 1), slice(1, 2)):
        other = tmp_path / f"forged{kept.start}"
        reseal(folder, other, warc=split_members((folder / "record.warc.gz").read_bytes())[kept])
        assert run_check(other)[0] == 1


def split_members(warc: bytes) -> list[bytes]:
    """The gzip members of a WARC file."""
    starts = [place for place in range(len(warc)) if warc.startswith(b"\x1f\x8b\x08", place)]
    return [warc[start:end] for start, end in zip(starts, [*starts[1:], len(warc)], strict=True)]


def reseal(folder: Path, target: Path, *, warc: list[bytes] | None = None, **changes: Any) -> None:
    """What a forger who has read check.py would write: other records or claims, all digests made anew."""
    target.mkdir()
    for name in FILES:
        (target / name).write_bytes((folder / name).read_bytes())
    if warc is not None:
        (target / "record.warc.gz").write_bytes(b"".join(warc))
    cited = json.loads((folder / "citation.json").read_bytes()) | changes
    cited["files"] = {name: check.sha256((target / name).read_bytes()) for name in FILES if name != "citation.json"}
    (target / "citation.json").write_bytes(check.seal(cited))


@pytest.fixture(scope="module")
def bundle(house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("whole")
    words = ["prove", project_url(1), "budget_amount", "-o", str(root / "p.zip")]
    assert CliRunner().invoke(main, words, env={"IOMDB_DATA": str(house.folder.root)}).exit_code == 0
    return unpack(root / "p.zip", root / "bundle")


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "999999.00"},
        {"url": "https://example.org/project/grant-2"},
        {"captured_at": "2026-10-01T06:00:01Z"},
        {"payload_sha256": "0" * 64},
        {"capture_id": "00000000-0000-4000-8000-000000000000"},
        {"evidence": []},
        {"evidence": [{"start": 5, "end": 14, "words": ["93000.50"], "is_whole": True, "rule": "x", "certainty": "x"}]},
        {"evidence": [{"start": 0, "end": 10**9, "words": ["a"], "is_whole": False, "rule": "x", "certainty": "x"}]},
        {"evidence": [{"start": 5, "end": 90, "words": [], "is_whole": False, "rule": "x", "certainty": "x"}]},
        {"files": {}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_other_claims_about_the_same_bytes_are_refused(bundle: Path, tmp_path: Path, changes: dict[str, Any]) -> None:
    target = tmp_path / "forged"
    if "files" in changes:
        target.mkdir()
        for name in FILES:
            (target / name).write_bytes((bundle / name).read_bytes())
        cited = json.loads((bundle / "citation.json").read_bytes()) | changes
        (target / "citation.json").write_bytes(check.seal(cited))
    else:
        reseal(bundle, target, **changes)
    code, out = run_check(target)
    assert (code, out[:3]) == (1, "NO:")


@given(st.sampled_from(FILES), st.integers(0, 10**6), st.integers(1, 255))
@examples(40)
def test_one_flipped_byte_anywhere_is_a_no(
    bundle: Path, tmp_path_factory: pytest.TempPathFactory, name: str, place: int, flip: int
) -> None:
    folder = tmp_path_factory.mktemp("flipped")
    for other in FILES:
        content = bytearray((bundle / other).read_bytes())
        if other == name:
            content[place % len(content)] ^= flip
        (folder / other).write_bytes(content)
    assert run_check(folder)[0] == 1


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing_or_empty_is_a_no(bundle: Path, tmp_path: Path, name: str) -> None:
    for other in FILES:
        (tmp_path / other).write_bytes((bundle / other).read_bytes())
    (tmp_path / name).write_bytes(b"")
    if name != "check.py":
        assert run_check(tmp_path)[0] == 1
        (tmp_path / name).unlink()
        assert run_check(tmp_path)[0] == 1


@pytest.mark.parametrize(
    ("field", "code", "words"),
    [
        ("colour", 2, "is no field"),
        ("word_count", 1, "no bytes of the page hold word_count"),
        ("event_place", 1, "the page does not state it"),
    ],
)
def test_what_cannot_be_proved_is_said_and_nothing_is_written(
    call: Callable[..., Result], tmp_path: Path, field: str, code: int, words: str
) -> None:
    answer = call("prove", news_url(0), field, "-o", "proof.zip")
    assert answer.exit_code == code, answer.output
    assert words in answer.output
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_never_replaces_a_file_unasked(call: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "thesis.zip").write_text("years of work")
    assert call("prove", project_url(1), "-o", "thesis.zip").exit_code == 2
    assert (tmp_path / "thesis.zip").read_text() == "years of work"
    assert call("prove", project_url(1), "-o", "thesis.zip", "--force").exit_code == 0


def test_the_program_that_checks_imports_python_s_own_library_alone(bundle: Path) -> None:
    lines = (bundle / "check.py").read_text().splitlines()
    found = {line.split()[1].partition(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert found <= sys.stdlib_module_names
