"""The projects as an IATI 2.03 file (https://iatistandard.org), and beside it what could not be written, and why.

Belongs here: the file, its sidecar, and which projects go into it. Does not belong here: one activity
(:mod:`warehouse.export.iati_activity`). docs/iati.md has the mapping and its open questions.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from warehouse.errors import EmptyExportError
from warehouse.export.iati_activity import STATUS, Activity
from warehouse.publish.csv_tables import neutralise
from warehouse.publish.origin import read_origin
from warehouse.read.published import as_objects, fetch_query, open_published

DEFAULT_REF = "XX-IOMDB"
"""The reporting organisation where none is given: XX is kept free by ISO 3166, so it is nobody's registered ref."""

EXTRA = "urn:iomdb:iati"
"""The namespace of what IATI has no place for: the words as printed."""

SCOPE = {"national": "4", "regional": "2", "global": "1"}
"""ActivityScope."""
HEAD = ("project_id", "field", "value", "reason")
_PROJECTS = "SELECT *, CASE WHEN state = 'gone' THEN valid_from END AS gone_at FROM v1.projects ORDER BY project_id"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_URI = "%:/?#[]@!$&'()*+,;=~"
"""What an address may have beside letters and digits."""


@dataclass(frozen=True, slots=True)
class IatiReport:
    """What was written: activities, and values that were left out."""

    n_activities: int
    n_omitted: int


def name_omissions(target: Path) -> Path:
    """The sidecar of a file: ``F.omitted.csv`` beside ``F.xml``.

    >>> name_omissions(Path("out/iom.xml")).as_posix()
    'out/iom.omitted.csv'
    """
    return target.with_name(f"{target.stem if target.suffix == '.xml' else target.name}.omitted.csv")


def write_iati(
    published: Path, target: Path, omissions: Path, *, ref: str | None = None, year_dates: bool = False
) -> IatiReport:
    """Write one activity a project to ``target``, and to ``omissions`` each value that was left out, with the reason.

    IATI wants a day for each date. A project of which no whole day is stated is left out, unless ``year_dates``: then
    a year (or month) gives its first day for a start and its last for an end, with a narrative that says so.

    Raises:
        EmptyExportError: no project can be written.
        QueryError: there is no published file.
    """
    counts = {"projects": 0, "activities": 0, "omitted": 0}
    with open_published(published) as connection:
        origin = read_origin(connection)
        with target.open("w", encoding="utf-8") as file, omissions.open("w", encoding="utf-8", newline="") as beside:
            writer = csv.writer(beside, lineterminator="\n")
            writer.writerow(HEAD)

            def iter_written(rows: Iterable[dict[str, Any]]) -> Iterator[Activity]:
                for row in rows:
                    activity = Activity(row, year_dates=year_dates)
                    counts["projects"] += 1
                    counts["activities"] += activity.is_written
                    counts["omitted"] += len(activity.omitted)
                    writer.writerows(map(neutralise, (row["project_id"], *one)) for one in activity.omitted)
                    if activity.is_written:
                        yield activity

            activities = iter_written(as_objects(fetch_query(connection, _PROJECTS)))
            file.writelines(
                _load_templates().get_template("iati.xml").generate(
                    activities=activities, ref=ref or DEFAULT_REF, notice=origin.notice, facts=origin.describe(),
                    created=origin.created, extra=EXTRA, statuses=STATUS, scopes=SCOPE,
                )
            )  # fmt: skip
    if not counts["activities"]:
        hint = "" if year_dates else "; --year-dates writes a year as its first or last day, and says so"
        raise EmptyExportError(
            f"there is nothing to write: none of {counts['projects']} projects states a title, a status and a whole "
            f"day, as IATI wants them{hint}"
        )
    return IatiReport(counts["activities"], counts["omitted"])


def _load_templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_write,
    )
    templates.filters["uri"] = lambda url: quote(url, safe=_URI)
    return templates


def _write(value: object) -> Markup:
    """What the template writes of a value: escaped, and without the characters that no XML file may have."""
    clean = _NOT_XML.sub("\ufffd", str(value))
    return value if isinstance(value, Markup) else Markup(escape(clean, {'"': "&quot;"}))  # noqa: S704 - escaped here
