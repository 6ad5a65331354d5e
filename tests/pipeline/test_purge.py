"""After a purge no byte of the page's text is in the data folder, and everything else is as it was."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from contracts.outcomes import Outcome
from crawler.archive.check import check_archive
from crawler.archive.runs import iter_fetches, read_manifest
from crawler.disk import Scratch
from crawler.session.history import read_history
from crawler.warc.members import Damage, iter_records
from pipeline.gate.judgement import read_decisions
from pipeline.ground.errors import WrongUseError
from pipeline.health.diagnosis import examine
from pipeline.purge.purge import Purged, purge
from pipeline.stages.publish import rebuild
from tests.pipeline.commands import Caller
from tests.pipeline.houses import SITE, House, at_day, build_house, copy_house, news_url
from tests.site.pages import Look, make_news, render_page
from warehouse.publish.data_release import find_releases, write_release

TARGET = news_url(0)
TITLE = make_news(0).title
SENTENCE = make_news(0).paragraphs[0][:40]
LISTING = f"https://{SITE}/news?page=0"


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Two crawls of six pages and a listing that quotes them, published and released."""
    house = build_house(tmp_path_factory.mktemp("grown") / "house", projects=2, news=4)
    links = "".join(f'<li><a href="/news/story-{n}">{make_news(n).title}</a></li>' for n in range(4))
    house.pages[LISTING] = f"<html><body><ul>{links}</ul></body></html>".encode()
    related = f'<aside><a href="/news/story-0">{"Related"}</a></aside></body>'.encode()
    house.pages[news_url(1)] = house.pages[news_url(1)].replace(b"</body>", related)
    house.crawl(0)
    house.pages[TARGET] = render_page(make_news(0), Look(theme="drupal9", frame=7, n_bytes=4_000))
    house.crawl(1)
    house.publish(at_day(1.1))
    write_release(house.folder.published, house.folder.releases)
    return house


@pytest.fixture
def published(grown: House, tmp_path: Path) -> House:
    return copy_house(grown, tmp_path / "house")


@pytest.fixture
def house(published: House) -> House:
    """Without a published file, so that a purge need not make it anew: most tests are not about it."""
    published.folder.published.unlink()
    return published


def purge_target(house: House, *, url: str = TARGET, day: float = 2) -> Purged:
    return purge(house.folder, house.sites, url, why="ticket 12", who="me", now=at_day(day))


