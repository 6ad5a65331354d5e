"""What a page's JSON-LD states about the article that the page is.

Belongs here: choosing the node of the article, and the places of its texts.
Does not belong here: where JSON-LD stands (``metadata``), what its texts mean (``extractor``).

A node of another kind (the site, the organisation, a trail of links, a list of other articles) says nothing of this
article. Where two nodes of articles state different texts nothing tells which of them the page is: neither is taken.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from extractor.blocks.text import SourceText
from extractor.raw import MetadataText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from extractor.blocks.text import Source

_NAMES: Final = ("datePublished", "dateModified", "headline")
_ARTICLE_TYPES: Final = frozenset(["BlogPosting", "LiveBlogPosting", "PressRelease", "Report", "SocialMediaPosting"])
_MAX_NODES: Final = 1000


def read_article(source: Source, places: Sequence[tuple[int, int]]) -> dict[str, MetadataText]:
    """The dates and headline of the article by name, from the JSON-LD at ``places`` of the source."""
    stated: dict[str, dict[str, tuple[int, int]]] = {name: {} for name in _NAMES}
    for place in places:
        text = source.read(*place)
        for node in _iter_articles(text):
            for name in _NAMES:
                value = node.get(name)
                if isinstance(value, str) and value.strip():
                    stated[name].setdefault(value, place)
    article: dict[str, MetadataText] = {}
    for name, values in stated.items():
        for value, place in values.items():
            found = re.compile(f'"{name}"\\s*:\\s*"({re.escape(value)})"').search(source.text, *place)
            if len(values) == 1 and found is not None:
                text_of = SourceText.from_markup(source, [found.span(1)])
                article[name] = MetadataText(text_of, f"json-ld:{name}")
    return article


def _iter_articles(text: str) -> Iterator[dict[str, object]]:
    """The nodes of articles that one script states of its page: at the top, in lists, in a graph, as main entity."""
    try:
        pending: list[object] = [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return
    for _ in range(_MAX_NODES):
        if not pending:
            return
        node = pending.pop(0)
        if isinstance(node, list):
            pending += node
        elif isinstance(node, dict):
            if _is_article(node.get("@type")):
                yield node
            else:
                pending += [node[name] for name in ("@graph", "mainEntity") if name in node]


def _is_article(kind: object) -> bool:
    if isinstance(kind, list):
        return any(_is_article(one) for one in kind if isinstance(one, str))
    if not isinstance(kind, str):
        return False
    name = kind.rpartition("/")[2].rpartition(":")[2]
    return name in _ARTICLE_TYPES or name.endswith("Article")
