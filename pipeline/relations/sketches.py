"""MinHash sketches of texts, made by rensa: making them, estimating how similar two texts are, and keeping them.

Belongs here: what needs rensa, and the file of kept sketches and similar pairs, a cache, so that new texts are compared
with old ones in about a second. Does not belong here: deciding what is similar. The file may be deleted at any time,
one that is damaged or of another version counts as absent, and what is found never depends on it: a pair is a function
of its two texts.
"""

import struct
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from operator import eq
from pathlib import Path

import rensa

from crawler.durable import replace_durably
from pipeline.relations.texts import MIN_WORDS, make_shingles, split_words

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
