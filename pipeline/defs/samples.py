"""Small tables about what was published, for the record of a run: counts, samples, fill rates, columns.

Belongs here: their SQL. Does not belong here: how Dagster shows them.
"""

from typing import Any

from contracts.fields import RECORDS, catalogue
from pipeline.ground.folders import DataFolder
from warehouse.read.published import as_objects, run_query

FILLED = {
    kind: [name for name, entry in catalogue(kind).items() if entry.guarded and entry.significance != "low"]
    for kind in RECORDS
}
"""Fields whose share of filled values is watched over time, site by site: those of which a change matters."""


def _fill(kind: str, row: str) -> str:
    shares = (
        f"avg((nullif({row}.{name}::VARCHAR, '[]') IS NOT NULL)::INT) FILTER ({row} IS NOT NULL) AS fill_{name}"
        for name in FILLED[kind]
    )
    return ", ".join(shares)


QUERIES = {
    "changes_by_kind": """
        SELECT change_kind, count(*) AS n FROM (
            SELECT change_kind FROM v1.project_versions UNION ALL SELECT change_kind FROM v1.news_versions)
        GROUP BY 1 ORDER BY 1""",
    "clusters_by_method": """
        SELECT coalesce(method, 'original') AS method, count(*) AS n FROM v1.clusters GROUP BY 1 ORDER BY 1""",
    "columns": """
        SELECT relation, column_name AS "column", data_type AS "type", comment
        FROM v1.data_dictionary WHERE column_name IS NOT NULL ORDER BY relation, position""",
    "sample_of_projects": """
        SELECT coalesce(projects_id, prima_id) AS id, title, budget_amount, budget_currency, countries, status
        FROM v1.projects ORDER BY project_id LIMIT 5""",
    "sample_of_news": """
        SELECT title, dateline_raw, dateline_country, published_date, word_count
        FROM v1.news ORDER BY news_id LIMIT 5""",
    "pages_by_site": """
        SELECT site, count(*) AS pages, count(*) FILTER (checked = 'unread') AS pages_unread,
               count(*) FILTER (checked = 'unchecked') AS pages_unchecked,
               count(*) FILTER (state = 'gone') AS pages_gone
        FROM v1.coverage WHERE site IS NOT NULL GROUP BY site ORDER BY site""",
    "changes_by_site": """
        WITH document AS (
            SELECT 'project' AS kind, project_id AS document_id, site FROM v1.projects
            UNION ALL SELECT 'news', news_id, site FROM v1.news),
        newest AS (SELECT site, max(last_checked_at) AS checked_at FROM v1.coverage GROUP BY site)
        SELECT site, count(*) AS changes_of_7_days
        FROM v1.changes JOIN document USING (kind, document_id) JOIN newest USING (site)
        WHERE change_kind <> 'reparsed' AND changed_at > checked_at - INTERVAL 7 DAY GROUP BY site ORDER BY site""",
    "fill_by_site": f"""
        SELECT site, {_fill("project", "p")}, {_fill("news", "n")},
               coalesce(sum(len(p.unread_fields)), 0)::BIGINT + coalesce(sum(len(n.unread_fields)), 0)::BIGINT
                 AS fields_unread
        FROM (SELECT site, p, NULL AS n FROM v1.projects AS p UNION ALL BY NAME SELECT site, n FROM v1.news AS n)
        GROUP BY site ORDER BY site""",
}


def read_rows(folder: DataFolder, name: str) -> list[dict[str, Any]]:
    """The rows of one of :data:`QUERIES` on the published file."""
    return as_objects(run_query(folder.published, QUERIES[name]))


def read_columns(folder: DataFolder) -> dict[str, list[dict[str, Any]]]:
    """The columns of each public table, in their order: ``column``, ``type``, ``comment``."""
    columns: dict[str, list[dict[str, Any]]] = {}
    for row in read_rows(folder, "columns"):
        columns.setdefault(row["relation"], []).append(row)
    return columns


def read_site_facts(folder: DataFolder) -> dict[str, dict[str, Any]]:
    """By site what is published of it: counts of pages, changes and unread fields, shares of filled values.

    A share is None where the site has no page of that kind.
    """
    facts: dict[str, dict[str, Any]] = {}
    for name in ("pages_by_site", "changes_by_site", "fill_by_site"):
        for row in read_rows(folder, name):
            facts.setdefault(row.pop("site"), {"pages": 0, "changes_of_7_days": 0}).update(row)
    return facts
