"""The page of the data: the dictionary, the cookbook with its answers, the tables to look at and to take along.

Belongs here: that page and the Parquet files beside it. Does not belong here: other exports (``warehouse.export``).
"""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.report.render import Templates
from warehouse.errors import QueryError
from warehouse.export.query_rows import write_query_parquet
from warehouse.publish.origin import ABSTRACT, LICENCE, PUBLISHER_URL, TITLE
from warehouse.read.cookbook import read_questions
from warehouse.read.limits import make_limits
from warehouse.read.published import fetch_query

if TYPE_CHECKING:
    from pipeline.report.edition import Edition

SHOWN_ROWS = 8
SHOWN_COLUMNS = 8
TABLES = {
    "projects": "SELECT * EXCLUDE (description) FROM v1.projects ORDER BY project_id",
    "news": "SELECT * EXCLUDE (body) FROM v1.news ORDER BY news_id",
    "project_country_money": "FROM v1.project_country_money ORDER BY project_id, position",
    "removals": "FROM v1.removals ORDER BY kind, document_id, gone_from",
}
"""What the page shows by itself, texts left out: a reader with a release opens any other table in it."""
_PARQUET = "application/vnd.apache.parquet"
_DICTIONARY = """
SELECT relation, relation_kind, column_name, data_type, comment FROM v1.data_dictionary ORDER BY relation, position
"""


def write_tables(published: Path) -> dict[str, bytes]:
    """The tables of :data:`TABLES` as Parquet. The published file must not be open in this process.

    Raises:
        QueryError: there is no published file, or it has another schema.
    """
    tables = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, sql in TABLES.items():
            target = Path(folder) / f"{name}.parquet"
            write_query_parquet(published, sql, {}, target, make_limits())
            tables[name] = target.read_bytes()
    return tables


class DataPage:
    """Makes the page and its files. ``tables`` are those of :func:`write_tables`, of the edition's own file."""

    def __init__(self, edition: Edition, templates: Templates, tables: Mapping[str, bytes]) -> None:
        self._edition = edition
        self._templates = templates
        self._tables = tables

    def make(self) -> Iterator[tuple[str, bytes]]:
        """The page, its tables as Parquet and as script files, and the reader of Parquet."""
        edition = self._edition
        sizes: dict[str, int] = {}
        if not edition.is_past:
            for name, content in self._tables.items():
                sizes[name] = len(content)
                yield f"data/{name}.parquet", content
                call = f'iomdb.table("{name}","{base64.b64encode(content).decode("ascii")}");\n'
                yield f"data/{name}.js", call.encode("ascii")
            yield "data/hyparquet.js", (Path(__file__).parents[1] / "vendored" / "hyparquet.js").read_bytes()
        path = "data/index.html"
        yield path, self._templates.render(
            "data.html", path, edition=edition, sizes=sizes, questions=self._ask() if not edition.is_past else [],
            relations=self._read_dictionary(), described=self._describe(sizes),
        )  # fmt: skip

    def _ask(self) -> list[dict[str, Any]]:
        """Each question with its values and the first rows of its answer; of one without an answer why."""
        asked = []
        for question in read_questions():
            shown: dict[str, Any] = {"about": question, "columns": (), "rows": [], "n": 0, "fault": None}
            try:
                result = fetch_query(self._edition.tables, question.sql, question.defaults)
            except QueryError as error:
                shown["fault"] = str(error).splitlines()[0]
            else:
                shown |= {"columns": result.columns[:SHOWN_COLUMNS], "n": len(result.rows)}
                shown["rows"] = [row[:SHOWN_COLUMNS] for row in result.rows[:SHOWN_ROWS]]
                shown["n_columns"] = len(result.columns)
            asked.append(shown)
        return asked

    def _read_dictionary(self) -> list[dict[str, Any]]:
        relations: list[dict[str, Any]] = []
        for row in self._edition.ask(_DICTIONARY):
            if row["column_name"] is None:
                relations.append(
                    {"name": row["relation"], "kind": row["relation_kind"], "about": row["comment"], "columns": []}
                )
            elif relations:
                relations[-1]["columns"].append(row)
        return relations

    def _describe(self, names: Iterable[str]) -> str:
        """The data for machines, schema.org/Dataset, with the tables that lie beside the page."""
        edition = self._edition
        span = None
        if edition.first_capture and edition.last_capture:
            span = f"{edition.first_capture:%Y-%m-%d}/{edition.last_capture:%Y-%m-%d}"
        described = {
            "@context": "https://schema.org/",
            "@type": "Dataset",
            "name": TITLE,
            "description": f"{edition.notice}. {ABSTRACT}" if edition.notice else ABSTRACT,
            "license": {"@type": "CreativeWork", "name": LICENCE, "url": PUBLISHER_URL},
            "isBasedOn": PUBLISHER_URL,
            "identifier": f"sha256:{edition.content_sha256}",
            "creator": {"@type": "Organization", "name": "iomdb"},
            "isAccessibleForFree": True,
            "temporalCoverage": span,
            "measurementTechnique": "scheduled archiving of public pages, rule-based reading",
            "variableMeasured": ["budget", "status", "dates", "benefiting countries", "removal of pages"],
            "distribution": [
                {"@type": "DataDownload", "encodingFormat": _PARQUET, "contentUrl": f"{name}.parquet"} for name in names
            ],
        }
        return json.dumps({key: value for key, value in described.items() if value}, ensure_ascii=True).replace(
            "<", "\\u003c"
        )
