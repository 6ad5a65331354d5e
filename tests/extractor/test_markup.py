"""Both ways through markup read alike: the tree of a browser, and the one of BeautifulSoup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.blocks.document import Document
from extractor.blocks.markup import Markup
from extractor.blocks.reference import read_whole
from extractor.blocks.source import Source, decode_html
from extractor.layouts.read_page import read_page_whole
from extractor.raw import PageReading
from tests.examples import examples
from tests.extractor.readings import NEWS_URL, read_html
from tests.site.content import Lang, make_news, make_project
from tests.site.pages import THEMES, Look, make_benchmark_page, render_page

PROSE = "The team will visit every counter twice and write down what travellers have to wait for."
MAINS = ["main", 'main role="main" class="a"', 'div id="content"', "section", "article"]


def describe(document: Document | None) -> list[object]:
    """Every block with its place, its element and its inline parts."""
    assert document is not None
    blocks = [
        (b.text.value, b.text.span(), b.box.tag, b.box.depth, b.n_breaks, b.link_share, [r.value for r in b.runs])
        for b in document.blocks
    ]
    return [*blocks, [text.value for text in document.outside]]


def spans(reading: PageReading) -> list[tuple[int, int]]:
    """The places of all that was read."""
    texts = [reading.title] if reading.title else []
    if reading.project is not None:
        texts += [v for one in reading.project.fields for v in (one.label, *one.values)]
        texts += reading.project.description
    if reading.news is not None:
        texts += [*reading.news.paragraphs, *reading.news.contact_block]
    return [text.span() for text in texts]


def assert_alike(page: bytes, url: str) -> None:
    source = decode_html(page, None)
    assert source is not None
    assert describe(Markup(source).read_document()) == describe(read_whole(source))
    cut, whole = read_html(page, url), read_page_whole(source, url)
    assert cut == whole
    assert spans(cut) == spans(whole)


@pytest.mark.parametrize("main", MAINS)
@pytest.mark.parametrize("theme", THEMES)
def test_both_ways_give_equal_readings_in_every_theme(theme: str, main: str) -> None:
    langs: list[Lang] = ["en", "fr", "es"]
    for number, lang in enumerate(langs):
        look = Look(theme, frame=number, n_bytes=2500, main=main)
        assert_alike(render_page(make_project(number, lang), look), "https://www.iom.int/project/x")
        assert_alike(render_page(make_news(number, lang), look), NEWS_URL)


def test_both_ways_give_equal_readings_of_pages_of_the_benchmark() -> None:
    for number in range(0, 400, 25):
        assert_alike(*make_benchmark_page(number))


@examples(60)
@given(
    number=st.integers(0, 10_000), theme=st.sampled_from(THEMES), main=st.sampled_from(MAINS), frame=st.integers(0, 99)
)
def test_both_ways_give_equal_readings_of_any_page(number: int, theme: str, main: str, frame: int) -> None:
    look = Look(theme, frame=frame, n_bytes=1500, main=main, space="")
    assert_alike(render_page(make_project(number), look), "https://www.iom.int/project/x")
    assert_alike(render_page(make_news(number), look), NEWS_URL)


UNCLEAN = {
    "a tag that is not closed": "<main><h1>Lamps</h1><p>{}</main>",
    "tags that do not nest": "<main><h1>Lamps</h1><p><b><i>{}</b></i></p></main>",
    "a second main element": "<main><h1>Lamps</h1><p>{}</p></main><main><p>Else.</p></main>",
    "capitals": "<MAIN><h1>Lamps</h1><p>{}</p></MAIN>",
    "a stray angle": "<main><h1>Lamps</h1><p>{} 5 < 6</p></main>",
    "a closed box": "<main><h1>Lamps</h1><div/><p>{}</p></main>",
    "an angle in an attribute": '<main><h1>Lamps</h1><p title="a<b">{}</p></main>',
    "a main element in a comment before it": "<!-- <main> --><main><h1>Lamps</h1><p>{}</p></main>",
    "a main element in a script before it": "<script>'<main>'</script><main><h1>Lamps</h1><p>{}</p></main>",
    "a declaration": "<main><h1>Lamps</h1><!x><p>{}</p></main>",
    "an instruction": "<main><h1>Lamps</h1><?php x ?><p>{}</p></main>",
    "a script that ends oddly": "<main><script>a</script ><h1>Lamps</h1><p>{}</p><script>b</script></main>",
    "a script that ends in capitals": "<main><script>a</SCRIPT><h1>Lamps</h1><p>{}</p><script>b</script></main>",
    "a comment that ends oddly": "<main><!-- a --!> --><h1>Lamps</h1><p>{}</p></main>",
    "a menu that ends oddly": "<main><nav>a</nav ><h1>Lamps</h1><p>{}</p><nav>b</nav></div></main>",
    "a stray end tag": "<main><h1>Lamps</h1><p>{}</p></div></main>",
}


@pytest.mark.parametrize("name", UNCLEAN)
def test_unclean_markup_is_read_rightly_and_fast(name: str) -> None:
    page = f"<html><body>{UNCLEAN[name].format(PROSE)}</body></html>"
    assert Markup(Source(page)).read_document() is not None
    reading = read_html(page, NEWS_URL)
    assert reading.status == "read", reading.reason
    assert reading.title is not None
    assert reading.title.value == "Lamps"
    assert reading.news is not None
    assert reading.news.paragraphs[0].value.startswith(PROSE)
    assert page[slice(*reading.news.paragraphs[0][: len(PROSE)].span())] == PROSE


HIDDEN = [
    '<div title="<main><h1>Wrong</h1><p>Wrong.</p></main>">x</div>',
    "<div data-x='<main><h1>Wrong</h1><p>Wrong.</p></main>'>x</div>",
    "<!-- <main><h1>Wrong</h1><p>Wrong.</p></main> -->",
    "<script>var a = '<main><h1>Wrong</h1></main>';</script>",
    "<style>/* <main><h1>Wrong</h1></main> */</style>",
    "<textarea><main><h1>Wrong</h1></main></textarea>",
    "<template><main><h1>Wrong</h1><p>Wrong.</p></main></template>",
    "<noscript><main><h1>Wrong</h1><p>Wrong.</p></main></noscript>",
]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_main_element_that_is_none_is_never_read(hidden: str) -> None:
    page = f"<html><body>{hidden}<article><h1>Lamps</h1><p>{PROSE}</p></article></body></html>"
    reading = read_html(page, NEWS_URL)
    if reading.status == "read":
        assert reading.title is not None
        assert reading.title.value == "Lamps"
        assert reading.news is not None
        assert [paragraph.value for paragraph in reading.news.paragraphs] == [PROSE]


def test_a_heading_outside_the_content_is_read_alike() -> None:
    clean, marked = "<h1>Lamps &amp; ledgers</h1>", "<div><h1>Lamps &amp; <b>ledgers</b></h1></div>"
    for outside in (clean, marked, f"<!-- <h1>No</h1> -->{clean}"):
        assert_alike(f"<html><body>{outside}<main><p>{PROSE}</p></main></body></html>".encode(), NEWS_URL)


def test_xml_and_bare_text_served_as_html_raise_no_warning() -> None:
    assert read_html('<?xml version="1.0"?><rss><channel><title>x</title></channel></rss>').status == "quarantined"
    assert read_html("http://example.org/file.html").status == "quarantined"
    assert read_html("file.txt").status == "quarantined"


def test_an_empty_main_element_hides_nothing() -> None:
    page = f'<html><body><main id="skip-here"></main><div><h1>Lamps</h1><p>{PROSE}</p></div></body></html>'
    reading = read_html(page, NEWS_URL)
    assert reading.news is not None
    assert [paragraph.value for paragraph in reading.news.paragraphs] == [PROSE]


_ATTRIBUTES = [
    "hidden", 'hidden=""', "HIDDEN", 'class="hidden"', "class=hidden", 'class="a"hidden', "data-hidden",
    "hidden=until-found",
    'style="display:none"', "style='color:red;display : none'", 'style="display:nonesuch"', "style=display:none",
    'style="display:block" style="display:none"', 'style="display&#58;none"', 'style="visibility:hidden"',
    "role=search",
    'role="main search"', 'data-role="search"', 'title="role=search"', 'title="a hidden door"', "hidden class=x id=y",
]  # fmt: skip


@pytest.mark.parametrize("attributes", _ATTRIBUTES)
@pytest.mark.parametrize("tag", ["div", "span", "p", "section", "dialog", "ul", "h2", "time"])
def test_both_readers_hide_the_same_elements(tag: str, attributes: str) -> None:
    twice = "<b>Twice</b>" if tag in {"p", "h2"} else f"<{tag}>Twice</{tag}>"  # a second p or heading ends the first
    for inner in ("Hidden <b>or</b> not.", "<i>Lamps</i>", twice, "<!-- c -->Lamps"):
        body = f"<h1>Lamps</h1><{tag} {attributes}>{inner}</{tag}><p>{PROSE}</p>"
        assert_alike(f"<html><body><main>{body}</main></body></html>".encode(), NEWS_URL)
        assert_alike(f"<html><body>{body}</body></html>".encode(), NEWS_URL)


@pytest.mark.parametrize("outer", ["body", "main"])
def test_a_page_that_is_hidden_as_a_whole_until_a_program_shows_it_is_read(outer: str) -> None:
    page = f'<{outer} style="visibility:hidden" hidden><h1>Lamps</h1><p>{PROSE}</p></{outer}>'
    reading = read_html(f"<html>{page}</html>" if outer == "body" else f"<html><body>{page}</body></html>", NEWS_URL)
    assert reading.news is not None
    assert [paragraph.value for paragraph in reading.news.paragraphs] == [PROSE]


def test_both_readers_see_the_same_times() -> None:
    page = f'<h1>Lamps</h1><p>On <time datetime="2020-01-02">2 <b>Jan</b></time> it rained.</p><p>{PROSE}</p>'
    source = Source(f"<html><body><main>{page}</main></body></html>")
    for document in (Markup(source).read_document(), read_whole(source)):
        assert document is not None
        assert [source.text[at : at + 5] for block in document.blocks for at in block.times] == ["<time"]
        assert document.blocks[1].read_beside_times() == "On it rained."
