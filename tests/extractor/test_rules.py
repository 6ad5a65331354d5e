"""Every rule of mentions finds what its example says, and nothing in its counter-example.

Generated from the register.
"""

from __future__ import annotations

import pytest

from bench.rules_page import describe_rules
from extractor.mentions.register import RULES, iter_mentions
from extractor.prose.prose import Prose, Rule
from pipeline.ground.folders import PROJECT_ROOT


def by_id(rule: Rule) -> str:
    return rule.id


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_the_rule_finds_what_its_example_shows(rule: Rule) -> None:
    assert tuple((hit.name, hit.value) for hit in rule.find(Prose(rule.example))) == rule.finds
    assert rule.finds


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_the_rule_keeps_silent_on_its_counter_example(rule: Rule) -> None:
    assert rule.counter_example
    assert list(rule.find(Prose(rule.counter_example))) == []


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_what_the_rule_finds_stands_where_it_says(rule: Rule) -> None:
    prose = Prose(rule.example)
    for hit in rule.find(prose):
        assert 0 <= hit.first < hit.last <= len(prose.text)


def test_rule_ids_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_a_find_is_listed_once_though_the_text_repeats_it() -> None:
    text = "The Border Data System (BDS) is new. The Border Data System (BDS) is good."
    assert [hit.name for rule, hit in iter_mentions(Prose(text)) if rule.kind == "acronym"] == ["BDS"]


@pytest.mark.parametrize(
    "text",
    [
        "He spent one year in the country before the project.",
        "The more than five-year project ended.",
        "Mr. Smith said the Minister, tired, left.",
        "The workshop (see annex) was funded by several donors.",
        "“The project is over,” said a person who asked not to be named.",
        "The IOM (international organization) said IDs TC.0767 and USD 5,000,000 were wrong.",
        "It rained on 5 May 2020 and it rained in June.",
    ],
)
def test_prose_without_a_statement_yields_nothing(text: str) -> None:
    found = [(rule.id, hit.name) for rule, hit in iter_mentions(Prose(text)) if rule.id != "acronym.codebook"]
    assert found == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "funded by the European Union and the Governments of Norway and Sweden.",
            ["European Union", "Governments of Norway", "Sweden"],
        ),
        ("funded by the U.S. Department of State through IOM", ["U.S. Department of State"]),
        (
            "with funding from the Swiss Agency for Development and Cooperation (SDC), the",
            ["Swiss Agency for Development and Cooperation"],
        ),
        ("financé par l’Union européenne, le projet", ["Union européenne"]),
        (
            "with funding from the US Department of State, Bureau of Population, Refugees, and Migration (PRM).",
            ["US Department of State, Bureau of Population, Refugees, and Migration"],
        ),
        ("funded by Norway, Sweden and the European Union.", ["Norway", "Sweden", "European Union"]),
        ("financiado por la Unión Europea y Canadá", ["Unión Europea", "Canadá"]),
    ],
)
def test_funders_are_read_as_far_as_their_names_go(text: str, expected: list[str]) -> None:
    found = [hit.name for rule, hit in iter_mentions(Prose(text)) if rule.kind == "funder"]
    assert found == expected


def test_the_page_of_rules_is_the_register() -> None:
    assert (PROJECT_ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == describe_rules()
