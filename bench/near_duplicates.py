"""Near-duplicates among many documents: time, recall and precision on injected pairs, and what kept sketches save.

Belongs here: the generator of documents whose true pairs are known, and the measuring. A quarter of the documents are
copies (words edited, a paragraph dropped, case and accents changed) and an eighth are decoys (the same text with
another number, year or country).
"""

from __future__ import annotations

import random
from hashlib import sha256
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from bench.memory import read_peak
from bench.sizes import Size
from pipeline.relations.clusters import build_clusters
from pipeline.relations.documents import RelatedDocument
from pipeline.relations.pairs import find_pairs
from pipeline.relations.similar import NOTHING_KEPT, find_similar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.relations.clusters import Member

DOCUMENTS = {Size.FULL: 100_000, Size.QUICK: 10_000, Size.TINY: 500}
SYLLABLES = [a + b for a in "bdfgklmnprstv" for b in "aeiou"]
COUNTRIES = ("NE", "TD", "ML", "LR", "HT", "GH")


def measure(size: Size = Size.FULL) -> list[dict[str, Any]]:
    """Rows of the benchmark's table."""
    count = DOCUMENTS[size]
    documents, truth = make_documents(count)
    start, cpu = perf_counter(), process_time()
    pairs, _ = find_pairs(documents, NOTHING_KEPT)
    members = build_clusters(documents, pairs)
    seconds, cpu = perf_counter() - start, process_time() - cpu
    recall, precision = score(members, truth)
    return [
        _row(f"clusters among {count:,} documents", seconds, "s", 60.0, seconds < 60),
        _row("recall of injected copies", recall, "", 0.99, recall >= 0.99),
        _row("precision beside decoys", precision, "", 0.99, precision >= 0.99),
        _row("processor time a document", cpu / count * 1000, "ms", None, None),
        *_measure_increment(documents, count // 100),
        _row("peak memory", read_peak(), "MB", 2000.0, None),
    ]


def make_documents(count: int) -> tuple[list[RelatedDocument], set[frozenset[str]]]:
    """``count`` documents, and the pairs of ids that are one text."""
    draw = random.Random(20_261_122)
    vocabulary = ["".join(draw.choices(SYLLABLES, k=draw.randint(1, 4))) for _ in range(6000)]
    weights = [1 / (rank + 5) for rank in range(len(vocabulary))]
    documents: list[RelatedDocument] = []
    truth: set[frozenset[str]] = set()
    while len(documents) < count:
        original = _make_document(len(documents), _make_body(draw, vocabulary, weights), draw.choice(COUNTRIES))
        documents.append(original)
        kind = draw.random()
        if kind < 0.4:
            copy = _make_document(len(documents), _edit(draw, original.body or "", vocabulary), original.countries[0])
            documents.append(copy)
            truth.add(frozenset((original.document_id, copy.document_id)))
        elif kind < 0.6:
            documents.append(_make_decoy(draw, len(documents), original))
    return documents[:count], {pair for pair in truth if max(pair) < f"n{count:07d}"}


def score(members: Iterable[Member], truth: set[frozenset[str]]) -> tuple[float, float]:
    """Recall and precision over pairs of documents in one cluster."""
    clusters: dict[str, list[str]] = {}
    for member in members:
        clusters.setdefault(member.cluster_id, []).append(member.document_id)
    found = {frozenset((a, b)) for ids in clusters.values() for a in ids for b in ids if a < b}
    right = len(found & truth)
    return right / max(len(truth), 1), right / max(len(found), 1)


def _measure_increment(documents: list[RelatedDocument], fresh: int) -> list[dict[str, Any]]:
    """The last documents against kept sketches of all others: the similar texts alone, and all relations."""
    texts = {sha256(document.text.encode()).digest(): document.text for document in documents}
    _, kept = find_pairs(documents[:-fresh], NOTHING_KEPT)
    what = f"{fresh:,} new against {len(documents) - fresh:,} kept"
    start = perf_counter()
    find_similar(texts, kept)
    similar = perf_counter() - start
    start = perf_counter()
    find_pairs(documents, kept)
    return [
        _row(f"{what}: similar texts", similar, "s", 1.5, similar < 1.5),
        _row(f"{what}: all relations", perf_counter() - start, "s", None, None),
    ]


def _make_document(number: int, body: str, country: str) -> RelatedDocument:
    name = f"n{number:07d}"
    return RelatedDocument(
        document_id=name,
        kind="news",
        site="iom",
        lang="en",
        title="",
        url=f"https://iom.int/news/{name}",
        page_keys=[f"iom.int/news/{name}"],
        body=body,
        countries=[country],
    )


def _make_body(draw: random.Random, vocabulary: list[str], weights: list[float]) -> str:
    paragraphs = []
    for _ in range(draw.randint(3, 7)):
        words = draw.choices(vocabulary, weights, k=draw.randint(30, 70))
        words[draw.randrange(len(words))] = str(draw.randint(2, 90_000))
        paragraphs.append(" ".join(words) + f" in {draw.randint(1998, 2026)}.")
    return "\n\n".join(paragraphs)


def _edit(draw: random.Random, body: str, vocabulary: list[str]) -> str:
    kind = draw.randrange(4)
    if kind == 0:
        return body.upper().replace("\n\n", "\n")
    if kind == 1 and body.count("\n\n") >= 5:
        return body.rpartition("\n\n")[0]
    words = body.split(" ")
    for _ in range(max(1, len(words) // 50)):
        index = draw.randrange(len(words))
        if words[index].isalpha():
            words[index] = draw.choice(vocabulary)
    return " ".join(words)


def _make_decoy(draw: random.Random, number: int, original: RelatedDocument) -> RelatedDocument:
    if draw.random() < 0.3:
        others = [country for country in COUNTRIES if country != original.countries[0]]
        return _make_document(number, original.body or "", draw.choice(others))
    words = (original.body or "").split(" ")
    index = draw.choice([place for place, word in enumerate(words) if word.isdigit()])
    words[index] = str(int(words[index]) + draw.randint(1, 9))
    return _make_document(number, " ".join(words), original.countries[0])


def _row(measure: str, value: float, unit: str, target: float | None, met: bool | None) -> dict[str, Any]:
    return {"stage": "duplicates", "measure": measure, "value": value, "unit": unit, "target": target, "met": met}
