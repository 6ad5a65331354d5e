"""What the head of a page states about it: used where it is, never needed.

Belongs here: ``meta``, ``link`` and ``title`` as raw, positioned texts, and where JSON-LD stands.
Does not belong here: what JSON-LD says (``linked_data``), deciding between these and the page's text, and reading dates
(``extractor``).
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final, final

from extractor.blocks.text import SourceText
from extractor.head.linked_data import read_article
from extractor.raw import MetadataText, PageMetadata

if TYPE_CHECKING:
    from extractor.blocks.text import Source

MAX_HEAD: Final = 200_000
"""Characters searched for the head's tags: no page met had a head of more than 60,000."""

_TAG: Final = re.compile(
    r"""<(?:(meta|link|html)\b((?:[^"'<>]++|"[^"]*+"|'[^']*+')*+)>
      | (title|script|style|template|noscript|svg)\b((?:[^"'<>]++|"[^"]*+"|'[^']*+')*+)>
      | (!--)
      | (/head|body)\b
    )""",
    re.VERBOSE,
)
"""What the head holds. All that a comment, a program or a template holds is skipped: it is not stated."""
_ATTRIBUTE: Final = re.compile(r"""([a-zA-Z:_.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""")
_LINKED: Final = "application/ld+json"
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
    head = _Head(source)
    article = read_article(source, head.linked)
    return PageMetadata(
        html_lang=head.html_lang,
        canonical_url=head.canonical_url or head.find_value("og:url"),
        alternates=tuple(head.alternates),
        published=head.find_first(_PUBLISHED) or article.get("datePublished"),
        modified=head.find_first(_MODIFIED) or article.get("dateModified"),
        og_title=head.find_text("og:title"),
        headline=article["headline"].text if "headline" in article else None,
        og_type=head.find_value("og:type"),
        site_name=head.find_text("og:site_name"),
        page_title=head.page_title,
    )


@final
class _Head:
    """The tags of a page's head, up to its end or the beginning of the body."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._metas: dict[str, _Range] = {}
        self.html_lang: str | None = None
        self.canonical_url: str | None = None
        self.alternates: list[tuple[str, str]] = []
        self.page_title: SourceText | None = None
        self.linked: list[_Range] = []
        """Where the JSON-LD stands."""
        at, end = 0, min(len(source.text), MAX_HEAD)
        while 0 <= at < end and (tag := _TAG.search(source.text, at, end)) is not None and tag[6] is None:
            at = tag.end()
            if tag[1] is not None:
                self._read_tag(tag[1], tag.start(2), tag.end(2))
            else:
                at = self._skip(tag, at)

    def _skip(self, tag: re.Match[str], at: int) -> int:
        """Past what markup does not reach into, and keeps a title or JSON-LD; -1 where it does not end."""
        text = self._source.text
        if tag[5] is not None:
            return text.find("-->", at) + 3 if text.find("-->", at) >= 0 else -1
        end = text.find(f"</{tag[3]}", at)
        if end >= 0 and tag[3] == "title":
            self.page_title = self.page_title or SourceText.from_markup(self._source, [(at, end)]) or None
        elif end >= 0 and tag[3] == "script" and _LINKED in tag[4].lower():
            self.linked.append((at, end))
        return end

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
