"""The files between the build and the judgement of relations (docs/contracts.md, section 7)."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import msgspec
import pytest

from pipeline.relations.documents import RelatedDocument, RelationsError
from pipeline.stages.publish import write_relations
from tests.pipeline.relations.documents import make_body, make_news, make_project

if TYPE_CHECKING:
    from pathlib import Path


def _write(path: Path, documents: list[RelatedDocument]) -> Path:
    path.write_bytes(b"".join(msgspec.json.encode(document) + b"\n" for document in documents))
    return path


@pytest.fixture
def documents() -> list[RelatedDocument]:
    body = make_body(1) + " It was paid for under QU8-805."
    return [
        make_project("QU8-805", projects_id="QU8-805", title="A grant", body=make_body(2)),
        make_news("a", "iom.int/news/a", title="T", body=body),
        make_news("b", "niger.iom.int/news/b", title="T", body=body),
    ]


def test_both_files_are_written_with_every_field_of_the_contract(
    tmp_path: Path, documents: list[RelatedDocument]
) -> None:
    write_relations(_write(tmp_path / "documents.ndjson", documents), tmp_path)
    clusters = [json.loads(line) for line in (tmp_path / "clusters.ndjson").read_text().splitlines()]
    links = [json.loads(line) for line in (tmp_path / "links.ndjson").read_text().splitlines()]
    assert [row["document_id"] for row in clusters] == ["a", "b"]
    assert list(clusters[0]) == [
        "cluster_id",
        "document_id",
        "kind",
        "role",
        "linked_to",
        "method",
        "score",
        "evidence",
    ]
    assert [(row["news_id"], row["project_id"]) for row in links] == [("a", "QU8-805"), ("b", "QU8-805")]
    assert list(links[0]) == ["news_id", "project_id", "method", "certainty", "evidence"]


def test_the_files_are_the_same_bytes_in_any_order_and_with_any_cache(
    tmp_path: Path, documents: list[RelatedDocument]
) -> None:
    results = set()
    for number, cache in enumerate([None, tmp_path / "sketches", tmp_path / "sketches"]):
        random.Random(number).shuffle(documents)
        folder = tmp_path / str(number)
        folder.mkdir()
        write_relations(_write(folder / "documents.ndjson", documents), folder, cache)
        results.add((folder / "clusters.ndjson").read_bytes() + (folder / "links.ndjson").read_bytes())
    assert len(results) == 1
    assert (tmp_path / "sketches").exists()


def test_no_documents_give_two_empty_files(tmp_path: Path) -> None:
    write_relations(_write(tmp_path / "documents.ndjson", []), tmp_path, tmp_path / "sketches")
    assert (tmp_path / "clusters.ndjson").read_bytes() == b""
    assert (tmp_path / "links.ndjson").read_bytes() == b""


def test_a_line_that_is_no_document_is_named(tmp_path: Path, documents: list[RelatedDocument]) -> None:
    path = _write(tmp_path / "documents.ndjson", documents)
    path.write_bytes(path.read_bytes() + b'{"document_id": 7}\n')
    with pytest.raises(RelationsError, match="line 4: not a document"):
        write_relations(path, tmp_path)
    _write(path, [documents[0], documents[0]])
    with pytest.raises(RelationsError, match="line 2: QU8-805 occurs twice"):
        write_relations(path, tmp_path)
