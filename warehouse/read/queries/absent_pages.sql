-- question: Which pages were found absent, though not removed?
-- asked by: a journalist
-- counting: One row a page and absent answer (404 or 410) that no confirmed removal has: absent once and back, or waiting for a second
--   answer. Rejected runs are left out.
-- may be empty: where every absence was confirmed
SELECT f.page_key, v.document_id, f.fetched_at AS absent_at, f.http_status,
       (SELECT min(later.fetched_at) FROM v1.fetches AS later
        WHERE later.page_key = f.page_key AND later.effect = 'seen' AND later.fetched_at > f.fetched_at) AS seen_again_at
FROM v1.fetches AS f
JOIN v1.runs AS r ON r.run_id = f.run_id AND r.site = f.site AND r.kind = f.kind AND r.verdict = 'accepted'
JOIN v1.coverage AS v ON v.page_key = f.page_key
WHERE f.effect = 'absent' AND NOT EXISTS (
    SELECT 1 FROM v1.removals AS g
    WHERE g.document_id = v.document_id AND f.fetched_at > g.last_seen_at AND f.fetched_at < coalesce(g.restored_at, 'infinity'))
  AND (v.gone_from IS NULL OR f.fetched_at < v.gone_from)
ORDER BY absent_at, f.page_key;
