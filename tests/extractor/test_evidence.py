"""Every published value has its row of evidence, inside the page, from seeds and from pages of every theme."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.extraction import CountryEntry, Evidence, Extraction, Mention
from extractor.layouts.read_page import read_page
from extractor.meaning.findings import Findings
from extractor.meaning.interpret import interpret_page
from pipeline.ground.folders import PROJECT_ROOT
from tests.extractor.reading_seeds import SEEDS, page_input, read_seed
from tests.site.pages import THEMES, Look, ProjectContent, make_news, make_project, render_page

COUNTED = {"word_count"}
"""Not printed anywhere: counted."""


def check(row: Extraction, payload: bytes) -> None:
    assert row.status == "read", row.reason
    record = row.project or row.news
    assert record is not None
    proved = {one.field for one in row.evidence}
    stated = {name for name in record.__struct_fields__ if getattr(record, name) not in (None, ())} - COUNTED
    assert stated <= proved, stated - proved
    assert "title" in proved
    entries: list[Evidence | CountryEntry | Mention] = [*row.evidence, *row.countries, *row.mentions]
    for entry in entries:
        if entry.start is not None and entry.end is not None:
            assert 0 <= entry.start < entry.end <= len(payload)


@pytest.mark.parametrize("file", sorted(path.name for path in SEEDS.glob("*.txt")))
def test_every_value_of_a_seed_has_its_evidence(file: str) -> None:
    check(read_seed(file).extraction, (SEEDS / file).read_bytes())


@pytest.mark.parametrize(
    "path", sorted((PROJECT_ROOT / "tests/golden/pages").glob("*.html")), ids=lambda path: path.stem
)
def test_every_value_of_a_golden_page_has_its_evidence(path: Path) -> None:
    payload = path.read_bytes()
    url = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["url"]
    reading = read_page(payload, reader="html", url=url, declared_charset=None)
    check(interpret_page(page_input(url), reading).extraction, payload)


@pytest.mark.parametrize("theme", THEMES)
def test_every_value_of_a_page_in_every_theme_has_its_evidence(theme: str) -> None:
    for number in range(6):
        for content in (make_project(number), make_news(number)):
            payload = render_page(content, Look(theme=theme, n_bytes=3_000))
            url = f"https://www.iom.int/{'project' if isinstance(content, ProjectContent) else 'news'}/x"
            reading = read_page(payload, reader="html", url=url, declared_charset=None)
            check(interpret_page(page_input(url, listing_date="5 May 2020"), reading).extraction, payload)


def test_a_date_that_a_listing_states_stands_nowhere_in_the_page() -> None:
    findings = Findings()
    findings.prove("published_date", "2020-05-05", "5 May 2020", rule="published.listing")
    assert (findings.evidence[0].start, findings.evidence[0].raw) == (None, "5 May 2020")
