"""What a page's markup states about the page for machines: its head, its JSON-LD, microdata, RDFa. Never needed.

Belongs here: these statements as raw, positioned texts, and which of several is taken. Does not belong here: dates that
are printed only (``printed_date``), deciding between these and the page's text, what texts mean.

A node of JSON-LD of another kind (the site, the organisation, a trail of links, a list of other articles) says nothing
of this article; a node of the page itself speaks where no article does. Where two nodes of articles state different
texts nothing tells which of them the page is: neither is taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Final, final

from extractor.blocks.markup import Markup, Stated
from extractor.blocks.source import Source
from extractor.blocks.text import SourceText
from extractor.raw import MetadataText, PageMetadata
from extractor.values.dates import find_date, find_exact_day

_PUBLISHED: Final = (
    re.compile(r".*publishedtime|ogarticletime"),
    re.compile(r".*(?:datepublished|publish(?:ed)?date|publicationdate)"),
    re.compile(r"dc(?:terms)?(?:date)?issued|dc(?:terms)?(?:date|created)"),
    re.compile(r".*(?:pubdate|publishtime|articledate)|sailthrudate|date"),
)
"""Names of a date of publication, without their signs, in the order of trust."""
_MAY_DATE: Final = re.compile("date|time|issued|created")
_NO_LETTER: Final = re.compile("[^a-z]+")
_WRAPPED: Final = re.compile(r"\s*(?:/\*|//)?\s*(?:<!\[CDATA\[)?\s*(?:\*/)?\s*")
_DECODER: Final = json.JSONDecoder(strict=False)
_ESCAPED: Final = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\[^u]")
_NAMES: Final = ("datePublished", "headline")
_ARTICLE_TYPES: Final = frozenset(["BlogPosting", "LiveBlogPosting", "PressRelease", "Report", "SocialMediaPosting"])
_PAGE_TYPES: Final = frozenset(["WebPage", "ItemPage", "CreativeWork", "Recipe"])
_MAX_NODES: Final = 1000
_MAX_SCRIPTS: Final = 50
_Place = tuple[int, int]
_MARKED: Final = "[pubdate]" + "".join(
    f",[itemprop*='{mark}'],[property*='{mark}']" for mark in ("datePublished", "dc:", "dcterms:")
)
"""A selector of elements that may bear a date of publication."""
_NAMED: Final = re.compile(r"\b(?:datePublished|dc:(?:date|issued|created)|dcterms:(?:date|issued|created)|pubdate)\b")
TAG: Final = re.compile(r"""<[a-zA-Z][^\s<>]*+(?P<attributes>(?:[^"'<>]++|"[^"]*+"|'[^']*+')*+)>(?P<text>[^<]*+)""")
_ATTRIBUTE: Final = re.compile(r"""([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
ZONED: Final = re.compile(r"\d[tT ]\d\d:.*(?:[zZ]|[+-]\d\d:?\d\d)\s*")
_NEAR: Final = 4000
"""Characters of markup behind the heading in which one of several dates is the article's."""
_MOST: Final = 40


def read_metadata(markup: Markup) -> PageMetadata:
    """The head's statements; of several with one name the first. What cannot be read is not there: nothing raises."""
    head, article = _Head(markup), _read_article(markup)
    return PageMetadata(
        html_lang=head.html_lang,
        canonical_url=head.canonical_url or head.find_value("og:url"),
        alternates=tuple(head.alternates),
        published=_find_published(markup, head, article.get("datePublished")),
        og_title=head.find_text("og:title"),
        headline=article["headline"].text if "headline" in article else None,
        site_name=head.find_text("og:site_name"),
        page_title=head.page_title,
    )


def _find_published(markup: Markup, head: _Head, article: MetadataText | None) -> MetadataText | None:
    """The first statement that is a date, else the first; None where nothing is stated."""
    stated = [*head.iter_published(), *([article] if article else [])]
    readable = (one for one in stated if find_date(one.text.value))
    return next(readable, None) or _find_marked_date(markup) or (stated[0] if stated else None)


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
        url = link.read("href") if "canonical" in relations or "alternate" in relations else None
        if "canonical" in relations and url:
            self.canonical_url = self.canonical_url or url
        elif url and (lang := link.read("hreflang")):
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


def _read_article(markup: Markup) -> dict[str, MetadataText]:
    """The date and headline of the article by name, from all the page's JSON-LD."""
    nodes = list(_iter_nodes(markup))
    article: dict[str, MetadataText] = {}
    for name in _NAMES:
        for types in (_ARTICLE_TYPES, _PAGE_TYPES):
            stated = [(node.get(name), place) for node, place in nodes if _is_one_of(node, types)]
            values = [(value, place) for value, place in stated if isinstance(value, str) and value.strip()]
            if values:
                text = _find_text(markup.source, name, *values[0])
                if text is not None and len({find_date(value) or value for value, _ in values}) == 1:
                    article[name] = MetadataText(text, f"json-ld:{name}")
                break
    return article


def _find_text(source: Source, name: str, value: str, place: _Place) -> SourceText | None:
    """Where the text of that name stands in its script; None where it is written in a way that hides it."""
    for found in re.compile(rf'"{name}"\s*:\s*"((?:[^"\\]|\\.)*+)"').finditer(source.text, *place):
        if json.loads(f'"{found[1]}"', strict=False) == value:
            text = SourceText.from_markup(source, [found.span(1)])
            return text.edit(_iter_escaped(text.value)) if "\\" in text.value else text
    return None


def _iter_escaped(text: str) -> Iterator[tuple[int, int, str]]:
    """What JSON writes with a backslash, as it reads."""
    for found in _ESCAPED.finditer(text):
        yield (*found.span(), " ".join(str(json.loads(f'"{found[0]}"')).split("\n")).strip("\r\t\b\f"))


def _iter_nodes(markup: Markup) -> Iterator[tuple[dict[str, object], _Place]]:
    """What the page states of itself: at the top of a script, in lists, in a graph, as main entity."""
    for place in islice(markup.iter_linked_data(), _MAX_SCRIPTS):
        try:
            text = markup.source.read(*place)
            wrapped = _WRAPPED.match(text)
            pending: list[object] = [_DECODER.raw_decode(text, wrapped.end() if wrapped else 0)[0]]
        except (ValueError, RecursionError):
            continue
        for _ in range(_MAX_NODES):
            if not pending:
                break
            node = pending.pop(0)
            if isinstance(node, list):
                pending += node
            elif isinstance(node, dict):
                yield node, place
                if not _is_one_of(node, _ARTICLE_TYPES):
                    pending += [node[name] for name in ("@graph", "mainEntity") if name in node]


def _is_one_of(node: dict[str, object], types: frozenset[str]) -> bool:
    kinds = node.get("@type")
    names = [
        str(kind).rpartition("/")[2].rpartition(":")[2] for kind in (kinds if isinstance(kinds, list) else [kinds])
    ]
    return any(name in types or (types is _ARTICLE_TYPES and name.endswith("Article")) for name in names)


def _find_marked_date(markup: Markup) -> MetadataText | None:
    """The one date of publication that elements bear, or the first behind the only ``h1``; None where there is none."""
    marked = list(_iter_marked(markup))
    if len({find_date(one.text.value) for _, one in marked}) > 1:
        headings = markup.find_headings()
        marked = [(at, one) for at, one in marked if len(headings) == 1 and 0 < at - headings[0] < _NEAR]
    return marked[0][1] if marked else None


def _iter_marked(markup: Markup) -> Iterator[tuple[int, MetadataText]]:
    text = markup.source.text
    for start in islice(markup.iter_named(_MARKED), _MOST):
        tag = TAG.match(text, start)
        if tag is None:
            continue
        spans = _find_attributes(text, *tag.span("attributes"))
        names = [text[slice(*spans[name])] for name in ("itemprop", "property", "pubdate") if name in spans]
        named = _NAMED.search(" ".join(names))
        value = read_stated(markup.source, tag)
        if named is not None and find_date(value.value):
            yield start, MetadataText(value, f"element:{named[0]}")


def _find_attributes(text: str, start: int, end: int) -> dict[str, tuple[int, int]]:
    return {found[1]: found.span(found.lastindex or 1) for found in _ATTRIBUTE.finditer(text, start, end)}


def read_stated(source: Source, tag: re.Match[str]) -> SourceText:
    """What an element states for machines, else what it prints; the printed day where the zone alone parts them."""
    spans = _find_attributes(source.text, *tag.span("attributes"))
    printed = SourceText.from_markup(source, [tag.span("text")])
    place = next((spans[name] for name in ("content", "datetime", "title") if name in spans), None)
    stated = SourceText.from_markup(source, [place]) if place else printed
    day, shown = find_exact_day(find_date(stated.value)), find_exact_day(find_date(printed.value))
    is_shifted = day and shown and abs(day - shown) == timedelta(days=1) and ZONED.search(stated.value)
    return printed if is_shifted or (day is None and shown) else stated
