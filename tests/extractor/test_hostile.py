"""Hostile bytes raise nothing, end soon, and never nest too deep."""

from __future__ import annotations

import gc
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.layouts.read_page import read_page
from tests.costs import costing_at_most
from tests.examples import examples
from tests.extractor.readings import NEWS_URL, PROJECT_URL, read_html, read_text
from tests.site.content import make_news, make_project
from tests.site.pages import Look, render_page, render_text

_TAGS = [
    "main",
    "article",
    "div",
    "p",
    "b",
    "a",
    "h1",
    "h2",
    "table",
    "tr",
    "td",
    "dl",
    "dt",
    "dd",
    "ul",
    "li",
    "br",
    "nav",
    "script",
]
# fmt: off
_BITS = [
    "<", ">", "</", "<!--", "-->", "<!", "<![CDATA[", "]]>", "<?x", "&", "&amp;", "&#x41", "&#99999999;", "\x00",
    "\ufeff", '"', "'", "<a href='", "=", "Year", "2006", "Start Date", "Coverage", "TC.0001", "\n", "\u202e", "\ud7ff",
    "Lamps were lit in every office of the harbour.",
]
# fmt: on
_SCRAPS = st.sampled_from([*_BITS, *(f"<{tag}>" for tag in _TAGS), *(f"</{tag}>" for tag in _TAGS)])


@examples(150)
@given(payload=st.binary(max_size=400), charset=st.sampled_from([None, "utf-8", "utf-16", "latin-1", "big5", "x"]))
def test_any_bytes_are_read_or_quarantined(payload: bytes, charset: str | None) -> None:
    assert read_page(payload, reader="html", url=NEWS_URL, declared_charset=charset).status in {"read", "quarantined"}
    assert read_page(payload, reader="text", url=NEWS_URL).status in {"read", "quarantined"}


@examples(300)
@given(scraps=st.lists(_SCRAPS, max_size=60), url=st.sampled_from([NEWS_URL, PROJECT_URL, "", "http://[", "x?page=1"]))
def test_any_heap_of_tags_is_read_or_quarantined(scraps: list[str], url: str) -> None:
    payload = "".join(scraps).encode()
    for reader in ("html", "text"):
        reading = read_page(payload, reader="html" if reader == "html" else "text", url=url)
        if reading.title is not None:
            start, end = reading.title.span()
            assert 0 <= start <= end <= len(payload)


@examples(100)
@given(cut=st.floats(0, 1), flip=st.integers(0, 255), number=st.integers(0, 50), is_project=st.booleans())
def test_a_page_cut_short_or_with_one_wrong_byte_raises_nothing(
    cut: float, flip: int, number: int, is_project: bool
) -> None:
    content = make_project(number) if is_project else make_news(number)
    for page in (render_page(content, Look(n_bytes=3000)), render_text(content, "A" if is_project else "67")):
        at = int(cut * (len(page) - 1))
        for payload in (page[:at], page[:at] + bytes([flip]) + page[at + 1 :]):
            for reader in ("html", "text"):
                read_page(payload, reader="html" if reader == "html" else "text", url=NEWS_URL)


@pytest.mark.parametrize("tag", ["div", "b", "ul", "table", "main", "p", "blockquote"])
@pytest.mark.parametrize("is_closed", [True, False])
def test_deep_nesting_is_bounded(tag: str, is_closed: bool) -> None:
    depth = 20_000
    closing = f"</{tag}>" * depth if is_closed else ""
    prose = "Lamps were lit in every office of the harbour, and nobody had to wait in the dark."
    page = f"<html><body><h1>Lamps</h1>{f'<{tag}>' * depth}<p>{prose}</p>{closing}</body></html>"
    reading = read_page(page.encode(), reader="html", url=NEWS_URL)
    assert reading.status == "read", reading.reason
    assert reading.news is not None
    assert [paragraph.value for paragraph in reading.news.paragraphs] == [prose]


