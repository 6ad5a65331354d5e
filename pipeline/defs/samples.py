"""Small tables about what was published, for the record of a run: counts, samples, fill rates, columns.

Belongs here: their SQL. Does not belong here: how Dagster shows them.
"""

from typing import Any

from pipeline.ground.folders import DataFolder
from warehouse.read.published import run_query

QUERIES = {
    "changes_by_kind": """
        SELECT change_kind, count(*) AS n FROM (
            SELECT change_kind FROM v1.project_versions UNION ALL SELECT change_kind FROM v1.news_versions)
        GROUP BY 1 ORDER BY 1""",
    "clusters_by_method": """
        SELECT coalesce(method, 'original') AS method, count(*) AS n FROM v1.clusters GROUP BY 1 ORDER BY 1""",
    "columns": """
        SELECT relation || '.' || column_name AS "column", data_type AS "type", comment
        FROM v1.data_dictionary WHERE column_name IS NOT NULL ORDER BY relation, position""",
    "sample_of_projects": """
        SELECT coalesce(projects_id, prima_id) AS id, title, budget_amount, budget_currency, countries, status
        FROM v1.projects ORDER BY project_id LIMIT 5""",
    "sample_of_news": """
        SELECT title, dateline_raw, dateline_country, published_date, word_count
        FROM v1.news ORDER BY news_id LIMIT 5""",
    "fill_rates": """
        UNPIVOT (SELECT
            avg((projects_id IS NOT NULL)::INT) AS projects_id, avg((budget_amount IS NOT NULL)::INT) AS budget_amount,
            avg((start_date IS NOT NULL)::INT) AS start_date, avg((status IS NOT NULL)::INT) AS status,
            avg((len(countries) > 0)::INT) AS countries
        FROM v1.projects) ON COLUMNS(*) INTO NAME field VALUE share""",
}


def read_rows(folder: DataFolder, name: str) -> list[dict[str, Any]]:
    """The rows of one of :data:`QUERIES` on the published file.

    Raises:
        QueryError: there is no published file.
    """
    result = run_query(folder.published, QUERIES[name])
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]
