SELECT kind, document_id, title, last_seen_at, gone_from, confirmed_at, restored_at, url
FROM v1.removals WHERE restored_at IS NULL ORDER BY gone_from DESC, kind, document_id;
