"""Reading what names pages: sitemaps, feeds, listings. Bytes in, addresses and printed dates out.

Belongs here: pure readers, free of Scrapy. Does not belong here: which of the addresses are pages of the site
(crawler.site.site), when they are fetched (crawler.engine), what a page itself says (extractor).

Everything here is untrusted: no entity is expanded, nothing is loaded from outside, a broken document gives what it
gives.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

from lxml import etree
from lxml import html as lxml_html

from crawler.errors import UrlError
from crawler.site.urls import join_url, normal_url

_BEFORE_MARKUP = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
"""Byte order marks of UTF-8 and UTF-16, the zero bytes of the latter, and white space."""
_BREAKS_OFF = "it breaks off"
_LONGEST_DATE = 200
"""Characters of a printed date that are kept: more is no date."""


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """An address that a source names. ``date`` is what is printed beside it, verbatim, or None.

    ``is_sitemap`` marks the entry of a sitemap index.
    """

    url: str
    date: str | None = None
    is_sitemap: bool = False


class Sitemap:
    """The entries of a sitemap or sitemap index (sitemaps.org), or of a plain list of addresses, in order.

    ``fault`` says, once all entries were given, why they may not be all that the document names; None where they are.
    ``lastmod`` is not a date of publication, so an entry's ``date`` is None.

    >>> sitemap = Sitemap(b"<urlset><url><loc> /news/a </loc></url><url><loc>/news/b</lo", "https://iom.int/sitemap.xml")
    >>> [entry.url for entry in sitemap], sitemap.fault
    (['https://iom.int/news/a'], 'it breaks off')
    """

    def __init__(self, payload: bytes, base: str) -> None:
        self._payload = payload
        self._base = base
        self.fault: str | None = None

    def __iter__(self) -> Iterator[SourceEntry]:
        if not self._payload.lstrip(_BEFORE_MARKUP).startswith(b"<"):
            yield from self._iter_list()
            return
        document = _Document(self._payload, entries={"url", "sitemap"}, roots={"urlset", "sitemapindex"})
        for element in document:
            location = _child_text(element, {"loc"})
            if location and not re.search(r"\s", location) and (url := _find_url(location, self._base)):
                yield SourceEntry(url, is_sitemap=_name(element) == "sitemap")
        self.fault = document.fault

    def _iter_list(self) -> Iterator[SourceEntry]:
        for number, line in enumerate(self._payload.decode("utf-8-sig", "replace").splitlines(), start=1):
            if not line.strip():
                continue
            if url := _find_url(line):
                yield SourceEntry(url)
            else:
                self.fault = self.fault or f"line {number} is no address"


class Feed:
    """The entries of an RSS or Atom feed, in order, with the date each prints; ``fault`` as of :class:`Sitemap`.

    >>> rss = b"<rss><channel><item><link>/news/a</link><pubDate>Tue, 5 Nov 2024</pubDate></item></channel></rss>"
    >>> list(Feed(rss, "https://iom.int/rss"))
    [SourceEntry(url='https://iom.int/news/a', date='Tue, 5 Nov 2024', is_sitemap=False)]
    """

    def __init__(self, payload: bytes, base: str) -> None:
        self._document = _Document(payload, entries={"item", "entry"}, roots={"rss", "feed", "RDF"})
        self._base = base

    @property
    def fault(self) -> str | None:
        """Why the entries may not be all that the document names, or None."""
        return self._document.fault

    def __iter__(self) -> Iterator[SourceEntry]:
        for element in self._document:
            if url := self._find_link(element):
                date = _child_text(element, {"pubDate", "published", "date"}) or _child_text(element, {"updated"})
                yield SourceEntry(url, date and date[:_LONGEST_DATE])

    def _find_link(self, element: etree._Element) -> str | None:
        """Its alternate link; else, as RSS has it, the identifier that is a permanent link unless it says otherwise."""
        links = [e for e in element if _name(e) == "link" and e.get("rel", "alternate") == "alternate"]
        guids = [e for e in element if _name(e) == "guid" and e.get("isPermaLink", "true") == "true"]
        for link in (*links[:1], *guids[:1]):
            location = (link.get("href") or link.text or "").strip()
            if location and (url := _find_url(location, urljoin(self._base, link.base or ""))):
                return url
        return None


class _Document:
    """The elements of these local names in an XML document of one of these roots, each as it ends.

    Each is emptied once the next is asked for: memory stays flat. The last one of a document that breaks off is not
    given, for it may be cut.
    """

    def __init__(self, payload: bytes, *, entries: set[str], roots: set[str]) -> None:
        self._payload = payload
        self._entries = entries
        self._roots = roots
        self.fault: str | None = "it was not read to its end"

    def __iter__(self) -> Iterator[etree._Element]:
        parsed = etree.iterparse(
            BytesIO(self._payload), recover=True, resolve_entities=False, no_network=True, huge_tree=False
        )
        held: etree._Element | None = None
        try:
            for _, element in parsed:
                if _name(element) not in self._entries:
                    continue
                if held is not None:
                    yield held
                    _empty(held)
                held = element
        except etree.XMLSyntaxError as error:
            self.fault = f"it is no XML: {error}"
            return
        self.fault = self._find_fault(parsed)
        if held is not None and self.fault != _BREAKS_OFF:
            yield held

    def _find_fault(self, parsed: "etree.iterparse[Any]") -> str | None:
        root = parsed.root
        if root is None:
            return "it is no XML"
        if _name(root) not in self._roots:
            return f"its root is {_name(root)[:40]!r}"
        # What follows the root's end takes nothing away; any other error may have cost an entry or a part of one.
        errors = [entry for entry in parsed.error_log if entry.type_name != "ERR_DOCUMENT_END"]
        if any(entry.type_name == "ERR_TAG_NOT_FINISHED" for entry in errors):
            return _BREAKS_OFF
        return f"{errors[0].message} (line {errors[0].line})" if errors else None


def _empty(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if type(element.tag) is str else ""  # a comment's tag is a function


def _child_text(element: etree._Element, names: set[str]) -> str | None:
    """The text of the first child of one of these names that has any; comments in it count for nothing."""
    for child in element:
        if _name(child) in names:
            comments = list(child.iterchildren(etree.Comment))
            text = (child.text or "") + "".join(comment.tail or "" for comment in comments)
            if text.strip() and len(comments) == len(child):
                return text.strip()
    return None


def _find_url(location: str, base: str | None = None) -> str | None:
    try:
        return normal_url(location.strip()) if base is None else join_url(base, location)
    except UrlError:
        return None


_ARABIC = r"(?:\s?/?\s?[\u0600-\u06ff]{3,12}){0,3}"
_MONTHED = rf"\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+)?[^\W\d_]{{2,12}}\.?{_ARABIC},?\s+(?:de\s+)?\d{{4}}"
_CLEAR_DATE = (
    rf"{_MONTHED}|[^\W\d_]{{3,12}}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{4}}([/-])\d{{2}}\1\d{{2}}|"
    r"\d{1,2}\.\d{1,2}\.\d{4}"
)
"""A date that shows which of its numbers is the day."""
_WEEKDAY = r"(?:[^\W\d_]{2,4}\.?,\s+)?"
"""Short, as it stands before numbers: it may tell their order."""
_PRINTED_DATE = re.compile(rf"\b(?:{_CLEAR_DATE}|{_WEEKDAY}\d{{1,2}}([/-])\d{{1,2}}\2\d{{4}})\b")


def iter_listing(payload: bytes, base: str, is_page: Callable[[str], bool]) -> Iterator[SourceEntry]:
    """The pages that a listing links to, in order, without repeats, each with the date printed in its own row.

    ``is_page`` says which links are pages of the site. A date counts for a page when it is in the largest
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
        yield SourceEntry(url, next((date for date in dates if date), None))


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
        printed, stated = " ".join(str(time.text_content()).split()), time.get("datetime")
        text = printed if not stated or re.search(_CLEAR_DATE, printed) else stated
        if text:
            return str(text)[:_LONGEST_DATE]
    match = _PRINTED_DATE.search(" ".join(" ".join(row.xpath(".//text()")).split()))
    return match[0] if match else None
