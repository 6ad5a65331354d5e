"""The commands of collecting: what they print, what they leave, how they exit."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.archive.runs import iter_fetches
from pipeline.cli import main
from tests.crawler.runs import ImportedWarc, page_bytes
from tests.pipeline.houses import at_day, build_house

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder that commands of a test use."""
    monkeypatch.setenv("IOMDB_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("IOMDB_SITES", raising=False)
    return tmp_path / "data"


def iomdb(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_the_seeds_are_ingested_once_and_prove_whole(run: Path) -> None:
    first, second = iomdb("ingest", str(SEEDS)), iomdb("ingest", str(SEEDS), "--json")
    assert first.exit_code == second.exit_code == 0
    assert "4 pages, run 20261121T000000Z-seeds-" in first.output
    assert json.loads(second.output)["already_present"] is True
    checked = iomdb("fsck")
    assert checked.exit_code == 0
    assert "every record" in checked.output
    assert iomdb("fsck", "--json").output == ""


def test_fsck_names_the_damage_and_exits_with_one(run: Path) -> None:
    iomdb("ingest", str(SEEDS))
    (volume,) = (run / "archive").glob("*/*.warc.gz")
    capture = next(iter_fetches(volume.parent)).capture
    assert capture is not None
    content = bytearray(volume.read_bytes())
    content[capture.offset + capture.length // 2] ^= 1
    volume.write_bytes(content)
    found = iomdb("fsck", "--json")
    assert found.exit_code == 1
    damages = [json.loads(line) for line in found.stdout.splitlines()]
    assert {damage["code"] for damage in damages} == {"digest", "record", "count", "ledger"}
    assert {damage["file"] for damage in damages} == {"pages-00000.warc.gz", "fetches.jsonl"}
    assert "restore those runs" in found.stderr


def test_a_cut_warc_says_what_was_lost_and_keeps_the_rest(run: Path, tmp_path: Path) -> None:
    warc = ImportedWarc()
    for number in range(3):
        warc.add_response(f"https://liberia.iom.int/news/{number}", "2024-03-01T10:00:00Z", page_bytes(number))
    path = tmp_path / "cut.warc.gz"
    path.write_bytes(warc.content[:-20])
    done = iomdb("ingest", str(path))
    assert done.exit_code == 1
    assert "2 pages" in done.output
    assert "is damaged: its gzip member is cut short (nothing readable follows)" in done.output
    assert iomdb("fsck").exit_code == 0


def test_bad_input_is_one_line_and_nothing_is_written(run: Path, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "manifest.toml").write_text("[[page]]\nfile = 'a'\ncolour = 'red\\u001b[31m'\n")
    (tmp_path / "x.warc").write_bytes(b"no archive \x1b[31m")
    for path, words in (
        (tmp_path / "pages", "page[0].colour: unknown key"),
        (tmp_path / "x.warc", "no whole WARC record"),
    ):
        failed = iomdb("ingest", str(path))
        assert failed.exit_code == 1
        assert words in failed.output
        assert "Traceback" not in failed.output
        assert "\x1b" not in failed.output
    assert iomdb("ingest", str(tmp_path / "nowhere")).exit_code == 2
    assert not list((run / "archive").iterdir())


def test_sites_are_listed_and_proved(run: Path) -> None:
    listed = [json.loads(line) for line in iomdb("site", "list", "--json").output.splitlines()]
    assert {"liberia.iom.int", "iom.int"} <= {row["site"] for row in listed}
    assert iomdb("site", "list").exit_code == 0
    proved = iomdb("site", "check")
    assert proved.exit_code == 0
    assert proved.output.count(": holds; ") == len(listed)
    unknown = iomdb("site", "check", "atlantis")
    assert unknown.exit_code == 2
    assert "liberia.iom.int" in unknown.output


def test_a_new_office_is_one_file_and_no_python(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOMDB_SITES", str(tmp_path / "sites"))
    (tmp_path / "sites").mkdir()
    assert iomdb("site", "add", "chad.iom.int").exit_code == 0
    checked = iomdb("site", "check", "chad")
    assert checked.exit_code == 0
    assert "chad.iom.int: holds; 2 start points" in checked.output
    again = iomdb("site", "add", "https://chad.iom.int/news")
    assert again.exit_code == 2
    assert "belongs to" in again.output
    assert iomdb("site", "add", "../../etc/x").exit_code == 2
    assert [path.name for path in (tmp_path / "sites").iterdir()] == ["chad.iom.int.toml"]


def test_an_expectation_of_a_field_that_no_record_has_is_refused(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOMDB_SITES", str(tmp_path))
    (tmp_path / "x.toml").write_text('name = "X"\nhosts = ["x.org"]\n[expect.news]\nfill = { headline = 0.9 }\n')
    failed = iomdb("site", "check")
    assert failed.exit_code == 2
    assert "x.toml: expect.news.fill: no news page has a field 'headline'" in failed.output


def test_a_page_is_tried_from_a_file_with_its_manifest_or_from_the_archive(run: Path) -> None:
    seed = SEEDS / "000_b9066ae88c3b8ab5.txt"
    tried = iomdb("site", "try", str(seed), "--json")
    found = json.loads(tried.output)
    assert tried.exit_code == 0
    assert (found["site"], found["url_kind"], found["kind"]) == ("iom.int", "project", "project")
    assert (found["url_lang"], found["lang"]) == ("en", "en")
    assert found["project"]["projects_id"] == "QU8-805"
    absent = iomdb("site", "try", found["url"])
    assert absent.exit_code == 2
    assert "not in the archive" in absent.output
    iomdb("ingest", str(SEEDS))
    archived = json.loads(iomdb("site", "try", found["url"].replace("https://www.", "http://"), "--json").output)
    assert archived["project"] == found["project"]
    shown = iomdb("site", "try", str(seed)).output
    assert "rules applied:" in shown
    assert "projects_id" in shown
    assert "unexplained" in shown


def test_a_page_that_cannot_be_read_says_why_and_exits_with_one(run: Path, tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("<p>\x1b[31mnothing here</p>")
    tried = iomdb("site", "try", str(tmp_path / "x.html"))
    assert tried.exit_code == 1
    assert "quarantined" in tried.output
    assert "\x1b" not in tried.output


def test_a_run_that_is_not_finished_is_no_damage_and_one_without_manifest_is_told_in_one_line(tmp_path: Path) -> None:
    house = build_house(tmp_path, news=2)
    first = house.crawl(0)
    house.open_crawl(1).close()
    environment = {"IOMDB_DATA": str(house.folder.root), "IOMDB_SITES": str(house.sites)}
    answer = CliRunner().invoke(main, ["fsck"], env=environment)
    assert answer.exit_code == 0, answer.output
    assert "1 run not finished, which is no damage" in answer.output
    (house.folder.archive / first / "run.json").unlink()
    answer = CliRunner().invoke(main, ["fsck"], env=environment)
    assert answer.exit_code == 1
    assert f"{first}:run.json: run.json is missing [manifest]" in answer.output
    assert "1 faults" not in answer.output


def test_a_site_is_named_by_its_short_name_and_an_unknown_one_is_wrong_use(tmp_path: Path) -> None:
    house = build_house(tmp_path, news=2)
    run_id = house.crawl(0)
    house.publish(at_day(0.1))
    environment = {"IOMDB_DATA": str(house.folder.root), "IOMDB_SITES": str(house.sites)}
    for words in (
        ("changes", "--since", "2026-01-01", "--json"),
        ("search", "advice", "--any", "--json"),
        ("extract", "--again", "--json"),
        ("decide", "accept", run_id, "--why", "a test"),
    ):
        named, unknown = (
            CliRunner().invoke(main, [*words, "--site", name], env=environment) for name in ("example", "nowhere")
        )
        assert named.exit_code == 0, named.output
        assert unknown.exit_code == 2, words
        assert "there is no site 'nowhere'" in unknown.output
