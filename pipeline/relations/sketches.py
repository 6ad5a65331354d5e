"""MinHash sketches of texts, made by rensa: making them, and estimating how similar two texts are.

Belongs here: what needs rensa. Does not belong here: keeping sketches on disk, or deciding what is similar.
"""

from __future__ import annotations

from array import array
from itertools import islice
from operator import eq
from typing import TYPE_CHECKING

import rensa

from pipeline.relations.texts import MIN_WORDS, make_shingles, split_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
