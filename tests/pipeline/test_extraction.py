"""Reading archived runs: once a release, deterministic, contacts apart; releases vouch for their code."""

from __future__ import annotations

import json
import re
import shutil
import stat
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from contracts.outcomes import Outcome
from crawler.archive.runs import iter_run_ids
from crawler.errors import DamagedRecordError
from crawler.imports.folder import ingest_folder
from crawler.site.site import Sites
from pipeline.authoring.compare import compare_readings, flatten, write_markdown
from pipeline.authoring.freeze import freeze_page
from pipeline.cli import main
from pipeline.ground.errors import NothingToWriteError, WrongUseError
from pipeline.ground.folders import PROJECT_ROOT, DataFolder
from pipeline.stages.extract import count_readings, extract_missing, extract_run, extraction_path
from pipeline.stages.extract_report import ReadingCounts, Scope
from pipeline.stages.releases import ReleasesFileError, current_release, hash_code, read_releases, restamp
from tests.pipeline.houses import House, build_house, news_url, project_url
from warehouse.errors import UnreadableReadingError
from warehouse.extracted.reader import count_rows, iter_rows

SEED_CONTACTS = [
    "pcasaseca@iom.int",
    "mschramm@iom.int",
    "akapirovsky@iom.int",
    "20 75 25 07",
    "98 87 17 31",
    "Kapirovsky",
    "Casaseca",
]


