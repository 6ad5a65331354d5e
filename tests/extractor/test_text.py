from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.blocks.source import Source
from extractor.blocks.text import EMPTY, SourceText

_CHARACTERS = ["a", "b é", "–", " ", "  ", "\n", "\t", "\u00a0", "\u202f", "😀", "\udc80", "\x00", "&", "#"]
_REFERENCES = ["&amp;", "&nbsp;", "&lt", "&ampx", "&foo;", "&#65;", "&#x1F600;", "&#0;", "&nbspz", "z&nbsp"]
_SCRAPS = st.sampled_from([*_CHARACTERS, *_REFERENCES])


@given(parts=st.lists(st.lists(_SCRAPS, max_size=12), min_size=1, max_size=4), draw=st.data())
def test_every_slice_stands_where_its_characters_stand(parts: list[list[str]], draw: st.DataObject) -> None:
    markup, ranges = "", []
    for scraps in parts:
        markup += "<b>"
        ranges.append((len(markup), len(markup) + len("".join(scraps))))
        markup += "".join(scraps) + "</b>"
    payload = b"x" * 7 + markup.encode("utf-8", "surrogateescape")
    text = SourceText.from_markup(Source(markup, base=7), ranges)
    if not text:
        return
    start = draw.draw(st.integers(0, len(text) - 1))
    end = draw.draw(st.integers(start + 1, len(text)))
    first, last = text.span(start, end)
    assert text[start:end].span() == (first, last)
    assert 7 <= first < last <= len(payload)
    character = text.value[start]
    standing = payload[slice(*text.span(start, start + 1))].decode("utf-8", "replace")
    if character != " " and "&" not in standing:
        assert standing == character
    # ends grow with the text: nothing is cited before what precedes it
    ends = [text.span(i, i + 1) for i in range(len(text))]
    assert [e[0] for e in ends] == sorted(e[0] for e in ends)
    assert [e[1] for e in ends] == sorted(e[1] for e in ends)


def test_a_reference_is_cited_whole() -> None:
    text = SourceText.from_markup(Source("Tom &amp; Ann"), [(0, 13)])
    assert text.value == "Tom & Ann"
    assert text[4:5].span() == (4, 9)
    assert text[6:9].span() == (10, 13)


def test_folded_whitespace_is_one_blank_that_covers_it_all() -> None:
    text = SourceText.from_plain(Source("  a \n\t b "), 0, 9)
    assert text.value == "a b"
    assert text[1:2].span() == (3, 7)
    assert text.span() == (2, 8)


@pytest.mark.parametrize("charset", ["windows-1252", "utf-16-le", "utf-8"])
def test_offsets_are_of_the_payload_in_its_own_charset(charset: str) -> None:
    words = "Année – 2006"
    payload = words.encode(charset)
    text = SourceText.from_plain(Source(words, encoding=charset), 0, len(words))
    assert payload[slice(*text.span(8))].decode(charset) == "2006"


def test_a_long_text_is_measured_in_strides_with_the_same_result() -> None:
    words = "é" * 5000 + "x"
    assert Source(words).find_byte(5000) == 10000
    assert Source(words).find_byte(5001) == 10001


def test_undecodable_bytes_stand_as_replacement_characters_in_their_place() -> None:
    payload = b"ab\xffcd"
    text = SourceText.from_plain(Source(payload.decode("utf-8", "surrogateescape")), 0, 5)
    assert text.value == "ab�cd"
    assert text[2:3].span() == (2, 3)


def test_joined_lines_keep_their_places_and_the_separator_lies_between() -> None:
    source = Source("over the\n   hills")
    text = SourceText.join(" ", [SourceText.from_plain(source, 0, 8), SourceText.from_plain(source, 9, 17)])
    assert text.value == "over the hills"
    assert text[9:].span() == (12, 17)
    assert text[8:9].span() == (8, 8)
    assert text[5:11].span() == (5, 14)


def test_strip_and_empty_slices_keep_their_place() -> None:
    text = SourceText.from_plain(Source("Start Date:"), 0, 11)
    assert text.strip(": ").span() == (0, 10)
    assert text[5:5].span() == (5, 5)
    assert text[5:5].value == ""


def test_texts_are_equal_by_their_characters() -> None:
    here = SourceText.from_plain(Source("Liberia"), 0, 7)
    there = SourceText.from_plain(Source("xx Liberia", base=9), 3, 10)
    assert here == there
    assert hash(here) == hash(there)
    assert here != "Liberia"


def test_nothing_joined_is_the_empty_text() -> None:
    assert SourceText.join(" ", []) is EMPTY
    assert EMPTY.span() == (0, 0)


def test_a_text_is_not_sliced_with_a_step() -> None:
    with pytest.raises(ValueError, match="without a step"):
        SourceText.from_plain(Source("abc"), 0, 3)[::2]


def test_an_ampersand_before_a_no_break_space_is_no_reference() -> None:
    markup = "a &\u00a0 b &amp\u00a0c"
    text = SourceText.from_markup(Source(markup), [(0, len(markup))])
    assert text.value == "a & b & c"
    assert [markup.encode()[slice(*text.span(i, i + 1))] for i in (0, 2, 4, 6, 8)] == [b"a", b"&", b"b", b"&amp", b"c"]
