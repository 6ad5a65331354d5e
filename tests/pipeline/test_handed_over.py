"""What others hand over, through `iomdb ingest` and `iomdb publish`: what it may change, and who is told."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.gate.judgement import decide_run
from pipeline.health.diagnosis import examine
from tests.crawler.runs import ImportedWarc
from tests.pipeline.commands import Caller
from tests.pipeline.houses import SITE, House, at_day, build_house, copy_house, project_url
from tests.site.pages import Look, make_project, render_page
from warehouse.read.published import run_query

pytestmark = pytest.mark.slow
LOOK = Look(theme="drupal9", n_bytes=4_000)
N_PAGES = 4


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Two crawls of a small site, published."""
    house = build_house(tmp_path_factory.mktemp("crawled") / "house", projects=N_PAGES)
    house.crawl(0)
    house.crawl(3)
    house.publish(at_day(3.1))
    return house


@pytest.fixture
def house(crawled: House, tmp_path: Path) -> House:
    return copy_house(crawled, tmp_path / "house")


def call(house: House) -> tuple[Caller, dict[str, str]]:
    """The command in the house's data folder, and the variables that name its sites."""
    return Caller(house.folder.root), {"IOMDB_SITES": str(house.sites)}


def forge(number: int, at: datetime, path: Path, *, budget: str | None = None, title: str | None = None) -> Path:
    """A WARC file in which a page of the site says something else."""
    content = make_project(number)
    fields = [
        (name, label, (budget,) if name == "budget" and budget else words) for name, label, words in content.fields
    ]
    content = replace(content, title=title or content.title, fields=tuple(fields))
    warc = ImportedWarc()
    warc.add_response(project_url(number), at.strftime("%Y-%m-%dT%H:%M:%SZ"), render_page(content, LOOK))
    return warc.save(path)


def test_the_archives_own_files_ingested_again_leave_the_content_hash_as_it_is(house: House) -> None:
    iomdb, sites = call(house)
    before = json.loads(iomdb.succeed("publish", "--json", **sites))["content_sha256"]
    for path in sorted(house.folder.archive.glob("*/*.warc.gz")):
        assert "was in the archive already" in iomdb.succeed("ingest", str(path), **sites)
    assert json.loads(iomdb.succeed("publish", "--json", **sites))["content_sha256"] == before


def test_a_budget_that_only_an_import_states_is_told_by_publish_and_doctor_and_marked(
    house: House, tmp_path: Path
) -> None:
    iomdb, sites = call(house)
    path = forge(0, at_day(3.2), tmp_path / "forged.warc.gz", budget="999999999.00")
    iomdb.succeed("ingest", str(path), **sites)
    told = iomdb.succeed("publish", **sites)
    assert "budget_amount" in told
    assert "as crawled" in told
    assert "999999999" in told
    rows = run_query(
        house.folder.published, "SELECT source, old, new FROM v1.changes WHERE field = 'budget_amount'"
    ).rows
    assert [(source, new) for source, _, new in rows] == [("warc", "999999999.00")]
    found = examine(house.folder, house.sites, now=at_day(4)).findings
    assert any("budget_amount" in finding.what and finding.severity == "notice" for finding in found)
    ((document,),) = run_query(
        house.folder.published, "SELECT project_id FROM v1.projects WHERE budget_amount = 999999999"
    ).rows
    assert "imported, made from forged.warc.gz, sha256 " in iomdb.succeed("verify", document, "budget_amount", **sites)
    assert "imported, made from forged.warc.gz" in iomdb.succeed("cite", document, "--format", "full", **sites)
    ((other,),) = run_query(
        house.folder.published, "SELECT project_id FROM v1.projects WHERE budget_amount <> 999999999 LIMIT 1"
    ).rows
    assert "crawled by iomdb" in iomdb.succeed("verify", other, "title", **sites)


