"""Every question of the cookbook, answered on the eight weeks, where the answer is known beforehand."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.warehouse.archives import Archive, project
from warehouse.read.claims import read_changes
from warehouse.read.cookbook import FOLDER, find_question, list_names, list_questions, parse_cookbook, read_questions
from warehouse.read.published import open_published, run_query, select_columns

if TYPE_CHECKING:
    from pathlib import Path

TWIN = "Training of Border Guards in Two Provinces"
POST, MIRROR, FRENCH = (
    "iom.int/news/border-post-opens",
    "liberia.iom.int/news/border-post-opens",
    "iom.int/fr/news/un-poste-ouvre",
)
STORM, NOTE = "haiti.iom.int/news/storm", "iom.int/news/old-note"

# Name → the columns looked at, and their rows in order. Money is written as text, instants as days.
ANSWERS: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "as_it_was": (
        "project_id status start_date end_date budget_amount version_no",
        [
            ("CD.0200", "active", "2014", None, "90000.00", 1),
            ("CE.0100", "active", None, None, None, 3),
            ("PR.0157", "completed", "2015", "2016", "160000.01", 3),
            ("QU8-805", "completed", "2006", "2007", "100000.00", 1),
        ],
    ),
    "budget_after_completion": (
        "project_id changed_at old_amount new_amount difference",
        [("PR.0157", "2026-02-02", "150000.01", "160000.01", "10000.00")],
    ),
    "budget_by_country": (
        "country_code n_projects amount of_it_stated of_it_estimated budget_currency all_budgets",
        [
            ("LR", 2, "180000.01", "100000.00", "80000.01", "USD", "350000.01"),
            ("GH", 1, "80000.00", "0.00", "80000.00", "USD", "350000.01"),
            (None, 1, "50000.00", "50000.00", "0.00", "EUR", "50000.00"),
            ("DO", 1, "45000.00", "0.00", "45000.00", "USD", "350000.01"),
            ("HT", 1, "45000.00", "0.00", "45000.00", "USD", "350000.01"),
        ],
    ),
    "budget_by_country_year_type": (
        "country_code funding_year type amount is_estimate budget_currency",
        [
            ("DO", 2013, "CD", "45000.00", True, "USD"),
            ("GH", 2014, "TC", "80000.00", True, "USD"),
            ("HT", 2013, "CD", "45000.00", True, "USD"),
            ("LR", 2006, "TC", "100000.00", False, "USD"),
            ("LR", 2014, "TC", "80000.01", True, "USD"),
            (None, 2012, "Space Travel", "50000.00", False, "EUR"),
        ],
    ),
    "budget_by_region": (
        "region n_projects total budget_currency",
        [
            ("Africa", 2, "260000.01", "USD"),
            ("Latin America and the Caribbean", 1, "90000.00", "USD"),
            ("not stated", 1, "50000.00", "EUR"),
            ("not stated", 1, None, None),
        ],
    ),
    "budget_by_type": (
        "type name n_projects total",
        [
            ("TC", "Technical Cooperation", 2, "260000.01"),
            ("CD", "Community Development", 1, "90000.00"),
            ("Space Travel", None, 1, "50000.00"),
            ("not stated", None, 1, None),
        ],
    ),
    "budget_by_year": (
        "funding_year n_projects total budget_currency",
        [
            (2006, 1, "100000.00", "USD"),
            (2012, 1, "50000.00", "EUR"),
            (2013, 1, "90000.00", "USD"),
            (2014, 1, "160000.01", "USD"),
            (None, 1, None, None),
        ],
    ),
    "budget_total": (
        "budget_currency n_projects n_with_budget n_without_budget n_unread total",
        [("USD", 3, 3, 0, 0, "350000.01"), ("EUR", 1, 1, 0, 0, "50000.00"), (None, 1, 0, 1, 0, None)],
    ),
    "changed_last_week": (
        "changed_at document_id change field old new",
        [
            ("2026-02-16", "CE.0100", "restored", None, None, None),
            ("2026-02-09", "CT.0300", "removed", None, None, None),
            ("2026-02-02", "CE.0100", "removed", None, None, None),
            ("2026-02-02", "PR.0157", "edited", "budget_amount", "150000.01", "160000.01"),
            ("2026-01-19", "PR.0157", "edited", "end_date", None, "2016"),
            ("2026-01-19", "PR.0157", "edited", "status", "active", "completed"),
        ],
    ),
    "copies": (
        "role document_id linked_to method",
        [
            ("original", POST, None, None),
            ("translation", FRENCH, POST, "alternate"),
            ("mirror", MIRROR, POST, "exact_text"),
        ],
    ),
    "country_by_role": (
        "kind role id work",
        [
            ("news", "primary", STORM, STORM),
            ("project", "benefiting", "CD.0200", "CD.0200"),
            ("project", "benefiting", "CE.0100", "CE.0100"),
        ],
    ),
    "disagreements_by_field": ("field n_projects n_pages", [("start_date", 1, 2), ("status", 1, 2)]),
    "french_disagreements": (
        "project_id field published_value french_value",
        [("CD.0200", "start_date", "2014", "2015"), ("CD.0200", "status", "active", "completed")],
    ),
    "funders": ("funder country n_works", [("JP", "LR", 1)]),
    "funding_delay": ("years_to_start n_projects mean_years_long", [(0, 2, 1.0), (1, 2, 1.0), (None, 1, None)]),
    "gaps": ("page_key last_checked_at last_outcome days_unchecked", [(NOTE, "2026-02-02", "timeout", 22)]),
    "most_edited": (
        "document_id n_edits fields last_edit_at",
        [("PR.0157", 2, ["budget_amount", "end_date", "status"], "2026-02-02")],
    ),
    "news_by_place": ("country n_works n_pages", [("HT", 1, 1), ("LR", 1, 3), (None, 1, 1)]),
    "news_of_projects": (
        "project_id news_id method certainty evidence",
        [("QU8-805", POST, "id", "stated", "QU8-805"), ("QU8-805", MIRROR, "id", "stated", "QU8-805")],
    ),
    "outcomes": (
        "site outcome effect n",
        [
            ("haiti", "fetched", "seen", 1),
            ("iom", "fetched", "seen", 80),
            ("iom", "not_found", "absent", 5),
            ("iom", "timeout", "unknown", 3),
        ],
    ),
    "programmes_and_news": ("programme n_works news_ids", [("Harbour Safety Programme", 1, [STORM])]),
    "projects_of_country": (
        "project_id role budget_amount share_amount n_countries state",
        [
            ("CD.0200", "benefiting", "90000.00", "45000.00", 2, "live"),
            ("CE.0100", "benefiting", None, None, None, "live"),
        ],
    ),
    "proof_of_budget": (
        "project_id budget_amount captured_at archive_offset",
        [
            ("CD.0200", "90000.00", "2026-01-05", 3000),
            ("CT.0300", "50000.00", "2026-02-02", 5000),
            ("PR.0157", "160000.01", "2026-02-02", 1000),
            ("QU8-805", "100000.00", "2026-01-05", 0),
        ],
    ),
    "publisher_issues": (
        "code field n_documents n_pages example",
        [("ends-before-start", "end_date", 1, 1, "2012 to 2010")],
    ),
    "read_otherwise": (
        "document_id field old new known_from",
        [
            ("PR.0157", "coverage", None, "Regional", "2026-03-01"),
            ("PR.0157", "coverage", None, "Regional", "2026-03-01"),
            ("PR.0157", "coverage", None, "Regional", "2026-03-01"),
            ("QU8-805", "coverage", None, "National", "2026-03-01"),
        ],
    ),
    "rejected_runs": ("site kind verdict judged_by", [("haiti", "news", "rejected", "gate")]),
    "removed_pages": (
        "document_id title last_seen_at gone_from confirmed_at",
        [("CT.0300", "A Doubtful Page", "2026-02-02", "2026-02-09", "2026-02-16")],
    ),
    "restored_pages": (
        "document_id gone_from restored_at days_away",
        [("CE.0100", "2026-02-02", "2026-02-16", 14)],
    ),
    "same_title_twins": (
        "title n_projects project_ids start_years total",
        [(TWIN, 2, ["PR.0157", "QU8-805"], [2015, 2006], "260000.01")],
    ),
    "status_changes": (
        "project_id old new changed_after changed_at end_date",
        [("PR.0157", "active", "completed", "2026-01-12", "2026-01-19", "2016")],
    ),
    "then_and_now": (
        "moment n_projects n_completed usd",
        [("2026-01-06", 5, 1, "340000.01"), ("2026-02-09", 3, 2, "350000.01")],
    ),
    "translations": (
        "languages n_pages original_title",
        [(["en", "fr"], 3, "Border Post Opens")],
    ),
    "unknown_codes": ("kind field label value n_pages", [("project", "type", "Project Type", "Space Travel", 1)]),
    "watched_pages": (
        "site kind n_pages changed unchanged moved gone unknown newest_check",
        [("haiti", "news", 1, 0, 1, 0, 0, 0, "2026-02-23"), ("iom", "news", 4, 0, 3, 0, 0, 1, "2026-02-23"),
         ("iom", "project", 6, 0, 5, 0, 1, 0, "2026-02-23")],
    ),
    "works_by_month": ("month n_works n_pages", [("2026-01", 2, 4), (None, 1, 1)]),
}  # fmt: skip
VALUES = {
    "changed_last_week": {"days": "42"},
    "then_and_now": {"before": "2026-01-06", "after": "2026-02-09T12:00"},
}


def _ask(published: Path, name: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    question = find_question(name)
    assert question is not None
    result = run_query(published, question.sql, question.defaults | VALUES.get(name, {}))
    return list(result.columns), [tuple(_simplify(value) for value in row) for row in result.rows]


def _simplify(value: object) -> object:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return f"{value:.2f}" if isinstance(value, Decimal) else value


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_the_question_has_the_answer_of_the_eight_weeks(published: Path, name: str) -> None:
    columns, rows = ANSWERS[name]
    names, found = _ask(published, name)
    places = [names.index(column) for column in columns.split()]
    assert [tuple(row[place] for place in places) for row in found] == rows


def test_there_are_at_least_45_questions_of_three_kinds_of_people() -> None:
    questions = read_questions()
    assert len(questions) >= 45
    assert {question.asked_by for question in questions} == {
        "a migration researcher",
        "an aid-transparency analyst",
        "a journalist",
    }
    assert set(ANSWERS) <= {question.name for question in questions}, "an answer without its question tests nothing"


def test_shares_add_up_to_the_unsplit_total(published: Path) -> None:
    shares: dict[str, Decimal] = {}
    for row in run_query(published, "SELECT budget_currency, share_amount FROM v1.project_country_money").rows:
        shares[row[0]] = shares.get(row[0], Decimal(0)) + row[1]
    total = "SELECT budget_currency, sum(budget_amount) FROM v1.projects WHERE budget_amount IS NOT NULL GROUP BY ALL"
    assert shares == dict(run_query(published, total).rows)


def test_what_changed_is_what_the_command_tells_created_pages_too(published: Path) -> None:
    question = find_question("changed_last_week")
    assert question is not None
    asked = run_query(published, question.sql, {"days": "600"})
    with open_published(published) as tables:
        told = select_columns(read_changes(tables, datetime.fromisoformat("2025-01-01")), asked.columns)
    assert asked.rows == told.rows
    assert [row[asked.columns.index("change")] for row in asked.rows].count("created") == 10


def test_a_budget_that_is_printed_and_not_read_is_told_from_one_that_is_not_printed(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    page = "https://www.iom.int/project/a-border"
    unread = [{"field": "budget", "label": "Budget Amount (USD)", "value": "100.000"}]
    archive.run(
        "2026-01-05",
        [
            project(page, projects_id="TC.0001", budget_raw="100.000", unmapped=unread),
            project(page + "-2", projects_id="TC.0002", budget_raw="n/a"),
            project(page + "-3", projects_id="TC.0003"),
        ],
    )
    archive.extract()
    names, rows = _ask(archive.build(), "budget_total")
    assert [dict(zip(names, row, strict=True)) for row in rows] == [
        {
            "budget_currency": None,
            "n_projects": 3,
            "n_with_budget": 0,
            "n_without_budget": 3,
            "n_unread": 1,
            "total": None,
            "n_gone": 0,
            "gone_total": None,
            "n_pages_unread": 0,
        }
    ]


def test_a_week_without_changes_has_none(published: Path) -> None:
    question = find_question("changed_last_week")
    assert question is not None
    assert run_query(published, question.sql, question.defaults).rows == []


def test_a_name_that_is_no_question_finds_none() -> None:
    assert find_question("nothing_of_the_kind") is None
    assert find_question("../errors") is None
    assert {row[0] for row in list_questions().rows} >= set(ANSWERS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("question = 'Q?'\nasked_by = 'a'", "missing required field `counting`"),
        ("question = 'Q?'\nasked_by = 'a'\ncounting = 'c'\nwho = 'a'", "unknown field `who`"),
        ("question = 'Q?'\nasked_by = 'a'\ncounting = 'c'\ndefaults = { x = 1 }", "Expected `str`, got `int`"),
    ],
)
def test_a_malformed_question_is_named(text: str, message: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=message):
        parse_cookbook(f"[q]\n{text}")


def test_every_statement_is_that_of_a_question_and_asks_for_what_has_a_default() -> None:
    assert {path.stem for path in FOLDER.glob("*.sql")} == set(list_names())
    for question in read_questions():
        assert question.sql.endswith(";"), question.name
        assert set(re.findall(r"\$([a-z_]+)", question.sql)) == set(question.defaults), question.name
