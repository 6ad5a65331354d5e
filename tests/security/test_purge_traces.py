"""After a purge no byte under the data folder holds a word that only the page had, nor a digest of its content."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from crawler.archive.runs import iter_fetches
from pipeline.health.diagnosis import examine
from tests.pipeline.commands import Caller
from tests.pipeline.houses import SITE, House, at_day, build_house, news_url
from tests.site.pages import Look, make_news, make_project, render_page
from warehouse.read.published import run_query

PROJECT, NEWS = f"https://{SITE}/project/a-secret", news_url(0)
WORDS = ("Quxzv", "ZQ.9876", "7654321", "Zibberwock", "Frumious", "a-secret")
"""Of the two pages that go, and of nothing else: title, id, money, two words of their texts, the end of an address."""

ADDRESS_MAY_STAY = re.compile(r"archive/|decisions\.jsonl$|extracted/published\.json$|iomdb\.duckdb$|writer\.lock$")
HELD = re.compile(rb"WARC-Refers-To: <urn:uuid:[0-9a-f-]{36}>")
"""What a tombstone keeps, in the archive alone: the capture that was there, by which copies are cleaned too."""


def make_pages() -> dict[str, bytes]:
    project = make_project(3)
    fields = tuple(
        (name, label, {"projects_id": ("ZQ.9876",), "budget": ("USD 7654321.00",)}.get(name, values))
        for name, label, values in project.fields
    )
    project = replace(project, title="Zibberwock project of the harbours", slug="a-secret", fields=fields)
    news = replace(make_news(0), title="Quxzv", paragraphs=("The Frumious clerks met at the harbour office.",))
    return {PROJECT: render_page(project, Look(frame=3)), NEWS: render_page(news, Look(frame=4))}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Three crawls, published from the command line (which Dagster records), with all that is made of them."""
    house = build_house(tmp_path_factory.mktemp("traces") / "house", projects=2, news=3)
    house.pages |= make_pages()
    house.crawl(0)
    house.crawl_unchanged(2, since=house.crawl(1))
    (house.folder.root / "alerts.toml").write_text('[[command]]\nname = "log"\nwords = ["/bin/cat"]\n')
    Caller(house.folder.root).call("doctor", "--alert", IOMDB_SITES=str(house.sites))
    for words in (("publish",), ("report",), ("release",), ("publish",), ("search", "Zibberwock")):
        call(house, *words)
    return house


def call(house: House, *words: str) -> str:
    return Caller(house.folder.root).succeed(*words, IOMDB_SITES=str(house.sites), PYTHONWARNINGS="default")


def iter_bytes(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file as it is, and unpacked where it is packed."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name, content = path.relative_to(folder).as_posix(), path.read_bytes()
        yield name, content
        if name.endswith(".gz"):
            yield name, gzip.decompress(content)
        elif name.endswith(".parquet"):
            with closing(duckdb.connect()) as connection:
                yield name, repr(connection.execute("FROM read_parquet(?)", [str(path)]).fetchall()).encode()
        elif name.endswith(".duckdb"):
            with closing(duckdb.connect(str(path), read_only=True)) as connection:
                names = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
                for schema, table in names:
                    yield name, repr(connection.execute(f'FROM "{schema}"."{table}"').fetchall()).encode()


def find_traces(house: House, words: list[str]) -> set[tuple[str, str]]:
    found = set()
    for name, content in iter_bytes(house.folder.root):
        said = HELD.sub(b"", content) if name.startswith("archive/") else content
        found |= {(word, name) for word in words if word.encode() in said}
    return found


def list_digests(house: House) -> list[str]:
    digests = {hashlib.sha256(house.pages[url]).hexdigest() for url in (PROJECT, NEWS)}
    for table in ("project_versions", "news_versions"):
        sql = f"SELECT content_sha256 FROM v1.{table} WHERE title IN ('Quxzv', 'Zibberwock project of the harbours')"
        digests |= {digest for (digest,) in run_query(house.folder.published, sql).rows}
    rows = run_query(house.folder.published, "SELECT capture_id FROM v1.captures WHERE url IN (?, ?)", [PROJECT, NEWS])
    return sorted(digests.union(*rows.rows))


@pytest.mark.slow
def test_no_word_and_no_digest_of_a_purged_page_is_left_and_it_stays_out(house: House, tmp_path: Path) -> None:
    folder = house.folder
    digests = list_digests(house)
    assert len(digests) == 4 + 6, "of bytes and readings, and the ids of two pages in three crawls"
    before = find_traces(house, [*WORDS, *digests])
    assert {word for word, _ in before} == {*WORDS, *digests}, "the search finds what is there"
    assert {name for _, name in before if name.startswith("dagster/")}, "Dagster's record holds some of it"
    for url in (PROJECT, NEWS):
        call(house, "purge", url, "--why", "ticket 12", "--yes")
    left = find_traces(house, [*WORDS, *digests])
    assert {(word, name) for word, name in left if word != "a-secret" or not ADDRESS_MAY_STAY.search(name)} == set()
    assert (folder.report / "index.html").exists(), "the report is made anew"
    assert "harbours" not in call(house, "search", "Zibberwock")

    # The same page is handed over once more.
    handed = tmp_path / "handed"
    handed.mkdir()
    (handed / "page.html").write_bytes(house.pages[NEWS])
    digest = hashlib.sha256(house.pages[NEWS]).hexdigest()
    (handed / "manifest.toml").write_text(
        f'[[page]]\nfile = "page.html"\nsha256 = "{digest}"\nurl = "{NEWS}"\nreader = "html"\n'
        "received_at = 2026-11-05T00:00:00Z\n"
    )
    call(house, "ingest", str(handed))
    run_id = json.loads(call(house, "publish", "--json"))["captured_again"][0]["run_id"]
    assert "left out" in call(house, "publish")
    assert run_query(folder.published, "SELECT 1 FROM v1.news WHERE title = 'Quxzv'").rows == []
    assert run_query(folder.published, "SELECT 1 FROM v1.captures WHERE url = ?", [NEWS]).rows == []
    assert [word for word, name in find_traces(house, ["Frumious"]) if name == "iomdb.duckdb"] == []
    problems = examine(folder, house.sites, now=at_day(9)).findings
    (finding,) = [finding for finding in problems if finding.family == "purge"]
    assert finding.severity == "problem"
    assert run_id in finding.remedy

    # Until a person decides.
    call(house, "decide", "accept", run_id, "--why", "the person named agreed")
    call(house, "publish")
    assert len(run_query(folder.published, "SELECT 1 FROM v1.news WHERE title = 'Quxzv'").rows) == 1
    assert [one for one in examine(folder, house.sites, now=at_day(9)).findings if one.family == "purge"] == []


@pytest.mark.slow
def test_every_line_of_the_ledgers_keeps_its_place(house: House) -> None:
    for run in sorted(house.folder.archive.iterdir()):
        lines = list(iter_fetches(run))
        assert [line.seq for line in lines] == list(range(len(lines)))
