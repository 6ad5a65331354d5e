"""What the head of a page states about it: used where it is, never needed.

Belongs here: ``meta``, ``link`` and ``title`` as raw, positioned texts, and which statement of a date is taken.
Does not belong here: what JSON-LD says (``linked_data``) and attributes in the text (``microdata``), deciding between
these and the page's text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, final

from extractor.head.linked_data import read_article
from extractor.head.microdata import find_marked_date
from extractor.raw import MetadataText, PageMetadata
from extractor.values.dates import find_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.blocks.markup import Markup, Stated
    from extractor.blocks.text import Source, SourceText

_PUBLISHED: Final = (
    re.compile(r".*publishedtime|ogarticletime"),
    re.compile(r".*(?:datepublished|publish(?:ed)?date|publicationdate)"),
    re.compile(r"dc(?:terms)?(?:date)?issued|dc(?:terms)?(?:date|created)"),
    re.compile(r".*(?:pubdate|publishtime|articledate)|sailthrudate|date"),
)
"""Names of a date of publication, without their signs, in the order of trust."""
_MAY_DATE: Final = re.compile("date|time|issued|created")
_NO_LETTER: Final = re.compile("[^a-z]+")


def read_metadata(markup: Markup) -> PageMetadata:
    """The head's statements; of several with one name the first. What cannot be read is not there: nothing raises."""
    head, source = _Head(markup), markup.source
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
    """What the elements of a page's head state: of several with one name the first."""

    def __init__(self, markup: Markup) -> None:
        self._metas: dict[str, Stated] = {}
        self.html_lang: str | None = None
        self.canonical_url: str | None = None
        self.alternates: list[tuple[str, str]] = []
        self.page_title: SourceText | None = None
        for one in markup.iter_head():
            if one.tag == "meta":
                for attribute in ("property", "name", "itemprop"):
                    if name := one.read(attribute):
                        self._metas.setdefault(name.lower(), one)
            elif one.tag == "link":
                self._read_link(one)
            elif one.tag == "title":
                self.page_title = self.page_title or one.find_text()
            else:
                self.html_lang = one.read("lang") or one.read("xml:lang")

    def _read_link(self, link: Stated) -> None:
        relations = (link.read("rel") or "").lower().split()
        url, lang = link.read("href"), link.read("hreflang")
        if "canonical" in relations and url:
            self.canonical_url = self.canonical_url or url
        elif "alternate" in relations and url and lang:
            self.alternates.append((lang, url))

    def find_value(self, name: str) -> str | None:
        """The content of the ``meta`` of that name, or None."""
        return self._metas[name].read("content") if name in self._metas else None

    def find_text(self, name: str) -> SourceText | None:
        """The same with its place."""
        return self._metas[name].find_text("content") if name in self._metas else None

    def iter_published(self) -> Iterator[MetadataText]:
        """The stated dates of publication, with the name of each."""
        letters = {name: _NO_LETTER.sub("", name) for name in self._metas if _MAY_DATE.search(name)}
        for pattern in _PUBLISHED:
            for name, plain in letters.items():
                if pattern.fullmatch(plain) and (text := self.find_text(name)):
                    yield MetadataText(text, name)
