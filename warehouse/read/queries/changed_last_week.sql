WITH version AS (
    SELECT 'project' AS kind, project_id AS document_id, valid_from AS changed_at, change_kind, title FROM v1.project_versions
    UNION ALL
    SELECT 'news', news_id, valid_from, change_kind, title FROM v1.news_versions
)
SELECT v.changed_at, v.kind, v.document_id, v.change_kind AS change, c.field, c.old, c.new, c.significance, v.title
FROM version AS v
LEFT JOIN v1.changes AS c ON c.kind = v.kind AND c.document_id = v.document_id AND c.changed_at = v.changed_at
WHERE v.change_kind NOT IN ('reparsed', 'relocated')
  AND v.changed_at > (SELECT max(started_at) FROM v1.runs) - to_days($days::INTEGER)
ORDER BY v.changed_at DESC, v.kind, v.document_id, c.field;
