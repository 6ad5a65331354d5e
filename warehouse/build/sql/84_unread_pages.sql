-- Step 84, what is not there or not read. In: ledger, run, verdict, nobodys_answer, read_capture, page_absence, document_page,
-- the extraction files. Out: built.internal.absence, .quarantine, .unsettled.

CREATE TABLE built.internal.absence AS
SELECT p.page_key, m.document_id, a.gone_from AS seen_at,
       (SELECT min(f.http_status) FROM accepted_fetch AS f
        WHERE f.page_key = p.page_key AND f.effect = 'absent' AND f.fetched_at = a.gone_from) AS http_status,
       coalesce(a.confirmed_at, a.gone_to) AS ended_at,
       CASE WHEN a.confirmed_at IS NOT NULL THEN 'confirmed' WHEN a.gone_to IS NOT NULL THEN 'seen' END AS ended_by
FROM page_absence AS a
JOIN page AS p USING (page_no)
JOIN document_page AS m USING (page_no)
WHERE a.last_seen_at IS NOT NULL
ORDER BY p.page_key, seen_at;

-- Answers that stand for a page, in any run: an error or a redirect of the way says nothing, a body with status 200 does.
-- Where pages are led that are no longer there waits for no reader.
CREATE TABLE page_word AS
SELECT f.page_key, f.site, f.kind, f.url, f.run_id, f.fetched_at, f.seq, f.effect, f.outcome, f.capture.media_type AS media_type,
       f.capture.capture_id AS capture_id, f.capture.content_capture_id AS content_capture_id, o.n_addresses,
       o.capture_id IS NOT NULL AS is_nobodys,
       f.effect IN ('absent', 'moved') OR f.effect = 'seen' AND c.capture_no IS NOT NULL AND o.capture_id IS NULL AS is_known
FROM ledger AS f
LEFT JOIN read_capture AS c ON c.capture_id = f.capture.content_capture_id
LEFT JOIN nobodys_answer AS o ON o.page_key = f.page_key AND o.capture_id = f.capture.content_capture_id
WHERE f.kind IN (<<page kinds>>)
  AND (f.effect <> 'unknown' OR f.capture IS NOT NULL AND f.http_status IN (200, 203) AND f.outcome <> 'same_page_redirect');

CREATE TABLE built.internal.quarantine AS
WITH known AS (
    SELECT page_key, max((fetched_at, run_id, seq)) AS moment FROM page_word WHERE is_known GROUP BY page_key
),
unread AS (
    SELECT w.* FROM page_word AS w LEFT JOIN known AS k USING (page_key)
    WHERE NOT w.is_known AND NOT (w.is_nobodys AND w.kind = 'other') AND (k.moment IS NULL OR (w.fetched_at, w.run_id, w.seq) > k.moment)
),
stretch AS (
    SELECT page_key, min(fetched_at) AS since, count(DISTINCT capture_id)::INTEGER AS n_captures,
           unnest(arg_max(struct_pack(url, site, kind, outcome, media_type, capture_id, content_capture_id, n_addresses, is_nobodys),
                          (fetched_at, run_id, seq)))
    FROM unread GROUP BY page_key
),
told AS (
    SELECT capture_id, arg_max(reason, release) AS reason FROM read_parquet(getvariable('extraction_files'))
    WHERE status = 'quarantined' GROUP BY capture_id
)
SELECT s.page_key, s.url, s.site, s.kind,
       CASE WHEN s.n_addresses IS NOT NULL
            THEN 'one title and text under ' || s.n_addresses || ' addresses of this site: the content of none of them'
            WHEN s.is_nobodys THEN 'the title and text of another address of this site'
            ELSE coalesce(t.reason, s.outcome || ': ' || coalesce(s.media_type, 'content without a media type') || ' that no reader takes') END AS reason,
       s.since, s.capture_id AS last_capture_id, s.n_captures, s.is_nobodys
FROM stretch AS s LEFT JOIN told AS t ON t.capture_id = s.content_capture_id
ORDER BY s.page_key;

-- What a crawl should ask again each day: pages whose newest answer is no part of the record, because its run was rejected,
-- or because it was not read and the page was read before (or its text is nobody's), for as long as that may pass.
CREATE TABLE built.internal.unsettled AS
WITH newest AS (
    SELECT page_key, unnest(arg_max(struct_pack(site, kind, run_id), (fetched_at, run_id, seq))) FROM page_word
    WHERE effect <> 'unknown' GROUP BY page_key
),
last_day AS (SELECT site, max(fetched_at) AS last_at FROM ledger GROUP BY site)
SELECT n.site, n.kind, n.page_key FROM newest AS n JOIN verdict AS v USING (run_id, site, kind) WHERE NOT v.is_accepted
UNION
SELECT q.site, q.kind, q.page_key
FROM built.internal.quarantine AS q JOIN last_day AS d USING (site)
WHERE (q.is_nobodys OR q.page_key IN (SELECT page_key FROM page_word WHERE effect = 'seen' AND is_known))
  AND q.since > d.last_at - INTERVAL 30 DAY
ORDER BY ALL;
