SELECT kind, document_id, title, gone_from, restored_at, date_diff('day', gone_from, restored_at) AS days_away
FROM v1.removals WHERE restored_at IS NOT NULL ORDER BY restored_at DESC, kind, document_id;
