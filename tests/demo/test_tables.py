"""The tables as an analyst meets them in the first hour: naive SQL is right, and everything says what it means."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from bench.tables_page import PAGE, make_page
from extractor.codebooks import read_codebook
from tests.warehouse.reading import ask, ask_one, ask_values
from warehouse.read.cookbook import read_questions
from warehouse.tables import PUBLIC_TABLES


def test_every_view_answers_under_its_own_name(demo: Path) -> None:
    names = {table.name for table in PUBLIC_TABLES}
    assert set(ask_values(demo / "iomdb.duckdb", "SHOW TABLES")) == names
    assert ask_one(demo / "iomdb.duckdb", "SELECT count(*) FROM projects") == (65,)


def test_attached_beside_other_data_views_answer_by_name_and_macros_after_use(demo: Path) -> None:
    with closing(duckdb.connect()) as connection:
        connection.execute(f"ATTACH '{demo / 'iomdb.duckdb'}' AS iom (READ_ONLY)")
        assert connection.execute("SELECT count(*) FROM iom.v1.projects").fetchall() == [(65,)]
        assert connection.execute("SELECT count(*) FROM iom.projects").fetchall() == [(65,)]
        connection.execute("USE iom")
        ((n,),) = connection.execute("SELECT count(*) FROM v1.projects_asof('2026-11-01')").fetchall()
        assert n == 65


def test_naive_sums_and_counts_are_right(demo: Path) -> None:
    database = demo / "iomdb.duckdb"
    sums = "SELECT (SELECT sum(share_amount) FROM project_country_money), (SELECT sum(budget_amount) FROM projects)"
    shares, budgets = ask_one(database, sums)
    assert shares == budgets
    assert "budget_amount" not in ask_values(
        database, "SELECT column_name FROM data_dictionary WHERE relation = 'project_country_money'"
    )
    edits = "SELECT count(*) FROM project_versions WHERE change_kind = 'edited'"
    assert ask_one(database, edits) == (16,)
    twice = "SELECT kind, document_id, changed_at, field FROM changes GROUP BY ALL HAVING count(*) > 1"
    assert ask(database, twice) == []
    assert ask(database, "FROM changes WHERE change_kind = 'reparsed' OR known_to IS NOT NULL") == []
    assert ask_one(database, "SELECT count(*) > 0 FROM changes_bitemporal WHERE change_kind = 'reparsed'") == (True,)


def test_dates_and_years_are_there_for_arithmetic(demo: Path) -> None:
    database = demo / "iomdb.duckdb"
    whole = "SELECT start_date, start_on::VARCHAR, end_on - start_on FROM projects WHERE start_on IS NOT NULL"
    assert ask(database, whole) == [("2018-05-10", "2018-05-10", 364)]
    assert ask(database, "FROM news WHERE published_on IS NOT NULL AND year(published_on) <> published_year") == []


def test_codebooks_say_what_codes_stand_for(demo: Path) -> None:
    database = demo / "iomdb.duckdb"
    liberia = (
        "SELECT iso3, name_en, name_fr, name_es, name_ar, region, subregion FROM countries WHERE country_code = 'LR'"
    )
    assert ask_one(database, liberia) == (
        "LBR", "Liberia", "Liberia", "Liberia", "ليبيريا", "Africa", "Western Africa",
    )  # fmt: skip
    assert ask(database, "FROM project_countries ANTI JOIN countries USING (country_code)") == []
    assert (
        ask(database, "FROM (FROM projects WHERE type_code IS NOT NULL) ANTI JOIN project_types USING (type_code)")
        == []
    )
    assert ask(database, "FROM coverage ANTI JOIN sites USING (site)") == []
    assert ask_one(database, "SELECT name, hosts, language FROM sites WHERE site = 'iom.example'") == (
        "Invented main site", ["www.iom.example", "iom.example"], "en",
    )  # fmt: skip


def test_the_dictionary_says_what_null_and_each_value_mean(demo: Path) -> None:
    database = demo / "iomdb.duckdb"
    columns = "FROM data_dictionary WHERE relation_kind = 'view' AND column_name IS NOT NULL"
    assert ask(database, f"SELECT relation, column_name {columns} AND null_meaning IS NULL") == []
    without = f"SELECT relation, column_name {columns} AND example IS NULL AND relation <> 'data_dictionary'"
    for relation, column in ask(database, without):
        stated = f'SELECT DISTINCT "{column}"::VARCHAR FROM {relation} WHERE "{column}"::VARCHAR <> \'[]\''
        assert ask(database, stated) == [], (relation, column)
    for relation, column, meaning in ask(database, f"SELECT relation, column_name, null_meaning {columns}"):
        if meaning.startswith("never"):
            assert ask(database, f'SELECT 1 FROM {relation} WHERE "{column}" IS NULL LIMIT 1') == [], (relation, column)
    for relation, column, values in ask(
        database, f"SELECT relation, column_name, allowed_values {columns} AND allowed_values IS NOT NULL"
    ):
        met = ask_values(database, f'SELECT DISTINCT "{column}" FROM {relation} WHERE "{column}" IS NOT NULL')
        assert set(met) <= set(values), (relation, column)


def test_every_example_stands_in_the_column_that_it_is_given_for(demo: Path) -> None:
    columns = "FROM data_dictionary WHERE relation_kind = 'view' AND relation <> 'data_dictionary'"
    told = ask(demo / "iomdb.duckdb", f"SELECT relation, column_name, data_type, allowed_values, example {columns}")
    examples = [(*names, example) for *names, example in told if example is not None]
    assert len(examples) > 300
    for relation, column, data_type, allowed, example in examples:
        assert allowed is None or example in allowed, (relation, column)
        text = f'"{column}"::VARCHAR'
        if data_type == "TIMESTAMP":
            text = f"strftime(\"{column}\", '%Y-%m-%dT%H:%M:%SZ')"
        elif data_type.startswith("STRUCT"):
            text = f'to_json("{column}")::VARCHAR'
        elif data_type.endswith("[]"):
            text = f"array_to_string(\"{column}\", ', ')"
        shown = example.removesuffix("…").replace("'", "''")
        one = f"SELECT 1 FROM {relation} WHERE starts_with(regexp_replace({text}, '\\s+', ' ', 'g'), '{shown}') LIMIT 1"
        assert ask(demo / "iomdb.duckdb", one) == [(1,)], (relation, column, example)


# What a newcomer writes first, and what is right however it is asked.
NAIVE = {
    "a work with copies counts once": (
        "SELECT count(DISTINCT work_id) FROM news",
        "SELECT count(DISTINCT ifnull(c.cluster_id, news_id)) FROM news LEFT JOIN clusters c ON document_id = news_id",
    ),
    "money by country adds up to money, currency by currency": (
        "SELECT budget_currency, sum(share_amount) FROM project_country_money GROUP BY 1 ORDER BY 1",
        "SELECT budget_currency, sum(budget_amount) AS n FROM projects GROUP BY 1 HAVING n IS NOT NULL ORDER BY 1",
    ),
    "the versions that stand are the projects": (
        "SELECT count(*), sum(budget_amount) FROM project_versions WHERE valid_to IS NULL",
        "SELECT count(*), sum(budget_amount) FROM projects",
    ),
    "what is gone in one is gone in the other": (
        "SELECT document_id FROM removals WHERE kind = 'project' AND restored_at IS NULL ORDER BY 1",
        "SELECT project_id FROM projects WHERE state = 'gone' ORDER BY 1",
    ),
    "a country in the list is a row of its own": (
        "SELECT count(*) FROM projects WHERE 'KE' IN countries",
        "SELECT count(*) FROM project_countries WHERE country_code = 'KE' AND role = 'benefiting'",
    ),
    "an edit counts once, whoever reads it": (
        "SELECT count(DISTINCT capture_id) FROM changes WHERE kind = 'project' AND change_kind = 'edited'",
        "SELECT count(*) FROM project_versions WHERE change_kind = 'edited'",
    ),
    "each run is one run": ("SELECT count(*) FROM runs", "SELECT count(DISTINCT run_id) FROM fetches"),
    "each page is one page": ("SELECT count(*) FROM coverage", "SELECT count(DISTINCT page_key) FROM coverage"),
}


@pytest.mark.parametrize("name", NAIVE)
def test_naive_sql_says_what_careful_sql_says(demo: Path, name: str) -> None:
    naive, careful = NAIVE[name]
    assert ask(demo / "iomdb.duckdb", naive) == ask(demo / "iomdb.duckdb", careful)


def test_where_a_join_repeats_a_thing_its_column_warns(demo: Path) -> None:
    warned = set(
        ask(demo / "iomdb.duckdb", "SELECT relation, column_name FROM data_dictionary WHERE warning IS NOT NULL")
    )
    for relation, column in ask(
        demo / "iomdb.duckdb",
        "SELECT relation, column_name FROM data_dictionary WHERE relation_kind = 'view' "
        "AND column_name IN ('project_id', 'news_id', 'run_id') "
        "AND NOT contains(relation, '_versions') AND relation NOT IN ('captures', 'fetches')",
    ):
        several = f"SELECT 1 FROM {relation} WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) > 1 LIMIT 1"
        if ask(demo / "iomdb.duckdb", several):
            assert (relation, column) in warned, f"{relation}.{column} repeats and does not warn"


def test_the_page_of_the_tables_is_current(demo: Path) -> None:
    assert PAGE.read_text(encoding="utf-8") == make_page(demo / "iomdb.duckdb"), "run: make cookbook"


def test_the_allowed_values_of_codebooks_are_the_codebooks(demo: Path) -> None:
    for column, codebook in (("status", "status"), ("coverage", "coverage"), ("idf_region", "region")):
        (told,) = ask_values(
            demo / "iomdb.duckdb",
            f"SELECT allowed_values FROM data_dictionary WHERE relation = 'projects' AND column_name = '{column}'",
        )
        assert sorted(told) == sorted(entry["code"] for entry in read_codebook(codebook)["entry"])


def test_no_question_bears_the_name_of_a_table() -> None:
    assert {question.name for question in read_questions()} & {table.name for table in PUBLIC_TABLES} == set()
