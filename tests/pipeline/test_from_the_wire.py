"""From the wire to the tables: spoilt answers and sources, robots.txt, imports beside crawls, one id on two works.

Belongs here: what a crawl at loopback and the publish after it make of these together. Does not belong here: each kind
by itself (tests/crawler, tests/warehouse/test_identity.py, test_handed_over.py).
"""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.archive.runs import iter_fetches
from crawler.imports.warc import ingest_archive
from crawler.site.site import load_sites
from pipeline.health.diagnosis import examine
from tests.crawler.runs import ImportedWarc
from tests.pipeline.commands import Caller
from tests.pipeline.shores import DAILY, Shore, find_day, open_shore
from tests.site import faults
from tests.site.pages import Look, ProjectContent, make_news, make_project, render_page
from tests.site.routes import page, sitemap
from tests.site.server import Answer, Route

pytestmark = pytest.mark.slow

PATIENT = f"attempts = 3\n{DAILY}"
LOOK = Look(n_bytes=3_000, has_metadata=False)


def take_in(shore: Shore, warc: ImportedWarc, name: str) -> None:
    """Ingest the file of another tool."""
    path = warc.save(shore.root / name)
    ingest_archive(path, shore.folder.archive, load_sites(shore.root / "sites"))


def test_what_came_spoilt_is_read_as_what_it_is_and_no_other_address_is_asked(tmp_path: Path) -> None:
    with open_shore(tmp_path, PATIENT) as shore:
        garbled, measured, amp = shore.add_news(3)
        body = render_page(make_news(0), LOOK)
        spoilt = gzip.compress(body, mtime=0)
        spoilt = spoilt[:20] + bytes([spoilt[20] ^ 0xFF]) + spoilt[21:]
        shore.pages[garbled] = faults.in_turn(
            Answer(spoilt, headers=(("Content-Encoding", "gzip"),)), faults.zipped(body)
        )
        packed = gzip.compress(render_page(make_news(1), LOOK), mtime=0)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"
        shore.pages[measured] = faults.hang_up(head + b"Content-Length: %d\r\n\r\n" % (len(packed) + 900) + packed)
        shore.pages["/news/r&d-centre"] = shore.pages.pop(amp)
        moved = b"HTTP/1.1 301 Moved\r\nLocation: %s\r\nContent-Length: 162\r\n\r\n" % garbled.encode()
        entries = [
            *map(shore.url, (measured, "/news/r&d-centre", "/news/old")),
            "",
            "ftp://a.example/news/z",
            "a.example/news/x",
        ]
        twice = gzip.compress(gzip.compress(sitemap(entries).encode(), mtime=0), mtime=0)
        coded = (("Content-Type", "application/gzip"), ("Content-Encoding", "gzip"))
        overlay: dict[str, Route] = {
            "/sitemap.xml": Answer(twice, headers=coded),
            "/news/old": faults.hang_up(moved),
            "/news/r": page(render_page(make_news(77), LOOK)),
        }
        manifest = shore.crawl(0, overlay)
        shore.publish(0)
        assert "/news/r" not in shore.server.paths()
        assert any("3 entries give no address" in note for note in manifest.notes), manifest.notes
        told = {url.removeprefix(shore.server.root) for (url,) in shore.ask("SELECT url FROM v1.news")}
        assert told == {garbled, measured, "/news/r&d-centre"}
        assert shore.ask("FROM v1.quarantine") == []
        assert shore.find_gate(0) == []


