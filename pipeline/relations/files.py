"""The two files that a build takes in: ``clusters.ndjson`` and ``links.ndjson``.

Belongs here: reading the documents, calling the judgements, writing their result. Does not belong here: any judgement.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.relations.clusters import build_clusters
from pipeline.relations.documents import read_documents
from pipeline.relations.links import find_links
from pipeline.relations.pairs import find_pairs
from pipeline.relations.similar import NOTHING_KEPT, read_kept, write_kept


def write_relations(documents_file: Path, folder: Path, sketches: Path | None = None) -> None:
    """Judge the documents of a file and write both files into a folder that exists.

    ``sketches`` is the file of kept sketches, read and replaced; None keeps nothing. The result never depends on it.

    Raises:
        RelationsError: ``documents_file`` breaks docs/contracts.md, section 7.
    """
    documents = read_documents(documents_file)
    kept = read_kept(sketches) if sketches else NOTHING_KEPT
    pairs, known = find_pairs(documents, kept)
    if sketches and known != kept:
        write_kept(sketches, known)
    _write_lines(folder / "clusters.ndjson", build_clusters(documents, pairs))
    _write_lines(folder / "links.ndjson", find_links(documents))


def _write_lines(path: Path, rows: Sequence[msgspec.Struct]) -> None:
    encoder = msgspec.json.Encoder()
    path.write_bytes(b"".join(encoder.encode(row) + b"\n" for row in rows))
