"""The questions that only a rich archive can answer, with their answers on the demonstration; the cookbook's page."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from bench.cookbook_page import MARK, PAGE, make_page
from tests.pipeline.commands import Caller
from warehouse.read.cookbook import find_question, read_questions
from warehouse.read.published import run_query

if TYPE_CHECKING:
    from pathlib import Path

MAYOR = "news/water-reaches-the-upper-streets-of-upper-gannet"
SHELL = "no readable text: a script-only shell or an empty page"
FIGURES = "iom.example/news/the-fund-in-figures"

# Name → the columns looked at, and their rows in order. Money is written as text, instants as days.
ANSWERS: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "control_totals": (
        "news_id said_from said_to n_projects n_gone gone_usd n_countries",
        [
            (FIGURES, "2026-10-05", "2026-11-02", 65, 3, "433000.99", 24),
            (FIGURES, "2026-11-02", None, 65, 3, "433000.99", 24),
        ],
    ),
    "flapping_pages": ("document_id n_removals n_returns", [("CD.1002", 2, 2)]),
    "funders": ("funder country n_works", [("CA", "HT", 1), ("JP", "LR", 1)]),
    "gone_money": (
        "project_id budget_amount gone_from",
        [
            ("RT.1039", "302000.00", "2026-11-09"),
            ("CD.1056", "75000.99", "2026-10-26"),
            ("IB.1017", "56000.00", "2026-11-02"),
        ],
    ),
    "money_changes": (
        "changed_at project_id old_amount new_amount change_kind",
        [
            ("2026-11-23", "IB.1001", "120000.00", "125000.00", "edited"),
            ("2026-11-09", "LM.1011", "336000.00", "52000.50", "edited"),
            ("2026-11-02", "RR.1013", "157000.01", None, "edited"),
            ("2026-10-26", "TC.1006", "50000.01", "87500.00", "relocated"),
            ("2026-10-26", "IB.1001", "100000.00", "120000.00", "edited"),
            ("2026-10-19", "IB.1009", None, "145000.00", "edited"),
        ],
    ),
    "most_important_changes": (
        "document_id change field significance",
        [
            ("CD.1002", "restored", None, None),
            ("IB.1001", "edited", "budget_amount", "high"),
            ("IB.1001", "edited", "status", "high"),
            ("RR.1032", "edited", "type_code", "medium"),
            ("RR.1032", "edited", "type_name", "medium"),
            ("RR.1032", "edited", "type_raw", "medium"),
            ("CD.1018", "edited", "coverage", "medium"),
            ("iom.example/news/clerks-of-podul-vechi-finish-their-course", "created", None, None),
        ],
    ),
    "not_read": (
        "what kind reason since",
        [
            ("field", "project", "budget_amount", "2026-11-23"),
            ("field", "project", "budget_currency", "2026-11-23"),
            ("field", "project", "status", "2026-11-23"),
            ("field", "project", "countries", "2026-11-23"),
            ("field", "project", "budget_amount", "2026-11-23"),
            ("field", "project", "budget_currency", "2026-11-23"),
            ("page", "news", SHELL, "2026-11-23"),
            ("page", "news", "it never answered: dns_error", None),
            ("page", "project", SHELL, "2026-11-16"),
            ("page", "project", SHELL, "2026-10-05"),
        ],
    ),
    "over_but_active": ("project_id status end_date", [("IB.1001", "active", "2007")]),
    "people_in_news": (
        "person function n_works",
        [("Tomas Brell", "Director of the Port of Orsel", 1)],
    ),
    "programme_stories": (
        "programme published_date title",
        [
            ("Lamps along the Coast", "2026-03-02", "Programme to Light the Coast Is Launched"),
            ("Lamps along the Coast", "2026-09-28", "Programme to Light the Coast Ends with a Seminar"),
        ],
    ),
    "projects_of_type_in_region": (
        "funding_year n_projects total project_ids",
        [(2006, 1, "125000.00", ["IB.1001"]), (2016, 2, "204000.99", ["IB.1009", "IB.1028"])],
    ),
    "quiet_edits": (
        "news_id changed_at days_later field",
        [
            (f"liberia.iom.example/{MAYOR}", "2026-11-09", 912, "body"),
            (f"iom.example/{MAYOR}", "2026-11-09", 912, "body"),
            (FIGURES, "2026-11-02", 265, "body"),
            ("iom.example/news/clinic-boat-returns-to-las-almejas", "2026-10-26", 2054, "body"),
        ],
    ),
    "story_of_project": (
        "version_no valid_from change_kind changed_fields",
        [
            (1, "2026-10-05", "created", []),
            (2, "2026-10-26", "edited", ["budget_amount"]),
            (3, "2026-11-23", "edited", ["budget_amount", "status"]),
        ],
    ),
}


def simplify(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return f"{value:.2f}" if isinstance(value, Decimal) else value


def ask(demo: Path, name: str, **values: str) -> list[dict[str, Any]]:
    question = find_question(name)
    assert question is not None
    result = run_query(demo / "iomdb.duckdb", question.sql, question.defaults | values)
    return [{key: simplify(v) for key, v in zip(result.columns, row, strict=True)} for row in result.rows]


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_the_question_has_its_answer_on_the_demonstration(demo: Path, name: str) -> None:
    columns, rows = ANSWERS[name]
    assert [tuple(row[column] for column in columns.split()) for row in ask(demo, name)] == rows


def test_every_question_has_rows_on_the_demonstration(demo: Path) -> None:
    assert [question.name for question in read_questions() if not ask(demo, question.name)] == []


def test_absences_end_by_being_seen_or_confirmed_or_are_open(demo: Path) -> None:
    rows = ask(demo, "how_absences_ended")
    assert [(row["document_id"], row["seen_at"], row["ended_by"]) for row in rows[:2]] == [
        ("RT.1047", "2026-11-23", None),
        ("IB.1028", "2026-10-26", "seen"),
    ]
    assert {row["ended_by"] for row in rows[2:]} == {"confirmed"}
    assert len(rows) == 15


def test_every_total_says_how_many_of_its_projects_are_gone_and_their_sum(demo: Path) -> None:
    for name in ("budget_total", "budget_by_region", "budget_by_type", "budget_by_year"):
        rows = ask(demo, name)
        assert sum(row["n_gone"] for row in rows) == 3, name
        assert sum(Decimal(row["gone_total"] or 0) for row in rows) == Decimal("433000.99"), name
    for name in ("budget_by_country", "budget_by_subregion", "budget_by_country_year_type"):
        assert sum(Decimal(row["gone_amount"]) for row in ask(demo, name)) == Decimal("433000.99"), name


def test_shares_over_any_grouping_add_up_to_the_budgets(demo: Path) -> None:
    total = sum(Decimal(row["total"] or 0) for row in ask(demo, "budget_total"))
    for name in ("budget_by_country", "budget_by_subregion", "budget_by_country_year_type"):
        assert sum(Decimal(row["amount"]) for row in ask(demo, name)) == total, name


@pytest.mark.parametrize("name", ["Haiti", "HT", "ht", "HTI", "Haïti", "هايتي"])
def test_a_country_is_named_by_code_or_name(iomdb: Caller, name: str) -> None:
    answer = iomdb.call("sql", "--query", "projects_of_country", "-p", f"country={name}", "--format", "csv")
    assert [line.split(",")[0] for line in answer.out.splitlines()[1:]] == ["HP.1026", "RT.1050", "CD.1002"]


@pytest.mark.parametrize(
    ("question", "given", "near"),
    [
        ("projects_of_country", "country=Hati", "HT (Haiti)"),
        ("projects_of_country", "country=HX", "HU (Hungary)"),
        ("projects_of_type_in_region", "type=Borders", "IB (Immigration and Borders)"),
        ("projects_of_type_in_region", "subregion=West Africa", "Western Africa"),
        ("letter_to_publisher", "site=hait", "haiti.iom.example"),
        ("story_of_project", "project=IB.10001", "IB.1001"),
        ("budget_by_country", "country=HT", "its parameters: none"),
    ],
)
def test_what_nothing_bears_is_answered_with_its_neighbours(
    iomdb: Caller, question: str, given: str, near: str
) -> None:
    answer = iomdb.call("sql", "--query", question, "-p", given)
    assert (answer.code, answer.out) == (2, "")
    assert near in answer.err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--query", "budget_by_contry"), "did you mean budget_by_country"),
        (("SELECT * FROM control_totals",), "iomdb sql --query control_totals"),
        (("SELECT title FROM projects WHERE countries = 'HT'",), "'HT' IN countries"),
        (("SELECT title FROM projects WHERE countries LIKE '%HT%'",), "'HT' IN countries"),
        (("SELECT title FROM projects WHERE start_date > 2018",), "start_year"),
        (("SELECT year(start_date) FROM projects",), "start_year"),
        (("SELECT end_date - start_date FROM projects",), "end_on"),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else None,
)
def test_a_first_attempt_that_fails_is_told_what_works(iomdb: Caller, words: tuple[str, ...], hint: str) -> None:
    answer = iomdb.call("sql", *words)
    assert (answer.code, answer.out) == (2, "")
    assert hint in answer.err


@pytest.mark.parametrize(
    ("where", "hint"),
    [
        ("projects WHERE status = 'Completed'", "it is 'completed'"),
        ("projects WHERE status IN ('Done')", "near it: active, completed"),
        ("Projects AS p WHERE p.type_code = 'IBM'", "IB (Immigration and Borders)"),
        ("project_countries WHERE country_code = 'Haïti'", "it is 'HT'"),
        ("projects WHERE 'Haiti' IN countries", "it is 'HT'"),
        ("projects WHERE list_contains(countries, 'HTI')", "it is 'HT'"),
        ("projects WHERE 'Haiti' = ANY(countries)", "it is 'HT'"),
        ("(SELECT * FROM v1.projects_asof('2026-11-01')) WHERE site = 'haity.iom.example'", "haiti.iom.example"),
        ("projects WHERE status = $title", "it is 'completed'"),
    ],
)
def test_a_first_attempt_without_an_answer_is_told_the_words_that_have_one(
    iomdb: Caller, where: str, hint: str
) -> None:
    given = ("-p", "title=Completed") if "$title" in where else ()
    for asked, found in (("1 AS n", ""), ("count(*) AS n", "0\n")):
        answer = iomdb.call("sql", f"SELECT {asked} FROM {where}", *given, "--format", "csv")
        assert (answer.code, answer.out) == (0, f"n\n{found}")
        assert hint in answer.err
        assert len(answer.err.splitlines()) == 1


@pytest.mark.parametrize(
    "summed", ["sum(budget_amount) FROM projects", "AVG(m.share_amount) FROM project_country_money m"]
)
def test_a_sum_over_currencies_says_so_and_one_of_each_does_not(iomdb: Caller, summed: str) -> None:
    assert "amounts are in EUR and USD" in iomdb.call("sql", f"SELECT {summed}").err
    assert iomdb.call("sql", f"SELECT budget_currency, {summed} GROUP BY 1").err == ""


@pytest.mark.parametrize(
    "where", ["status = 'active' AND title = 'none'", "status <> 'Completed' AND false", "title = 'Completed'"]
)
def test_an_answer_without_rows_to_a_question_in_right_words_is_silent(iomdb: Caller, where: str) -> None:
    answer = iomdb.call("sql", f"SELECT title FROM projects WHERE {where}", "--format", "csv")
    assert (answer.code, answer.out, answer.err) == (0, "title\n", "")


def test_the_page_of_the_docs_has_the_questions_with_these_answers(demo: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == make_page(page, demo / "iomdb.duckdb"), "run: make cookbook"
    assert "```sql" not in page.partition(MARK)[0]


def run_example(demo: Path, number: int) -> dict[str, Any]:
    """The answers of an example of the page in Python: 0 pandas, 1 Polars."""
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[number]
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code.replace("demo/iomdb.duckdb", str(demo / "iomdb.duckdb")), "cookbook.md", "exec"), names)
    answers: dict[str, Any] = names["answers"]
    return answers


@pytest.mark.parametrize("number", [0, 1], ids=["pandas", "Polars"])
def test_the_ten_commonest_in_python_have_as_many_rows_as_in_sql(demo: Path, number: int) -> None:
    rows = {
        "budget_total": 3, "budget_by_country": 32, "budget_by_year": len(ask(demo, "budget_by_year")),
        "projects_of_country": 3, "money_changes": 6, "status_changes": 4, "removed_pages": 4,
        "news_by_place": len(ask(demo, "news_by_place")), "country_by_role": None, "corpus": None,
    }  # fmt: skip
    found = {name: len(answer) for name, answer in run_example(demo, number).items()}
    assert found.keys() == rows.keys()
    assert {name: n for name, n in found.items() if rows[name] is not None} == {k: n for k, n in rows.items() if n}
    assert found["corpus"] >= 40


@pytest.mark.skipif(
    shutil.which("Rscript") is None, reason="R is not installed here: the page's example in R is not run"
)
def test_the_ten_commonest_in_r_run(demo: Path) -> None:
    (code,) = re.findall(r"```r\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    script = code.replace("demo/iomdb.duckdb", str(demo / "iomdb.duckdb"))
    ended = subprocess.run(["Rscript", "-"], input=script, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "money_changes 6 rows" in ended.stdout


def test_the_spreadsheet_has_the_sheets_that_the_page_names(iomdb: Caller, tmp_path: Path) -> None:
    target = tmp_path / "iom.xlsx"
    assert iomdb.call("export", "--format", "xlsx", "-o", str(target)).code == 0
    sheets = openpyxl.load_workbook(target, read_only=True).sheetnames
    part = PAGE.read_text(encoding="utf-8").partition("in a spreadsheet")[2].partition(MARK)[0]
    named = set(re.findall(r"^\| `[a-z_]+` \| ([a-z_]+) \|", part, re.MULTILINE))
    assert named <= set(sheets)
    assert len(re.findall(r"^\| `", part, re.MULTILINE)) == 10
