"""Citations in the forms of those who write them, and what became of them when the pages went on."""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from contracts.outcomes import Outcome
from pipeline.cli import main
from pipeline.cli.proofs import FORMS as OFFERED
from pipeline.proof.cite import FORMS, LONGEST_FOOTNOTE, cite
from pipeline.proof.verify import Proof, prove
from pipeline.proof.watch import iter_citations
from tests.examples import examples
from tests.pipeline.houses import House, at_day, project_url
from tests.pipeline.proof.test_citation import state
from tests.site.pages import Look, make_project, render_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SMALL = Look(n_bytes=4_000)
SAME, RAISED, GONE, BACK = (project_url(number) for number in (1, 2, 3, 4))


def make_page(url: str, budget: str) -> bytes:
    number = int(url.rpartition("-")[2])
    return render_page(state(make_project(number), budget=budget, projects_id=f"TC.000{number}"), SMALL)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Four projects of 1000.00: one stays so, one is raised on day 7, one goes on day 14, one rises and falls again."""
    house = House(tmp_path_factory.mktemp("watch"))
    house.pages = {url: make_page(url, "1000.00") for url in (SAME, RAISED, GONE, BACK)}
    for number in range(5, 9):
        house.pages[project_url(number)] = render_page(make_project(number), SMALL)
    house.crawl(0)
    house.pages |= {RAISED: make_page(RAISED, "2000.00"), BACK: make_page(BACK, "3000.00")}
    house.crawl(7)
    house.pages |= {BACK: make_page(BACK, "1000.00")}
    house.crawl(14, outcomes={GONE: Outcome.NOT_FOUND})
    house.crawl(16, outcomes={GONE: Outcome.NOT_FOUND})
    house.publish(at_day(17))
    return house


@pytest.fixture
def call(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("IOMDB_DATA", str(house.folder.root))
    return lambda *words, text=None: CliRunner().invoke(main, words, input=text)


def cite_all(house: House, form: str) -> str:
    """A citation of the first version of each of the four, one below the other."""
    proofs = [prove(house.folder, url, "budget_amount", "v1") for url in (SAME, RAISED, GONE, BACK)]
    return "\n\n".join(cite(proof, form) for proof in proofs)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMS)
def test_what_became_of_a_citation_is_found_in_every_form(call: Callable[..., Result], house: House, form: str) -> None:
    answer = call("cite", "--check", "-", "--json", text=cite_all(house, form))
    assert answer.exit_code == 1
    found = json.loads(answer.stdout)
    assert [(one["document_id"], one["field"], one["cited"], one["fate"]) for one in found] == [
        ("TC.0001", "budget_amount", "1000.00", "still so"),
        ("TC.0002", "budget_amount", "1000.00", "changed"),
        ("TC.0003", "budget_amount", "1000.00", "gone"),
        ("TC.0004", "budget_amount", "1000.00", "still so"),
    ]
    assert (found[1]["since"][:10], found[1]["now"], found[2]["since"][:10]) == ("2026-11-08", "2000.00", "2026-11-15")


def wrap(text: str) -> str:
    return "\n".join(textwrap.fill(line, 60) for line in text.splitlines())


@pytest.mark.parametrize(
    "spoil",
    [
        wrap,
        lambda text: text.replace("-", "‐"),
        lambda text: text.replace("“", '"').replace("”", '"'),
        lambda text: text.replace(" ", "\xa0"),
        lambda text: f"As I wrote¹ in 2027.\n\n¹ {text} Accessed twice.",
        lambda text: json.dumps({"note": text}),
    ],
    ids=["wrapped", "hyphens", "straight quotes", "fixed blanks", "in a text", "in JSON"],
)
def test_what_word_processors_do_to_a_citation_does_not_matter(
    call: Callable[..., Result], house: House, spoil: Callable[[str], str]
) -> None:
    for form in ("footnote", "full"):
        found = json.loads(call("cite", "--check", "-", "--json", text=spoil(cite_all(house, form))).stdout)
        assert [one["fate"] for one in found] == ["still so", "changed", "gone", "still so"]


def test_people_read_one_line_a_citation_and_0_says_that_all_is_still_so(
    call: Callable[..., Result], house: House, tmp_path: Path
) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_text(cite_all(house, "footnote"))
    answer = call("cite", "--check", str(paper))
    assert answer.exit_code == 1
    assert answer.stdout.splitlines() == [
        "line 1: still so: TC.0001 budget_amount = “1000.00”",
        "line 3: changed on 2026-11-08: TC.0002 budget_amount = “1000.00”; now “2000.00”",
        "line 5: gone since 2026-11-15: TC.0003 budget_amount = “1000.00”",
        "line 7: still so: TC.0004 budget_amount = “1000.00”",
    ]
    paper.write_text(cite(prove(house.folder, SAME, "title")))
    assert call("cite", "--check", str(paper)).exit_code == 0


def test_what_nothing_published_says_is_not_found(call: Callable[..., Result], house: House) -> None:
    true = cite(prove(house.folder, SAME, "budget_amount"))
    forged = true.replace("1000.00", "9000.00")
    strange = re.sub(r"verify [0-9a-f]{8}", "verify 00000000", true)
    answer = call("cite", "--check", "-", text=f"{forged}\n{strange}")
    assert answer.exit_code == 1
    first, second = answer.stdout.splitlines()
    assert first.startswith("line 1: not found: TC.0001 budget_amount")
    assert "its capture does not" in first
    assert second.startswith("line 2: not found")


def test_a_text_without_citations_and_wrong_use_are_said(call: Callable[..., Result], house: House) -> None:
    answer = call("cite", "--check", "-", text="No numbers here. \x00\xff")
    assert (answer.exit_code, answer.output.count("\n")) == (1, 1)
    assert "there is no citation in it" in answer.output
    assert call("cite").exit_code == 2
    assert call("cite", SAME, "--check", "-", text="x").exit_code == 2
    assert call("cite", SAME, "colour").exit_code == 2


def test_forms_are_what_their_programs_read(call: Callable[..., Result], house: House) -> None:
    assert OFFERED == FORMS
    (item,) = json.loads(call("cite", RAISED, "budget_amount", "--format", "csl").stdout)
    assert (item["type"], item["accessed"], item["URL"]) == ("webpage", {"date-parts": [[2026, 11, 8]]}, RAISED)
    bibtex = call("cite", RAISED, "budget_amount", "--format", "bibtex").stdout
    assert bibtex.startswith("@misc{iom-TC-0002-")
    assert bibtex.count("{") == bibtex.count("}")
    assert "budget\\_amount = “2000.00”" in bibtex
    wiki = call("cite", GONE, "--format", "wikipedia").stdout.strip()
    assert re.fullmatch(r"\{\{cite web( \|[a-z-]+=[^|]*)+\}\}", wiki)
    assert "|url-status=dead" in wiki
    told = json.loads(call("cite", RAISED, "budget_amount", "--json").stdout)
    assert told["citation"].startswith("IOM, “")


title = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=400)


@given(title, st.text(max_size=400), st.sampled_from(FORMS))
@examples(60)
def test_whatever_titles_and_values_say_a_citation_is_found_again_and_a_footnote_is_short(
    house: House, title: str, value: str, form: str
) -> None:
    proof = make_proof(prove(house.folder, SAME, "budget_amount"), title, value)
    text = cite(proof, form)  # type: ignore[arg-type]
    if form == "footnote":
        assert len(text) - len(proof.url) <= LONGEST_FOOTNOTE
        assert "\n" not in text
    marks = [one for one in iter_citations(text) if one.capture_id == proof.capture_id]
    assert marks[-1].field == "budget_amount"
    assert not {"\x1b", "\u202e", "\x07"} & set(text)


def make_proof(proof: Proof, title: str, value: str) -> Proof:
    return replace(proof, title=title, values=(replace(proof.values[0], published=value),))


def test_the_citation_of_a_mirror_follows_its_own_page(house: House, call: Callable[..., Result]) -> None:
    with duckdb.connect(str(house.folder.published), read_only=True) as connection:
        ((capture_id,),) = connection.execute(
            "SELECT capture_id FROM v1.captures WHERE url = ? AND captured_at::DATE = '2026-11-15'", [SAME]
        ).fetchall()
    answer = call("cite", "--check", "-", text=f"iomdb verify {capture_id} budget_amount")
    assert answer.exit_code == 0, answer.output
