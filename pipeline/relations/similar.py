"""Near-duplicate texts: candidates from MinHash bands, then the exact similarity of each candidate pair.

Belongs here: deciding which texts are the same text with small edits; what needs rensa; the file of kept sketches and
similar pairs. Does not belong here: documents, identity, clusters. Two texts that contradict each other in a number or
a month are never similar, however alike their words are: the pages of a programme often differ in just that.

The file is a cache, so that new texts are compared with old ones in about a second. It may be deleted at any time, one
that is damaged or of another version counts as absent, and what is found never depends on it: a pair is a function of
its two texts.
"""

import struct
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import combinations, islice, pairwise, product
from operator import eq
from pathlib import Path
from struct import Struct

import rensa

from crawler.disk import replace_durably
from pipeline.relations.documents import MIN_WORDS, compute_similarity, find_facts, make_shingles, split_words

SLOTS = 128
SEED = 20_261_122
"""Any number does; changing it only changes which unlikely pairs are missed."""
SKETCH_BYTES = 4 * SLOTS
VERSION = (
    f"rensa algorithm {rensa.RMinHash.ALGORITHM_VERSION}; {SLOTS} slots; seed {SEED}; "
    f"runs of 3 words; at least {MIN_WORDS}"
)
"""Sketches of different versions must never be compared. The runs are those of :func:`make_shingles`."""
_BATCH = 2000

Sketches = dict[bytes, bytes]
"""Digest of a text → its sketch (:data:`SKETCH_BYTES`). A text too short to compare has none."""


def make_sketches(texts: Mapping[bytes, str]) -> Sketches:
    """Sketch each text; the result depends on the text alone, never on its neighbours."""
    sketches: Sketches = {}
    for batch in _iter_batches(texts):
        shingles: dict[bytes, list[str]] = {}
        for digest in batch:
            words = split_words(texts[digest])
            if len(words) >= MIN_WORDS:
                shingles[digest] = list(make_shingles(words))
        matrix = rensa.RMinHash.digest_matrix_from_token_sets(list(shingles.values()), num_perm=SLOTS, seed=SEED)
        for digest, row in zip(shingles, matrix.to_rows(), strict=True):
            sketches[digest] = array("I", row).tobytes()
    return sketches


def estimate_similarity(left: bytes, right: bytes) -> float:
    """The share of equal slots: an estimate of the Jaccard similarity with a standard error of at most 0.045."""
    equal = sum(map(eq, memoryview(left).cast("I"), memoryview(right).cast("I")))
    return float(equal / SLOTS)


def _iter_batches(texts: Mapping[bytes, str]) -> Iterator[list[bytes]]:
    digests = iter(texts)
    while batch := list(islice(digests, _BATCH)):
        yield batch


DIGEST_BYTES = 32
_SKETCH_RECORD = DIGEST_BYTES + SKETCH_BYTES
_PAIR_RECORD = struct.Struct(f"<{DIGEST_BYTES}s{DIGEST_BYTES}sd")
_COUNTS = struct.Struct("<Qq")
_HEADER = f"iomdb sketches 1; {VERSION}\n".encode()

SimilarPairs = dict[tuple[bytes, bytes], float]
"""Two digests, the smaller first → the exact similarity of their texts."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of texts seen before.

    ``pairs`` holds every similar pair among the texts of ``sketches``; it is None where that is not known.
    """

    sketches: Sketches
    pairs: SimilarPairs | None


NOTHING_KEPT = Kept({}, None)