def test_the_rules_of_robots_txt_that_name_us_keep_a_page_out_of_the_tables_and_no_other(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        closed, *others = shore.add_news(4)
        rules = (
            "User-agent: iom\nUser-agent: db\nDisallow: /\n\n"
            f"User-agent: iomdb/1.0\nNoindex: /x\nUser-agent: other\nDisallow: {closed}\n"
        )
        shore.live(0, {"/robots.txt": Answer(rules.encode(), headers=(("Content-Type", "text/plain"),))})
        told = {url.removeprefix(shore.server.root) for (url,) in shore.ask("SELECT url FROM v1.news")}
        assert told == set(others)


def test_our_own_files_again_and_older_captures_of_others_change_no_id_and_no_history(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        path = shore.add_news(4)[0]
        shore.add_projects(2)
        shore.live(0)
        shore.add(replace(make_news(0), title="Another title of the release"))
        before = shore.live(1)
        for volume in sorted(shore.folder.archive.glob("*/*.warc.gz")):
            assert ingest_archive(volume, shore.folder.archive, load_sites(shore.root / "sites")).already_present
        assert shore.publish(1).content_sha256 == before.content_sha256
        ids = shore.ask("SELECT news_id FROM v1.news ORDER BY 1")
        older = ImportedWarc()
        old = shore.url("/news/a-0-older-address")
        older.add_response(old, "2019-05-05T00:00:00Z", render_page(make_news(0), LOOK))
        older.add_response(
            old, "2019-06-05T00:00:00Z", b"", status="301 Moved", headers=[("Location", shore.url(path))]
        )
        take_in(shore, older, "older.warc.gz")
        shore.publish(2)
        assert shore.ask("SELECT news_id FROM v1.news ORDER BY 1") == ids
        assert shore.list_changes() == [(path, "edited")]
        for command in ("history", "show"):
            answer = Caller(shore.folder.root).call(command, old, IOMDB_SITES=str(shore.root / "sites"))
            assert (answer.code, answer.err) == (0, ""), command


def test_a_budget_that_only_an_import_states_is_told(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        paths = shore.add_projects(3)
        shore.live(0)
        forged = ImportedWarc()
        content = restate(make_project(0), budget="999000.00")
        forged.add_response(shore.url(paths[0]), f"{find_day(0.5):%Y-%m-%dT%H:%M:%SZ}", render_page(content, LOOK))
        take_in(shore, forged, "forged.warc.gz")
        told = shore.live(1).describe()
        assert "budget_amount" in told
        diagnosis = examine(shore.folder, shore.root / "sites", now=find_day(1.1))
        assert any("budget_amount" in finding.what for finding in diagnosis.findings)


def test_a_damaged_record_costs_its_own_page_alone(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        paths = shore.add_news(6)
        manifest = shore.crawl(0)
        (place,) = [
            fetch.capture
            for fetch in iter_fetches(shore.folder.archive / manifest.run_id)
            if fetch.url == shore.url(paths[2])
        ]
        assert place is not None
        volume = shore.folder.archive / manifest.run_id / place.file
        content = bytearray(volume.read_bytes())
        content[place.offset + place.length // 2] ^= 0xFF
        volume.write_bytes(bytes(content))
        answer = Caller(shore.folder.root).call("publish", IOMDB_SITES=str(shore.root / "sites"))
        assert answer.code == 1
        assert f"{manifest.run_id}/{place.file} at {place.offset}" in answer.err
        told = {url.removeprefix(shore.server.root) for (url,) in shore.ask("SELECT url FROM v1.news")}
        assert told == set(paths) - {paths[2]}


def restate(content: ProjectContent, **values: str) -> ProjectContent:
    """The same project with these fields said otherwise."""
    fields = tuple((name, label, (values[name],) if name in values else said) for name, label, said in content.fields)
    return replace(content, fields=fields)


def test_one_projects_id_on_two_works_loses_no_money(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        shore.add(restate(make_project(2), projects_id="TC.0777"))
        shore.add(restate(make_project(1), projects_id="TC.0777"))
        for day in range(2):
            shore.live(day)
            assert shore.ask("SELECT projects_id FROM v1.projects") == [("TC.0777",)] * 2
            assert shore.ask_one("SELECT sum(budget_amount)::VARCHAR FROM v1.projects") == "368000.00"  # 86 + 282
            assert shore.ask_one("SELECT count(*) FROM v1.data_issues WHERE code = 'one-id-on-two-works'") == 2
            assert shore.list_changes() == []
