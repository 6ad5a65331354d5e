"""Clusters and links as they are published: judged by the pipeline, taken in by the build, read from ``v1``."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

from pipeline.stages.publish import write_relations
from tests.pipeline.relations.documents import make_body, replace_words
from tests.warehouse.archives import Answer, Archive, country, news, project
from warehouse.publish.swap import publish_database
from warehouse.read.published import run_query

if TYPE_CHECKING:
    from pathlib import Path

BODY = make_body(1) + " It began in 2016 with 40 guards under “Training of the Guards of Two Harbours”."
TWIN_BODY = make_body(2)
NIGER = [country("primary", "NE")]


def _shorten(body: str) -> str:
    return replace_words(body[:-90], 1, 9)


def _make_pages() -> list[Answer]:
    return [
        news("https://iom.int/news/harbour", title="Harbour", body=BODY, countries=NIGER, published_date="2020-01-01"),
        news("https://niger.iom.int/news/harbour", title="HARBOUR", body=_shorten(BODY), countries=NIGER),
        news("https://niger.iom.int/news/port", title="Harbour", body=replace_words(BODY, 2, 1), countries=NIGER),
        news(
            "https://iom.int/news/again", title="Harbour", body=BODY, countries=NIGER, published_date="2023-01-01",
            published_source="metadata",
        ),
        news("https://iom.int/news/decoy-year", title="Harbour", body=BODY.replace("2016", "2017"), countries=NIGER),
        news("https://iom.int/news/decoy-place", title="Harbour", body=BODY, countries=[country("primary", "TD")]),
        project("https://iom.int/project/twin-0", title="One Title", projects_id="TC.0001", description=TWIN_BODY),
        project("https://iom.int/project/twin", title="One Title", projects_id="TC.0002", description=TWIN_BODY),
        project(
            "https://iom.int/project/guards", title="Training of the Guards of Two Harbours", projects_id="TC.0003",
            countries=["NE"],
        ),
    ]  # fmt: skip


def _publish(root: Path, seed: int, sketches: Path | None) -> Path:
    root.mkdir()
    archive = Archive(root)
    pages = _make_pages()
    random.Random(seed).shuffle(pages)
    archive.run("2026-01-05", [answer for answer in pages if "again" not in answer.url])
    archive.run("2026-01-12", pages)
    archive.extract()
    return publish_database(
        archive.build(relate=partial(write_relations, sketches=sketches)), root / "iomdb.duckdb"
    ).path


def test_copies_are_labelled_decoys_and_twins_stay_apart_and_nothing_is_deleted(tmp_path: Path) -> None:
    published = _publish(tmp_path / "data", 1, None)
    roles = dict(run_query(published, "SELECT document_id, role FROM v1.clusters").rows)
    assert set(roles) == {
        "iom.int/news/harbour",
        "niger.iom.int/news/harbour",
        "niger.iom.int/news/port",
        "iom.int/news/again",
    }
    assert sorted(roles.values()) == ["mirror", "near_copy", "original", "republication"]
    assert run_query(published, "SELECT count(*), count(DISTINCT cluster_id) FROM v1.news").rows == [(6, 1)]
    assert run_query(published, "SELECT count(*) FROM v1.projects").rows == [(3,)]
    evidence = run_query(
        published, "SELECT role, method, score, evidence FROM v1.clusters WHERE role <> 'original'"
    ).rows
    assert all(method and 0.3 <= float(score) <= 1 and words for _, method, score, words in evidence)


def test_a_quoted_title_links_every_page_that_quotes_it(tmp_path: Path) -> None:
    published = _publish(tmp_path / "data", 1, None)
    rows = run_query(published, "SELECT DISTINCT project_id, method, certainty, evidence FROM v1.project_news").rows
    assert rows == [("TC.0003", "title", "stated", "“Training of the Guards of Two Harbours”")]


def test_clusters_are_the_same_in_any_order_and_with_kept_sketches(tmp_path: Path) -> None:
    sketches = tmp_path / "sketches"
    sql = "SELECT document_id, role, linked_to, method, score FROM v1.clusters ORDER BY ALL"
    answers = [
        run_query(_publish(tmp_path / str(number), 1, kept), sql).rows
        for number, kept in enumerate([None, sketches, sketches])
    ]
    assert sketches.exists()
    assert answers[0] == answers[1] == answers[2]
    shuffled = run_query(_publish(tmp_path / "shuffled", 2, None), "SELECT document_id FROM v1.clusters").rows
    assert sorted(shuffled) == sorted((row[0],) for row in answers[0])
