"""The analyst's commands on the four seeds, read by the real extractor: every question answers, known facts stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from warehouse.read.cookbook import read_questions

if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[..., Any]

SEEDS = Path(__file__).parents[3] / "seeds"


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder into which the seeds were taken, read and published."""
    data = tmp_path_factory.mktemp("seeds") / "data"
    for words in (["ingest", str(SEEDS)], ["extract"], ["publish"]):
        answer = CliRunner().invoke(main, words, env={"IOMDB_DATA": str(data)})
        assert answer.exit_code == 0, answer.output
    return data


@pytest.fixture
def ask(seeds: Path) -> Ask:
    def call(*words: str) -> Any:
        answer = CliRunner().invoke(main, [*words, "--json"], env={"IOMDB_DATA": str(seeds)})
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.stdout)  # what it notes beside its answer goes to the other stream

    return call


@pytest.mark.parametrize("name", [question.name for question in read_questions()])
def test_every_question_of_the_cookbook_runs_on_the_seeds(ask: Ask, name: str) -> None:
    assert isinstance(ask("sql", "--query", name), list)


def test_the_budget_of_the_seeds_is_told_once_by_country_year_and_total(ask: Ask) -> None:
    (total,) = ask("sql", "--query", "budget_total")
    assert (total["budget_currency"], total["total"], total["n_projects"]) == ("USD", "100000.00", 1)
    (share,) = ask("sql", "--query", "budget_by_country")
    assert (share["country_code"], share["amount"], share["all_budgets"]) == ("LR", "100000.00", "100000.00")
    (year,) = ask("sql", "--query", "budget_by_year")
    assert (year["funding_year"], year["total"]) == (2006, "100000.00")


def test_haiti_is_found_by_role_and_the_two_border_programmes_by_name(ask: Ask) -> None:
    rows = ask("sql", "--query", "country_by_role", "-p", "country=HT")
    assert [(row["role"], row["id"]) for row in rows] == [
        ("primary", "iom.int/news/new-project-boosts-migration-management")
    ]
    programmes = {row["programme"] for row in ask("sql", "--query", "programmes_and_news")}
    assert "Capacity Building in Migration Management" in programmes


def test_no_seed_is_a_copy_of_another_and_no_link_is_guessed(ask: Ask) -> None:
    assert ask("sql", "FROM v1.clusters") == []
    assert ask("sql", "FROM v1.project_news") == []


def test_the_seeds_are_found_shown_and_told_of(ask: Ask) -> None:
    assert ask("search", "haïti", "immigration")[0]["id"] == "iom.int/news/new-project-boosts-migration-management"
    shown = ask("show", "https://www.iom.int/project/technical-support-improve-border-management-controls-liberia-0")
    assert shown["record"]["projects_id"] == "QU8-805"
    assert shown["memento"]["time_basis"] == "received", "the day of the hand-over is no capture time, and this says so"
    assert len(ask("changes", "--since", "2026-11-21")) == 4
    (history,) = ask("history", "QU8-805")
    assert [version["change_kind"] for version in history["versions"]] == ["created"]
