"""What the head of a page states about it: used where it is, never needed.

Belongs here: ``meta``, ``link`` and ``title`` as raw, positioned texts, and which statement of a date is taken.
Does not belong here: what JSON-LD says (``linked_data``) and attributes in the text (``microdata``), deciding between
these and the page's text.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final, final

from extractor.blocks.text import SourceText
from extractor.head.linked_data import read_article
from extractor.head.microdata import find_marked_date
from extractor.raw import MetadataText, PageMetadata
from extractor.values.dates import find_date

if TYPE_CHECKING:
    from collections.abc import Iterator

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
_PUBLISHED: Final = (
    re.compile(r".*publishedtime|ogarticletime"),
    re.compile(r".*(?:datepublished|publish(?:ed)?date|publicationdate)"),
    re.compile(r"dc(?:terms)?(?:date)?issued|dc(?:terms)?(?:date|created)"),
    re.compile(r".*(?:pubdate|publishtime|articledate)|sailthrudate|date"),
)
"""Names of a date of publication, without their signs, in the order of trust."""
_WANTED: Final = re.compile("og:|date|time|issued|created|canonical|alternate", re.IGNORECASE)
"""Without one of these a tag of the head states nothing that is kept."""
_MAY_DATE: Final = re.compile("date|time|issued|created")
_NO_LETTER: Final = re.compile("[^a-z]+")
_Range = tuple[int, int]


def read_metadata(source: Source) -> PageMetadata:
    """The head's statements; of several with one name the first. What cannot be read is not there: nothing raises."""
    head = _Head(source)
    article = read_article(source)
    return PageMetadata(
        html_lang=head.html_lang,
        canonical_url=head.canonical_url or head.find_value("og:url"),
        alternates=tuple(head.alternates),
        published=_find_published(source, head, article.get("datePublished")),
        og_title=head.find_text("og:title"),
        headline=article["headline"].text if "headline" in article else None,
        site_name=head.find_text("og:site_name"),
        page_title=head.page_title,
    )


def _find_published(source: Source, head: _Head, article: MetadataText | None) -> MetadataText | None:
    """The first statement that is a date, else the first; None where nothing is stated."""
    stated = [*head.iter_published(), *([article] if article else [])]
    readable = (one for one in stated if find_date(one.text.value))
    return next(readable, None) or find_marked_date(source) or (stated[0] if stated else None)


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
        at, end = 0, min(len(source.text), MAX_HEAD)
        while 0 <= at < end and (tag := _TAG.search(source.text, at, end)) is not None and tag[6] is None:
            at = tag.end()
            if tag[1] is not None:
                self._read_tag(tag[1], tag.start(2), tag.end(2))
            else:
                at = self._skip(tag, at)

    def _skip(self, tag: re.Match[str], at: int) -> int:
        """Past what markup does not reach into, and keeps a title; -1 where it does not end."""
        text = self._source.text
        if tag[5] is not None:
            return text.find("-->", at) + 3 if text.find("-->", at) >= 0 else -1
        end = text.find(f"</{tag[3]}", at)
        if end >= 0 and tag[3] == "title":
            self.page_title = self.page_title or SourceText.from_markup(self._source, [(at, end)]) or None
        return end

    def _read_tag(self, tag: str, start: int, end: int) -> None:
        if tag != "html" and _WANTED.search(self._source.text, start, end) is None:
            return
        places: dict[str, _Range] = {}
        for found in _ATTRIBUTE.finditer(self._source.text, start, end):
            places.setdefault(found[1].lower(), found.span(found.lastindex or 1))
        if tag == "meta":
            for attribute in ("property", "name", "itemprop") if "content" in places else ():
                if attribute in places and (name := self._read(places, attribute)):
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

    def iter_published(self) -> Iterator[MetadataText]:
        """The stated dates of publication, with the name of each."""
        letters = {name: _NO_LETTER.sub("", name) for name in self._metas if _MAY_DATE.search(name)}
        for pattern in _PUBLISHED:
            for name, plain in letters.items():
                if pattern.fullmatch(plain) and (text := self.find_text(name)):
                    yield MetadataText(text, name)
