from __future__ import annotations

import pytest

from extractor.blocks.markup import Markup
from extractor.blocks.source import Source
from extractor.head.metadata import read_metadata
from extractor.values.dates import find_date
from tests.extractor.readings import NEWS_URL, read_html
from tests.site.content import make_news
from tests.site.pages import Look, render_page

HEAD = """<!doctype html><html lang="fr-FR"><head>
<!-- <meta property="og:title" content="Commented out"> -->
<meta charset=utf-8><title>
 Lampes &amp; registres | OIM</title>
<link href='https://www.iom.int/fr/news/lampes' rel=canonical>
<link rel="alternate" hreflang="en" href="https://www.iom.int/news/lamps?a=1&amp;b=2"/>
<link rel="alternate" hreflang="fr" href="/fr/news/lampes">
<link rel="alternate" type="application/rss+xml" href="/feed">
<meta content="Lampes &amp; registres" property="og:title" />
<meta property="og:title" content="Second">
<meta property="article:modified_time" content="2021-06-01T00:00:00+0000">
<meta name="date" content="2021-05-13">
<meta property="og:type" content="article">
{}
</head><body></body></html>"""
LINKED = (
    '<script type="application/ld+json">{"@type": "BreadcrumbList"}</script>'
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"X",'
    '"datePublished": "2021-05-12T09:00:00Z"}</script>'
)


def make_markup(page: str) -> Markup:
    return Markup(Source(page))


def test_the_heads_statements_are_read_with_their_places() -> None:
    metadata = read_metadata(make_markup(HEAD))
    assert metadata.html_lang == "fr-FR"
    assert metadata.canonical_url == "https://www.iom.int/fr/news/lampes"
    assert metadata.alternates == (("en", "https://www.iom.int/news/lamps?a=1&b=2"), ("fr", "/fr/news/lampes"))
    assert metadata.og_title is not None
    assert metadata.og_title.value == "Lampes & registres"
    assert HEAD[slice(*metadata.og_title.span())] == "Lampes &amp; registres"
    assert metadata.page_title is not None
    assert metadata.page_title.value == "Lampes & registres | OIM"


def test_the_publication_date_names_its_source_and_the_most_specific_wins() -> None:
    by_name = read_metadata(make_markup(HEAD)).published
    assert by_name is not None
    assert (by_name.name, by_name.text.value) == ("date", "2021-05-13")
    article = HEAD.format('<meta property="article:published_time" content="2021-05-12T10:00:00+02:00">')
    published = read_metadata(make_markup(article)).published
    assert published is not None
    assert published.name == "article:published_time"
    assert article[slice(*published.text.span())] == "2021-05-12T10:00:00+02:00"


def test_json_ld_gives_dates_where_no_meta_does() -> None:
    page = HEAD.replace('<meta name="date" content="2021-05-13">', "").replace("{}", LINKED)
    published = read_metadata(make_markup(page)).published
    assert published is not None
    assert (published.name, published.text.value) == ("json-ld:datePublished", "2021-05-12T09:00:00Z")


def test_metadata_is_never_needed() -> None:
    content = make_news(1)
    with_it = read_html(render_page(content, Look(has_metadata=True)), NEWS_URL)
    without = read_html(render_page(content, Look(has_metadata=False)), NEWS_URL)
    assert with_it.news == without.news
    assert with_it.metadata.canonical_url == "https://www.iom.int/news/release-1"
    assert without.metadata.canonical_url is None


def test_a_time_element_above_the_text_gives_the_date_where_the_head_does_not() -> None:
    content = next(news for news in map(make_news, range(20)) if news.published)
    reading = read_html(render_page(content, Look(has_metadata=False)), NEWS_URL)
    assert reading.metadata.published is not None
    assert (reading.metadata.published.name, reading.metadata.published.text.value) == ("time", content.published)
    page = render_page(content, Look(has_metadata=False)).decode()
    assert content.published is not None
    assert page[slice(*reading.metadata.published.text.span())] == content.published