_N = 150_000
_HEAPS = {
    "open angles": b"<" * _N,
    "programs of linked data": b'<script type="application/ld+json">{}</script>' * (_N // 10),
    "open programs of linked data": b'<script type="application/ld+json">' * (_N // 10),
    "articles of linked data": b'<script type="application/ld+json">['
    + b'{"@type":"Article","datePublished":"2021-05-12"},' * (_N // 30)
    + b"{}]</script>",
    "marked dates": b'<i itemprop="datePublished" content="2021-05-12">' * (_N // 10),
    "open quotes": b"<time datetime='\"" * (_N // 10),
    "times": b"<h1>Lamps</h1><p>" + b"<time datetime=2021-05-12>12 May</time> " * (_N // 30) + b"</p><p>Lamps.</p>",
    "broken bytes": b"<p>\xe9 \xc3\xa9</p>" * (_N // 10),
    "tags that never end": b"<a " * (_N // 3),
    "attributes that never end": b'<div a="' + b'a="' * (_N // 3) + b">",
    "comments that never end": b"<!--" * (_N // 4),
    "comments that end at once": b"<!-->" * (_N // 5),
    "marked sections": b"<![CDATA[>" * (_N // 10),
    "instructions": b"<?x " * (_N // 4),
    "scripts that never end": b"<script>" + b"</" * (_N // 2),
    "ampersands": b"<h1>T</h1><p>" + b"&" * _N,
    "headings in headings": b"<main>x</main>" + b"<h1>" * (_N // 4),
    "menus in menus": b"<body>" + b"<nav>" * (_N // 5),
    "paragraphs that never end": b"<body><h1>T</h1>" + b"<p>x y z. " * (_N // 10),
    "related headings": b"<body><h1>T</h1>" + b"<h2>Related</h2>" * (_N // 16),
    "labels": b"<body><h1>T</h1>" + b"<p>Year</p><p>2006</p>" * (_N // 22),
    "one word": b"<body><h1>T</h1><p>" + b"a" * _N + b"</p></body>",
    "dots before an at": b"<body><h1>T</h1><p>" + b"a." * (_N // 2) + b"@</p></body>",
    "telephone signs": b"<body><h1>T</h1><p>" + b"+1 2" * (_N // 4) + b"</p></body>",
    "titles of refusal": b"<body><h1>" + b"|IOM error " * (_N // 11) + b"</h1></body>",
    "linked data": b"<head>" + b"application/ld+json" * (_N // 19),
    "frame sentences": b"promoting since 1951 humane and orderly migration " * (_N // 50),
    "bars in a title": b"<body><h1>" + b"|" * 90 + b" Lamps</h1>",
    "errors in a title": b"<body><h1>" + b"404 error | " * 15 + b"lamps</h1>",
    "drawings that end oddly": b"<body><main><h1>T</h1>" + b"<svg></svg >" * (_N // 12) + b"</main>",
    "drawings that end at last": b"<body><main><h1>T</h1>" + b"<svg></svg >" * (_N // 12) + b"<svg></svg></main>",
    "headers that end oddly": b"<body>" + b"<header></header >" * (_N // 18) + b"<h1>T</h1>",
    "hidden boxes": b"<body><main><h1>T</h1>" + b"<div hidden></div >" * (_N // 19) + b"</main>",
    "words of publication": b"<body><h1>T</h1><div>" + b"on " * (_N // 3) + b"<time>x</time></div><p>" + b"a. " * 99,
    "scripts in a head": b"<head>" + b"<script></script>" * (_N // 17) + b"<title>",
    "nodes of linked data": b'<head><script type="application/ld+json">' + b'[{"@graph":' * 20 + b"[" + b"{}," * 40_000,
    "cards": b"<body><h1>T</h1>" + b"<h3>A title of a card</h3><i>5 May 2020</i>" * (_N // 40),
    "related lines": b"T\nA line that is prose, and that ends as prose does, with a full stop.\n"
    + b"Related\n" * 15_000,
    "literal tags": b"<body><h1>T</h1><p>" + b"&lt;a " * (_N // 6) + b"></p></body>",
}


@pytest.mark.parametrize("name", _HEAPS)
@pytest.mark.parametrize("reader", ["html", "text"])
def test_heaps_end_soon(name: str, reader: str) -> None:
    with costing_at_most(6):  # the longest takes a second; what grows with the square of a heap takes minutes
        read_page(_HEAPS[name], reader="html" if reader == "html" else "text", url=NEWS_URL)


def test_long_texts_of_pages_that_were_read_are_not_held_in_memory() -> None:
    def read_long(number: int) -> None:
        words = f"lamp{number} " * 20_000
        items = f"<h1>Lamps for hall {number}</h1><p>{words}.</p><div>{'x' * 40_000}{number}</div><h2>{words}</h2>"
        page = f"<html><body><main class='{'y' * 20_000}{number}'>{items}</main></body></html>"
        read_html(page, NEWS_URL)
        read_text(f"Lamps for hall {number}\n\n{words}\n\n{'z' * 40_000}{number}\n", NEWS_URL)

    for number in range(4):
        read_long(number)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(4, 16):
            read_long(number)
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] - before < 300_000
    finally:
        tracemalloc.stop()
