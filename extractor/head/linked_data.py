"""What a page's JSON-LD states about the article that the page is.

Belongs here: where JSON-LD stands, choosing the node of the article, and the places of its texts.
Does not belong here: what its texts mean (``extractor``).

A node of another kind (the site, the organisation, a trail of links, a list of other articles) says nothing of this
article; a node of the page itself speaks where no article does. Where two nodes of articles state different texts
nothing tells which of them the page is: neither is taken.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from extractor.blocks.text import SourceText
from extractor.head.microdata import is_markup
from extractor.raw import MetadataText
from extractor.values.dates import find_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.blocks.text import Source

_SCRIPT: Final = re.compile(r"<script\b[^<>]{0,300}?(?i:\bapplication/ld\+json\b)[^<>]{0,300}>")
_LONGEST_TAG: Final = 600
_WRAPPED: Final = re.compile(r"\s*(?:/\*|//)?\s*(?:<!\[CDATA\[)?\s*(?:\*/)?\s*")
_DECODER: Final = json.JSONDecoder(strict=False)
_NAMES: Final = ("datePublished", "headline")
_ARTICLE_TYPES: Final = frozenset(["BlogPosting", "LiveBlogPosting", "PressRelease", "Report", "SocialMediaPosting"])
_PAGE_TYPES: Final = frozenset(["WebPage", "ItemPage", "CreativeWork", "Recipe"])
_MAX_NODES: Final = 1000
_MAX_SCRIPTS: Final = 50
_Place = tuple[int, int]


def read_article(source: Source) -> dict[str, MetadataText]:
    """The date and headline of the article by name, from all the page's JSON-LD."""
    nodes = list(_iter_nodes(source))
    article: dict[str, MetadataText] = {}
    for name in _NAMES:
        for types in (_ARTICLE_TYPES, _PAGE_TYPES):
            stated = [(node.get(name), place) for node, place in nodes if _is_one_of(node, types)]
            values = [(value, place) for value, place in stated if isinstance(value, str) and value.strip()]
            if values:
                text = _find_text(source, name, *values[0])
                if text is not None and len({find_date(value) or value for value, _ in values}) == 1:
                    article[name] = MetadataText(text, f"json-ld:{name}")
                break
    return article


def _find_text(source: Source, name: str, value: str, place: _Place) -> SourceText | None:
    """Where the text of that name stands in its script; None where it is written in a way that hides it."""
    for found in re.compile(rf'"{name}"\s*:\s*"((?:[^"\\]|\\.)*+)"').finditer(source.text, *place):
        if json.loads(f'"{found[1]}"', strict=False) == value:
            return SourceText.from_markup(source, [found.span(1)])
    return None


def _iter_nodes(source: Source) -> Iterator[tuple[dict[str, object], _Place]]:
    """What the page states of itself: at the top of a script, in lists, in a graph, as main entity."""
    for script in islice(_iter_scripts(source.text), _MAX_SCRIPTS):
        end = source.text.find("</script", script.end())
        if end < 0:
            return
        if not is_markup(source.text, script.start()):
            continue
        try:
            pending: list[object] = [_DECODER.raw_decode(_WRAPPED.sub("", source.read(script.end(), end), 1))[0]]
        except (ValueError, RecursionError):
            continue
        for _ in range(_MAX_NODES):
            if not pending:
                break
            node = pending.pop(0)
            if isinstance(node, list):
                pending += node
            elif isinstance(node, dict):
                yield node, (script.end(), end)
                if not _is_one_of(node, _ARTICLE_TYPES):
                    pending += [node[name] for name in ("@graph", "mainEntity") if name in node]


def _iter_scripts(text: str) -> Iterator[re.Match[str]]:
    """The start tags of scripts of JSON-LD: looked for from what only they bear."""
    at = text.find("ld+json")
    while at >= 0:
        start = text.rfind("<script", max(0, at - _LONGEST_TAG), at)
        script = _SCRIPT.match(text, start) if start >= 0 else None
        if script is not None:
            yield script
        at = text.find("ld+json", script.end() if script is not None else at + 1)


def _is_one_of(node: dict[str, object], types: frozenset[str]) -> bool:
    kinds = node.get("@type")
    names = [
        str(kind).rpartition("/")[2].rpartition(":")[2] for kind in (kinds if isinstance(kinds, list) else [kinds])
    ]
    return any(name in types or (types is _ARTICLE_TYPES and name.endswith("Article")) for name in names)
