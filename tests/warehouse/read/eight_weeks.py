"""Eight simulated weeks of five projects and five news pages, with everything the cookbook asks about.

Belongs here: the script and the published file made of it. Every Monday from 2026-01-05 is one run; all words are ours.

========  =====================================================================================================
QU8-805   Liberia, completed, unchanged; release 2 reads its coverage, which release 1 left out
PR.0157   its twin by title; completed in week 3, budget raised in week 5; its coverage too is read by release 2 only
CE.0100   Haiti, no budget, an unknown type, ends before it starts; gone in weeks 5 and 6, back in week 7
CD.0200   Haiti and the Dominican Republic; its French page states another start year and status
CT.0300   no country, euro, an unknown type, the same doubts as CE.0100; gone from week 6 on, and its doubts with it
news      one release on two sites and in French; a storm in Haiti, once behind a block page that the gate rejects;
          a note that times out from week 6 on
========  =====================================================================================================
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from contracts.extraction import ExtractorRelease
from pipeline.stages.publish import write_relations
from tests.warehouse.archives import (
    RELEASE_1,
    Answer,
    Archive,
    Record,
    absent,
    country,
    news,
    project,
    unknown,
)
from warehouse.publish.swap import publish_database

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

RELEASE_2 = ExtractorRelease(2, date(2026, 3, 1), "reads coverage")
FIRST_MONDAY = date(2026, 1, 5)
DOUBTS: dict[str, Any] = {
    "unmapped": [{"field": "type", "label": "Project Type", "value": "Space Travel"}],
    "issues": [{"code": "ends-before-start", "field": "end_date", "detail": "2012 to 2010"}],
}
TWIN_TITLE = "Training of Border Guards in Two Provinces"
RELEASE_BODY = (
    "Monrovia - A new border post was opened on Saturday by the mayor and the head of the office. The post stands at "
    "the bridge where forty trucks cross each day. Guards were trained under the grant QU8-805 for six weeks. The "
    "mayor said that families on both banks had waited for this day, and that the ferry will run again in spring."
)
FRENCH_BODY = (
    "Monrovia - Un nouveau poste a été ouvert samedi par la mairesse et le chef du bureau. Il se trouve près du pont "
    "que quarante camions passent chaque jour. Les gardes ont suivi six semaines de cours."
)
STORM_BODY = (
    "Port-au-Prince - After the storm of last week the team brought water and light to nine villages on the coast, "
    "with help from the Harbour Safety Programme. The road to the market is open again, and schools begin on Monday."
)


def monday(week: int) -> str:
    """The day of the run of a week, 1 to 8."""
    return (FIRST_MONDAY + timedelta(weeks=week - 1)).isoformat()


def share_eight_weeks(factory: pytest.TempPathFactory) -> Path:
    """The published file of the eight weeks, made once in a session of tests; read it only."""
    return _publish_once(factory.getbasetemp() / "eight-weeks")


@lru_cache(maxsize=1)
def _publish_once(root: Path) -> Path:
    root.mkdir()
    return publish_eight_weeks(root)


def publish_eight_weeks(root: Path) -> Path:
    """Write, read, derive and publish the eight weeks in a data folder; returns the published file."""
    archive = Archive(root)
    for week in range(1, 9):
        archive.run(monday(week), _make_pages(week))
    blocked = news("https://haiti.iom.int/news/storm", title="Access denied", body="Access denied")
    archive.run("2026-02-24", [replace(blocked, site="haiti")], name="haiti", accepted=False)
    archive.extract(1, _read_without_coverage)
    archive.extract(2)
    built = archive.build([RELEASE_1, RELEASE_2], relate=write_relations)
    return publish_database(built, root / "iomdb.duckdb").path


def _read_without_coverage(record: Record) -> Record:
    return record | {"coverage": None}


def _make_pages(week: int) -> list[Answer]:
    return [
        project(
            "https://www.iom.int/project/guards-0", title=TWIN_TITLE, projects_id="QU8-805", countries=["LR"],
            budget_amount="100000.00", budget_currency="USD", budget_raw="100000.00", status="completed",
            start_date="2006", start_year=2006, end_date="2007", end_year=2007, funding_year=2006, type_code="TC",
            type_name="Technical Cooperation", idf_region="Africa", coverage="National",
        ),
        _make_twin(week),
        _make_haiti(week),
        project(
            "https://www.iom.int/project/river", title="Crossing the River", projects_id="CD.0200",
            countries=["HT", "DO"], budget_amount="90000.00", budget_currency="USD", status="active", start_date="2014",
            start_year=2014, funding_year=2013, type_code="CD", type_name="Community Development",
            idf_region="Latin America and the Caribbean",
        ),
        project(
            "https://www.iom.int/fr/node/44", title="Traverser le fleuve", lang="fr", projects_id="CD.0200",
            countries=["HT", "DO"], budget_amount="90000.00", budget_currency="USD", status="completed",
            start_date="2015", start_year=2015, funding_year=2013, type_code="CD",
        ),
        _make_doubtful(week),
        *_iter_news(week),
    ]  # fmt: skip


def _make_twin(week: int) -> Answer:
    is_completed = week >= 3
    return project(
        "https://www.iom.int/project/guards", title=TWIN_TITLE, projects_id="PR.0157", countries=["LR", "GH"],
        budget_amount="160000.01" if week >= 5 else "150000.01", budget_currency="USD",
        status="completed" if is_completed else "active", start_date="2015", start_year=2015,
        end_date="2016" if is_completed else None, end_year=2016 if is_completed else None, funding_year=2014,
        type_code="TC", type_name="Technical Cooperation", idf_region="Africa", coverage="Regional",
    )  # fmt: skip


def _make_haiti(week: int) -> Answer:
    url = "https://www.iom.int/project/shelter"
    if week in {5, 6}:
        return absent(url)
    return project(
        url, title="Shelter Before the Season", projects_id="CE.0100", countries=["HT"], status="active", **DOUBTS
    )  # fmt: skip


def _make_doubtful(week: int) -> Answer:
    url = "https://www.iom.int/project/doubtful"
    if week >= 6:
        return absent(url)
    return project(
        url, title="A Doubtful Page", projects_id="CT.0300", budget_amount="50000.00", budget_currency="EUR",
        start_date="2012", start_year=2012, end_date="2010", end_year=2010, funding_year=2012, type_raw="Space Travel",
        **DOUBTS,
    )  # fmt: skip


def _iter_news(week: int) -> list[Answer]:
    monrovia = [country("primary", "LR"), country("funder", "JP")]
    fields: dict[str, Any] = {"published_date": "2026-01-03", "published_source": "metadata", "dateline_country": "LR"}
    release = {"title": "Border Post Opens", "body": RELEASE_BODY, "countries": monrovia, **fields}
    programme = {
        "kind": "programme", "name": "Harbour Safety Programme", "value": None, "rule": "test",
        "certainty": "stated", "raw": "Harbour Safety Programme", "start": 0, "end": 9,
    }  # fmt: skip
    note = "https://www.iom.int/news/old-note"
    return [
        news("https://www.iom.int/news/border-post-opens", **release),
        news("https://liberia.iom.int/news/border-post-opens", **release),
        news(
            "https://www.iom.int/fr/news/un-poste-ouvre", lang="fr", title="Un poste ouvre", body=FRENCH_BODY,
            alternates=[{"lang": "en", "url": "https://www.iom.int/news/border-post-opens"}],
            countries=monrovia[:1], **fields,
        ),
        news(
            "https://haiti.iom.int/news/storm", title="After the Storm", body=STORM_BODY, published_date="2026-01",
            published_source="listing", dateline_country="HT", mentions=[programme],
            countries=[country("primary", "HT"), country("mention", "DO")],
        ),
        unknown(note, kind="news") if week >= 6 else news(note, title="An Old Note", body="Thanks to all readers."),
    ]  # fmt: skip
