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
    assert ask(built, "SELECT site, kind, n_fetches FROM v1.runs ORDER BY ALL") == [
        ("haiti", "news", 1),
        ("iom", "news", 1),
        ("iom", "project", 2),
        (None, None, 1),
    ]
    assert ask(built, "SELECT sum(n_fetches), (SELECT count(*) FROM v1.fetches) FROM v1.runs") == [(5, 5)]
