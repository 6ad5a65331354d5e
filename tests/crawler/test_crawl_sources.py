"""Reading sitemaps, feeds and listings as they are met, broken and hostile ones too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.run import RemovalRule
from crawler.answers.link_sources import Feed, Sitemap, SourceEntry, describe_refused, iter_listing
from crawler.disk import Scratch
from crawler.session.frontier import Found, Frontier, is_due, iter_due
from crawler.session.history import CrawlHistory, PageHistories, PageHistory
from crawler.site.file import Recrawl
from crawler.site.urls import find_trap, without_query
from tests.costs import costing_at_most
from tests.crawler.crawling import site_of
from tests.site.routes import sitemap

BASE = "https://www.iom.int/news?page=0"
MAP = "https://www.iom.int/sitemap.xml"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def is_news(url: str) -> bool:
    return "/news/" in url


def test_a_sitemap_with_namespaces_images_and_languages_names_its_pages_once_each() -> None:
    payload = b"""<?xml version="1.0" encoding="UTF-8"?>
    <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://x/image" xmlns:xhtml="http://x">
     <url><image:image><image:loc>https://www.iom.int/pic.jpg</image:loc></image:image>
      <loc>https://www.iom.int/news/a?x=1&amp;y=2</loc><lastmod>2024-05-01</lastmod>
      <xhtml:link rel="alternate" hreflang="fr" href="https://www.iom.int/fr/news/a"/></url>
     <url><loc>not a url</loc></url><!-- a comment --><url/>
     <url><loc><![CDATA[https://www.iom.int/news/b]]></loc></url>
    </urlset>"""
    found = Sitemap(payload, MAP)
    assert list(found) == [
        SourceEntry("https://www.iom.int/news/a?x=1&y=2"),
        SourceEntry("https://www.iom.int/news/b"),
    ]
    assert found.fault is None


LONG = "https://www.iom.int/news/" + "%D8%A3" * 90


@pytest.mark.parametrize(
    ("payload", "urls", "fault"),
    [
        (f"<urlset><url><loc>{LONG}</loc></url></urlset>".encode(), [LONG], None),
        (
            "<?xml version='1.0' encoding='UTF-16'?><urlset><url><loc>/news/a</loc></url></urlset>".encode("utf-16"),
            ["https://www.iom.int/news/a"],
            None,
        ),
        (
            b"<urlset><url><loc>/news/a<!-- x -->-b</loc></url></urlset><!-- made by x -->",
            ["https://www.iom.int/news/a-b"],
            None,
        ),
        (
            b"<urlset><url><loc>https://www.iom.int/news/a</loc></url><url><loc>https://www.iom.int/ne",
            ["https://www.iom.int/news/a"],
            "it breaks off",
        ),
        (
            b"<urlset><url><loc>/news/a?b=1&c=2</loc></url><url><loc>/news/d</loc></url></urlset>",
            ["https://www.iom.int/news/a?b=1&c=2", "https://www.iom.int/news/d"],
            None,
        ),
        (b"<!doctype html><html><body>Page not found</body></html>", [], "it is no XML"),
        (b"<html><body>Page not found</body></html>", [], "its root is 'html'"),
        (b"Page not found", [], "line 1 is no address"),
    ],
    ids=["long", "utf-16", "comment", "cut", "ampersand", "doctype", "html", "words"],
)
def test_a_sitemap_says_whether_it_was_read_whole(payload: bytes, urls: list[str], fault: str | None) -> None:
    found = Sitemap(payload, MAP)
    assert [entry.url for entry in found] == urls
    assert found.fault == fault


# What stands in the place of an address, and the address it names; None: none is guessed, and the entry is counted.
WRITTEN: dict[str, tuple[bytes, str | None]] = {
    "a bare ampersand": (b"/news/r&d-centre", "/news/r&d-centre"),
    "one in a query": (b"/news/a?x=1&copy=2", "/news/a?x=1&copy=2"),
    "one at the end": (b"/news/r&", "/news/r&"),
    "two": (b"/news/r&&d", "/news/r&&d"),
    "an escaped one": (b"/news/r&amp;d", "/news/r&d"),
    "a numbered one": (b"/news/r&#38;d", "/news/r&d"),
    "a number without digits": (b"/news/r&#x;d", None),
    "an entity of HTML": (b"/news/caf&eacute;", None),
    "an entity of nobody": (b"/news/r&d;x", None),
    "a character that is none": (b"/news/a&#1;b", None),
    "half a character": (b"/news/a&#xD800;b", None),
    "a control character": (b"/news/a\x01b", None),
    "a byte that is no character": (b"/news/a\xffb", None),
    "a bare less-than": (b"/news/1<2", "/news/1%3C2"),
    "a tag that nobody closes": (b"/news/a<b", None),
    "a tag that nobody opened": (b"/news/a</b>c", None),
    "an element": (b"<b>/news/a</b>", None),
    "an instruction": (b"/news/a<?b c?>d", None),
    "nothing": (b"", None),
    "blanks": (b" \n ", None),
    "a blank within": (b"/news/a b", None),
    "a line end within": (b"/news/a\nb", None),
    "another scheme": (b"ftp://www.iom.int/news/a", None),
    "mail": (b"mailto:a@example.org", None),
    "a host without a scheme": (b"www.iom.int/news/a", None),
    "a host and port without a scheme": (b"127.0.0.1:8000/news/a", None),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_an_entry_gives_its_own_address_or_none_and_never_another(name: str) -> None:
    written, path = WRITTEN[name]
    sources: list[Sitemap | Feed] = [
        Sitemap(b"<urlset><url><loc>" + written + b"</loc></url><url><loc>/n</loc></url></urlset>", MAP),
        Feed(b"<rss><item><link>" + written + b"</link></item><item><link>/n</link></item></rss>", MAP),
    ]
    if b"<" not in written:
        sources.append(Feed(b"<feed><entry><link href='" + written + b"'/></entry></feed>", MAP))
    for source in sources:
        found = [entry.url for entry in source if not entry.url.endswith("/n")]
        assert found == ([] if path is None else [f"https://www.iom.int{path}"])
        assert sum(source.refused.values()) == (path is None)


def test_behind_a_fault_only_what_the_document_has_whole_counts() -> None:
    payload = (
        b"<urlset><url><loc>/news/a</loc></url><url><loc>/news/b</x>c</loc></url><url><loc>/news/d</loc></url></urlset>"
    )
    found = Sitemap(payload, MAP)
    assert "https://www.iom.int/news/a" in [entry.url for entry in found]
    assert found.fault is not None
    assert not any("/news/b" in entry.url for entry in found)


def test_entries_without_an_address_are_counted_by_their_reasons() -> None:
    entries = ["", " ", "/news/a b", "ftp://www.iom.int/x", "www.iom.int/news/x", "/news/&x;"]
    found = Sitemap(sitemap(entries).encode(), MAP)
    assert list(found) == []
    assert describe_refused(found.refused) == (
        "6 entries give no address: 2 empty, 1 of another scheme than http(s), 1 with a blank in it, "
        "1 with broken markup or an unknown entity in it, 1 without a scheme"
    )


def test_a_plain_list_of_addresses_is_a_sitemap_too() -> None:
    payload = b"\xef\xbb\xbfhttps://www.iom.int/news/a\r\n\r\nhttps://www.iom.int/news/b\nrubbish\n"
    assert [entry.url for entry in Sitemap(payload, MAP)] == [
        "https://www.iom.int/news/a",
        "https://www.iom.int/news/b",
    ]


@pytest.mark.parametrize(
    "hostile",
    [
        b'<!DOCTYPE x [<!ENTITY a "https://www.iom.int/news/a">]><urlset><url><loc>&a;</loc></url></urlset>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url><loc>&a;</loc></url></urlset>',
        b'<!DOCTYPE x [<!ENTITY a "'
        + b"x" * 1000
        + b'"><!ENTITY b "'
        + b"&a;" * 1000
        + b'"><!ENTITY c "'
        + b"&b;" * 1000
        + b'">]><urlset><url><loc>&c;</loc></url></urlset>',
        b"<urlset>" + b"<url>" * 100_000,
        b"",
        b"\x00\x01<urlset>",
    ],
    ids=["entity", "file", "laughs", "deep", "empty", "binary"],
)
def test_a_hostile_sitemap_names_nothing_and_costs_nothing(hostile: bytes) -> None:
    with costing_at_most(5):
        assert list(Sitemap(hostile, MAP)) == []
        assert list(Feed(hostile, BASE)) == []


def test_rss_and_atom_give_links_and_printed_dates() -> None:
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://www.iom.int/"/>
      <entry><link rel="self" href="/x"/><link rel="alternate" href="/news/a"/><updated>2024-06-01</updated>
      <published>2024-05-02T10:00:00Z</published></entry><entry><title>none</title></entry></feed>"""
    assert list(Feed(atom, BASE)) == [SourceEntry("https://www.iom.int/news/a", "2024-05-02T10:00:00Z")]
    rss = b"""<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><link>https://www.iom.int</link>
      <item><title>A</title><link>https://www.iom.int/news/a</link><dc:date>2024-05-02</dc:date></item></channel></rss>"""
    feed = Feed(rss, BASE)
    assert list(feed) == [SourceEntry("https://www.iom.int/news/a", "2024-05-02")]
    assert feed.fault is None


def test_a_feed_may_name_pages_by_permanent_identifiers_and_against_a_base_of_its_own() -> None:
    rss = b"""<rss><channel><item><guid>https://www.iom.int/news/a</guid></item>
      <item><guid isPermaLink="false">17</guid></item></channel></rss>"""
    assert [entry.url for entry in Feed(rss, BASE)] == ["https://www.iom.int/news/a"]
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://iom.int/fr/">
      <entry><link href="news/b"/></entry></feed>"""
    assert [entry.url for entry in Feed(atom, BASE)] == ["https://iom.int/fr/news/b"]
    cut = Feed(b"<rss><channel><item><link>/news/a</link></item><item><link>/ne", BASE)
    assert [entry.url for entry in cut] == ["https://www.iom.int/news/a"]
    assert cut.fault == "it breaks off"


def test_a_listing_gives_each_page_the_date_of_its_own_row() -> None:
    page = """<main><h1>News of 3 May 2020</h1>
      <div class="row"><a href="/news/a"><img></a><div><h3><a href="/news/a">A</a></h3><time datetime="2024-05-02">2 May
       2024</time></div></div>
      <div class="row"><h3><a href="/news/b#top">B</a></h3><i>Bogotá, 26 de noviembre de 2024</i></div>
      <div class="row"><a href="/news/c">C</a> <p>in 2024 there were 1,200 of them</p></div>
      <div class="row"><a href="/news/d">D</a><a href="/news/e">E</a> 1 June 2024</div>
      <a href="/about">About</a><a href="javascript:x">x</a><a>no</a></main><footer>Updated 5 June 2024</footer>"""
    assert list(iter_listing(page.encode(), BASE, is_news)) == [
        SourceEntry("https://www.iom.int/news/a", "2 May 2024"),
        SourceEntry("https://www.iom.int/news/b", "26 de noviembre de 2024"),
        SourceEntry("https://www.iom.int/news/c", None),
        SourceEntry("https://www.iom.int/news/d", None),
        SourceEntry("https://www.iom.int/news/e", None),
    ]


@pytest.mark.parametrize(
    ("row", "date"),
    [
        ("<i>Tue, 05/12/2023 - 09:30</i>", "Tue, 05/12/2023"),
        ("<i>Nairobi | 05-12-2023</i>", "05-12-2023"),
        ("<i>2023/12/05</i>", "2023/12/05"),
        ("<i>26 تشرين الثاني/ نوفمبر 2024</i>", "26 تشرين الثاني/ نوفمبر 2024"),
        ('<time datetime="2023-12-05T09:30:00Z">05/12/2023</time>', "2023-12-05T09:30:00Z"),
        ('<time datetime="2023-12-05T23:30:00Z">6 December 2023</time>', "6 December 2023"),
        ('<time datetime="2023-12-05T23:30:00Z">two days ago</time>', "2023-12-05T23:30:00Z"),
    ],
)
def test_what_tells_the_day_from_the_month_is_handed_on_with_the_date(row: str, date: str) -> None:
    page = f'<main><div><h3><a href="/news/a">A</a></h3>{row}</div><div><a href="/news/b">B</a></div></main>'
    assert next(iter_listing(page.encode(), BASE, is_news)).date == date


@given(st.binary(max_size=300))
def test_no_bytes_break_a_reader(payload: bytes) -> None:
    list(Sitemap(payload, MAP))
    list(Feed(payload, BASE))
    list(iter_listing(payload, BASE, is_news))


@given(st.text(max_size=80))
def test_no_path_breaks_the_trap_rules(text: str) -> None:
    find_trap(f"https://iom.int/{text}")
    without_query(f"https://iom.int/{text}", {"id"})


SITE = site_of('name = "IOM"\nhosts = ["www.iom.int", "iom.int"]\n')


def known(
    slug: str, *, checked: int, first: int = 400, changed: int | None = None, absent: tuple[int, ...] = ()
) -> PageHistory:
    """A known page; all times in days before now."""
    day = timedelta(days=1)
    return PageHistory(
        url=f"https://www.iom.int/news/{slug}",
        page_key=f"iom.int/news/{slug}",
        kind="news",
        first_seen_at=NOW - first * day,
        seen_at=NOW - (max(absent) + 1 if absent else checked) * day,
        checked_at=NOW - checked * day,
        changed_at=NOW - (first if changed is None else changed) * day,
        absent_at=tuple(NOW - n * day for n in absent),
    )


def find_planned(
    folder: Path, named: Iterable[Found], pages: Iterable[PageHistory], most: int = 1000
) -> list[tuple[str, str, str | None]]:
    """URL, source and date of the pages that would be asked for, in their order."""
    with Scratch(folder) as scratch:
        past, frontier = PageHistories(scratch), Frontier(scratch, SITE)
        for page in pages:
            past.keep(page)
        for found in named:
            frontier.add_found("news", found)
        due = iter_due(SITE, "news", frontier, CrawlHistory(past, frozenset()), is_wanted=SITE.allows, now=NOW)
        frontier.plan("news", due, most)
        waiting = (page for host in SITE.file.hosts for page in frontier.take_waiting(host))
        return [(page.url, page.discovered_by, page.listing_date) for page in waiting]


def test_new_pages_come_first_and_then_what_was_checked_longest_ago(tmp_path: Path) -> None:
    named = [
        Found("https://www.iom.int/news/old", "listing", "1 May"),
        Found("https://www.iom.int/news/new", "sitemap"),
        Found("https://www.iom.int/news/a-new-one", "sitemap"),
    ]
    pages = [known("old", checked=40), known("older", checked=50), known("fresh", checked=1)]
    planned = [
        ("https://www.iom.int/news/new", "sitemap", None),
        ("https://www.iom.int/news/a-new-one", "sitemap", None),
        ("https://www.iom.int/news/older", "known", None),
        ("https://www.iom.int/news/old", "listing", "1 May"),
    ]
    assert find_planned(tmp_path, named, pages) == planned
    assert find_planned(tmp_path, named, pages, most=3) == planned[:3]


def test_of_a_known_pages_addresses_the_one_checked_last_is_asked_again(tmp_path: Path) -> None:
    other = replace(known("a", checked=40), url="https://iom.int/news/a")
    assert find_planned(tmp_path, [], [known("a", checked=60), other]) == [("https://iom.int/news/a", "known", None)]
    elsewhere = replace(known("a", checked=40), url="https://example.org/news/a")
    assert find_planned(tmp_path, [], [known("a", checked=60), elsewhere]) == [
        ("https://www.iom.int/news/a", "known", None)
    ]


def test_a_known_page_is_asked_at_the_address_that_a_source_names_now(tmp_path: Path) -> None:
    """Where a site drops trailing slashes, or moves to https, the old address may well answer 404."""
    old = replace(known("a", checked=40), url="http://www.iom.int/news/a/?utm=1")
    named = [Found("https://www.iom.int/news/a", "sitemap")]
    assert find_planned(tmp_path, named, [old]) == [("https://www.iom.int/news/a", "sitemap", None)]
    assert find_planned(tmp_path, [], [old]) == [("http://www.iom.int/news/a/", "known", None)]


def test_of_several_addresses_https_and_the_sites_own_host_win_and_dates_are_kept(tmp_path: Path) -> None:
    named = [
        Found("http://iom.int/news/a", "sitemap"),
        Found("https://iom.int/news/a/", "listing", "2 May 2024"),
        Found("https://www.iom.int/news/a", "feed", "Thu, 02 May 2024"),
    ]
    assert find_planned(tmp_path, named, []) == [("https://www.iom.int/news/a", "sitemap", "2 May 2024")]


@pytest.mark.parametrize(
    ("page", "due", "due_when_named"),
    [
        (known("young", checked=1, first=5), True, True),
        (known("this-morning", checked=0, first=5), False, False),
        (known("weekly", checked=3, first=50), False, False),
        (known("weekly", checked=7, first=50), True, True),
        (known("old", checked=20), False, False),
        (known("old", checked=30), True, True),
        (known("old-but-just-changed", checked=1, changed=1), True, True),
        (known("absent-once", checked=1, absent=(1,)), True, True),
        (known("absent-and-confirmed", checked=2, absent=(5, 2)), False, True),
        (known("absent-for-a-month", checked=2, absent=(30, 2)), False, False),
        (known("absent-for-a-month", checked=7, absent=(30, 7)), False, True),
        (known("absent-and-confirmed", checked=31, absent=(40, 31)), True, True),
    ],
)
def test_when_a_page_is_due(page: PageHistory, due: bool, due_when_named: bool) -> None:
    assert is_due(page, Recrawl(), RemovalRule(), NOW, is_named=False) is due
    assert is_due(page, Recrawl(), RemovalRule(), NOW, is_named=True) is due_when_named
