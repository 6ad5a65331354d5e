"""What the published file holds about single documents, read for many of them at once.

Belongs here: the queries of one document's page. Does not belong here: its page (``documents``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from warehouse.read.captures import read_captures

if TYPE_CHECKING:
    from pipeline.report.edition import DocumentEntry, Edition
    from warehouse.read.captures import Capture

Row = dict[str, Any]

_ASKED = "WITH asked AS (SELECT unnest($ids::VARCHAR[]) AS id) "
# Each gives ``id`` first. Evidence, mentions and countries are of current versions alone.
_QUERIES = {
    "evidence": """
SELECT e.document_id AS id, e.field, e.value, e.raw, e.certainty, e.start_byte, e.end_byte, e.capture_id
FROM v1.evidence AS e JOIN asked ON asked.id = e.document_id WHERE e.kind = $kind ORDER BY e.document_id, e.position""",
    "aliases": """
SELECT a.document_id AS id, a.url, a.reason, c.lang, c.state FROM v1.aliases AS a
JOIN asked ON asked.id = a.document_id
LEFT JOIN v1.coverage AS c ON c.page_key = a.page_key
WHERE a.kind = $kind AND a.url IS NOT NULL AND a.first_seen_at <= $at
ORDER BY a.document_id, a.reason <> 'preferred', a.reason, a.url""",
    "issues": """
SELECT DISTINCT i.document_id AS id, i.code, i.field, i.detail, i.url FROM v1.data_issues AS i
JOIN asked ON asked.id = i.document_id WHERE i.kind = $kind ORDER BY ALL""",
    "countries": """
SELECT c.{kind}_id AS id, c.country_code, c.role, c.raw, c.certainty FROM v1.{kind}_countries AS c
JOIN asked ON asked.id = c.{kind}_id ORDER BY c.{kind}_id, c.position""",
    "mentions": """
SELECT m.{kind}_id AS id, m.kind, m.name, m."value", m.raw, m.certainty FROM v1.mentions AS m
JOIN asked ON asked.id = m.{kind}_id ORDER BY m.{kind}_id, m.position""",
    "links": """
SELECT l.{kind}_id AS id, l.{other}_id AS other, l.method, l.certainty, l.evidence FROM v1.project_news AS l
JOIN asked ON asked.id = l.{kind}_id ORDER BY ALL""",
    "cluster": """
SELECT o.document_id AS id, c.document_id AS other, c.role, c.method, c.score, c.evidence FROM v1.clusters AS o
JOIN asked ON asked.id = o.document_id
JOIN v1.clusters AS c ON c.cluster_id = o.cluster_id AND c.kind = o.kind AND c.document_id <> o.document_id
WHERE o.kind = $kind ORDER BY o.document_id, c.role <> 'original', c.document_id""",
    "versions": """
SELECT v.{kind}_id AS id, v.version_no, v.valid_from, v.valid_to, v.time_basis, v.change_kind AS site_change, v.is_gone,
       v.content_sha256, v.capture_id, v.extractor, c.payload_sha256, c.url, c.http_status
FROM v1.{kind}_versions AS v JOIN asked ON asked.id = v.{kind}_id
LEFT JOIN v1.captures AS c ON c.capture_id = v.capture_id
WHERE v.valid_from <= $at ORDER BY v.{kind}_id, v.valid_from DESC""",
    "place": """
SELECT v.{kind}_id AS id, b.capture_id, b.captured_at, b.time_basis, b.url, b.archive_file, b.archive_offset,
       b.archive_length, b.payload_sha256, b.reader
FROM v1.{kind}_versions AS v JOIN asked ON asked.id = v.{kind}_id
JOIN v1.captures AS b ON b.capture_id = v.content_capture_id
WHERE v.valid_from <= $at AND (v.valid_to IS NULL OR v.valid_to > $at)""",
    "disagreements": """
SELECT d.project_id AS id, d.field, d.published_value, d."values" FROM v1.disagreements AS d
JOIN asked ON asked.id = d.project_id WHERE $kind = 'project' ORDER BY d.project_id, d.field""",
}
_OF_NOW = frozenset({"evidence", "issues", "countries", "mentions", "disagreements", "links", "cluster"})
"""Known of current versions alone: left out of a page about an earlier one."""


@dataclass(slots=True)
class Dossier:
    """All rows about one document, by the names of :data:`_QUERIES`; ``capture`` is what its version rests on."""

    entry: DocumentEntry
    capture: Capture
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def __getattr__(self, name: str) -> list[Row]:
        if name in _QUERIES:
            return self.rows.get(name, [])
        raise AttributeError(name)


def read_dossiers(edition: Edition, kind: str, entries: Sequence[DocumentEntry]) -> list[Dossier]:
    """The dossiers of documents of one kind, in their order."""
    captures = read_captures(edition.tables, [entry.row["capture_id"] for entry in entries])
    found = {entry.id: Dossier(entry, captures[entry.row["capture_id"]]) for entry in entries}
    other = "news" if kind == "project" else "project"
    for name, query in _QUERIES.items():
        sql = _ASKED + query.format(kind=kind, other=other)
        values = {"ids": list(found), "kind": kind, "at": edition.at}
        for row in edition.ask(sql, **{key: value for key, value in values.items() if f"${key}" in sql}):
            dossier = found[row.pop("id")]
            if name not in _OF_NOW or dossier.entry.row["is_newest"]:
                dossier.rows.setdefault(name, []).append(row)
    return list(found.values())
