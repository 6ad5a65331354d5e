"""``iomdb demo``: an invented archive that has something to show for every table, and says everywhere what it is."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from crawler.archive.reader import iter_captures
from crawler.archive.runs import iter_manifests
from pipeline.demo.archive import write_archive
from tests.demo.demonstration import share_answer
from tests.pipeline.commands import Caller
from tests.warehouse.reading import ask, ask_one, ask_values
from warehouse.tables import PUBLIC_TABLES


def test_it_ends_with_what_to_type_next(tmp_path_factory: pytest.TempPathFactory, demo: Path) -> None:
    said = share_answer(tmp_path_factory).out.splitlines()
    assert f"try next  export IOMDB_DATA={demo}" in said
    for command in said[-4:]:
        words = command.split()
        assert words[0] == "iomdb", command
        assert Caller(demo).call(*words[1:]).code == 0, command


def test_every_public_table_has_rows(demo: Path) -> None:
    counts = {
        table.name: ask_one(demo / "iomdb.duckdb", f"SELECT count(*) FROM v1.{table.name}") for table in PUBLIC_TABLES
    }
    assert [name for name, (n,) in counts.items() if n == 0] == []
    assert counts["projects"][0] + counts["news"][0] >= 100


def test_every_kind_of_change_and_both_extractor_releases_are_in_it(demo: Path) -> None:
    database = demo / "iomdb.duckdb"
    kinds = ask_values(database, "SELECT DISTINCT change_kind FROM internal.any_version ORDER BY 1")
    assert kinds == ["created", "edited", "relocated", "removed", "reparsed", "restored"]
    assert ask_values(database, "SELECT release FROM v1.releases WHERE n_captures > 0") == [0, 1]
    assert ask_values(database, "SELECT DISTINCT lang FROM v1.coverage WHERE lang IS NOT NULL ORDER BY 1") == [
        "en", "es", "fr",
    ]  # fmt: skip
    assert ask(database, "SELECT site, kind, verdict FROM v1.verdicts WHERE verdict = 'rejected'") == [
        ("haiti.iom.example", "news", "rejected")
    ]


@pytest.mark.parametrize(
    ("page", "which"),
    [
        ("index", "FROM projects"),
        ("type/index", "FROM projects"),
        ("country/index", "FROM projects"),
        ("type/IB/index", "FROM projects WHERE type_code = 'IB'"),
        ("type/LM/index", "FROM projects WHERE type_code = 'LM'"),
        (
            "country/WS/index",
            "FROM project_country_money SEMI JOIN projects USING (project_id) WHERE country_code = 'WS'",
        ),
    ],
)
def test_each_total_on_a_page_says_how_many_of_its_projects_are_gone_and_their_sum(
    demo: Path, page: str, which: str
) -> None:
    amount = "share_amount" if "money" in which else "budget_amount"
    sql = (
        f"SELECT count({amount}), coalesce(sum({amount}), 0) FROM (SELECT * {which}) SEMI JOIN gone USING (project_id)"
    )
    gone = "WITH gone AS (SELECT project_id FROM projects WHERE state = 'gone' AND budget_currency = 'USD') "
    n, total = ask_one(demo / "iomdb.duckdb", gone + sql)
    text = " ".join(re.sub("<[^>]+>", " ", (demo / "report" / f"{page}.html").read_text(encoding="utf-8")).split())
    projects = "1 project" if n == 1 else f"{n} projects"
    said = (
        f"Of it {total:,.2f} USD in {projects} whose page is gone."
        if n
        else "The page of none of these projects is gone."
    )
    assert said in text


def test_every_archived_body_says_that_it_is_invented(demo: Path) -> None:
    bodies = [
        capture.payload.lower()
        for manifest in iter_manifests(demo / "archive")
        for capture in iter_captures(demo / "archive" / manifest.run_id)
        if capture.record.warc_type != "revisit"
    ]
    assert len(bodies) > 150
    assert [
        body for body in bodies if not any(word in body for word in (b"invented", b"invent\xc3\xa9", b"inventad"))
    ] == []


def test_every_published_text_says_that_it_is_invented(demo: Path) -> None:
    texts = ask_values(
        demo / "iomdb.duckdb",
        "SELECT description FROM v1.projects UNION ALL SELECT body FROM v1.news",
    )
    assert [text for text in texts if not any(word in text for word in ("Invented", "Inventé", "Inventado"))] == []


@pytest.mark.parametrize("form", ["footnote", "full", "bibtex", "csl", "wikipedia"])
def test_a_citation_in_any_form_says_that_it_is_invented(iomdb: Caller, form: str) -> None:
    assert "invented" in iomdb.call("cite", "IB.1001", "budget_amount", "--format", form).out.lower()


def test_every_page_of_the_report_says_that_it_is_invented(demo: Path) -> None:
    pages = sorted((demo / "report").rglob("*.html"))
    assert len(pages) > 100
    assert [page for page in pages if "invented" not in page.read_text(encoding="utf-8").lower()] == []
    assert "INVENTED" in (demo / "INVENTED.txt").read_text(encoding="utf-8")


def test_the_archive_holds_and_is_the_same_each_time(demo: Path, iomdb: Caller, tmp_path: Path) -> None:
    assert iomdb.call("fsck").code == 0
    run_ids = list(write_archive(tmp_path / "archive"))
    for run_id in run_ids:
        assert (tmp_path / "archive" / run_id / "run.json").read_bytes() == (
            demo / "archive" / run_id / "run.json"
        ).read_bytes()
    assert len(run_ids) == 40


@pytest.mark.slow
def test_a_rebuild_from_the_archive_alone_gives_the_same_tables(demo: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copytree(demo / "archive", copy / "archive")
    shutil.copy(demo / "INVENTED.txt", copy)
    answer = Caller(copy).call("rebuild", "--json")
    assert answer.code in {0, 1}, answer.err
    (digest,) = ask_one(demo / "iomdb.duckdb", "SELECT content_sha256 FROM internal.build")
    assert json.loads(answer.out)["content_sha256"] == digest


def test_a_folder_that_holds_anything_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "thesis"
    place.mkdir()
    (place / "chapter.txt").write_text("years of work")
    answer = Caller(tmp_path).call("demo", str(place))
    assert (answer.code, answer.out) == (2, "")
    assert "holds something else" in answer.err
    assert [path.name for path in place.iterdir()] == ["chapter.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["thesis"]


def test_a_second_call_leaves_the_demonstration_as_it_is(demo: Path, tmp_path: Path) -> None:
    before = (demo / "iomdb.duckdb").stat().st_mtime_ns
    answer = Caller(tmp_path).call("demo", str(demo), "--json")
    assert answer.code == 0
    assert json.loads(answer.out)["is_new"] is False
    assert (demo / "iomdb.duckdb").stat().st_mtime_ns == before
