-- question: What changed on the sites in the last week before the newest run?
-- asked by: a journalist
-- counting: One row a changed field. What a newer extractor release reads otherwise is no change of the site and left out.
-- parameters: days = 7
SELECT changed_at, kind, document_id, change_kind, field, old, new, significance
FROM v1.changes
WHERE known_to IS NULL AND change_kind <> 'reparsed'
  AND changed_at > (SELECT max(started_at) FROM v1.runs) - to_days($days::INTEGER)
ORDER BY changed_at DESC, kind, document_id, field;
