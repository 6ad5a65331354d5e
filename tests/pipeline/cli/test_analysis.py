"""The analyst's commands as they are called: what they print, how they end, and what they never do."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pipeline.cli import COMMANDS, main
from tests.warehouse.archives import Archive, news, project
from warehouse.publish.swap import publish_database

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipeline.cli.conftest import Iomdb

ANALYST = sorted(list(COMMANDS)[list(COMMANDS).index("sql") :])
HEAVY = ("dagster", "scrapy", "twisted", "xlsxwriter", "numpy", "pandas", "babel", "rensa", "lxml", "pytz")


def test_starting_an_analysts_command_imports_nothing_heavy(weeks: Path) -> None:
    code = (
        "import sys; from pipeline.cli import main\n"
        "main(['sql', 'SELECT $x', '-p', 'x=1'], standalone_mode=False)\n"
        "main(['history', 'QU8-805'], standalone_mode=False)\n"
        "main(['search', 'border'], standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"IOMDB_DATA": str(weeks)}
    )
    assert answer.stderr.strip() == "[]"


def test_the_first_help_fits_80_columns_and_cuts_no_summary(iomdb: Iomdb) -> None:
    lines = iomdb("--help").output.splitlines()
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines[1:] if line.endswith("...")]


def test_a_command_that_does_not_exist_is_answered_with_its_neighbour(iomdb: Iomdb) -> None:
    answer = iomdb("hystory", "QU8-805")
    assert answer.exit_code == 2
    assert "Did you mean 'history'?" in answer.output


@pytest.mark.parametrize("name", ANALYST)
def test_every_command_helps_with_examples(iomdb: Iomdb, name: str) -> None:
    answer = iomdb(name, "--help")
    assert answer.exit_code == 0
    assert re.search(rf"Examples:\n\s+iomdb {name}", answer.output)
    assert "--json" in answer.output


@pytest.mark.parametrize(
    "words",
    [
        ("sql", "SELECT 1"),
        ("show", "QU8-805"),
        ("history", "QU8-805"),
        ("changes", "--since", "7d"),
        ("search", "border"),
        ("diff", "QU8-805", "1", "2"),
        ("release",),
        ("export", "--format", "csv"),
        ("report",),
    ],
)
def test_without_a_database_every_command_says_how_to_make_one(
    iomdb: Iomdb, tmp_path: Path, words: tuple[str, ...]
) -> None:
    answer = iomdb(*words, data=tmp_path / "nothing")
    assert answer.exit_code == 1
    assert "iomdb run" in answer.output
    assert list(tmp_path.iterdir()) == []


def test_sql_answers_in_every_format(iomdb: Iomdb, tmp_path: Path) -> None:
    sql = "SELECT project_id, budget_amount, countries FROM v1.projects WHERE start_year = 2006"
    assert "QU8-805         100000.00  LR" in iomdb("sql", sql).output
    (row,) = csv.DictReader(io.StringIO(iomdb("sql", sql, "--format", "csv").output))
    assert row == {"project_id": "QU8-805", "budget_amount": "100000.00", "countries": '["LR"]'}
    expected = {"project_id": "QU8-805", "budget_amount": "100000.00", "countries": ["LR"]}
    assert json.loads(iomdb("sql", sql, "--json").output) == [expected]
    assert json.loads(iomdb("sql", sql, "--format", "jsonl").output) == expected
    assert iomdb("sql", sql, "--format", "csv", "-o", "out.csv").output == ""
    assert (tmp_path / "out.csv").read_text().startswith("project_id,")
    assert iomdb("sql", sql, "--format", "parquet", "-o", "out.parquet").exit_code == 0
    assert (tmp_path / "out.parquet").read_bytes().startswith(b"PAR1")


def test_sql_takes_a_statement_from_standard_input_and_values_for_names(iomdb: Iomdb) -> None:
    answer = iomdb(
        "sql", "-", "-p", "id=PR.0157", "--json", text="SELECT status FROM v1.projects WHERE project_id = $id"
    )
    assert json.loads(answer.output) == [{"status": "completed"}]
    hostile = iomdb("sql", "SELECT $x AS x", "-p", "x='; DROP TABLE t; --", "--json")
    assert json.loads(hostile.output) == [{"x": "'; DROP TABLE t; --"}]


def test_a_question_of_the_cookbook_is_asked_by_name(iomdb: Iomdb) -> None:
    rows = json.loads(iomdb("sql", "--query", "projects_of_country", "-p", "country=GH", "--json").output)
    assert [row["project_id"] for row in rows] == ["PR.0157"]
    assert "budget_by_country" in iomdb("sql", "--list").output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("sql",), "give a statement"),
        (("sql", ""), "empty"),
        (("sql", "SELECT 1", "--query", "gaps"), "not both"),
        (("sql", "--query", "nothing"), "no question"),
        (("sql", "SELECT 1", "-p", "novalue"), "NAME=VALUE"),
        (("sql", "SELEC 1"), "syntax error"),
        (("sql", "SELECT nothing FROM v1.projects"), "nothing"),
        (("sql", "SELECT $x"), "x"),
        (("sql", "SELECT 1", "--format", "parquet"), "--output FILE"),
        (("sql", "SELECT 1", "-o", "no/such/folder/x.csv"), "does not exist"),
        (("changes",), "--since"),
        (("export", "--format", "csv", "-t", "nothing"), "no public table"),
        (("export",), "--format"),
        (("diff", "QU8-805"), "one version only"),
        (("show", "PR.0157", "--at", "someday"), "no instant"),
        (("changes", "--since", "7 days"), "no instant"),
        (("report", "--at", "ever"), "no instant"),
        (("search", "--", "--"), "no word"),
        (("sql", "SELECT 1", "--release", "nope"), "no data release"),
        (("extract", "--release", "next", "--compare", "--markdown", "--json"), "--markdown and --json"),
        (("diff", "QU8-805", "first", "last"), "no instant"),
        (("verify", "QU8-805", "--at", "someday"), "no instant"),
        (("changes", "--since", "2026-11-30", "--until", "2026-11-01"), "before --since"),
        (("extract", "--since", "2026-11-30", "--until", "2026-11-01"), "before --since"),
        (("crawl", "--site", "liberria"), "did you mean liberia.iom.int?"),
    ],
)
def test_wrong_use_ends_with_2_and_says_why(iomdb: Iomdb, words: tuple[str, ...], message: str) -> None:
    answer = iomdb(*words)
    assert answer.exit_code == 2, answer.output
    assert message in answer.output


def test_changes_and_search_print_tables_and_json(iomdb: Iomdb) -> None:
    table = iomdb("changes", "--since", "2026-01-06", "--kind", "project").output
    assert "160000.01" in table
    assert len(json.loads(iomdb("changes", "--since", "2026-01-06", "--json").output)) == 6
    none = iomdb("changes", "--since", "2026-03-01")
    assert (none.exit_code, none.stdout) == (0, "")
    (found,) = json.loads(iomdb("search", "new border post", "--lang", "en", "--limit", "1", "--json").output)
    assert found["title"] == "Border Post Opens"
    (found,) = json.loads(iomdb("search", "title:post opens", "--limit", "1", "--json").output)
    assert found["title"] == "Border Post Opens"
    assert "did you mean title?" in iomdb("search", "titel:post").stderr
    assert "haiti.iom.int/news/storm" in iomdb("search", "storm").output
    assert iomdb("search", "nowhere").exit_code == 0


def test_a_release_is_kept_once_verified_and_compared(iomdb: Iomdb, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "data")
    archive.run("2026-01-05", [project("https://iom.int/project/a", projects_id="TC.0001", budget_amount="10.00")])
    archive.extract()
    ids = []
    for week in (2, 3):
        publish_database(archive.build(), archive.root / "iomdb.duckdb")
        ids.append(json.loads(iomdb("release", "--json", data=archive.root).output)["id"])
        assert json.loads(iomdb("release", "--json", data=archive.root).output)["id"] == ids[-1]
        changed = project("https://iom.int/project/a", projects_id="TC.0001", budget_amount="20.00")
        archive.run(f"2026-01-{7 * week - 2:02d}", [changed])
        archive.extract()
    assert len(json.loads(iomdb("release", "--list", "--json", data=archive.root).output)) == 2
    assert iomdb("release", "--verify", ids[0][:6], data=archive.root).exit_code == 0
    found = json.loads(iomdb("diff", ids[0], ids[1], "--json", data=archive.root).output)
    assert {"table": "projects", "change": "changed", "key": {"project_id": "TC.0001"}, "column": "budget_amount",
            "old": "10.00", "new": "20.00"} in found  # fmt: skip
    assert "20.00" in iomdb("diff", ids[0][:8], ids[1][:8], data=archive.root).output
    assert iomdb("diff", ids[0], "ffffffff", data=archive.root).exit_code == 2


def test_export_writes_beside_and_refuses_to_write_over(iomdb: Iomdb, tmp_path: Path) -> None:
    answer = iomdb("export", "--format", "csv", "-t", "projects", "-o", "p.csv")
    assert answer.exit_code == 0
    assert "5  projects" in answer.output
    assert iomdb("export", "--format", "csv", "-t", "projects", "-o", "p.csv").exit_code == 2
    assert iomdb("export", "--format", "csv", "-t", "news", "-o", "p.csv", "--force").exit_code == 0
    assert (tmp_path / "p.csv").read_text().startswith("news_id,")
    assert json.loads(iomdb("export", "--format", "sqlite", "--json").output)["rows"]["projects"] == 5


def test_archived_text_never_acts_on_the_terminal(iomdb: Iomdb, tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\u202e"
    archive = Archive(tmp_path / "data")
    archive.run(
        "2026-01-05",
        [
            project(
                "https://iom.int/project/a", title=f"Title{evil}", projects_id="TC.0001", description=f"Text {evil}"
            ),
            news("https://iom.int/news/n", title=f"News{evil}", body=f"border {evil} post"),
        ],
    )
    archive.extract()
    publish_database(archive.build(), archive.root / "iomdb.duckdb")
    for words in (
        ("sql", "FROM v1.projects"),
        ("sql", "FROM v1.news", "--json"),
        ("sql", f'SELECT 1 AS "{evil}"'),
        ("show", "TC.0001"),
        ("show", "TC.0001", "--json"),
        ("show", f"none{evil}"),
        ("history", "TC.0001"),
        ("search", "border"),
        ("changes", "--since", "2026-01-01"),
        ("sql", f"SELECT '{evil}' FROM nowhere"),
    ):
        output = iomdb(*words, data=archive.root).output
        assert not {"\x1b", "\x07", "\u202e"} & set(output), words


def test_the_commands_of_analysts_are_those_of_the_design() -> None:
    assert {"sql", "changes", "history", "show", "diff", "release", "export", "report", "search"} == set(ANALYST)
    assert main.name == "main"


def test_changes_on_a_screen_are_a_heading_for_what_changed_at_once_the_values_and_sentences(
    iomdb: Iomdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    rows = json.loads(iomdb("changes", "--since", "2026-01-01", "--kind", "project", "--json").output)
    lines = iomdb("changes", "--since", "2026-01-01", "--kind", "project").output.splitlines()
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if not line.startswith("  ")] == list(
        dict.fromkeys(f"{row['changed_at']} · {row['change']} · {row['document_id']}" for row in rows)
    )
    (budget,) = [row for row in rows if row["field"] == "budget_amount"]
    assert f"  budget_amount: {budget['old']} → {budget['new']}" in lines
    assert budget["sentence"][:60] in " ".join(line.strip() for line in lines)
