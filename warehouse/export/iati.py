"""The projects as an IATI 2.03 file (https://iatistandard.org), and beside it what could not be written, and why.

Belongs here: the file, its sidecar, and which projects go into it. Does not belong here: one activity
(:mod:`warehouse.export.iati_activity`). docs/iati.md has the mapping and its open questions.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from warehouse.errors import EmptyExportError
from warehouse.export.iati_activity import EXTRA, Activity
from warehouse.publish.csv_tables import neutralise
from warehouse.publish.origin import TablesOrigin, read_origin
from warehouse.read.published import as_objects, fetch_query, open_published

DEFAULT_REF = "XX-IOMDB"
"""The reporting organisation where none is given: XX is kept free by ISO 3166, so it is nobody's registered ref."""

HEAD = ("project_id", "field", "value", "reason")
_PROJECTS = "SELECT *, CASE WHEN state = 'gone' THEN valid_from END AS gone_at FROM v1.projects ORDER BY project_id"


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
    n_projects = n_activities = n_omitted = 0
    with open_published(published) as connection:
        origin = read_origin(connection)
        with target.open("w", encoding="utf-8") as file, omissions.open("w", encoding="utf-8", newline="") as beside:
            writer = csv.writer(beside, lineterminator="\n")
            writer.writerow(HEAD)
            file.write(_begin(origin))
            for row in as_objects(fetch_query(connection, _PROJECTS)):
                n_projects += 1
                activity = Activity(row, ref or DEFAULT_REF, year_dates=year_dates, notice=origin.notice)
                element, omitted = activity.build()
                if element is not None:
                    n_activities += 1
                    _append(file, element)
                n_omitted += len(omitted)
                writer.writerows(map(neutralise, (row["project_id"], *one)) for one in omitted)
            file.write("</iati-activities>\n")
    if not n_activities:
        hint = "" if year_dates else "; --year-dates writes a year as its first or last day, and says so"
        raise EmptyExportError(
            f"there is nothing to write: none of {n_projects} projects states a title, a status and a whole day, as "
            f"IATI wants them{hint}"
        )
    return IatiReport(n_activities, n_omitted)


def _begin(origin: TablesOrigin) -> str:
    generated = f' generated-datetime="{origin.created}"' if origin.created else ""
    # Two hyphens would end a comment too early.
    told = "\n".join(f"  {name}: {text}" for name, text in origin.describe().items()).replace("--", "- -")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<!--\n{escape(told)}\n-->\n"
        f'<iati-activities version="2.03"{generated} xmlns:iomdb="{EXTRA}">\n'
    )


def _append(file: TextIO, element: ET.Element) -> None:
    ET.indent(element, "  ", level=1)
    text = ET.tostring(element, encoding="unicode")
    # The namespace is declared once, at the root.
    file.write("  " + text.replace(f' xmlns:iomdb="{EXTRA}"', "", 1) + "\n")
