"""Documents for the tests of relations, in words of our own."""

from __future__ import annotations

import random
from typing import Any

import msgspec

from pipeline.relations.clusters import Member, build_clusters
from pipeline.relations.documents import RelatedDocument
from pipeline.relations.pairs import find_pairs
from pipeline.relations.similar import NOTHING_KEPT

_VOCABULARY = """
border post officer training equipment passport reader village health worker family return journey host community
partner ministry workshop session plan report survey team visit centre school water shelter road market season support
advice record register signal office region coast mountain valley harbour ferry bridge truck driver letter meeting
speech answer question growth skill trade loan seed harvest tool engine repair battery light radio map people women
youth elder teacher nurse doctor clerk guard pilot farmer fisher trader student leader mayor judge
"""
WORDS = tuple(_VOCABULARY.split())


def make_body(seed: int, length: int = 120) -> str:
    """A body of sentences drawn from :data:`WORDS`; equal seeds give equal bodies."""
    draw = random.Random(seed)
    words = [draw.choice(WORDS) for _ in range(length)]
    return " ".join(word.capitalize() + "." if index % 12 == 11 else word for index, word in enumerate(words))


def replace_words(body: str, seed: int, count: int) -> str:
    """The body with ``count`` of its words replaced by others of :data:`WORDS`."""
    draw = random.Random(seed)
    words = body.split(" ")
    for index in draw.sample(range(len(words)), count):
        words[index] = draw.choice(WORDS)
    return " ".join(words)


def make_news(document_id: str, page_key: str, **fields: Any) -> RelatedDocument:
    """A news document in English with the given fields."""
    defaults: dict[str, Any] = {
        "document_id": document_id,
        "kind": "news",
        "site": page_key.split(".", maxsplit=1)[0],
        "lang": "en",
        "title": f"Title of {document_id}",
        "url": f"https://{page_key}",
        "page_keys": [page_key],
        "first_seen_at": "2026-01-01T00:00:00Z",
    }
    return msgspec.convert(defaults | fields, RelatedDocument)


def make_project(document_id: str, **fields: Any) -> RelatedDocument:
    """A project document in English with the given fields."""
    return make_news(document_id, f"iom.int/project/{document_id.lower()}", kind="project", **fields)


def cluster(*documents: RelatedDocument) -> dict[str, Member]:
    """The members of all clusters of these documents by document id."""
    pairs, _ = find_pairs(list(documents), NOTHING_KEPT)
    return {member.document_id: member for member in build_clusters(documents, pairs)}
