from __future__ import annotations

import codecs

import pytest

from crawler.pages import read_page
from crawler.pages.charset import decode_html, decode_text, find_charset
from tests.crawler.pages.readings import NEWS_URL
from tests.site.content import make_news
from tests.site.pages import Look, render_page

CONTENT = make_news(4, "fr")


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("utf-8", None), ("utf-8", "iso-8859-1"), ("utf-8", "nonsense"), ("iso-8859-1", None), ("iso-8859-1", "latin1"),
     ("windows-1252", "utf-8"), ("windows-1252", "windows-1252")],
)  # fmt: skip
def test_a_page_reads_alike_in_any_charset_even_if_declared_wrongly(charset: str, declared: str | None) -> None:
    page = render_page(CONTENT, Look(charset=charset))
    reading = read_page(page, reader="html", url=NEWS_URL, declared_charset=declared)
    assert reading.news is not None
    assert [paragraph.value for paragraph in reading.news.paragraphs] == list(CONTENT.paragraphs)
    for paragraph in reading.news.paragraphs:
        at = paragraph.value.index("registre") if "registre" in paragraph.value else None
        if at is not None:
            assert page[slice(*paragraph[at : at + 8].span())] == b"registre"


@pytest.mark.parametrize(("charset", "mark"), [("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE)])
def test_utf16_with_a_mark_is_read_with_its_own_offsets(charset: str, mark: bytes) -> None:
    page = mark + render_page(CONTENT, Look(charset="utf-8")).decode().encode(charset)
    reading = read_page(page, reader="html", url=NEWS_URL)
    assert reading.title is not None
    assert page[slice(*reading.title.span())].decode(charset) == CONTENT.title.replace("&", "&amp;")


def test_a_byte_order_mark_is_no_text() -> None:
    source = decode_text(codecs.BOM_UTF8 + b"Lamps")
    assert source is not None
    assert (source.text, source.base) == ("Lamps", 3)


def test_a_charset_in_which_bytes_cannot_be_told_apart_is_refused() -> None:
    assert decode_html(b"\x1b$B$\xff\xb5\x1b(B", "iso-2022-jp") is None
    reading = read_page(b"<h1>\xb5\xff</h1>", reader="html", url=NEWS_URL, declared_charset="iso-2022-jp")
    assert reading.status == "quarantined"


@pytest.mark.parametrize("name", ["zip", "rot13", "idna", "base64", "hex", "punycode", "undefined", "unicode_escape"])
def test_what_python_calls_a_codec_but_is_no_charset_does_no_harm(name: str) -> None:
    read_page(b"<h1>\xb5\xff</h1>", reader="html", url=NEWS_URL, declared_charset=name)


@pytest.mark.parametrize("name", ["", "\x00", "utf-8\x00", "a" * 5000, "☃", " utf-8 "])
def test_odd_names_of_charsets_are_no_error(name: str) -> None:
    assert find_charset(name) in {None, "utf-8"}


def test_few_broken_bytes_leave_utf8_utf8() -> None:
    source = decode_html("é–".encode() + b"\xff" + "é".encode(), None)
    assert source is not None
    assert source.read(0, 10) == "é–�é"
    assert source.find_byte(3) == 6
