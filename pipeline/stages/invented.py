"""What is different in a data folder whose archive is invented (``iomdb demo``): its notice, and an older reader.

Belongs here: the notice that every page and citation of it shows, the release before the first, and what that release
is said to have read. Does not belong here: the invented pages (``pipeline.demo``).

A demonstration of two extractor releases needs readings by code that never was. They are made of the current release's:
the older one missed what is regional, and where French news are dated from.
"""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec

from contracts.extraction import Extraction, ExtractorRelease
from contracts.run import start_of
from extractor.meaning.findings import content_sha256
from pipeline.ground.folders import DataFolder
from pipeline.stages.releases import current_release, read_releases
from warehouse.extracted.reader import iter_rows, list_filled
from warehouse.extracted.writer import write_extraction

NOTICE = "INVENTED: made by `iomdb demo`, not IOM's; no page, project, person or amount of it exists"
OLDER = ExtractorRelease(
    0, date(2026, 9, 1), "Invented for the demonstration: a reader that knew no regional projects."
)


def find_notice(folder: DataFolder) -> str | None:
    """What must be said wherever something of the folder is shown; None for an archive of real pages."""
    return NOTICE if folder.invented.exists() else None


def list_releases(folder: DataFolder) -> tuple[ExtractorRelease, ...]:
    """The extractor releases that readings of the folder may be of, by number."""
    known = read_releases()
    return (OLDER, *known) if folder.invented.exists() else known


def write_older_readings(folder: DataFolder) -> None:
    """Write what the older release would have read, where the archive is invented: of the runs before the current one.

    The readings of the current release must be there. A run that archived no new body has none.
    """
    if not folder.invented.exists():
        return
    current = current_release()
    readings = sorted((folder.extracted / str(current.number)).glob("*.parquet"))
    for path in list_filled([path for path in readings if start_of(path.stem).date() < current.released_on]):
        rows = [msgspec.json.encode(_read_as_before(row)) for row in _iter_extractions(path)]
        write_extraction(rows, folder.extracted / str(OLDER.number) / path.name)


def _iter_extractions(path: Path) -> Iterator[Extraction]:
    for text in iter_rows(path):
        row = json.loads(text, parse_float=Decimal)
        yield msgspec.convert(row | {"observed_at": f"{row['observed_at']}Z"}, Extraction)


def _read_as_before(row: Extraction) -> Extraction:
    project, news = row.project, row.news
    if project is not None and project.coverage == "regional":
        project = msgspec.structs.replace(project, coverage=None, coverage_raw=None)
    if news is not None and row.lang == "fr":
        news = msgspec.structs.replace(news, dateline_raw=None, dateline_place=None, dateline_country=None)
    countries = row.countries if news is row.news else tuple(one for one in row.countries if one.role != "dateline")
    stated = project or news
    digest = row.content_sha256
    if stated is not None:
        assert row.kind is not None, "a reading with a record has a kind"
        digest = content_sha256(
            kind=row.kind, title=row.title, record=stated, countries=countries, mentions=row.mentions
        )
    return msgspec.structs.replace(
        row, release=OLDER.number, project=project, news=news, countries=countries, content_sha256=digest
    )
