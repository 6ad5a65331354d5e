"""When a page was published: what it states for machines anywhere, and what it prints beside its title."""

from __future__ import annotations

import pytest

from extractor.layouts.read_page import read_page
from extractor.meaning.interpret import interpret_page
from tests.extractor.reading_seeds import page_input
from tests.extractor.readings import NEWS_URL, read_html, read_text

PROSE = "The team will visit every counter twice and write down what travellers have to wait for."
LINKED = '<script type="application/ld+json">'
TEXT = f"<p>{PROSE}</p><p>{PROSE}</p>"


def published(page: str, head: str = "", **changes: object) -> tuple[str | None, str | None, str | None]:
    """Date, source and raw text of a page whose content area is ``page``."""
    whole = f"<html><head>{head}</head><body><main>{page}</main></body></html>".encode()
    reading = read_page(whole, reader="html", url=NEWS_URL)
    news = interpret_page(page_input(NEWS_URL, **changes), reading).extraction.news
    assert news is not None, reading.reason
    return news.published_date, news.published_source, news.published_raw


@pytest.mark.parametrize(
    "stated",
    [
        f'{LINKED}{{"@type":"NewsArticle","datePublished":"2021-05-12T09:00:00Z"}}</script>',
        f'{LINKED}<![CDATA[{{"@type":"Article","datePublished":"2021-05-12"}}]]></script>',
        f'{LINKED}{{"@type":"Article","datePublished":"Wed, 12 May 2021 09:00:00 GMT"}}</script>',
        f'{LINKED}{{"@type":"Article","datePublished":"2021-05-12T09:00:00\\u002B00:00"}}</script>',
        f'{LINKED}{{"@type":"WebPage","datePublished":"2021-05-12"}}</script>',
        '<meta itemprop="datePublished" content="2021-05-12">',
        '<time itemprop="datePublished" datetime="2021-05-12T09:00:00Z">last week</time>',
        '<time itemprop="datePublished">12 May 2021</time>',
        "<abbr class='published' itemprop='datePublished' title='2021-05-12T14:33:00-07:00'>2:33 PM</abbr>",
        '<span property="dc:date dc:created" content="2021-05-12T11:20:00+02:00" datatype="xsd:dateTime">Wed</span>',
        '<span property="schema:datePublished" content="2021-05-12">12/05/2021</span>',
        '<time pubdate datetime="2021-05-12">in May</time>',
    ],
)
def test_what_markup_states_for_machines_is_read_wherever_it_stands(stated: str) -> None:
    assert published(f"<h1>Lamps</h1>{TEXT}<footer>{stated}</footer>")[:2] == ("2021-05-12", "metadata")


@pytest.mark.parametrize(
    "stated",
    [
        '<!-- <meta itemprop="datePublished" content="2021-05-12"> -->',
        """<script>var x = '<meta itemprop="datePublished" content="2021-05-12">';</script>""",
        '<p itemprop="about" title="datePublished">12 May 2021</p>',
        '<time class="datePublished" itemprop="dateModified" datetime="2021-05-12">12 May 2021</time>',
        '<i itemprop="datePublished" content="2021-05-12"></i><i itemprop="datePublished" content="2020-01-01"></i>',
    ],
)
def test_what_is_no_statement_of_this_page_is_not_read(stated: str) -> None:
    assert published(f"<h1>Lamps</h1>{TEXT}<footer>{stated}</footer>")[0] is None or "<i" in stated


def test_of_several_marked_dates_the_first_behind_the_heading_is_the_articles() -> None:
    mark = '<span property="dc:date" content="{}">x</span>'
    page = f"<h1>Lamps</h1>{mark.format('2021-05-12')}{TEXT}<section>{mark.format('2021-06-01')} A comment.</section>"
    assert published(page)[0] == "2021-05-12"


@pytest.mark.parametrize(
    "name", ["og:article:published_time", "datePublished", "publish-date", "DC.date.issued", "dc.date"]
)
def test_a_meta_may_call_the_date_of_publication_by_many_names(name: str) -> None:
    assert published(f"<h1>Lamps</h1>{TEXT}", f'<meta name="{name}" content="2021-05-12T09:00">')[0] == "2021-05-12"


def test_a_statement_that_is_no_date_gives_way_to_one_that_is() -> None:
    head = '<meta property="article:published_time" content="1620810000000"><meta name="date" content="2021-05-12">'
    assert published(f"<h1>Lamps</h1>{TEXT}", head) == ("2021-05-12", "metadata", "2021-05-12")


@pytest.mark.parametrize(
    ("stated", "printed", "day"),
    [
        ("2022-02-01T23:30:00Z", "2. Februar 2022", "2022-02-02"),
        ("2022-02-02T00:30:00+03:00", "1 February 2022", "2022-02-01"),
        ("2022-02-01T11:10:00Z", "Dienstag, 01. Februar 2022 12:10", "2022-02-01"),
        ("2022-02-01", "2 February 2022", "2022-02-01"),
        ("2022-02-01T23:30:00Z", "12 February 2022", "2022-02-01"),
        ("2022-02-01T23:30:00Z", "02/01/2022", "2022-02-01"),
    ],
)
def test_an_elements_attribute_is_read_before_its_words_but_for_a_day_that_the_zone_shifts(
    stated: str, printed: str, day: str
) -> None:
    assert published(f'<h1>Lamps</h1><div><time datetime="{stated}">{printed}</time></div>{TEXT}')[0] == day
    marked = f'<time itemprop="datePublished" datetime="{stated}">{printed}</time>'
    assert published(f"<h1>Lamps</h1>{TEXT}<footer>{marked}</footer>")[0] == day