@pytest.fixture
def seeds(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    folder.archive.mkdir(parents=True)
    ingest_folder(PROJECT_ROOT / "seeds", folder.archive, Sites({}))
    return folder


def test_the_newest_release_vouches_for_the_code_that_is_here() -> None:
    assert current_release().code_sha256 == hash_code(), (
        "extractor or extractor changed: add a release to pipeline/releases.toml, or, while the newest is "
        "unpublished, run `python -m pipeline.stages.releases restamp`"
    )


def test_any_change_of_the_extractors_sources_changes_its_hash(tmp_path: Path) -> None:
    shutil.copytree(PROJECT_ROOT / "extractor", tmp_path / "extractor", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PROJECT_ROOT / "contracts", tmp_path / "contracts", ignore=shutil.ignore_patterns("__pycache__"))
    before = hash_code(tmp_path)
    assert before == hash_code()
    book = tmp_path / "extractor/codebooks/status.toml"
    book.write_text(book.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    assert hash_code(tmp_path) != before


def test_restamping_writes_the_hash_of_the_code_into_the_newest_release_only(tmp_path: Path) -> None:
    path = tmp_path / "releases.toml"
    path.write_text(
        "".join(
            f'[[release]]\nnumber = {n}\nreleased_on = 2026-11-2{n}\ncode_sha256 = "{str(n) * 64}"\nsummary = "r{n}"\n'
            for n in (1, 2)
        )
    )
    code = restamp(path)
    first, second = read_releases(path)
    assert first.code_sha256 == "1" * 64
    assert second.code_sha256 == code == hash_code()


def test_a_releases_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "releases.toml"
    path.write_text("[[release]]\nnumber = 1\n")
    with pytest.raises(ReleasesFileError, match=r"releases\.toml cannot be read"):
        read_releases(path)


def test_a_run_is_read_once_by_each_release(seeds: DataFolder) -> None:
    first, second = extract_missing(seeds), extract_missing(seeds)
    assert (len(first.runs), first.held) == (1, ReadingCounts(4, 0, 0))
    assert (len(second.runs), second.held.n_read) == (0, 4)
    assert count_readings(seeds).n_rows == 4


def test_reading_twice_gives_the_same_bytes(seeds: DataFolder) -> None:
    (run_id,) = (path.name for path in seeds.archive.iterdir())
    target = extraction_path(seeds, 1, run_id)
    extract_run(seeds, run_id, 1)
    first = target.read_bytes()
    target.unlink()
    extract_run(seeds, run_id, 1)
    assert target.read_bytes() == first


def test_contacts_are_kept_in_private_and_nowhere_else(seeds: DataFolder) -> None:
    report = extract_missing(seeds)
    (kept,) = seeds.private.glob("*/*.jsonl")
    contacts = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    assert sorted(email for contact in contacts for email in contact["emails"]) == sorted(SEED_CONTACTS[:3])
    assert sorted(phone for contact in contacts for phone in contact["phones"]) == ["+22720752507", "+22798871731"]
    assert stat.S_IMODE(seeds.private.stat().st_mode) == 0o700
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    (rows,) = seeds.extracted.glob("*/*.parquet")
    published = "\n".join(iter_rows(rows))
    assert report.held.n_rows == 4
    assert "@" not in published
    for contact in SEED_CONTACTS:
        assert contact not in published
        assert contact.encode() not in rows.read_bytes()


def test_the_switch_keeps_contacts_nowhere(seeds: DataFolder) -> None:
    report = extract_missing(seeds, keep_contacts=False)
    assert report.runs[0].n_contacts == 0
    assert not seeds.private.exists()


def test_a_contact_in_the_middle_of_a_text_is_cut_from_everything_published(tmp_path: Path) -> None:
    house = House(tmp_path)
    text = "Suva – Write to Ann Sample (ann.sample@example.org) or call +679 330 11 22, said the “Lamp project (LP)”. "
    house.pages[news_url(1)] = (
        f"<html lang=en><head><title>Lamps: ann.sample@example.org</title></head><body><main><article><h1>Lamps: "
        f"ann.sample@example.org</h1>"
        f"<div class='field--name-body'><p>{text * 3}</p><p>{text}</p></div></article></main></body></html>"
    ).encode()
    house.pages[project_url(1)] = (
        b"<html lang=en><body><main><h1>Lamps</h1><dl><dt>Start Date</dt><dd>2006</dd><dt>Project "
        b"Status</dt><dd>Completed, "
        b"ask ann.sample@example.org</dd><dt>Project Type</dt><dd>Tel: +679 330 11 "
        b"22</dd><dt>Year</dt><dd>2006</dd><dt>Lamp: "
        b"ann.sample@example.org</dt><dd>Tel +679 330 11 22</dd><dt>Coverage</dt><dd>National</dd><dt>Projects "
        b"ID</dt><dd>LM.0001</dd>"
        b"<dt>Benefiting Member States</dt><dd>Fiji ann.sample@example.org</dd></dl>"
        b"<p>Lamps are given out, write to ann.sample@example.org or +679 330 11 22 for more of "
        b"them.</p></main></body></html>"
    )
    run_id = house.crawl()
    extract_run(house.folder, run_id, 1)
    published = "\n".join(iter_rows(extraction_path(house.folder, 1, run_id)))
    assert published.count('"status":"read"') == 2, published
    assert "@" not in published
    assert "330 11 22" not in published
    assert "withheld" in published


def test_answers_that_were_no_page_are_not_counted_as_pages_that_nobody_could_read(tmp_path: Path) -> None:
    house = build_house(tmp_path, news=2)
    house.pages[news_url(7)] = b"<h1>No such page</h1>"
    house.crawl(outcomes={news_url(7): Outcome.NOT_FOUND})
    report = extract_missing(house.folder)
    assert (report.held, report.held.n_read) == (ReadingCounts(3, 0, 1), 2)
    assert report.describe().endswith("in all 2 pages, 0 quarantined, 1 answer was no page")


@pytest.mark.parametrize("content", [b"", b"no Parquet", b"PAR1" + bytes(100) + b"PAR1"])
def test_a_reading_that_is_no_parquet_is_named_with_what_mends_it(seeds: DataFolder, content: bytes) -> None:
    extract_missing(seeds)
    (reading,) = seeds.extracted.glob("*/*.parquet")
    reading.write_bytes(content)
    for read in (lambda: count_readings(seeds), lambda: list(iter_rows(reading))):
        with pytest.raises(UnreadableReadingError, match=r"1 of 1 readings cannot be read.*iomdb rebuild") as caught:
            read()
        assert str(reading) in str(caught.value)
    answer = CliRunner().invoke(main, ["extract"], env={"IOMDB_DATA": str(seeds.root)})
    assert answer.exit_code == 1
    assert str(reading) in answer.output


def test_bytes_that_are_not_the_pages_content_are_quarantined(tmp_path: Path) -> None:
    house = build_house(tmp_path, news=2)
    run_id = house.crawl(outcomes={news_url(0): Outcome.FETCHED})
    extract_run(house.folder, run_id, 1)
    rows = [json.loads(row) for row in iter_rows(extraction_path(house.folder, 1, run_id))]
    assert [row["status"] for row in rows] == ["read", "read"]
    assert len({row["capture_id"] for row in rows}) == 2


def test_a_comparison_tells_by_field_what_is_gained_lost_and_changed(seeds: DataFolder) -> None:
    extract_missing(seeds)
    (stored,) = seeds.extracted.glob("*/*.parquet")
    assert compare_readings(seeds).fields == {}
    edited = stored.with_name("edited.parquet")
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE (CASE WHEN kind = 'project' THEN 'Old title' ELSE title END AS title, "
            f"CASE WHEN kind = 'project' THEN NULL ELSE lang END AS lang, "
            f"CASE WHEN kind = 'project' THEN 'seen' ELSE reason END AS reason) FROM read_parquet('{stored}')) TO "
            f"'{edited}' (FORMAT parquet)"
        )
    edited.replace(stored)
    comparison = compare_readings(seeds)
    assert (comparison.n_pages, comparison.n_equal, comparison.n_new) == (4, 3, 0)
    shown = {name: (change.gained, change.lost, change.changed) for name, change in comparison.fields.items()}
    assert shown == {"title": (0, 0, 1), "lang": (1, 0, 0), "reason": (0, 1, 0)}
    assert comparison.fields["title"].samples[0].before == "Old title"
    page = write_markdown(comparison)
    assert "| ` lang ` | 3 | 4 | 1 | 0 | 0 |" in page, "it was read on three pages, and is on four"
    assert "| ` Old title ` | ` Technical Support to Improve Border Management Controls in Liberia ` |" in page


def test_a_comparison_leaves_places_and_releases_out() -> None:
    row = {"release": 1, "mentions": [{"kind": "date", "name": "event", "value": None, "start": 5, "end": 6}]}
    assert flatten(row) == {"mentions.date": "event"}


def test_a_run_that_no_release_read_is_counted_as_new(seeds: DataFolder) -> None:
    comparison = compare_readings(seeds)
    assert (comparison.n_pages, comparison.n_new) == (0, 4)


def test_where_nothing_is_archived_there_is_nothing_to_compare(tmp_path: Path) -> None:
    with pytest.raises(NothingToWriteError, match="nothing is archived in"):
        compare_readings(DataFolder(tmp_path))


def test_freezing_writes_the_bytes_and_a_draft_that_nobody_has_signed(seeds: DataFolder, tmp_path: Path) -> None:
    url = "https://www.iom.int/news/new-project-boosts-migration-management"
    frozen = freeze_page(url, url=None, archive=seeds.archive, target=tmp_path / "golden")
    draft = json.loads(frozen.golden.read_text(encoding="utf-8"))
    assert frozen.fixture.read_bytes() == (PROJECT_ROOT / "seeds/003_557bf74c1f51e011.txt").read_bytes()
    assert draft["reviewed"] is None
    assert draft["record"]["title"] == "New Project Boosts Migration Management"
    with pytest.raises(WrongUseError, match="frozen already"):
        freeze_page(url, url=None, archive=seeds.archive, target=tmp_path / "golden")


def test_a_file_is_frozen_only_with_the_address_where_it_stands(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<h1>x</h1>")
    with pytest.raises(WrongUseError, match="--url"):
        freeze_page(str(page), url=None, archive=tmp_path / "archive", target=tmp_path)
    with pytest.raises(WrongUseError, match="is not in the archive"):
        freeze_page("https://www.iom.int/news/none", url=None, archive=tmp_path / "archive", target=tmp_path)


def test_the_command_extracts_and_compares(seeds: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOMDB_DATA", str(seeds.root))

    def call(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    assert json.loads(call("extract", "--json").output)["n_read"] == 4
    assert "4 equal" in call("extract", "--release", "next", "--compare").output
    assert json.loads(call("extract", "--release", "next", "--compare", "--json").output)["n_equal"] == 4
    assert "4 equal" in call("extract", "--release", "next", "--compare", "--markdown").output
    assert call("extract", "--release", "next").exit_code == 2
    assert call("extract", "--markdown").exit_code == 2
    assert call("freeze", "no-such-page").exit_code in {1, 2}


def test_a_damaged_run_is_told_and_what_is_whole_is_read(tmp_path: Path) -> None:
    house = build_house(tmp_path, news=2)
    first, second = house.crawl(0), house.crawl(1)
    (volume,) = (house.folder.archive / first).glob("*.warc.gz")
    volume.write_bytes(volume.read_bytes()[:400])
    with pytest.raises(DamagedRecordError, match=first):
        extract_missing(house.folder)
    for run_id, n_read in ((first, 0), (second, 2)):
        path = extraction_path(house.folder, current_release().number, run_id)
        assert count_rows([path]).get("read", 0) == n_read


def test_a_backfill_reads_only_the_runs_of_its_site_and_days(seeds: DataFolder) -> None:
    (run_id,) = iter_run_ids(seeds.archive)
    day = date(2026, 11, 21)
    outside = [Scope(since=day + timedelta(days=1)), Scope(until=day - timedelta(days=1))]
    for scope in outside:
        assert not extract_missing(seeds, scope=scope).runs
    assert [run.run_id for run in extract_missing(seeds, scope=Scope(since=day, until=day)).runs] == [run_id]
    assert not extract_missing(seeds).runs
    before = extraction_path(seeds, current_release().number, run_id).read_bytes()
    assert len(extract_missing(seeds, scope=Scope(site="liberia.iom.int", again=True)).runs) == 1
    assert extraction_path(seeds, current_release().number, run_id).read_bytes() == before


def test_a_run_that_counts_as_read_has_its_contacts_also_when_the_reading_was_cut_off(seeds: DataFolder) -> None:
    (run_id,) = iter_run_ids(seeds.archive)
    release = current_release().number
    target = extraction_path(seeds, release, run_id)
    target.mkdir(parents=True)  # the last step, putting the file in place, must fail
    with pytest.raises(OSError, match=re.escape(target.name)):
        extract_run(seeds, run_id, release, keep_contacts=True)
    assert SEED_CONTACTS[0] in (seeds.private / str(release) / f"{run_id}.jsonl").read_text()
