-- question: Which pages were found absent, and how did it end?
-- asked by: a journalist
-- counting: One row an absence (404 or 410) of a page: seen where it came back before anything was confirmed, confirmed where it
--   became a removal, and neither while nothing more is known. A document on several pages has a row for each.
-- may be empty: where nothing was ever absent
SELECT a.page_key, a.document_id, a.seen_at, a.http_status, a.ended_at, a.ended_by, c.state AS page_state
FROM v1.absences AS a JOIN v1.coverage AS c USING (page_key)
ORDER BY a.ended_by = 'confirmed' NULLS FIRST, a.seen_at DESC, a.page_key;
