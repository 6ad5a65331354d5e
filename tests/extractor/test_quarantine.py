"""What is no page of content is quarantined with a reason, never read."""

from __future__ import annotations

import pytest

from tests.extractor.readings import NEWS_URL, PROJECT_URL, read_html, read_text
from tests.site.content import make_news
from tests.site.pages import render_page, render_text

PROSE = "The team will visit every counter twice and write down what travellers have to wait for."


_LOST = "<p>The page you requested could not be found. Try the search instead, please.</p>"
_REFUSALS = [
    ("Just a moment...", "<p>Checking your browser.</p>"),
    ("Access Denied", "<p>You don't have permission to access it.</p>"),
    ("Sorry, you have been blocked", "<p>Ray ID: 7</p>"),
    ("403 Forbidden", "<hr>nginx"),
    ("Page not found", _LOST),
    ("Page not found | International Organization for Migration", _LOST),
    ("Error 404", "<p>not found</p>"),
    ("Page introuvable", "<p>La page demandée est introuvable, nous en sommes désolés.</p>"),
    ("Pardon Our Interruption", "<p>As you were browsing something made us think you were a machine.</p>"),
    ("502 Bad Gateway", ""),
]
_EMPTY = [
    ("", "no readable text"),
    ("<html><head><title>IOM</title></head><body></body></html>", "no readable text"),
    ('<html><body><div id="root"></div><script src="/app.js"></script></body></html>', "no readable text"),
    (
        "<body><div id=a></div><noscript>You need to enable JavaScript to run this.</noscript></body>",
        "no readable text",
    ),
    ("<body><p>You need to enable JavaScript to run this app.</p></body>", "block or error page"),
    ("<body><p>The website encountered an unexpected error. Please try again later.</p></body>", "block or error page"),
    ("<body><main><h1>Lamps</h1></main></body>", "without running text"),
    ("<body><main><h1>Lamps</h1><p>Soon.</p></main></body>", "without running text"),
]


@pytest.mark.parametrize("main", ["main", "div"])
@pytest.mark.parametrize(("title", "text"), _REFUSALS)
def test_a_block_or_error_page_is_quarantined(title: str, text: str, main: str) -> None:
    page = f"<html><head><title>{title}</title></head><body><{main}><h1>{title}</h1>{text}</{main}></body></html>"
    for url in (NEWS_URL, PROJECT_URL):
        reading = read_html(page, url)
        assert reading.status == "quarantined"
        assert (reading.reason or "").startswith("a block or error page, not content")


def test_news_about_refusals_is_read() -> None:
    page = f"<body><main><h1>Access denied: why lamps stay dark</h1><p>{PROSE}</p><p>{PROSE * 12}</p></main></body>"
    assert read_html(page, NEWS_URL).status == "read"


@pytest.mark.parametrize(("page", "reason"), _EMPTY)
def test_what_is_no_content_is_quarantined(page: str, reason: str) -> None:
    reading = read_html(page, NEWS_URL)
    assert reading.status == "quarantined"
    assert reading.reason is not None
    assert reason in reading.reason
    assert (reading.kind, reading.layout, reading.title, reading.project, reading.news) == (None,) * 5


def test_a_listing_under_an_articles_address_is_quarantined() -> None:
    page = render_page(make_news(1))
    assert read_html(page, "https://www.iom.int/news/lamps?page=2").status == "quarantined"
    assert read_html(page, "https://www.iom.int/news/lamps?foo=1&page=0").status == "quarantined"
    assert read_html(page, "https://www.iom.int/news/lamps").status == "read"


@pytest.mark.parametrize(
    "entry",
    [
        '<article><h3><a href="/news/{0}">A release about lamps, number {0}</a></h3><p>{1}</p></article>',
        '<li><a href="/news/{0}">A release about lamps, number {0}</a> <span>12 May 2021</span></li>',
        '<div><a href="/news/{0}">A release about lamps, number {0}</a><p>{1}</p></div>',
        '<tr><td><a href="/news/{0}">A release about lamps, number {0}</a></td><td>{1}</td></tr>',
    ],
)
@pytest.mark.parametrize("n_entries", [5, 10, 30])
def test_a_list_of_links_is_quarantined(entry: str, n_entries: int) -> None:
    entries = "".join(entry.format(i, PROSE) for i in range(n_entries))
    page = (
        f"<body><main><h1>News</h1><p>All that we have published, newest first.</p><div>{entries}</div></main></body>"
    )
    reading = read_html(page, "https://www.iom.int/news")
    assert reading.status == "quarantined"


def test_a_project_that_lost_its_field_block_is_quarantined() -> None:
    page = f"<html><body><main><h1>Lamps</h1><p>{PROSE}</p><p>{PROSE}</p></main></body></html>"
    reading = read_html(page, PROJECT_URL)
    assert reading.reason == "a project's address with 0 of the 12 fields; 4 make a project page"
    assert read_text(f"Lamps\n{PROSE}", "https://developmentfund.iom.int/fr/node/77").status == "quarantined"


def test_news_stands_under_an_address_of_a_node_too() -> None:
    assert read_text(f"Lamps\n{PROSE}", "https://lac.iom.int/es/node/77").kind == "news"


def test_a_text_page_that_is_not_utf8_is_quarantined() -> None:
    assert read_text(b"Lamps\n\xff\xfe no text", NEWS_URL).reason == "not UTF-8"


def test_a_byte_of_no_character_outside_the_content_does_no_harm() -> None:
    page = render_page(make_news(1))
    outside = page.replace(b"Route des Exemples", b"Route des Exempl\xe9s")
    assert outside != page
    assert read_html(outside, NEWS_URL).news == read_html(page, NEWS_URL).news


def test_a_page_larger_than_any_page_is_quarantined() -> None:
    assert "more than the 2000000 of any page" in (read_html(b" " * 2_000_001, NEWS_URL).reason or "")


def test_quarantined_pages_keep_what_their_head_states() -> None:
    head = '<meta property="article:published_time" content="2021-05-12"><link rel="canonical" href="https://www.iom.int/x">'
    reading = read_html(f"<head>{head}</head><body><h1>Page not found</h1></body>", NEWS_URL)
    assert reading.metadata.canonical_url == "https://www.iom.int/x"
    assert reading.metadata.published is not None


def test_a_text_page_that_is_all_frame_is_quarantined() -> None:
    page = render_text(make_news(1), "plain")
    frame = page[: page.index(make_news(1).title.encode())]
    assert read_text(frame, NEWS_URL).status == "quarantined"
