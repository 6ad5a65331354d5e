"""Which news speaks of which project, and what is too little to say so."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.relations.documents import RelatedDocument
from pipeline.relations.links import Link, find_links
from tests.pipeline.relations.documents import make_news, make_project

TITLE = "Strengthening the Training of Harbour Guards in Liberia"
PROJECT = make_project("QU8-805", projects_id="QU8-805", prima_id="LR10P0012", title=TITLE, countries=["LR"])


def _link(body: str, *projects: RelatedDocument, **fields: Any) -> list[Link]:
    return find_links([*projects, make_news("n", "iom.int/news/n", body=body, **fields)])


@pytest.mark.parametrize("words", ["see QU8-805.", "(LR10P0012)", "XM-DAC-47066-QU8-805"])
def test_a_printed_id_is_a_stated_link(words: str) -> None:
    (link,) = _link(f"The work goes on, {words}", PROJECT)
    assert (link.project_id, link.method, link.certainty) == ("QU8-805", "id", "stated")
    assert link.evidence in words


@pytest.mark.parametrize("words", ["QU8-8051", "XQU8-805", "QU8 805", "PR.0157"])
def test_what_only_looks_like_the_id_is_no_link(words: str) -> None:
    assert _link(f"The work goes on, see {words}.", PROJECT) == []


@pytest.mark.parametrize("quoted", [f"“{TITLE}”", f'"{TITLE.upper()}"', f"« {TITLE} »", f"‘{TITLE}’"])
def test_a_quoted_title_is_a_stated_link_with_the_quotation_as_evidence(quoted: str) -> None:
    (link,) = _link(f"The project {quoted} has begun.", PROJECT)
    assert (link.method, link.certainty) == ("title", "stated")
    assert link.evidence == quoted


def test_a_title_of_two_projects_is_no_link() -> None:
    twin = make_project("PR.0157", projects_id="PR.0157", title=TITLE, countries=["LR"])
    assert _link(f"The project “{TITLE}” has begun.", PROJECT, twin, countries=["LR"]) == []


def test_an_id_beside_a_title_of_two_projects_says_which_one() -> None:
    twin = make_project("PR.0157", projects_id="PR.0157", title=TITLE, countries=["LR"])
    (link,) = _link(f"The project “{TITLE}” (PR.0157) has begun.", PROJECT, twin)
    assert (link.project_id, link.method) == ("PR.0157", "id")


def test_a_long_title_without_marks_is_interpreted_and_needs_a_common_country() -> None:
    body = f"Under {TITLE.lower()} forty guards were trained."
    (link,) = _link(body, PROJECT, countries=["LR"])
    assert (link.method, link.certainty) == ("title", "interpreted")
    assert _link(body, PROJECT, countries=["GH"]) == []


def test_a_short_title_without_marks_is_no_link() -> None:
    short = make_project("PR.0157", title="Training of Guards", countries=["LR"])
    assert _link("The training of guards went on.", short, countries=["LR"]) == []


def test_an_acronym_of_a_title_needs_country_and_funder() -> None:
    project = make_project("PR.0157", title="Harbour Safety Scheme (HASS)", countries=["LR"])
    fields = {"countries": ["LR"], "funders": ["IOM Development Fund"], "acronyms": ["HASS"]}
    (link,) = _link("HASS begins.", project, **fields)
    assert (link.method, link.certainty) == ("acronym", "inferred")
    assert link.evidence == "HASS; LR; IOM Development Fund"
    for missing in fields:
        assert _link("HASS begins.", project, **(fields | {missing: []})) == [], missing


def test_an_acronym_that_fits_two_titles_or_everything_is_no_link() -> None:
    fields = {"countries": ["LR"], "funders": ["IDF"]}
    first = make_project("PR.0157", title="Harbour Safety Scheme (HASS)", countries=["LR"])
    second = make_project("PR.0158", title="HASS, second part", countries=["LR"])
    assert _link("HASS begins.", first, second, acronyms=["HASS"], **fields) == []
    iom = make_project("PR.0159", title="Support to IOM", countries=["LR"])
    assert _link("IOM begins.", iom, acronyms=["IOM"], **fields) == []


def test_a_pair_found_in_several_ways_stands_once_with_the_strongest() -> None:
    (link,) = _link(f"“{TITLE}” (QU8-805), that is {TITLE}.", PROJECT, countries=["LR"])
    assert link.method == "id"


def test_links_do_not_depend_on_the_order_of_documents() -> None:
    documents = [PROJECT, *(make_news(f"n{n}", f"iom.int/news/n{n}", body="QU8-805 again") for n in range(9))]
    assert find_links(documents) == find_links(documents[::-1])
    assert [link.news_id for link in find_links(documents)] == [f"n{n}" for n in range(9)]
