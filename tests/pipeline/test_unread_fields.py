"""A field that a page states in a way that no rule reads is unread, not withdrawn: its last read value stays."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from click.testing import CliRunner

from pipeline.cli import main
from tests.pipeline.gate.test_lost_fields import list_labels, render_project
from tests.pipeline.houses import House, at_day, project_url
from warehouse.read.published import run_query

BUDGET = "SELECT budget_amount, budget_currency, budget_raw, unread_fields, n_versions FROM v1.projects"
VERSIONS = "SELECT version_no, change_kind, changed_fields, budget_amount, status FROM v1.project_versions ORDER BY 1"
PAGE = render_project(0)


def reword(page: bytes, name: str = "budget", words: str = "Funding envelope") -> bytes:
    return page.replace(f"<dt>{list_labels()[name][0]}</dt>".encode(), f"<dt>{words}</dt>".encode())


def publish_pages(root: Path, *pages: bytes) -> House:
    """One project, as it stood on one day after the other."""
    house = House(root)
    for day, page in enumerate(pages):
        house.pages = {project_url(0): page}
        house.crawl(day)
    house.publish(at_day(len(pages)))
    return house


def ask(house: House, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in run_query(house.folder.published, sql).rows]


def test_a_label_in_other_words_keeps_the_value_and_makes_no_version(tmp_path: Path) -> None:
    house = publish_pages(tmp_path, PAGE, reword(PAGE))
    assert ask(house, BUDGET) == [
        (Decimal("150000.00"), "USD", "USD 150000.00", ["budget_amount", "budget_currency"], 1)
    ]
    assert ask(house, "SELECT count(*) FROM v1.changes WHERE change_kind <> 'created'") == [(0,)]


def test_what_differs_in_case_sign_plural_blank_or_parenthesis_is_simply_read(tmp_path: Path) -> None:
    near = reword(reword(PAGE, "status", "STATUS"), "countries", "Benefiting Member\u00a0State(s)")
    house = publish_pages(tmp_path, PAGE, reword(near, words="Budget amount (US$)"))
    assert ask(house, BUDGET) == [(Decimal("150000.00"), "USD", "USD 150000.00", [], 1)]


def test_an_edit_of_another_field_keeps_the_unread_one_as_last_read(tmp_path: Path) -> None:
    house = publish_pages(tmp_path, PAGE, reword(PAGE).replace(b"Completed", b"Active"))
    assert ask(house, VERSIONS) == [
        (1, "created", [], Decimal("150000.00"), "completed"),
        (2, "edited", ["status"], Decimal("150000.00"), "active"),
    ]


def say_offices(page: bytes, n_countries: str) -> bytes:
    sentence = (
        "The International Organization for Migration (IOM) is part of the United Nations System as the leading "
        "inter-governmental organization promoting since 1951 humane and orderly migration for the benefit of all, "
        f"with 174 member states and a presence in {n_countries} countries."
    )
    return page.replace(b"<main>", f"<header><nav><p>{sentence}</p></nav></header><main>".encode())


def test_a_number_of_the_publishers_own_offices_is_no_edit_beside_an_unread_field(tmp_path: Path) -> None:
    edited = reword(PAGE).replace(b"Completed", b"Active")
    house = publish_pages(
        tmp_path, say_offices(PAGE, "171"), say_offices(edited, "over 100"), say_offices(edited, "171")
    )
    assert [row[:3] for row in ask(house, VERSIONS)] == [(1, "created", []), (2, "edited", ["status"])]


def test_a_field_that_is_read_again_with_its_value_is_no_edit_and_with_another_is_one(tmp_path: Path) -> None:
    house = publish_pages(tmp_path, PAGE, reword(PAGE), PAGE, reword(PAGE), PAGE.replace(b"150000", b"160000"))
    assert ask(house, VERSIONS) == [
        (1, "created", [], Decimal("150000.00"), "completed"),
        (2, "edited", ["budget_amount"], Decimal("160000.00"), "completed"),
    ]
    assert ask(house, BUDGET)[0][3] == []


def test_an_edit_while_a_field_is_unread_is_no_second_one_when_it_is_read_again(tmp_path: Path) -> None:
    edited = PAGE.replace(b"Completed", b"Active")
    house = publish_pages(tmp_path, PAGE, reword(edited), edited)
    assert [row[:3] for row in ask(house, VERSIONS)] == [(1, "created", []), (2, "edited", ["status"])]


def test_a_field_that_never_was_read_is_null_and_listed(tmp_path: Path) -> None:
    house = publish_pages(tmp_path, reword(PAGE), reword(PAGE).replace(b"160000", b"1"))
    assert ask(house, BUDGET) == [(None, None, None, ["budget_amount", "budget_currency"], 1)]


def test_unread_countries_stay_with_their_parts_and_shares(tmp_path: Path) -> None:
    other = reword(PAGE, "countries", "Who benefits").replace(b"Completed", b"Active")
    house = publish_pages(tmp_path, PAGE, other)
    assert ask(house, "SELECT countries, unread_fields FROM v1.projects") == [(["LR", "SL"], ["countries"])]
    assert ask(house, "SELECT country_code FROM v1.project_countries WHERE role = 'benefiting' ORDER BY position") == [
        ("LR",),
        ("SL",),
    ]
    assert ask(house, "SELECT sum(share_amount) FROM v1.project_country_money") == [(Decimal("150000.00"),)]


def test_a_field_that_the_page_no_longer_states_is_withdrawn(tmp_path: Path) -> None:
    house = publish_pages(tmp_path, PAGE, render_project(0, without="budget"))
    assert ask(house, BUDGET) == [(None, None, None, [], 2)]


def test_news_have_the_column_too(tmp_path: Path) -> None:
    house = publish_pages(tmp_path, PAGE)
    assert ask(house, "SELECT data_type FROM v1.data_dictionary WHERE column_name = 'unread_fields'") == [
        ("VARCHAR[]",),
        ("VARCHAR[]",),
    ]


N_PAGES = 12


def reword_all(house: House) -> None:
    house.pages = {url: reword(page) for url, page in house.pages.items()}


def test_twelve_pages_in_other_words_are_accepted_with_a_warning_and_keep_their_values(tmp_path: Path) -> None:
    house = House(tmp_path, {project_url(number): render_project(number) for number in range(N_PAGES)})
    house.crawl(0)
    reword_all(house)
    run = house.crawl(1)
    (verdict,) = [one for one in house.publish(at_day(2)).verdicts if one.run_id == run]
    assert verdict.is_accepted
    assert [(reason.rule, reason.field) for reason in verdict.reasons] == [
        ("unmapped", "labels and values"),
        ("unread", "budget_amount"),
    ]
    assert ask(house, "SELECT DISTINCT budget_amount, n_versions FROM v1.projects") == [(Decimal("150000.00"), 1)]


def test_twelve_pages_that_lose_a_field_that_was_unread_are_rejected_all_the_same(tmp_path: Path) -> None:
    house = House(tmp_path, {project_url(number): render_project(number) for number in range(N_PAGES)})
    house.crawl(0)
    reword_all(house)
    house.crawl(1)
    house.pages = {url: render_project(number, without="budget") for number, url in enumerate(house.pages)}
    run = house.crawl(2)
    (verdict,) = [one for one in house.publish(at_day(3)).verdicts if one.run_id == run]
    assert not verdict.is_accepted
    assert verdict.reasons[0].field == "budget_amount"
    assert ask(house, "SELECT DISTINCT budget_amount, n_versions FROM v1.projects") == [(Decimal("150000.00"), 1)]


def call(house: House, *arguments: str) -> str:
    environment = {"IOMDB_DATA": str(house.folder.root), "IOMDB_SITES": str(house.sites)}
    result = CliRunner().invoke(main, list(arguments), env=environment)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_verify_and_cite_say_unread_and_never_not_stated(tmp_path: Path) -> None:
    house = publish_pages(tmp_path, reword(PAGE))
    for command in ("verify", "cite"):
        told = call(house, command, "LM.0000", "budget_amount")
        assert "unread" in told
        assert "not stated" not in told


def test_verify_and_cite_give_the_last_read_value_as_such(tmp_path: Path) -> None:
    for name, page in (("same", reword(PAGE)), ("edited", reword(PAGE).replace(b"Completed", b"Active"))):
        house = publish_pages(tmp_path / name, PAGE, page)
        assert "150000.00  [unread, as last read]" in call(house, "verify", "LM.0000", "budget_amount")
        assert "budget_amount = “150000.00” as last read (unread" in call(house, "cite", "LM.0000", "budget_amount")
        assert "unread" not in call(house, "cite", "LM.0000", "status")
        assert "not agree" not in call(house, "verify", "LM.0000")
