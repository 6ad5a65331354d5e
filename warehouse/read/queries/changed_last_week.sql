-- question: What changed on the sites in the last week before the newest run?
-- asked by: a journalist
-- counting: One row a changed field; a page that came, went or came back has one row without a field where nothing else
--   differs. What a newer extractor release reads otherwise, or another page of the document says, is no change of the
--   site and left out.
-- parameters: days = 7
WITH version AS (
    SELECT 'project' AS kind, project_id AS document_id, version_no, valid_from AS changed_at, site_change, title
    FROM v1.project_versions WHERE known_to IS NULL AND site_change NOT IN ('reparsed', 'relocated')
    UNION ALL
    SELECT 'news', news_id, version_no, valid_from, site_change, title
    FROM v1.news_versions WHERE known_to IS NULL AND site_change NOT IN ('reparsed', 'relocated')
)
SELECT v.changed_at, v.kind, v.document_id, v.site_change AS change, c.field, c.old, c.new, c.significance, v.title
FROM version AS v
LEFT JOIN v1.changes AS c
  ON c.kind = v.kind AND c.document_id = v.document_id AND c.changed_at = v.changed_at AND c.known_to IS NULL
     AND c.change_kind = v.site_change
WHERE v.changed_at > (SELECT max(started_at) FROM v1.runs) - to_days($days::INTEGER)
ORDER BY v.changed_at DESC, v.kind, v.document_id, c.field;
