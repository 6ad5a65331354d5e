"""One text reads as one, whatever form its letters are typed in, and each of its characters keeps its bytes."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from contracts.extraction import Extraction
from extractor.blocks.text import Source, SourceText
from extractor.layouts.read_page import read_page
from extractor.meaning.interpret import interpret_page
from extractor.unicode import UNSEEN
from extractor.values.visible import keep_visible
from tests.extractor.reading_seeds import page_input

TYPED = st.text(
    st.sampled_from("aeo i\u0301\u0302\u0327\u200b\u0644\u0651\u0627\u1112\u1161\u11ab\u09c7\u09be\u0344\u212bé")
)


@given(TYPED)
@example("e\u200b\u0301")
def test_what_is_kept_is_the_composed_text_without_what_nobody_sees(typed: str) -> None:
    text = SourceText.from_plain(Source(typed), 0, len(typed))
    assert keep_visible(text).value == unicodedata.normalize("NFC", UNSEEN.sub("", text.value))


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
        assert unicodedata.normalize("NFC", UNSEEN.sub("", " ".join(payload[start:end].decode().split()))) == kept.value


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
