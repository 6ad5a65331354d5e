"""One text reads as one, whatever form its letters are typed in, and each of its characters keeps its bytes."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from contracts.extraction import Extraction
from extractor.blocks.source import Source
from extractor.blocks.text import SourceText
from extractor.layouts.read_page import read_page
from extractor.meaning.findings import keep_visible
from extractor.meaning.interpret import interpret_page
from extractor.unicode import JOINER, UNSEEN
from tests.extractor.reading_seeds import page_input

TYPED = st.text(
    st.sampled_from("aeo \u200ci\u0301\u0302\u0327\u200b\u0644\u0651\u0627\u1112\u1161\u11ab\u09c7\u09be\u0344\u212bé")
)


def as_seen(typed: str) -> str:
    """What a reader sees of one line: composed, each run of blanks one, none at the ends."""
    return unicodedata.normalize("NFC", " ".join(JOINER.sub("", UNSEEN.sub("", typed)).split()))


@given(TYPED)
@example("e\u200b\u0301")
@example("a \u200b")
@example("\u200b a")
@example("a \u200b e")
@example("a \u200c\u200b e \u200d")
@example(" \u200b \u200b ")
def test_what_is_kept_is_the_composed_text_without_what_nobody_sees(typed: str) -> None:
    text = SourceText.from_plain(Source(typed), 0, len(typed))
    assert keep_visible(text).value == as_seen(typed)


def test_lines_stay_lines_when_what_nobody_sees_stands_between_them() -> None:
    parts = [SourceText.from_plain(Source(typed), 0, len(typed)) for typed in ("a \u200b", "\u200b e", "o")]
    kept = keep_visible(SourceText.join("\n", parts))
    assert kept.value == "a\ne\no"


@given(TYPED)
def test_every_character_has_the_bytes_that_it_was_typed_with(typed: str) -> None:
    payload = typed.encode()
    kept = keep_visible(SourceText.from_plain(Source(typed), 0, len(typed)))
    reached = 0
    for at in range(len(kept)):
        start, end = kept[at : at + 1].span()
        assert start >= reached or not payload[start:end].decode().isascii()
        assert end > start
        reached = start
    if kept:
        start, end = kept.span()
        assert as_seen(payload[start:end].decode()) == kept.value


def read(page: str) -> Extraction:
    url = "https://www.iom.int/news/harbour-lamps"
    reading = read_page(page.encode(), reader="html", url=url, declared_charset=None)
    return interpret_page(page_input(url), reading).extraction


def test_decomposed_letters_give_the_same_record_and_cite_their_own_bytes() -> None:
    page = (
        "<html lang='en'><body><main><article><h1>Clerks of São Tomé</h1><p>Bogotá – Clerks from Côte d’Ivoire, Türkiye"
        " and São Tomé and Príncipe met in the old house at the pier for the Ágora of Étude and Décor (AED).</p><p>Two"
        " pilots, who have kept the books of the outer islands for thirty years, told them of every reef.</p></article>"
        "</main></body></html>"
    )
    typed = unicodedata.normalize("NFD", page)
    assert typed != page
    composed, decomposed = read(page), read(typed)
    assert {country.country_code for country in composed.countries} == {"CO", "CI", "TR", "ST"}
    assert decomposed.content_sha256 == composed.content_sha256
    assert decomposed.news == composed.news
    for country in decomposed.countries:
        printed = typed.encode()[country.start : country.end].decode()
        assert unicodedata.normalize("NFC", printed) == country.raw


def test_what_nobody_sees_makes_no_blank_and_no_paragraph_so_that_typing_it_is_no_edit() -> None:
    page = (
        "<html lang='en'><body><main><article><h1>Clerks of Suva</h1><p>Suva \u2013 Clerks of the outer islands met in"
        " the old house at the pier to count the boats.{0}</p>{1}<p>Two pilots, who have kept the books of the"
        " islands for thirty years, told them of every reef.{0}</p></article></main></body></html>"
    )
    plain, typed = read(page.format("", "")), read(page.format(" &#8203;", "<p>\u200b \u200c</p><p>&#8203;</p>"))
    assert plain.news is not None
    assert "boats.\n\nTwo pilots" in (plain.news.body or "")
    assert typed.news == plain.news
    assert typed.content_sha256 == plain.content_sha256


def test_what_nobody_sees_makes_no_line_of_a_list_of_countries() -> None:
    url = "https://www.iom.int/project/harbour-lamps"
    page = (
        "<html lang='en'><body><main><h1>Lamps</h1><h3>Project Type</h3><p>TCMMCB</p><h3>Year</h3><p>2006</p>"
        "<h3>Projects ID</h3><p>TC.0001</p><h3>Project Status</h3><p>Completed</p>"
        "<h3>Benefiting Member States</h3><p>Liberia{}</p>{}<p>Chad</p></main></body></html>"
    )
    lists = []
    for ends, between in (("", ""), (" \u200b", "<p>\u200b</p>")):
        reading = read_page(page.format(ends, between).encode(), reader="html", url=url, declared_charset=None)
        project = interpret_page(page_input(url), reading).extraction.project
        assert project is not None, reading.reason
        lists.append((project.countries, project.countries_raw))
    assert lists[0] == lists[1]
    assert lists[0][0] == ("LR", "TD")