def read_kept(path: Path) -> Kept:
    """The kept sketches and pairs; :data:`NOTHING_KEPT` where the file is absent, damaged or of another version."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return NOTHING_KEPT
    body = len(_HEADER) + DIGEST_BYTES
    if not content.startswith(_HEADER) or sha256(memoryview(content)[body:]).digest() != content[len(_HEADER) : body]:
        return NOTHING_KEPT
    n_sketches, n_pairs = _COUNTS.unpack_from(content, body)
    first = body + _COUNTS.size
    last = first + n_sketches * _SKETCH_RECORD
    sketches = {
        content[start : start + DIGEST_BYTES]: content[start + DIGEST_BYTES : start + _SKETCH_RECORD]
        for start in range(first, last, _SKETCH_RECORD)
    }
    if n_pairs < 0:
        return Kept(sketches, None)
    pairs = {(left, right): score for left, right, score in _PAIR_RECORD.iter_unpack(memoryview(content)[last:])}
    return Kept(sketches, pairs)


def write_kept(path: Path, kept: Kept) -> None:
    """Keep sketches and pairs, in the order of their digests, by a rename."""
    records = [_COUNTS.pack(len(kept.sketches), -1 if kept.pairs is None else len(kept.pairs))]
    records += [digest + kept.sketches[digest] for digest in sorted(kept.sketches)]
    records += [_PAIR_RECORD.pack(*pair, score) for pair, score in sorted((kept.pairs or {}).items())]
    content = b"".join(records)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replace_durably(path) as file:
        file.writelines((_HEADER, sha256(content).digest(), content))


MIN_SIMILARITY = 0.7
"""Jaccard similarity of runs of three words: about one word in seventeen changed."""
_MIN_ESTIMATE = MIN_SIMILARITY - 0.18
"""Four standard errors below, so that the exact check is spared and a similar pair is not."""
_BAND_BYTES = 16
"""Four slots: with 32 bands a pair at the threshold becomes a candidate with probability 0.9998."""
_BANDS = Struct(f"{_BAND_BYTES}s" * (SKETCH_BYTES // _BAND_BYTES))
MAX_BUCKET = 256
"""A larger bucket is one template filled many times: in it only texts that state the same facts are compared, and where
those are many too, each with the first and the next of them."""

_Pair = tuple[bytes, bytes]


def find_similar(texts: Mapping[bytes, str], kept: Kept) -> tuple[SimilarPairs, Kept]:
    """Every similar pair of texts, and what to keep for the next call.

    ``texts`` maps digests to texts; equal ones occur once. ``kept`` is what an earlier call returned; texts that are
    gone since are left out.

    The pairs are a function of ``texts`` alone; ``kept`` only saves work.
    """
    old = {digest: sketch for digest, sketch in kept.sketches.items() if digest in texts}
    new = make_sketches({digest: text for digest, text in texts.items() if digest not in old})
    sketches = old | new
    comparison = _Comparison(texts, sketches)
    if kept.pairs is not None:
        candidates = _find_new_candidates(old, new)
        if candidates is not None:
            pairs = {pair: score for pair, score in kept.pairs.items() if pair[0] in old and pair[1] in old}
            pairs |= comparison.score(candidates)
            return pairs, Kept(sketches, pairs)
    candidates, is_crowded = _find_candidates(sketches, comparison)
    pairs = comparison.score(candidates)
    # In a crowded bucket a pair depends on the bucket's other texts: such a result is never built upon.
    return pairs, Kept(sketches, None if is_crowded else pairs)


class _Comparison:
    """The exact check of candidate pairs, with what is computed of a text computed once while it is in use."""

    def __init__(self, texts: Mapping[bytes, str], sketches: Sketches) -> None:
        self._sketches = sketches
        self._shingles = lru_cache(maxsize=4096)(lambda digest: make_shingles(split_words(texts[digest])))
        self.facts = lru_cache(maxsize=65_536)(lambda digest: find_facts(texts[digest]))

    def score(self, candidates: Iterable[_Pair]) -> SimilarPairs:
        """The candidates that are similar and do not contradict each other, with their exact similarity."""
        pairs: SimilarPairs = {}
        for left, right in sorted(candidates):
            if estimate_similarity(self._sketches[left], self._sketches[right]) < _MIN_ESTIMATE:
                continue
            if are_contradicting(self.facts(left), self.facts(right)):
                continue
            similarity = compute_similarity(self._shingles(left), self._shingles(right))
            if similarity >= MIN_SIMILARITY:
                pairs[left, right] = similarity
        return pairs

    def split_by_facts(self, bucket: list[bytes]) -> Iterator[list[bytes]]:
        """The bucket in parts that state the same facts."""
        parts: dict[frozenset[tuple[str, int]], list[bytes]] = {}
        for digest in bucket:
            parts.setdefault(frozenset(self.facts(digest).items()), []).append(digest)
        yield from parts.values()


def are_contradicting(left: Counter[str], right: Counter[str]) -> bool:
    """True where each side states something that the other does not; an excerpt only lacks, and contradicts nothing.

    >>> from collections import Counter
    >>> are_contradicting(Counter(["2006", "5"]), Counter(["2007", "5"]))
    True
    >>> are_contradicting(Counter(["2006", "5"]), Counter(["2006"]))
    False
    """
    return bool(left - right) and bool(right - left)


def _find_candidates(sketches: Sketches, comparison: _Comparison) -> tuple[set[_Pair], bool]:
    """Pairs that share a band, and whether any bucket was over :data:`MAX_BUCKET`."""
    candidates: set[_Pair] = set()
    is_crowded = False
    for start in range(0, SKETCH_BYTES, _BAND_BYTES):
        for bucket in _fill_buckets(sketches, start).values():
            if len(bucket) <= MAX_BUCKET:
                candidates.update(map(_order, combinations(bucket, 2)))
                continue
            is_crowded = True
            for part in comparison.split_by_facts(bucket):
                pairs = combinations(part, 2) if len(part) <= MAX_BUCKET else _iter_chain(part)
                candidates.update(map(_order, pairs))
    return candidates, is_crowded


def _find_new_candidates(old: Sketches, new: Sketches) -> set[_Pair] | None:
    """Pairs that share a band and have at least one new text; None where a bucket would be crowded."""
    candidates: set[_Pair] = set()
    # Nearly all old texts share no band with a new one: they are passed over at once, not band by band.
    bands = {band for sketch in new.values() for band in _BANDS.unpack(sketch)}
    near = {digest: sketch for digest, sketch in old.items() if not bands.isdisjoint(_BANDS.unpack(sketch))}
    for start in range(0, SKETCH_BYTES, _BAND_BYTES):
        buckets = _fill_buckets(new, start)
        neighbours: dict[bytes, list[bytes]] = {}
        for digest, sketch in near.items():
            band = sketch[start : start + _BAND_BYTES]
            if band in buckets:
                neighbours.setdefault(band, []).append(digest)
        for band, bucket in buckets.items():
            beside = neighbours.get(band, [])
            if len(bucket) + len(beside) > MAX_BUCKET:
                return None
            candidates.update(map(_order, combinations(bucket, 2)))
            candidates.update(map(_order, product(bucket, beside)))
    return candidates


def _iter_chain(part: list[bytes]) -> Iterator[_Pair]:
    """Each text with the first of the part and with the next one: one template without any number stays linear."""
    ordered = sorted(part)
    yield from pairwise(ordered)
    yield from ((ordered[0], other) for other in ordered[2:])


def _fill_buckets(sketches: Sketches, start: int) -> dict[bytes, list[bytes]]:
    buckets: dict[bytes, list[bytes]] = {}
    for digest, sketch in sketches.items():
        buckets.setdefault(sketch[start : start + _BAND_BYTES], []).append(digest)
    return buckets


def _order(pair: _Pair) -> _Pair:
    return pair if pair[0] < pair[1] else (pair[1], pair[0])
