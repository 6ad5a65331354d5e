"""A page of entries of other pages is no article, with or without links; an article with sections is one."""

from __future__ import annotations

import pytest

from tests.extractor.readings import NEWS_URL, find_paragraphs, read_html, read_text

SUMMARY = "The harbour board of island {} has opened the new lamps this week, it said in a note to all the clerks."
PROSE = "The team will visit every counter twice and write down what travellers have to wait for, the board said."

ENTRIES = [
    '<div><div><a href="/news/{0}">Harbour {0} opens its lamps today</a></div><div>5 May 2020</div><p>{1}</p></div>',
    '<article><h3><a href="/news/{0}">Harbour {0} opens its lamps</a></h3><p>{1}</p></article>',
    "<article><h3>Harbour {0} opens its lamps</h3><p>{1}</p><a href='/news/{0}'>Read more</a></article>",
    "<div><a href='/n'></a><div><div>Press Release</div><h5>Harbour {0} opens</h5><p>05 May 2020</p></div></div>",
    "<h3>Harbour {0} opens its lamps</h3><span>5 May 2020</span><p>{1}</p>",
    "<li><a href='/news/{0}'>Harbour number {0} opens its lamps today</a> <span>12 May 2021</span></li>",
]


@pytest.mark.parametrize("title", ["Press Releases", "News", "All that we said"])
@pytest.mark.parametrize("intro", ["", "<p>All that we have published, newest first.</p>"])
@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("n_entries", [3, 4, 10])
def test_entries_of_one_shape_are_a_listing(entry: str, n_entries: int, intro: str, title: str) -> None:
    entries = "".join(entry.format(i, SUMMARY.format(i)) for i in range(n_entries))
    page = (
        f"<html><head><title>{title} | IOM</title></head><body><main><h1>{title}</h1>{intro}<div>{entries}</div></main>"
    )
    reading = read_html(page + "</body></html>", NEWS_URL)
    assert reading.reason == "a list of articles, not an article"


@pytest.mark.parametrize("end", ["5 May 2020", "Read more"])
@pytest.mark.parametrize("n_entries", [3, 10])
def test_entries_of_one_shape_are_a_listing_in_a_text_page_too(end: str, n_entries: int) -> None:
    lines = [
        line for i in range(n_entries) for line in (f"Harbour number {i} opens its lamps today", SUMMARY.format(i), end)
    ]
    assert read_text("\n".join(["Press Releases", *lines]), NEWS_URL).status == "quarantined"


@pytest.mark.parametrize("heading", ["h2", "h3", "h4", "p"])
@pytest.mark.parametrize("wrap", ["{}", "<div>{}</div>", "<section><div>{}</div></section>"])
def test_an_article_with_many_sections_is_read(wrap: str, heading: str) -> None:
    titles = [f"Harbour number {i} and its lamps" for i in range(6)]
    sections = "".join(wrap.format(f"<{heading}>{title}</{heading}><p>{PROSE}</p>") for title in titles)
    page = f"<html><body><main><h1>Lamps of six harbours</h1><p>{PROSE}</p>{sections}</main></body></html>"
    expected = [PROSE, *(text for title in titles for text in (title, PROSE))]
    assert find_paragraphs(read_html(page, NEWS_URL)) == expected
    assert find_paragraphs(read_text("\n".join(["Lamps of six harbours", *expected]), NEWS_URL)) == expected


def test_a_short_article_over_announced_teasers_is_read() -> None:
    entries = "".join(
        f"<div><h3><a href='/{i}'>Harbour number {i} opens its lamps today</a></h3></div>" for i in range(9)
    )
    related = f"<section><h2>Related News</h2>{entries}</section>"
    page = f"<html><body><main><h1>Lamps</h1><p>{PROSE}</p>{related}</main></body></html>"
    assert find_paragraphs(read_html(page, NEWS_URL)) == [PROSE]


LOST = "The page you were looking for has moved or no longer exists. Try the search above or go to the home page."
NOT_FOUND = [
    "Seite nicht gefunden", "Page not available…", "404", "Error 404", "We can't find that page",
    "We can’t find this page",
    "No se encontró la página", "الصفحة غير موجودة", "Страница не найдена", "Cette page n’existe plus",
    "Page Not Found",
    "404 Not Found", "Oops! The page you are looking for could not be found", "Page introuvable | OIM",
    "Log in", "Sign in",
    "Search results", "User account | IOM", "Résultats de recherche",
]  # fmt: skip


@pytest.mark.parametrize("title", NOT_FOUND)
@pytest.mark.parametrize("text", [LOST, PROSE * 10])
def test_a_page_that_says_it_is_none_is_quarantined(title: str, text: str) -> None:
    page = f"<html><head><title>{title}</title></head><body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
    assert (read_html(page, NEWS_URL).reason or "").startswith("a block or error page, not content")
    assert read_text(f"{title}\n{text}", NEWS_URL).status == "quarantined"


@pytest.mark.parametrize(
    "title",
    ["Page not found: what a lost register teaches", "404 families return to their harbour", "Search for lamps goes on",
     "Log in the ledger, lamp in the port", "Forbidden harbour opens again"],
)  # fmt: skip
def test_articles_on_lost_and_forbidden_things_are_read(title: str) -> None:
    page = f"<html><body><main><h1>{title}</h1><p>{PROSE}</p><p>{PROSE}</p></main></body></html>"
    assert read_html(page, NEWS_URL).status == "read"


@pytest.mark.parametrize(
    "entry", ["<h3>Harbour {0} was lit</h3><p>5 May 202{0}</p>", "<p><a href='/r'>The Handbook {0}</a></p>"]
)
def test_a_timeline_or_readings_among_the_paragraphs_of_one_box_are_the_articles_own(entry: str) -> None:
    entries = "".join(entry.format(i) + f"<p>{PROSE}</p>" for i in range(4))
    page = f"<html><body><main><h1>Lamps</h1><div><p>{PROSE}</p><p>{PROSE}</p>{entries}</div></main></body></html>"
    assert find_paragraphs(read_html(page, NEWS_URL)).count(PROSE) == 6
