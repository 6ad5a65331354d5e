-- Step 40, lanes. In: page_fact, page_edge, identity. Out: document, document_page (with its lane), lane.
-- A lane is the pages of one document that stood for each other one after the other: a slug that moved, an old host
-- left for a new one. Pages that stand side by side (languages, mirrors) are lanes of their own. A document's record is
-- read from one lane, chosen once for all its history, so that meeting another language never looks like an edit:
-- English, then the main host (fewest labels), then first seen, then the page's key.

CREATE TABLE succession AS
WITH candidate AS (
    SELECT a.page_no AS before_no, b.page_no AS after_no, a.last_read_at, a.page_key AS before_key,
           b.first_read_at, b.page_key AS after_key
    FROM identity AS ia
    JOIN identity AS ib ON ib.document_id = ia.document_id AND ib.kind = ia.kind AND ib.page_no <> ia.page_no
    JOIN page_fact AS a ON a.page_no = ia.page_no
    JOIN page_fact AS b ON b.page_no = ib.page_no
    LEFT JOIN page_edge AS e ON e.reason = 'redirect' AND e.source_no = a.page_no AND e.target_no = b.page_no
    WHERE a.last_read_at < b.first_read_at
      AND (e.source_no IS NOT NULL
           OR (a.lang IS NOT DISTINCT FROM b.lang AND b.first_read_at - a.last_read_at >= INTERVAL 30 DAY))
),
nearest_before AS (
    SELECT * FROM candidate
    QUALIFY row_number() OVER (PARTITION BY after_no ORDER BY last_read_at DESC, before_key) = 1
)
SELECT before_no, after_no FROM nearest_before
QUALIFY row_number() OVER (PARTITION BY before_no ORDER BY first_read_at, after_key) = 1;

CREATE TABLE page_lane AS
WITH RECURSIVE chain(page_no, lane_no) AS (
    SELECT page_no, page_no FROM page_fact WHERE page_no NOT IN (SELECT after_no FROM succession)
    UNION ALL
    SELECT s.after_no, c.lane_no FROM chain AS c JOIN succession AS s ON s.before_no = c.page_no
)
SELECT page_no, lane_no FROM chain;

CREATE TABLE lane AS
SELECT i.kind, i.document_id, l.lane_no, min(p.first_read_at) AS first_read_at, max(p.last_read_at) AS last_read_at,
       arg_max(p.page_no, (p.last_read_at, p.page_key)) AS page_no
FROM page_lane AS l
JOIN page_fact AS p USING (page_no)
JOIN identity AS i USING (page_no)
GROUP BY ALL;

CREATE TABLE document AS
WITH ranked AS (
    SELECT l.kind, l.document_id, l.lane_no, l.page_no,
           row_number() OVER (
               PARTITION BY l.kind, l.document_id
               ORDER BY p.lang IS DISTINCT FROM 'en', len(string_split(p.host, '.')), len(p.host), p.host,
                        l.first_read_at, p.page_key) AS place
    FROM lane AS l JOIN page_fact AS p USING (page_no)
)
SELECT row_number() OVER (ORDER BY kind, document_id)::INTEGER AS document_no, kind, document_id, lane_no, page_no
FROM ranked WHERE place = 1;

CREATE TABLE document_page AS
SELECT d.document_no, d.kind, d.document_id, i.page_no, l.lane_no, l.lane_no = d.lane_no AS is_representative
FROM identity AS i
JOIN document AS d ON d.kind = i.kind AND d.document_id = i.document_id
JOIN page_lane AS l ON l.page_no = i.page_no;
