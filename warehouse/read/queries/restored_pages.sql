-- question: Which pages came back after they were gone, and how long were they away?
-- asked by: a journalist
-- counting: One row an absence that ended.
-- may be empty: where nothing came back
SELECT kind, document_id, title, gone_from, restored_at, date_diff('day', gone_from, restored_at) AS days_away
FROM v1.removals WHERE restored_at IS NOT NULL ORDER BY restored_at DESC, kind, document_id;
