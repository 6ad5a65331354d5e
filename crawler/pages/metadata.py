"""What the head of a page states about it: used where it is, never needed.

Belongs here: ``meta``, ``link``, ``title`` and JSON-LD as raw, positioned texts.
Does not belong here: deciding between them and the page's text, and reading dates (``pipeline.clean``).
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final, final

from crawler.pages.records import MetadataText, PageMetadata
from crawler.pages.text import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.pages.text import Source

MAX_HEAD: Final = 200_000
"""Characters searched for the head's tags: no page met had a head of more than 60,000."""

_TAG: Final = re.compile(r"""<(?:(meta|link|html)\b((?:[^"'<>]++|"[^"]*+"|'[^']*+')*+)>|!--(?:[^-]++|-(?!->))*+-->)""")
_ATTRIBUTE: Final = re.compile(r"""([a-zA-Z:_.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""")
_TIME: Final = re.compile(r"""<time\b[^<>]{0,400}?\bdatetime\s*=\s*["']([^"'<>]{4,40})["']""")
_TITLE: Final = re.compile(r"<title\b[^>]*>([^<]*)</title")
_MAX_LINKED: Final = 100
_LINKED: Final = "application/ld+json"
_LINKED_TEXT: Final = re.compile(r'"(datePublished|dateModified|headline)"\s*:\s*"([^"\\<]{4,300})"')
_PUBLISHED: Final = (
    "article:published_time",
    "og:published_time",
    "dcterms.date",
    "dcterms.issued",
    "dcterms.created",
    "dc.date",
    "dc.date.issued",
    "pubdate",
    "publish-date",
    "publication_date",
    "date",
)
_MODIFIED: Final = ("article:modified_time", "og:updated_time", "dcterms.modified", "last-modified")
_Range = tuple[int, int]


def read_metadata(source: Source) -> PageMetadata:
    """The head's statements; of several with one name the first. What cannot be read is not there: nothing raises."""
    text = source.text
    end = text.find("</head", 0, MAX_HEAD)
    if end < 0:
        end = min(len(text), MAX_HEAD)
    head = _Head(source, end)
    linked = dict(_iter_linked(source, end))
    return PageMetadata(
        html_lang=head.html_lang,
        canonical_url=head.canonical_url or head.find_value("og:url"),
        alternates=tuple(head.alternates),
        published=head.find_first(_PUBLISHED) or linked.get("datePublished"),
        modified=head.find_first(_MODIFIED) or linked.get("dateModified"),
        og_title=head.find_text("og:title") or (linked["headline"].text if "headline" in linked else None),
        og_type=head.find_value("og:type"),
        site_name=head.find_text("og:site_name"),
        page_title=_find_page_title(source, end),
    )


@final
class _Head:
    """The ``html``, ``meta`` and ``link`` tags of a page."""

    def __init__(self, source: Source, end: int) -> None:
        self._source = source
        self._metas: dict[str, _Range] = {}
        self.html_lang: str | None = None
        self.canonical_url: str | None = None
        self.alternates: list[tuple[str, str]] = []
        for tag in _TAG.finditer(source.text, 0, end):
            if tag[1] is not None:
                self._read_tag(tag[1], tag.start(2), tag.end(2))

    def _read_tag(self, tag: str, start: int, end: int) -> None:
        places: dict[str, _Range] = {}
        for found in _ATTRIBUTE.finditer(self._source.text, start, end):
            places.setdefault(found[1].lower(), found.span(found.lastindex or 1))
        if tag == "meta":
            name = self._read(places, "property") or self._read(places, "name")
            if name and "content" in places:
                self._metas.setdefault(name.lower(), places["content"])
        elif tag == "html":
            self.html_lang = self.html_lang or self._read(places, "lang") or self._read(places, "xml:lang")
        else:
            self._read_link(places)

    def _read_link(self, places: dict[str, _Range]) -> None:
        relations = (self._read(places, "rel") or "").lower().split()
        url, lang = self._read(places, "href"), self._read(places, "hreflang")
        if "canonical" in relations and url:
            self.canonical_url = self.canonical_url or url
        elif "alternate" in relations and url and lang:
            self.alternates.append((lang, url))

    def _read(self, places: dict[str, _Range], name: str) -> str | None:
        place = places.get(name)
        return unescape(self._source.read(*place)).strip() or None if place else None

    def find_value(self, name: str) -> str | None:
        """The content of the ``meta`` of that name, or None."""
        return self._read(self._metas, name)

    def find_text(self, name: str) -> SourceText | None:
        """The same with its place."""
        place = self._metas.get(name)
        return (SourceText.from_markup(self._source, [place]) or None) if place else None

    def find_first(self, names: tuple[str, ...]) -> MetadataText | None:
        """The first of the names that the page states, with the name."""
        for name in names:
            text = self.find_text(name)
            if text is not None:
                return MetadataText(text, name)
        return None


def _iter_linked(source: Source, end: int) -> Iterator[tuple[str, MetadataText]]:
    """Dates and headline of the head's JSON-LD, last first: in a dict the first of each name stays."""
    text = source.text
    found: list[tuple[str, MetadataText]] = []
    at = text.find(_LINKED, 0, end)
    while at >= 0 and len(found) < _MAX_LINKED:
        close = text.find("</script", at)
        found += [
            (one[1], MetadataText(SourceText.from_markup(source, [one.span(2)]), f"json-ld:{one[1]}"))
            for one in _LINKED_TEXT.finditer(text, at, close if close >= 0 else at)
        ]
        at = text.find(_LINKED, close, end) if close >= 0 else -1
    return reversed(found)


def find_printed_time(source: Source, start: int, end: int) -> MetadataText | None:
    """The machine-readable date of the only ``time`` element in a stretch of markup; None where there is not one."""
    found = _TIME.findall(source.text, start, end)
    if len(found) != 1:
        return None
    one = _TIME.search(source.text, start, end)
    return MetadataText(SourceText.from_markup(source, [one.span(1)]), "time") if one else None


def _find_page_title(source: Source, end: int) -> SourceText | None:
    found = _TITLE.search(source.text, 0, end + 6)
    return (SourceText.from_markup(source, [found.span(1)]) or None) if found else None
