"""What a robots.txt says to us: RFC 9309, and the reference matcher's rules (google/robotstxt) in our own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.session.robots import read_robots

ROBOTS = b"""\xef\xbb\xbf# comment
User-agent: othercrawler
Disallow: /

User-agent: *
User-agent: another
Disallow: /admin
Disallow: /*.pdf$
Allow: /admin/public
Disallow: /search?
Crawl-delay: 2.5
Sitemap: https://iom.int/sitemap.xml
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/news/a", True),
        ("/admin", False),
        ("/admin/x", False),
        ("/admin/public/x", True),
        ("/file.pdf", False),
        ("/file.pdf?x=1", True),
        ("/search?q=a", False),
        ("/search", True),
        ("/robots.txt", True),
        ("/%61dmin/x", False),
    ],
)
def test_robots_rules_by_the_longest_match_wildcards_and_groups(path: str, allowed: bool) -> None:
    robots = read_robots(200, ROBOTS)
    assert robots.allows(f"https://iom.int{path}") is allowed
    assert robots.crawl_delay == 2.5
    assert robots.sitemaps == ("https://iom.int/sitemap.xml",)


@given(st.binary(max_size=400), st.integers(100, 599))
def test_any_robots_txt_gives_rules(body: bytes, status: int) -> None:
    robots = read_robots(status, body)
    robots.allows("https://iom.int/news/a")
    assert (robots.closed is None) == (200 <= status < 300 or (400 <= status < 500 and status != 429))


# A file, and what it says of paths: yes or no. The matcher's cases, with our name in the place of its own.
CASES: dict[str, tuple[str, dict[str, bool]]] = {
    "an empty file allows all": ("", {"/": True, "/x": True}),
    "rules before any group bind nobody": ("Disallow: /\nUser-agent: iomdb\nDisallow: /x\n", {"/a": True, "/x": False}),
    "names of fields in any case": ("uSeR-aGeNt: iomdb\nDiSaLLoW: /\naLLoW: /x/\n", {"/x/y": True, "/a": False}),
    "a missing colon is meant": ("user-agent iomdb\ndisallow /\n", {"/a": False}),
    "fields that nobody knows bind nobody": ("foo: iomdb\nbar: /\n", {"/a": True}),
    "our name in any case": ("User-agent: IOMDB\nDisallow: /\n", {"/a": False}),
    "our name with a version": ("User-agent: iomdb/1.0\nDisallow: /\n", {"/a": False}),
    "our name with any version": ("User-agent: iomdb/0.1.0 (+https://example.org)\nDisallow: /\n", {"/a": False}),
    "our name up to the first blank": ("User-agent: iomdb bot\nDisallow: /\n", {"/a": False}),
    "our name with an asterisk": ("User-agent: iomdb*\nDisallow: /\n", {"/a": False}),
    "the beginning of our name is another": ("User-agent: iom\nDisallow: /\n", {"/a": True}),
    "the end of our name is another": ("User-agent: db\nDisallow: /\n", {"/a": True}),
    "a longer name is another": ("User-agent: iomdb-images\nDisallow: /\n", {"/a": True}),
    "our name behind another's": ("User-agent: Mozilla/5.0 (compatible; iomdb/1.0)\nDisallow: /\n", {"/a": True}),
    "an agent without a name is nobody": ("User-agent:\nDisallow: /\n", {"/a": True}),
    "everybody, with words behind": ("User-agent: * everybody\nDisallow: /\n", {"/a": False}),
    "our group alone counts where there is one": (
        "User-agent: *\nDisallow: /x/\nUser-agent: iomdb\nDisallow: /y/\n",
        {"/x/a": True, "/y/a": False},
    ),
    "our group counts though it has no rule": (
        "User-agent: *\nDisallow: /\nUser-agent: iomdb\nDisallow:\n",
        {"/a": True},
    ),
    "groups of one name are one": (
        "User-agent: iomdb\nDisallow: /a\nUser-agent: b\nDisallow: /b\nUser-agent: iomdb\nDisallow: /c\n",
        {"/a": False, "/b": True, "/c": False},
    ),
    "groups of everybody are one": (
        "User-agent: *\nDisallow: /a\n\nUser-agent: b\nDisallow: /b\n\nUser-agent: *\nDisallow: /c\n",
        {"/a": False, "/b": True, "/c": False},
    ),
    "agents in a row share what follows": (
        "User-agent: a\nUser-agent: iomdb\nDisallow: /x\n",
        {"/x": False, "/y": True},
    ),
    "empty lines do not part a group": ("User-agent: iomdb\n\n\nUser-agent: b\n\n\nDisallow: /\n", {"/a": False}),
    "a sitemap does not part agents": (
        "User-agent: iomdb\nSitemap: https://a.int/s.xml\nUser-agent: b\nDisallow: /\n",
        {"/a": False},
    ),
    "an unknown record does not part agents": (
        "User-agent: iomdb\nClean-param: ref /\nNoindex: /x\nUser-agent: b\nDisallow: /\n",
        {"/a": False},
    ),
    "a crawl delay does not part agents": (
        "User-agent: iomdb\nCrawl-delay: 2\nUser-agent: b\nDisallow: /\n",
        {"/a": False},
    ),
    "a rule parts groups, an empty one too": (
        "User-agent: iomdb\nDisallow:\nUser-agent: b\nDisallow: /\n",
        {"/a": True},
    ),
    "an agent line without a name parts groups": (
        "User-agent: iomdb\nDisallow: /x\nUser-agent:\nDisallow: /\n",
        {"/a": True, "/x": False},
    ),
    "paths are told apart by case": ("User-agent: iomdb\nDisallow: /X/\n", {"/x/y": True, "/X/y": False}),
    "the longest rule counts, whichever it is": (
        "User-agent: iomdb\nDisallow: /x/page.html\nAllow: /x/\nDisallow: /y/\nAllow: /y/page.html\n",
        {"/x/page.html": False, "/x/a": True, "/y/page.html": True, "/y/": False},
    ),
    "of two as long the milder counts": ("User-agent: iomdb\nDisallow: /x\nAllow: /x\n", {"/x": True}),
    "rules of nothing are none": ("User-agent: iomdb\nDisallow: \nAllow: \n", {"/a": True}),
    "a folder is not its name": ("User-agent: iomdb\nDisallow: /x\nAllow: /x/\n", {"/x": False, "/x/": True}),
    "a pattern counts by its length": (
        "User-agent: iomdb\nAllow: /page\nDisallow: /*.html\n",
        {"/page.html": False, "/page": True},
    ),
    "a longer prefix beats a pattern": (
        "User-agent: iomdb\nAllow: /x/page.\nDisallow: /*.html\n",
        {"/x/page.html": True, "/x/y.html": False},
    ),
    "a query is compared as it is": (
        "User-agent: iomdb\nDisallow: /\nAllow: /a?q=t&b=http://foo.bar?tar&par\n",
        {"/a?q=t&b=http://foo.bar?tar&par": True, "/a?q=t": False},
    ),
    "letters beyond ASCII are their escapes": (
        "User-agent: iomdb\nDisallow: /\nAllow: /a/ツ\n",
        {"/a/%E3%83%84": True, "/a/x": False},
    ),
    "escapes in small letters are those in capitals": (
        "User-agent: iomdb\nDisallow: /\nAllow: /a/%e3%83%84\n",
        {"/a/%E3%83%84": True, "/a/x": False},
    ),
    # RFC 9309, 2.2.2 undoes them before comparing; the reference matcher does not. Ours are normal when they are asked.
    "escapes of letters are the letters": ("User-agent: iomdb\nDisallow: /a/%62%61%7A\n", {"/a/baz": False}),
    "an asterisk is anything": (
        "User-agent: iomdb\nDisallow: /foo/*/quz\n",
        {"/foo/bar/quz": False, "/foo/quz": True, "/foo//quz": False, "/foo/a/b/quz": False},
    ),
    "an asterisk at the end changes nothing": (
        "User-agent: iomdb\nDisallow: /\nAllow: /fish*\n",
        {"/fish": True, "/fishheads/y": True, "/catfish": False, "/Fish": False, "/?id=fish": False},
    ),
    "a dollar is the end": (
        "User-agent: iomdb\nDisallow: /foo/bar$\n",
        {"/foo/bar": False, "/foo/bar/": True, "/foo/bar?x": True, "/foo/barn": True},
    ),
    "a dollar behind an asterisk": (
        "User-agent: iomdb\nDisallow: /\nAllow: /*.php$\n",
        {"/f.php": True, "/d/f.php": True, "/f.php?p": False, "/f.php/": False, "/f.php5": False, "/w.PHP": False},
    ),
    "the home page alone": ("User-agent: iomdb\nAllow: /$\nDisallow: /\n", {"/": True, "/page": False}),
    "what follows a hash is for people": (
        "User-agent: iomdb # us\n# Disallow: /\nDisallow: /foo/quz#qux\nAllow: /\n",
        {"/foo/bar": True, "/foo/quz": False},
    ),
    "a rule that begins nowhere matches nothing": ("User-agent: iomdb\nDisallow: fish\n", {"/fish": True}),
    "lines of DOS": (
        "User-agent: iomdb\r\nDisallow: /x\r\nUser-agent: b\r\n\r\nDisallow: /\r\n",
        {"/x": False, "/a": True},
    ),
    "lines of old Macs": ("User-agent: iomdb\rDisallow: /x\rUser-agent: b\r\rDisallow: /\r", {"/x": False, "/a": True}),
    "no end of the last line": ("User-agent: iomdb\nDisallow: /", {"/a": False}),
    "a line separator of Unicode ends no line": ("User-agent: iomdb\nDisallow: /a\u2028Allow: /\n", {"/a": True}),
    "a byte order mark": ("\ufeffUser-agent: iomdb\nDisallow: /\n", {"/a": False}),
    "one within the file spoils its line": ("User-agent: iomdb\n\ufeffDisallow: /\n", {"/a": True}),
    "misspellings that are meant": (
        "Useragent: iomdb\nDissallow: /a\nDisalow: /b\n",
        {"/a": False, "/b": False, "/c": True},
    ),
    "robots.txt itself is always allowed": ("User-agent: *\nDisallow: /\n", {"/robots.txt": True}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_rules_of_rfc_9309_as_the_reference_matcher_has_them(name: str) -> None:
    text, expected = CASES[name]
    robots = read_robots(200, text.encode())
    assert {path: robots.allows(f"https://iom.int{path}") for path in expected} == expected


@pytest.mark.parametrize(("cut", "allowed"), [(b"\xef\xbb", False), (b"\xef", False), (b"\xef\x11\xbf", True)])
def test_half_a_byte_order_mark_is_skipped_and_garbage_spoils_its_line(cut: bytes, allowed: bool) -> None:
    assert read_robots(200, cut + b"User-agent: iomdb\nDisallow: /\n").allows("https://iom.int/a") is allowed


@pytest.mark.parametrize("place", ["first", "last", "among"])
def test_a_sitemap_may_be_named_anywhere(place: str) -> None:
    lines = ["User-agent: a", "Allow: /x", "User-agent: b", "Disallow: /"]
    lines.insert({"first": 0, "last": 4, "among": 3}[place], "Sitemap: https://iom.int/sitemap.xml")
    assert read_robots(200, "\n".join(lines).encode()).sitemaps == ("https://iom.int/sitemap.xml",)


def test_a_crawl_delay_is_for_the_agents_that_were_named_before_it() -> None:
    body = b"User-agent: slow\nCrawl-delay: 600\nUser-agent: *\nDisallow: /admin\nCrawl-delay: 3\n"
    assert read_robots(200, body).crawl_delay == 3.0
    assert read_robots(200, b"User-agent: slow\nCrawl-delay: 600\nUser-agent: *\nDisallow: /\n").crawl_delay is None
    assert read_robots(200, b"User-agent: iomdb/2\nCrawl-delay: 7\nDisallow:\n").crawl_delay == 7.0