def test_two_time_elements_above_the_text_or_one_below_it_give_no_date() -> None:
    body = "<p>The team will visit every counter twice and write down what travellers have to wait for.</p>"
    one, other = '<time datetime="2021-05-12">12 May</time>', '<time datetime="2021-05-13">13 May</time>'
    for page in (
        f"<h1>Lamps</h1>{one}{other}{body}",
        f"<h1>Lamps</h1>{body}<aside>{one}</aside>",
    ):
        assert read_html(f"<body><main>{page}</main></body>", NEWS_URL).metadata.published is None


def test_a_head_without_anything_states_nothing() -> None:
    metadata = read_metadata(make_markup("<p>no head</p>"))
    assert (metadata.html_lang, metadata.published, metadata.og_title, metadata.alternates) == (None, None, None, ())


PROSE = "The team will visit every counter twice and write down what travellers have to wait for."
WHEN = '<time datetime="2024-03-01T10:00:00Z">1 March 2024</time>'


@pytest.mark.parametrize(
    "byline",
    [
        "<div>{}</div>",
        "<p>Published: {}</p>",
        "<p>Publié le {}</p>",
        "<div>Publicado el <span>{}</span></div>",
        "<div><span>News</span> | {}</div>",
        "<div><div>Veröffentlicht am</div><div>{}</div></div>",
        "<ul><li>{}</li></ul>",
        "<div>{}</div><p>Last updated: <time datetime='2025-01-01'>1 January 2025</time></p>",
    ],
)
def test_a_time_with_words_of_publication_or_none_is_the_date(byline: str) -> None:
    page = f"<body><main><h1>Lamps</h1>{byline.format(WHEN)}<p>{PROSE}</p></main></body>"
    published = read_html(page, NEWS_URL).metadata.published
    assert published is not None
    assert (published.name, published.text.value) == ("time", "2024-03-01T10:00:00Z")


@pytest.mark.parametrize(
    "other",
    [
        "<p>Last updated: {}</p>",
        "<div>Register by {}</div>",
        "<div>Mis à jour le {}</div>",
        "<div><div>Last updated</div><div>{}</div></div>",
        "<div><div>Deadline:</div><div>{}</div></div>",
        "<ul><li><a href='/n'>Another story about lamps</a> {}</li></ul>",
        "<div><a href='/n'>Another story about lamps</a><div>{}</div></div>",
        "<section><h2>Related News</h2><div><a href='/n'>Another lamp</a><div>{}</div></div></section>",
        "<!-- {} -->",
        "<template>{}</template>",
        "<div hidden>{}</div>",
        "<script>var x = '{}';</script>",
        "<noscript>{}</noscript>",
    ],
)
def test_the_time_of_something_else_is_no_date_of_publication(other: str) -> None:
    page = f"<body><main><h1>Lamps</h1>{other.format(WHEN)}<p>{PROSE}</p></main></body>"
    assert read_html(page, NEWS_URL).metadata.published is None


META = '<meta property="article:published_time" content="2001-01-01">'


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>var x='{}';</script>",
        "<script>var x='</head>{}';</script>",
        "<!-- {} -->",
        "<!--{}-->",
        "<style>/* {} */</style>",
        "<template>{}</template>",
        "<noscript>{}</noscript>",
        "<title>{}</title>",
        "<script>{}",
        "<!-- {}",
    ],
)
def test_what_programs_comments_and_templates_hold_is_not_stated(hidden: str) -> None:
    canonical = '<link rel="canonical" href="https://www.iom.int/x">'
    metadata = read_metadata(
        make_markup(f"<html><head>{canonical}{hidden.format(META)}</head><body>{META}</body></html>")
    )
    assert metadata.published is None
    assert metadata.canonical_url == "https://www.iom.int/x"


