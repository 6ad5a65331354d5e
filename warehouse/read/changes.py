"""What changed on the sites since an instant: changed fields, and pages that came, went or came back.

Belongs here: that question. Does not belong here: printing; deriving changes (the build does).
"""

from datetime import datetime

import duckdb

from warehouse.read.published import QueryResult, fetch_query

CHANGE_KINDS = ("created", "edited", "removed", "restored", "relocated", "reparsed")
SITE_CHANGES = CHANGE_KINDS[:-1]
# A version has two stories: what the site did, and, where it is reparsed, what this software reads otherwise since.
_CHANGES = """
WITH version AS (
    SELECT 'project' AS kind, project_id AS document_id, version_no, valid_from, known_from, change_kind, site_change,
           title, site, lang, changed_after, time_basis, capture_id, budget_currency AS currency, end_date,
           NULL AS published_date
    FROM v1.project_versions_bitemporal WHERE known_to IS NULL
    UNION ALL
    SELECT 'news', news_id, version_no, valid_from, known_from, change_kind, site_change, title, site, lang,
           changed_after, time_basis, capture_id, NULL, NULL, published_date
    FROM v1.news_versions_bitemporal WHERE known_to IS NULL
),
dated AS (
    SELECT valid_from AS changed_at, site_change AS change, * FROM version WHERE site_change <> 'reparsed'
    UNION ALL
    SELECT known_from, change_kind, * FROM version WHERE change_kind = 'reparsed'
)
SELECT v.changed_at, v.change, v.kind, v.document_id, c.field, c.old, c.new, c.significance,
       v.title, v.site, v.version_no, v.lang, v.changed_after, v.time_basis, v.currency, v.end_date, v.published_date,
       v.capture_id, c.before_capture_id
FROM dated AS v
LEFT JOIN v1.changes_bitemporal AS c
  ON c.kind = v.kind AND c.document_id = v.document_id AND c.version_no = v.version_no AND c.known_to IS NULL
     AND c.change_kind = v.change
WHERE v.changed_at >= $since AND ($until IS NULL OR v.changed_at < $until)
  AND ($kind IS NULL OR v.kind = $kind) AND ($site IS NULL OR v.site = $site)
  AND list_contains($changes::VARCHAR[], v.change)
ORDER BY v.changed_at DESC, v.kind, v.document_id, c.field
"""


def read_changes(
    connection: duckdb.DuckDBPyConnection,
    since: datetime,
    until: datetime | None = None,
    *,
    kind: str | None = None,
    site: str | None = None,
    changes: tuple[str, ...] = SITE_CHANGES,
) -> QueryResult:
    """The changes of a span of site time, newest first; ``until`` itself is left out.

    ``changes`` names the kinds wanted. ``relocated`` says that the record is read from another page since, not that a
    page was edited. ``reparsed`` is dated by when this software learned to read it so, and is no
    change of the site; it is left out unless asked for. After its own columns a row has those of its document that a
    sentence about it needs, as they were after the change.
    """
    values = {"since": since, "until": until, "kind": kind, "site": site, "changes": list(changes)}
    return fetch_query(connection, _CHANGES, values)