LINES = [
    "12 May 2021",
    "12.05.2021",
    "Wed, 05/12/2021 - 15:04",
    "Date Published: Wednesday, May 12, 2021",
    "Posted on May 12, 2021 by Ann Lee",
    "By Ann Lee | 12 May 2021",
    "annlee · 12. Mai 2021",
    "Geneva, 12 May 2021",
    "Published: 12 May 2021 | Updated: 1 June 2021",
    "News | Global | 12 May 2021 | 5 min read",
    "Опубліковано: 12 травня 2021 року",
    "تاريخ النشر: 12 أيار/ مايو 2021",
    "Submitted by ann on Wed, 05/12/2021 - 15:04",
    "Soumis par Ann Lee le mer, 12/05/2021 - 15:04",
    "Publié le 12 mai 2021 à 10h12, mis à jour le 13 mai 2021 à 11h00",
    "Publicado em 12 de maio de 2021 às 10h30 - Atualizado em 13/06/2021",
    "2021年5月12日",
]


@pytest.mark.parametrize("line", LINES)
def test_a_date_printed_between_title_and_text_is_the_date_of_publication(line: str) -> None:
    assert published(f"<h1>Lamps</h1><div>{line}</div>{TEXT}")[:2] == ("2021-05-12", "byline")


@pytest.mark.parametrize("line", LINES[:6])
def test_so_is_one_right_above_the_title_in_its_own_box(line: str) -> None:
    page = f"<article><header><div>{line}</div><h1>Lamps</h1></header>{TEXT}</article>"
    assert published(page)[:2] == ("2021-05-12", "byline")


def test_of_two_times_in_one_line_the_one_counts_that_is_not_of_a_change() -> None:
    first, second = ('<time class="{}" datetime="2021-{}">May 2021</time>'.format(*one) for one in TIMES)
    assert published(f"<h1>Lamps</h1><div>Posted on {first}{second} by Ann</div>{TEXT}")[0] == "2021-05-12"
    assert published(f"<h1>Lamps</h1><div>Workshop in Lagos {first}</div>{TEXT}")[0] is None


TIMES = [("entry-date published", "05-12"), ("updated", "06-01")]


@pytest.mark.parametrize("names", ["gallery--meta", "share-and-date", "sidebar"])
def test_what_a_box_is_called_hides_no_line_that_says_when_the_page_was_published(names: str) -> None:
    page = f'<h1>Lamps</h1><div class="{names}">Posted on May 12, 2021 by Ann Lee</div>{TEXT}'
    assert published(page)[:2] == ("2021-05-12", "byline")
    assert published(page.replace("Posted on ", ""))[0] is None


def test_a_text_page_prints_its_date_in_a_line_of_its_own() -> None:
    page = f"Lamps of the harbour\n\nDate Published: Wednesday, May 12, 2021\n\n{PROSE}\n\n{PROSE}\n"
    reading = read_text(page, NEWS_URL)
    news = interpret_page(page_input(NEWS_URL), reading).extraction.news
    assert news is not None
    assert (news.published_date, news.published_source) == ("2021-05-12", "byline")
    assert reading.metadata.published is not None
    assert page.encode()[slice(*reading.metadata.published.text.span())] == b"Wednesday, May 12, 2021"


@pytest.mark.parametrize(
    "line",
    [
        "Updated: 12 May 2021",
        "Event: Geneva, 12 May 2021",
        "When | 12 May 2021",
        "Training of clerks, 12 May 2021",
        "Workshop in Lagos on 12 May 2021",
        "Updated by Ann Lee on 12 May 2021",
        "Wed, 11/02/2023 - 15:04",
        "12–14 May 2021",
        "IOM Library, 2021",
        "<a href='/x'>A report on lamps and ledgers</a> 12 May 2021",
    ],
)
def test_a_line_with_another_date_is_told_and_never_swallowed(line: str) -> None:
    page = f"<body><main><h1>Lamps</h1><div>{line}</div>{TEXT}</main></body>"
    reading = read_html(page, NEWS_URL)
    assert published(f"<h1>Lamps</h1><div>{line}</div>{TEXT}") == (None, None, None)
    assert [text.value for text in reading.unexplained] == [line] or "<a" in line


def test_a_date_whose_order_nothing_tells_is_null_and_its_words_are_kept() -> None:
    page = f"<h1>Lamps</h1><div>Published on 05/12/2021</div>{TEXT}"
    assert published(page) == (None, None, "05/12/2021")


@pytest.mark.parametrize(("order", "day"), [("day", "2021-12-05"), ("month", "2021-05-12"), (None, None)])
def test_the_other_rows_of_a_listing_tell_its_order(order: str | None, day: str | None) -> None:
    read = published(f"<h1>Lamps</h1>{TEXT}", listing_date="05/12/2021 - 09:30", listing_order=order)
    assert read == (day, day and "listing", "05/12/2021 - 09:30")


@pytest.mark.parametrize("label", ["Deadline", "Last updated", "Register by:"])
def test_a_label_over_a_date_tells_whose_it_is(label: str) -> None:
    assert published(f"<h1>Lamps</h1><div><div>{label}</div><div>12 May 2021</div></div>{TEXT}")[0] is None
    assert published(f"<h1>Lamps</h1><div><div>Date:</div><div>12 May 2021</div></div>{TEXT}")[0] == "2021-05-12"


def test_the_date_under_a_picture_is_the_pictures() -> None:
    picture = "<figure><img src=x><figcaption>The harbour © Ida Example, 12.05.2021</figcaption></figure>"
    assert published(f"<h1>Lamps</h1>{picture}{TEXT}")[0] is None
    assert published(f"<h1>Lamps</h1><p>Harbour, 12.05.2021 © Example</p>{TEXT}")[0] is None
