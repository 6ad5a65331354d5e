"""The ledgers as published: every fetch, every run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.warehouse.archives import Archive, news, project
from tests.warehouse.reading import ask

if TYPE_CHECKING:
    from pathlib import Path


def test_fetches_are_counted_once_a_run_site_and_kind(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.run(
        "2026-01-05",
        [
            project("https://iom.int/project/a"),
            project("https://iom.int/project/b"),
            news("https://iom.int/news/a"),
            replace(news("https://haiti.iom.int/news/a"), site="haiti"),
        ],
    )
    archive.run("2026-01-12", [project("https://iom.int/project/a")])
    archive.verdicts.pop()
    archive.extract()
    built = archive.build()
    assert ask(built, "SELECT site, kind, n_fetches FROM v1.verdicts ORDER BY ALL") == [
        ("haiti", "news", 1),
        ("iom", "news", 1),
        ("iom", "project", 2),
    ]
    assert ask(built, "SELECT sum(n_fetches), (SELECT count(*) FROM v1.fetches) FROM v1.runs") == [(5, 5)]


def test_a_run_is_one_row_and_rejected_where_anything_of_it_is(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first, second = project("https://iom.int/project/a"), news("https://iom.int/news/a")
    archive.run("2026-01-05", [first, second])
    archive.run("2026-01-12", [first, second, replace(news("https://haiti.iom.int/news/a"), site="haiti")])
    archive.run("2026-01-19", [first])
    reason = {"field": "pages", "before": "2", "after": "0", "first_url": None, "message": "fell"}
    rejected = {"verdict": "rejected", "reasons": [reason]}
    archive.verdicts = [one | (rejected if one["site"] == "haiti" else {}) for one in archive.verdicts[:-1]]
    archive.extract()
    built = archive.build()
    sql = "SELECT site, verdict, len(reasons), n_fetches FROM v1.runs ORDER BY started_at"
    assert ask(built, sql) == [("iom", "accepted", 0, 2), (None, "rejected", 1, 3), (None, None, None, 1)]
    assert ask(built, "SELECT verdict, count(*) FROM v1.verdicts GROUP BY 1 ORDER BY 1") == [
        ("accepted", 4),
        ("rejected", 1),
    ]
