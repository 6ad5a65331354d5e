"""Reading what names pages: sitemaps, feeds, listings. Bytes in, addresses and printed dates out.

Belongs here: pure readers, free of Scrapy. Does not belong here: which of the addresses are pages of the site
(crawler.site.site), when they are fetched (crawler.engine), what a page itself says (extractor).

Everything here is untrusted. What a broken document names for certain counts (crawler.answers.xml_entries); an entry
that gives no address is counted with its reason.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree
from lxml import html as lxml_html

from crawler.answers.xml_entries import XmlEntries, name_of
from crawler.errors import UrlError
from crawler.site.urls import join_url, normal_url

_BEFORE_MARKUP = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
"""Byte order marks of UTF-8 and UTF-16, the zero bytes of the latter, and white space."""
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
    ``refused`` counts, by reason, the entries that give no address. ``lastmod`` is not a date of publication, so an
    entry's ``date`` is None.

    >>> sitemap = Sitemap(b"<urlset><url><loc> /news/a </loc></url><url><loc>/news/b</lo", "https://iom.int/sitemap.xml")
    >>> [entry.url for entry in sitemap], sitemap.fault
    (['https://iom.int/news/a'], 'it breaks off')
    """

    def __init__(self, payload: bytes, base: str) -> None:
        self._payload = payload
        self._base = base
        self.fault: str | None = None
        self.refused: Counter[str] = Counter()

    def __iter__(self) -> Iterator[SourceEntry]:
        if not self._payload.lstrip(_BEFORE_MARKUP).startswith(b"<"):
            yield from self._iter_list()
            return
        document = XmlEntries(self._payload, entries={"url", "sitemap"}, roots={"urlset", "sitemapindex"})
        for element in document:
            locations = [document.find_text(child) for child in element if name_of(child) == "loc"]
            location = next((text for text in locations if text != ""), "")
            try:
                yield SourceEntry(read_address(location, self._base), is_sitemap=name_of(element) == "sitemap")
            except AddressError as error:
                self.refused[str(error)] += 1
        self.fault = document.fault

    def _iter_list(self) -> Iterator[SourceEntry]:
        for number, line in enumerate(self._payload.decode("utf-8-sig", "replace").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                yield SourceEntry(normal_url(line))
            except UrlError:
                self.fault = self.fault or f"line {number} is no address"
                self.refused[_find_reason(line)] += 1


class Feed:
    """The entries of an RSS or Atom feed, in order, with the date each prints; the rest as of :class:`Sitemap`.

    >>> rss = b"<rss><channel><item><link>/news/a</link><pubDate>Tue, 5 Nov 2024</pubDate></item></channel></rss>"
    >>> list(Feed(rss, "https://iom.int/rss"))
    [SourceEntry(url='https://iom.int/news/a', date='Tue, 5 Nov 2024', is_sitemap=False)]
    """

    def __init__(self, payload: bytes, base: str) -> None:
        self._document = XmlEntries(payload, entries={"item", "entry"}, roots={"rss", "feed", "RDF"})
        self._base = base
        self.refused: Counter[str] = Counter()

    @property
    def fault(self) -> str | None:
        """Why the entries may not be all that the document names, or None."""
        return self._document.fault

    def __iter__(self) -> Iterator[SourceEntry]:
        for element in self._document:
            try:
                url = self._read_link(element)
            except AddressError as error:
                self.refused[str(error)] += 1
                continue
            date = self._find_date(element, {"pubDate", "published", "date"}) or self._find_date(element, {"updated"})
            yield SourceEntry(url, date and date[:_LONGEST_DATE])

    def _read_link(self, element: etree._Element) -> str:
        """Its alternate link; else, as RSS has it, the identifier that is a permanent link unless it says otherwise."""
        links = [e for e in element if name_of(e) == "link" and e.get("rel", "alternate") == "alternate"]
        guids = [e for e in element if name_of(e) == "guid" and e.get("isPermaLink", "true") == "true"]
        error = AddressError("empty")
        for link in (*links[:1], *guids[:1]):
            href = link.get("href")
            text = self._document.find_text(link) if href is None else self._document.prove(href)
            try:
                return read_address(text, urljoin(self._base, link.base or ""))
            except AddressError as refused:
                error = refused
        raise error

    def _find_date(self, element: etree._Element, names: set[str]) -> str | None:
        """The text of the first child of one of these names that has any."""
        texts = (self._document.find_text(child) for child in element if name_of(child) in names)
        return next((text for text in texts if text), None)


class AddressError(Exception):
    """Raised for a text that is no address of a page; says why in a few words, to be counted."""


_BLANK = re.compile(r"\s")
_ABSOLUTE = ("https://", "http://")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST_FIRST = re.compile(r"[^/?#:]*[^/?#:.]\.[^/?#:.]+(?::\d+)?/")


def read_address(text: str | None, base: str) -> str:
    """The normal address that an entry of a source names; ``text`` is None where its markup leaves open what it says.

    An address is never guessed. What has a blank in it, or begins with a host and no scheme, is none: made whole it
    would be another page's.

    Raises:
        AddressError: it names none.
    """
    if text is None:
        raise AddressError("with broken markup or an unknown entity in it")
    if reason := _find_reason(text):
        raise AddressError(reason)
    try:
        return normal_url(text) if text.startswith(_ABSOLUTE) else join_url(base, text)
    except UrlError as error:
        raise AddressError("no address") from error


def _find_reason(text: str) -> str:
    """Why a text is no address, by its form alone; empty where it may be one."""
    text = text.strip()
    if not text:
        return "empty"
    if _BLANK.search(text):
        return "with a blank in it"
    if text.startswith(_ABSOLUTE):
        return ""
    if (scheme := _SCHEME.match(text)) and scheme[0].lower() not in {"http:", "https:"}:
        return "of another scheme than http(s)"
    return "without a scheme" if scheme is None and _HOST_FIRST.match(text) else ""


def describe_refused(refused: Mapping[str, int]) -> str | None:
    """How many entries of a source gave no address, and why; None where each gave one.

    >>> describe_refused({"empty": 2, "with a blank in it": 1})
    '3 entries give no address: 2 empty, 1 with a blank in it'
    """
    if not refused:
        return None
    counted = ", ".join(f"{n} {reason}" for reason, n in sorted(refused.items()))
    return f"{sum(refused.values())} entries give no address: {counted}"


def _find_url(location: str, base: str) -> str | None:
    try:
        return join_url(base, location)
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
