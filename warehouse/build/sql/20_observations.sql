-- Step 20, observations. In: ledger, verdict, nobodys_answer, reading, release.
-- Out: accepted_fetch, page, content, belief, observation.
-- Only runs that the gate accepted are observed. An observation says one of three things of a page at one instant:
-- 'read' (its content is known), 'absent' (404, 410), 'moved'.
-- An answer that was not read (no reader understood it, or its text is nobody's) is no observation, and outcomes whose
-- effect is unknown are none: they change nothing. Nor is a text that was handed over ('received') after the page was
-- captured: when the page said so is not known, and its hand-over is no edit.

-- Since when each page that was also handed over is known by a capture.
CREATE TABLE page_captured AS
WITH handed_over AS MATERIALIZED (
    SELECT * FROM ledger
    WHERE effect = 'seen' AND time_basis = 'captured'
      AND page_key IN (SELECT page_key FROM ledger WHERE time_basis = 'received')
)
SELECT f.page_key, min(f.fetched_at) AS captured_from
FROM handed_over AS f
JOIN verdict AS v ON v.run_id = f.run_id AND v.site = f.site AND v.kind = f.kind AND v.is_accepted
SEMI JOIN reading AS r ON r.capture_id = f.capture.content_capture_id
ANTI JOIN nobodys_answer AS o ON o.page_key = f.page_key AND o.capture_id = f.capture.content_capture_id
GROUP BY f.page_key;

-- capture_id is the answer's own capture; content_capture_id the one whose bytes it has (of a revisit: another), NULL where
-- they are nobody's.
CREATE TABLE accepted_fetch AS
SELECT f.run_id, f.seq, f.site, f.kind, f.url, f.page_key, f.effect, f.fetched_at, f.time_basis, f.http_status, f.final_url,
       CASE WHEN f.effect = 'seen' THEN f.capture.capture_id END AS capture_id,
       CASE WHEN f.effect = 'seen' AND o.capture_id IS NULL THEN f.capture.content_capture_id END AS content_capture_id
FROM ledger AS f
JOIN verdict AS v ON v.run_id = f.run_id AND v.site = f.site AND v.kind = f.kind AND v.is_accepted
LEFT JOIN nobodys_answer AS o ON o.page_key = f.page_key AND o.capture_id = f.capture.content_capture_id
LEFT JOIN page_captured AS c ON c.page_key = f.page_key AND f.time_basis = 'received'
WHERE f.effect IN ('seen', 'absent', 'moved') AND (c.captured_from IS NULL OR f.fetched_at < c.captured_from);

CREATE TABLE page AS
SELECT row_number() OVER (ORDER BY page_key)::INTEGER AS page_no, page_key,
       regexp_extract(page_key, '^[^/?]+') AS host
FROM (SELECT DISTINCT page_key FROM accepted_fetch);

-- Numbers for hashes and captures: two million observations compare integers, not text.
CREATE TABLE content AS
SELECT row_number() OVER (ORDER BY content_sha256)::INTEGER AS content_no, content_sha256
FROM (SELECT DISTINCT content_sha256 FROM reading);

CREATE TABLE read_capture AS
SELECT row_number() OVER (ORDER BY capture_id)::INTEGER AS capture_no, capture_id
FROM (SELECT DISTINCT capture_id FROM reading);

-- Instants of the known clock. Two releases of one day are one belief: the later one's.
CREATE TABLE known AS
SELECT max(release)::INTEGER AS release, released_on::TIMESTAMP AS known_from
FROM release GROUP BY released_on;

CREATE TABLE belief AS
SELECT c.capture_no, k.release, n.content_no, r.kind, r.release AS reading_release
FROM reading AS r
JOIN read_capture AS c USING (capture_id)
JOIN content AS n USING (content_sha256)
JOIN release AS l ON l.release = r.release
JOIN known AS k ON k.known_from = l.released_on::TIMESTAMP
QUALIFY row_number() OVER (PARTITION BY c.capture_no, k.release ORDER BY r.release DESC) = 1;

CREATE TABLE observation AS
SELECT p.page_no, f.fetched_at AS observed_at, f.time_basis,
       CASE WHEN f.effect = 'seen' THEN 'read' ELSE f.effect END AS says, c.capture_no
FROM accepted_fetch AS f
JOIN page AS p USING (page_key)
LEFT JOIN read_capture AS c ON c.capture_id = f.content_capture_id
WHERE f.effect <> 'seen' OR c.capture_no IS NOT NULL
GROUP BY ALL;