@pytest.mark.parametrize("at", [datetime(2010, 5, 1, tzinfo=UTC), at_day(1)], ids=["long before", "between crawls"])
def test_a_title_that_no_crawl_around_it_has_is_told_whatever_its_date(
    house: House, tmp_path: Path, at: datetime
) -> None:
    iomdb, sites = call(house)
    iomdb.succeed("ingest", str(forge(1, at, tmp_path / "old.warc.gz", title="Quite Another Grant")), **sites)
    told = iomdb.succeed("publish", **sites)
    assert "Quite Another Grant as handed in" in told


def test_an_import_that_says_what_the_crawls_say_is_told_by_nobody(house: House, tmp_path: Path) -> None:
    iomdb, sites = call(house)
    warc = ImportedWarc()
    warc.add_response(project_url(0), "2026-11-02T10:00:00Z", house.pages[project_url(0)])
    iomdb.succeed("ingest", str(warc.save(tmp_path / "same.warc.gz")), **sites)
    assert json.loads(iomdb.succeed("publish", "--json", **sites))["notices"] == []
    assert run_query(house.folder.published, "FROM v1.changes").rows == []


CAFE = "https://example.org/news/harbour"
PAGE = (
    "<html lang='en'><head><title>Harbour café lit | IOM</title></head><body><article><h1>Harbour café lit</h1>"
    "<p>Monrovia, 3 November 2026 – The harbour café is lit again, said the café's owner on Monday.</p>"
    "</article></body></html>"
).encode("cp1252")


def save_cafe(path: Path, charset: str, date: str = "2026-11-03T10:00:00Z") -> Path:
    warc = ImportedWarc()
    warc.add_response(CAFE, date, PAGE, headers=[("Content-Type", f"text/html; charset={charset}")])
    warc.add_response(f"{CAFE}-{path.stem}", date, PAGE, headers=[("Content-Type", "text/html; charset=windows-1252")])
    return warc.save(path)


def test_a_capture_that_is_handed_over_again_under_another_charset_is_told_and_reads_as_before(
    house: House, tmp_path: Path
) -> None:
    iomdb, sites = call(house)
    iomdb.succeed("ingest", str(save_cafe(tmp_path / "good.warc.gz", "windows-1252")), **sites)
    iomdb.succeed("publish", **sites)
    before = run_query(house.folder.published, f"SELECT title, capture_id FROM v1.news WHERE url = '{CAFE}'").rows
    assert before[0][0] == "Harbour café lit"
    iomdb.succeed("ingest", str(save_cafe(tmp_path / "bad.warc.gz", "windows-1251")), **sites)
    told = iomdb.succeed("publish", **sites)
    assert "1 handed in to be read otherwise (another charset or status); the first reading stays" in told
    after = run_query(house.folder.published, f"SELECT title, capture_id FROM v1.news WHERE url = '{CAFE}'").rows
    assert after == before
    assert "windows-1251" in str(
        run_query(house.folder.published, "SELECT detail FROM v1.fetches WHERE outcome = 'conflicting'").rows
    )
    checked = iomdb.call("fsck", **sites)
    assert checked.code == 1
    assert "[conflict]" in checked.out
    doctor = iomdb.call("doctor", "--json", **sites)
    assert "to be read otherwise" in doctor.out


def test_of_a_damaged_file_what_is_whole_is_taken_and_everybody_says_so(house: House, tmp_path: Path) -> None:
    iomdb, sites = call(house)
    warc = ImportedWarc()
    for number in range(3):
        warc.add_response(f"{CAFE}-{number}", "2026-11-03T10:00:00Z", PAGE)
    path = tmp_path / "cut.warc.gz"
    path.write_bytes(warc.content[:-20])
    done = iomdb.call("ingest", str(path), **sites)
    assert done.code == 1
    assert "2 pages" in done.out
    assert "its gzip member is cut short" in done.out
    assert "1 file damaged" in done.err
    assert iomdb.call("ingest", str(path), **sites).code == 1
    assert "exit code is 1" in " ".join(iomdb.succeed("ingest", "--help").split())
    (finding,) = [one for one in examine(house.folder, house.sites, now=at_day(4)).findings if one.family == "import"]
    assert "1 place of the file could not be read" in finding.what
    decide_run(house.folder, finding.where, accept=True, why="there is no other copy", who="me", now=at_day(4))
    found = examine(house.folder, house.sites, now=at_day(4)).findings
    assert [one for one in found if one.family == "import"] == []


