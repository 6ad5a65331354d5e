SELECT a.page_key, a.document_id, a.seen_at, a.http_status, a.ended_at, a.ended_by, c.state AS page_state
FROM v1.absences AS a JOIN v1.coverage AS c USING (page_key)
ORDER BY a.ended_by = 'confirmed' NULLS FIRST, a.seen_at DESC, a.page_key;
