"""The date of publication that an element of the page bears for machines: microdata, RDFa, ``pubdate``.

Belongs here: finding such elements and their values. Does not belong here: dates that are printed only
(``printed_date``), JSON-LD (``linked_data``).
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from extractor.blocks.text import SourceText
from extractor.raw import MetadataText
from extractor.values.dates import find_date, find_exact_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.blocks.text import Source

_SIGNS: Final = ("datePublished", "dc:date", "dc:issued", "dc:created", "dcterms:", "pubdate")
_NAMED: Final = re.compile(r"\b(?:datePublished|dc:(?:date|issued|created)|dcterms:(?:date|issued|created)|pubdate)\b")
TAG: Final = re.compile(r"""<[a-zA-Z][^\s<>]*+(?P<attributes>(?:[^"'<>]++|"[^"]*+"|'[^']*+')*+)>(?P<text>[^<]*+)""")
_ATTRIBUTE: Final = re.compile(r"""([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
_HEADING: Final = re.compile(r"<[hH]1\b")
_ZONED: Final = re.compile(r"\d[tT ]\d\d:.*(?:[zZ]|[+-]\d\d:?\d\d)\s*")
_LONGEST_TAG: Final = 600
_NEAR: Final = 4000
"""Characters of markup behind the heading in which one of several dates is the article's."""
_MOST: Final = 40
_OPAQUE: Final = (("<!--", "-->"), ("<script", "</script"))


def is_markup(text: str, at: int) -> bool:
    """Whether a place is neither in a comment nor in a program."""
    return all(text.rfind(opened, 0, at) <= text.rfind(closed, 0, at) for opened, closed in _OPAQUE)


def find_marked_date(source: Source) -> MetadataText | None:
    """The one date of publication that elements bear, or the first behind the only ``h1``; None where there is none."""
    marked = list(_iter_marked(source))
    if len({find_date(one.text.value) for _, one in marked}) > 1:
        headings = [found.start() for found in _HEADING.finditer(source.text)]
        marked = [(at, one) for at, one in marked if len(headings) == 1 and 0 < at - headings[0] < _NEAR]
    return marked[0][1] if marked else None


def _iter_marked(source: Source) -> Iterator[tuple[int, MetadataText]]:
    text = source.text
    for at in sorted(islice(_iter_signs(text), _MOST)):
        start = text.rfind("<", max(0, at - _LONGEST_TAG), at)
        tag = TAG.match(text, start) if start >= 0 else None
        if tag is None or not is_markup(text, start):
            continue
        spans = _find_attributes(text, *tag.span("attributes"))
        names = [text[slice(*spans[name])] for name in ("itemprop", "property", "pubdate") if name in spans]
        named = _NAMED.search(" ".join(names))
        value = read_stated(source, tag)
        if named is not None and find_date(value.value):
            yield start, MetadataText(value, f"element:{named[0]}")


def _iter_signs(text: str) -> Iterator[int]:
    for sign in _SIGNS:
        at = text.find(sign)
        while at >= 0:
            yield at
            at = text.find(sign, at + 1)


def _find_attributes(text: str, start: int, end: int) -> dict[str, tuple[int, int]]:
    return {found[1]: found.span(found.lastindex or 1) for found in _ATTRIBUTE.finditer(text, start, end)}


def read_stated(source: Source, tag: re.Match[str]) -> SourceText:
    """What an element states for machines, else what it prints; the printed day where the zone alone parts them."""
    spans = _find_attributes(source.text, *tag.span("attributes"))
    printed = SourceText.from_markup(source, [tag.span("text")])
    place = next((spans[name] for name in ("content", "datetime", "title") if name in spans), None)
    stated = SourceText.from_markup(source, [place]) if place else printed
    day, shown = find_exact_day(find_date(stated.value)), find_exact_day(find_date(printed.value))
    is_shifted = day and shown and abs(day - shown) == timedelta(days=1) and _ZONED.search(stated.value)
    return printed if is_shifted or (day is None and shown) else stated