def test_no_password_token_or_contact_of_a_manifest_is_published(house: House, tmp_path: Path) -> None:
    iomdb, sites = call(house)
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.html").write_bytes(house.pages[project_url(0)])
    digest = hashlib.sha256(house.pages[project_url(0)]).hexdigest()
    url = project_url(0).replace("https://", "https://user:s3cretpw@") + "?access_token=s3cretpw"
    (pages / "manifest.toml").write_text(
        f'[[page]]\nfile = "a.html"\nsha256 = "{digest}"\nreader = "html"\nurl = "{url}"\n'
        'notes = "from ann.person@example.org, +231 77 123 4567"\n'
        "received_at = 2026-11-10T00:00:00Z\ncaptured_at = 2026-11-09T00:00:00Z\n"
    )
    done = iomdb.succeed("ingest", str(pages), **sites)
    assert "credentials were cut from addresses: access_token (1)" in done
    iomdb.succeed("publish", **sites)
    rows = run_query(
        house.folder.published, "SELECT f.url, f.detail, r.notes FROM v1.fetches AS f JOIN v1.runs AS r USING (run_id)"
    ).rows
    told = str(rows)
    assert project_url(0) in told
    for secret in ("s3cretpw", "ann.person", "123 4567"):
        assert secret not in told
        for path in house.folder.archive.rglob("*.json*"):
            assert secret not in path.read_text(encoding="utf-8")


def test_a_304_of_one_file_counts_once_the_body_has_come_in_another(house: House, tmp_path: Path) -> None:
    iomdb, sites = call(house)
    early, late = ImportedWarc(), ImportedWarc()
    profile = {"WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/server-not-modified"}
    early.add_response(f"{CAFE}-x", "2026-11-03T10:00:00Z", PAGE)
    early.add_response(
        CAFE, "2026-11-20T10:00:00Z", b"", status="304 Not Modified", record_type="revisit", warc_headers=profile
    )
    late.add_response(CAFE, "2026-11-03T10:00:00Z", PAGE, headers=[("Content-Type", "text/html; charset=cp1252")])
    iomdb.succeed("ingest", str(early.save(tmp_path / "early.warc.gz")), **sites)
    iomdb.succeed("ingest", str(late.save(tmp_path / "late.warc.gz")), **sites)
    iomdb.succeed("publish", **sites)
    ((seen,),) = run_query(house.folder.published, f"SELECT last_seen_at FROM v1.news WHERE url = '{CAFE}'").rows
    assert seen == datetime(2026, 11, 20, 10)  # noqa: DTZ001 - the tables are in UTC, without a zone


def test_publish_leaves_a_damaged_record_out_and_publishes_the_rest(house: House) -> None:
    iomdb, sites = call(house)
    run_id = house.crawl(6)
    (volume,) = (house.folder.archive / run_id).glob("*.warc.gz")
    content = bytearray(volume.read_bytes())
    content[len(content) // 2] ^= 0xFF
    volume.write_bytes(bytes(content))
    for command in ("publish", "rebuild"):
        answer = iomdb.call(command, **sites)
        assert answer.code == 1
        assert "left out, for its archived record does not hold" in answer.err
        assert f"{run_id}/{volume.name} at " in answer.err
        assert "Traceback" not in answer.err
    n_projects, last = run_query(house.folder.published, "SELECT count(*), max(last_seen_at) FROM v1.projects").rows[0]
    assert n_projects == N_PAGES
    assert last >= (at_day(6)).replace(tzinfo=None)
    assert last <= (at_day(6) + timedelta(hours=1)).replace(tzinfo=None)
    assert run_query(house.folder.published, f"SELECT DISTINCT site FROM v1.runs WHERE run_id = '{run_id}'").rows == [
        (SITE,)
    ]