def test_what_follows_a_program_or_comment_in_the_head_is_stated() -> None:
    head = f"<script>if (a < b) {{}}</script><!-- a -- b --><style>p > b {{}}</style>{META}<title>Lamps</title>"
    metadata = read_metadata(make_markup(f"<head>{head}</head>"))
    assert metadata.published is not None
    assert metadata.page_title is not None
    assert metadata.page_title.value == "Lamps"


SITE = '{"@type":"WebSite","datePublished":"2001-01-01","headline":"The site"}'
ARTICLE = '{"@type":"NewsArticle","datePublished":"2024-05-12","headline":"Lamps"}'


@pytest.mark.parametrize(
    "linked",
    [
        [SITE, ARTICLE],
        [f"[{SITE},{ARTICLE}]"],
        [f'{{"@context":"https://schema.org","@graph":[{SITE},{ARTICLE}]}}'],
        [f'{{"@type":"WebPage","datePublished":"2001-01-01","mainEntity":{ARTICLE}}}'],
        [ARTICLE.replace('"NewsArticle"', '["Thing", "https://schema.org/BlogPosting"]')],
        [ARTICLE, "{broken", ARTICLE],
    ],
)
def test_json_ld_speaks_of_the_article_by_its_own_node_only(linked: list[str]) -> None:
    page = "".join(f'<script type="application/ld+json">{one}</script>' for one in linked)
    metadata = read_metadata(make_markup(f"<head>{page}</head>"))
    assert metadata.published is not None
    assert (metadata.published.name, metadata.published.text.value) == ("json-ld:datePublished", "2024-05-12")
    assert metadata.headline is not None
    assert metadata.headline.value == "Lamps"


@pytest.mark.parametrize(
    "linked",
    [
        SITE,
        f'{{"@type":"ItemList","itemListElement":[{{"@type":"ListItem","item":{ARTICLE}}}]}}',
        f"[{ARTICLE},{ARTICLE.replace('2024', '2023').replace('Lamps', 'Ledgers')}]",
        "[" * 100_000,
        '{"@type":"NewsArticle","datePublished":7,"headline":null}',
    ],
)
def test_json_ld_of_something_else_or_of_two_articles_states_nothing(linked: str) -> None:
    metadata = read_metadata(make_markup(f'<head><script type="application/ld+json">{linked}</script></head>'))
    assert (metadata.published, metadata.og_title) == (None, None)


def test_what_json_writes_with_a_backslash_is_read_as_it_reads_and_keeps_its_place() -> None:
    headline = r"K\u00fcnstler \"lit\" \ud83d\udca1 lamps"
    page = f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{headline}"}}</script>'
    read = read_metadata(make_markup(page)).headline
    assert read is not None
    assert read.value == 'Künstler "lit" 💡 lamps'
    assert page[slice(*read[1:2].span())] == r"\u00fc"
    assert page[slice(*read.span())] == headline


def date_page(stated: str, printed: str) -> tuple[str | None, str | None]:
    prose = "Lamps were lit in every office of the harbour, and nobody had to wait in the dark."
    head = f'<head><meta property="article:published_time" content="{stated}"></head>'
    published = read_html(f"{head}<h1>Lamps</h1><p>{printed}</p><p>{prose}</p>", NEWS_URL).metadata.published
    assert published is not None
    return find_date(published.text.value), published.text.value


@pytest.mark.parametrize(
    ("stated", "printed", "day"),
    [
        ("2022-01-25T12:00:00+01:00", "25 January 2022", "2022-01-25"),
        ("2022-01-25T23:30:00Z", "26 January 2022", "2022-01-26"),
        ("2022-01-25", "26 January 2022", None),
        ("2017-08-21T13:09:00Z", "3 April 2019", None),
        ("2017-08-21T13:09:00Z", "Updated 3 April 2019", "2017-08-21"),
    ],
)
def test_a_day_printed_beside_the_title_that_no_zone_explains_leaves_no_date(
    stated: str, printed: str, day: str | None
) -> None:
    found, raw = date_page(stated, printed)
    assert found == day
    assert day is not None or raw == f"{stated} / {printed}"
