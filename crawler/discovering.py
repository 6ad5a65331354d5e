"""Reading what names pages: sitemaps, feeds, listings. Bytes in, addresses and printed dates out.

Belongs here: pure readers, free of Scrapy. Does not belong here: which of the addresses are pages of the site
(crawler.site), when they are fetched (crawler.spiders), what a page itself says (crawler.pages).

Everything here is untrusted: no entity is expanded, nothing is loaded from outside, a broken document gives what it
gives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree
from lxml import html as lxml_html

from crawler.errors import UrlError
from crawler.urls import join_url, normal_url


@dataclass(frozen=True, slots=True)
class Named:
    """An address that a source names. ``date`` is what is printed beside it, verbatim, or None.

    ``is_sitemap`` marks the entry of a sitemap index.
    """

    url: str
    date: str | None = None
    is_sitemap: bool = False


def iter_sitemap(payload: bytes) -> Iterator[Named]:
    """The entries of a sitemap or sitemap index (sitemaps.org), or of a plain list of addresses, in order.

    ``lastmod`` is not a date of publication, so ``date`` is None.

    >>> [e.url for e in iter_sitemap(b"<urlset><url><loc> https://iom.int/news/a </loc></url></urlset>")]
    ['https://iom.int/news/a']
    """
    if payload.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        for element in _iter_elements(payload, {"url", "sitemap"}):
            location = _child_text(element, {"loc"})
            if location and (url := _find_url(location)):
                yield Named(url, is_sitemap=_name(element) == "sitemap")
        return
    for line in payload.decode("utf-8-sig", "replace").splitlines():
        if line.strip() and (url := _find_url(line)):
            yield Named(url)


def iter_feed(payload: bytes, base: str) -> Iterator[Named]:
    """The entries of an RSS or Atom feed, with the date each prints.

    >>> feed = b"<rss><channel><item><link>/news/a</link><pubDate>Tue, 5 Nov 2024</pubDate></item></channel></rss>"
    >>> list(iter_feed(feed, "https://iom.int/rss"))
    [Named(url='https://iom.int/news/a', date='Tue, 5 Nov 2024', is_sitemap=False)]
    """
    for element in _iter_elements(payload, {"item", "entry"}):
        links = [e for e in element if _name(e) == "link"]
        chosen = next((e for e in links if e.get("rel", "alternate") == "alternate"), None)
        location = "" if chosen is None else chosen.get("href") or chosen.text or ""
        if location.strip() and (url := _find_url(location, base)):
            yield Named(
                url, _child_text(element, {"pubDate", "published", "date"}) or _child_text(element, {"updated"})
            )


def _iter_elements(payload: bytes, names: set[str]) -> Iterator[etree._Element]:
    """Elements of these local names as they end.

    Each is emptied once the caller asks for the next: memory stays flat.
    """
    parsed = etree.iterparse(
        BytesIO(payload), events=("end",), recover=True, resolve_entities=False, no_network=True, huge_tree=False
    )
    try:
        for _, element in parsed:
            if _name(element) in names:
                yield element
                element.clear()
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
    except etree.XMLSyntaxError:
        return  # what came before the break has been given; the caller sees completeness by its own count


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if type(element.tag) is str else ""  # a comment's tag is a function


def _child_text(element: etree._Element, names: set[str]) -> str | None:
    for child in element:
        if _name(child) in names and child.text and child.text.strip():
            return str(child.text).strip()[:200]
    return None


def _find_url(location: str, base: str | None = None) -> str | None:
    try:
        return normal_url(location.strip()) if base is None else join_url(base, location)
    except UrlError:
        return None


_MONTHED = r"\d{1,2}(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?\d{4}"
_PRINTED_DATE = re.compile(
    rf"\b(?:{_MONTHED}|[^\W\d_]{{3,12}}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}}|"
    r"\d{1,2}[/.]\d{1,2}[/.]\d{4})\b"
)


def iter_listing(payload: bytes, base: str, is_page: Callable[[str], bool]) -> Iterator[Named]:
    """The pages that a listing links to, in order, without repeats, each with the date printed in its own row.

    ``is_page`` tells the site's pages from its other links. A date counts for a page when it stands in the largest
    block that links to this page and to no other.
    """
    tree = _find_tree(payload)
    if tree is None:
        return
    links: dict[str, list[lxml_html.HtmlElement]] = {}
    for anchor in tree.iter("a"):
        url = _find_url(anchor.get("href") or "", base)
        if url is not None and is_page(url):
            links.setdefault(url, []).append(anchor)
    owners: dict[lxml_html.HtmlElement, set[str]] = {}
    for url, anchors in links.items():
        for anchor in anchors:
            for above in (anchor, *anchor.iterancestors()):
                owners.setdefault(above, set()).add(url)
    for url, anchors in links.items():
        dates = (_find_printed_date(_own_row(anchor, owners)) for anchor in anchors)
        yield Named(url, next((date for date in dates if date), None))


def iter_links(payload: bytes, base: str) -> Iterator[str]:
    """Every address that a page links to, made absolute, in order, repeats included."""
    tree = _find_tree(payload)
    for anchor in () if tree is None else tree.iter("a"):
        url = _find_url(anchor.get("href") or "", base)
        if url is not None:
            yield url


def _find_tree(payload: bytes) -> lxml_html.HtmlElement | None:
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        tree = lxml_html.document_fromstring(payload, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    return tree


def _own_row(anchor: lxml_html.HtmlElement, owners: dict[lxml_html.HtmlElement, set[str]]) -> lxml_html.HtmlElement:
    row = anchor
    for above in anchor.iterancestors():
        if len(owners[above]) > 1 or above.tag in {"body", "html", "main"}:
            break
        row = above
    return row


def _find_printed_date(row: lxml_html.HtmlElement) -> str | None:
    for time in row.iter("time"):
        text = " ".join(str(time.text_content()).split()) or time.get("datetime") or ""
        if text:
            return str(text)[:200]
    match = _PRINTED_DATE.search(" ".join(str(row.text_content()).split()))
    return match[0] if match else None