def iter_readable(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file under the folder as bytes, and once more with what it packs unpacked."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        yield path, content
        if path.name.endswith(".warc.gz"):
            yield path, gzip.decompress(content)
            yield path, b"".join(read_bodies(path))
        elif path.suffix == ".parquet":
            with closing(duckdb.connect()) as connection:
                rows = connection.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
            yield path, json.dumps(rows, default=str, ensure_ascii=False).encode()
        elif path.suffix == ".duckdb":
            yield path, b"".join(dump_tables(path))


def read_bodies(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for record in iter_records(file):
            assert not isinstance(record, Damage)
            yield record.block or b""


def dump_tables(path: Path) -> Iterator[bytes]:
    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        for schema, table in connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall():
            rows = connection.execute(f'SELECT * FROM "{schema}"."{table}"').fetchall()
            yield json.dumps(rows, default=str, ensure_ascii=False).encode()


def find_text(house: House, text: str) -> list[str]:
    return sorted({path.name for path, content in iter_readable(house.folder.root) if text.encode() in content})


def test_the_search_of_these_tests_finds_what_is_there(published: House) -> None:
    assert len(find_text(published, TITLE)) >= 4
    assert "iomdb.duckdb" in find_text(published, SENTENCE)


def test_after_a_purge_no_byte_of_the_text_is_left(published: House) -> None:
    purge_target(published)
    assert find_text(published, SENTENCE) == []
    assert find_text(published, TITLE) == []
    assert find_text(published, make_news(1).title) != [], "other pages are as they were"


def test_a_tombstone_stands_where_the_record_stood_and_the_archive_is_whole(house: House) -> None:
    before = {run.name: read_manifest(house.folder.archive, run.name) for run in house.folder.archive.iterdir()}
    purged = purge_target(house)
    assert purged.runs == dict.fromkeys(sorted(before), 2), "the page and the listing that quotes it, in each run"
    assert check_archive(house.folder.archive) == []
    for run_id, old in before.items():
        new = read_manifest(house.folder.archive, run_id)
        assert new.notes == [*old.notes, "2 records removed 2026-11-03T06:00:00Z: ticket 12"]
        assert {file.name: file.records for file in new.files} == {file.name: file.records for file in old.files}
        lines = {fetch.url: fetch for fetch in iter_fetches(house.folder.archive / run_id)}
        assert lines[TARGET].outcome is Outcome.PURGED
        assert lines[TARGET].capture is None
        assert lines[news_url(1)].outcome is Outcome.FETCHED
    tombstones = [body for body in read_bodies(next(house.folder.archive.glob("*/*.warc.gz"))) if b"removed:" in body]
    assert all(b"reason: ticket 12" in body and b"payload-digest: sha256:" in body for body in tombstones)


def test_the_tables_are_those_of_an_archive_that_never_had_the_page(published: House) -> None:
    purge_target(published)
    with closing(duckdb.connect(str(published.folder.published), read_only=True)) as connection:
        urls = [url for (url,) in connection.execute("SELECT url FROM v1.news ORDER BY url").fetchall()]
        (gone,) = connection.execute("SELECT count(*) FROM v1.removals").fetchall()
    assert urls == [news_url(number) for number in (1, 2, 3)]
    assert gone == (0,), "a purge is our act: it says nothing of the site"


def test_a_rebuild_after_a_purge_gives_the_same_tables(published: House) -> None:
    purge_target(published)
    digest = published.publish(at_day(3)).content_sha256
    assert rebuild(published.folder, now=at_day(3), threads=1).content_sha256 == digest


def test_purging_again_changes_nothing_and_is_recorded_once(house: House) -> None:
    purge_target(house)
    before = dict(iter_readable(house.folder.archive))
    assert purge_target(house, day=5).runs == {}
    assert dict(iter_readable(house.folder.archive)) == before
    (decision,) = read_decisions(house.folder.decisions)
    assert (decision.decision, decision.url, decision.why) == ("purge", TARGET, "ticket 12")


def test_any_address_of_the_page_will_do_and_an_unknown_page_is_wrong_use(house: House) -> None:
    assert purge_target(house, url=TARGET.replace("https://", "http://www.") + "#top").runs
    with pytest.raises(WrongUseError, match="nothing is archived"):
        purge_target(house, url=news_url(99))
    with pytest.raises(WrongUseError):
        purge_target(house, url="no address")
    assert len(read_decisions(house.folder.decisions)) == 1


def test_a_release_that_held_the_page_is_withdrawn_with_a_notice(published: House) -> None:
    (release,) = find_releases(published.folder.releases)
    assert purge_target(published).withdrawn_releases == [release.id]
    assert find_releases(published.folder.releases) == []
    assert [path.name for path in release.path.iterdir()] == ["withdrawn.json"]
    assert "ticket 12" in (release.path / "withdrawn.json").read_text()
    again = write_release(published.folder.published, published.folder.releases)
    assert purge_target(published).withdrawn_releases == []
    assert find_releases(published.folder.releases) == [again]


def test_other_pages_that_link_to_it_are_named(house: House) -> None:
    assert purge_target(house).quoted_by == [news_url(1)]


def test_the_same_bytes_at_another_address_are_named_and_a_purge_of_the_root_spares_the_listings(house: House) -> None:
    house.pages[news_url(7)] = house.pages[TARGET]
    house.pages[f"https://{SITE}/"] = b"<html><body><p>Welcome to the house of examples.</p></body></html>"
    house.crawl(2)
    assert list(purge_target(house, url=f"https://{SITE}/").runs.values()) == [1]
    assert purge_target(house).same_bytes_at == [news_url(7)]


def test_contacts_of_the_page_go_and_others_stay(house: House) -> None:
    kept, gone = "0" * 36, find_capture(house, TARGET)
    private = house.folder.private / "1" / "run.jsonl"
    private.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    private.write_text("".join(json.dumps({"capture_id": one, "name": "J. Doe"}) + "\n" for one in (kept, gone)))
    purge_target(house)
    assert [json.loads(line)["capture_id"] for line in private.read_text().splitlines()] == [kept]


def find_capture(house: House, url: str) -> str:
    run = min(house.folder.archive.iterdir())
    (capture,) = [fetch.capture for fetch in iter_fetches(run) if fetch.url == url]
    assert capture is not None
    return capture.capture_id


def test_dagsters_record_of_runs_does_not_quote_it_either(house: House) -> None:
    path = house.folder.dagster / "history" / "runs" / "index.db"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE event_logs (id INTEGER, event TEXT)")
        connection.execute("INSERT INTO event_logs VALUES (1, ?)", [json.dumps({"sample": json.dumps([TITLE])})])
        connection.commit()
    purge_target(house)
    assert TITLE.encode() not in path.read_bytes()
    with closing(sqlite3.connect(path)) as connection:
        ((event,),) = connection.execute("SELECT event FROM event_logs").fetchall()
    assert json.loads(json.loads(event)["sample"]) == ["[removed]"]


def test_a_purged_page_is_known_as_such_to_the_next_crawl(house: House) -> None:
    purge_target(house)
    with Scratch(house.folder.root) as scratch:
        past = read_history(house.folder.archive, SITE, scratch, at_day(100))
        assert past.purged == frozenset({"example.org/news/story-0"})
        assert past.pages.find(TARGET) is None


def test_a_page_that_is_captured_again_is_a_problem_and_can_be_purged_again(published: House) -> None:
    purge_target(published)
    published.crawl(3)
    published.publish(at_day(3.1))
    diagnosis = examine(published.folder, published.sites, now=at_day(3.2))
    (finding,) = [finding for finding in diagnosis.findings if finding.family == "purge"]
    assert finding.remedy.startswith(f"iomdb purge {TARGET}")
    purge_target(published, day=4)
    assert find_text(published, SENTENCE) == []


def test_a_run_that_is_not_finished_refuses_the_purge(house: House) -> None:
    house.open_crawl(2, urls=[TARGET]).close()
    with pytest.raises(WrongUseError, match=r"iomdb crawl --site example\.org"):
        purge_target(house)
    assert read_decisions(house.folder.decisions) == []


KILLED = """
import os, sys
from datetime import datetime
from pathlib import Path
from pipeline.ground.folders import DataFolder
from pipeline.purge.purge import purge
data, sites, url, now, left = *sys.argv[1:5], int(sys.argv[5])
def count(event, args):
    global left
    left -= event == "os.rename" and str(args[0]).startswith(data)
    if left == 0:
        os._exit(137)
sys.addaudithook(count)
purge(DataFolder(Path(data)), Path(sites), url, why="ticket 12", who="me", now=datetime.fromisoformat(now))
"""


@pytest.mark.slow
@pytest.mark.parametrize("step", [1, 4, 8, 11])
def test_a_purge_that_is_killed_at_any_step_is_finished_by_the_next(house: House, step: int) -> None:
    """The process ends itself (as SIGKILL would) before the so many-th rename in the data folder."""
    words = [str(house.folder.root), str(house.sites), TARGET, at_day(2).isoformat(), str(step)]
    child = subprocess.run([sys.executable, "-c", KILLED, *words], check=False)
    assert child.returncode == 137
    purge_target(house)
    assert find_text(house, SENTENCE) == []
    assert check_archive(house.folder.archive) == []
    assert len(list(house.folder.archive.iterdir())) == 2
    assert not (house.folder.root / ".purging").exists()


def test_the_command_purges_and_says_what_it_did(published: House) -> None:
    caller = Caller(published.folder.root)
    done = caller.call("purge", TARGET, "--why", "ticket 12", "--yes", "--json", IOMDB_SITES=str(published.sites))
    assert done.code == 0, done.err
    assert sum(json.loads(done.out)["runs"].values()) == 4
    assert caller.call("purge", news_url(99), "--why", "x", IOMDB_SITES=str(published.sites)).code == 2
