-- Step 40, lanes. In: page_fact, page_edge, page_gone, identity. Out: document, document_page (with its lane), lane.
-- A lane is the pages of one document that stood for each other one after the other: a slug that moved, an old host
-- left for a new one. Pages that stand side by side (languages, mirrors) are lanes of their own. A document's record is
-- read from one lane, chosen once for all its history, so that meeting another language never looks like an edit:
-- English, then the main host (fewest labels), then first seen, then the page's key. When that lane is gone and another
-- of its language is not, the other is its heir: from then on the record is read from it.

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

CREATE TABLE ranked_lane AS
SELECT l.kind, l.document_id, l.lane_no, l.page_no, p.lang, g.gone_from,
       row_number() OVER (
           PARTITION BY l.kind, l.document_id
           ORDER BY p.lang IS DISTINCT FROM 'en', len(string_split(p.host, '.')), len(p.host), p.host,
                    l.first_read_at, p.page_key) AS place
FROM lane AS l
JOIN page_fact AS p USING (page_no)
LEFT JOIN page_gone AS g ON g.page_no = l.page_no AND g.gone_to IS NULL;

CREATE TABLE heir AS
SELECT r.kind, r.document_id, r.gone_from AS inherits_from, arg_min(h.lane_no, h.place) AS lane_no,
       arg_min(h.page_no, h.place) AS page_no
FROM ranked_lane AS r
JOIN ranked_lane AS h ON h.kind = r.kind AND h.document_id = r.document_id AND h.lang IS NOT DISTINCT FROM r.lang
WHERE r.place = 1 AND r.gone_from IS NOT NULL AND h.gone_from IS NULL
GROUP BY r.kind, r.document_id, r.gone_from;

CREATE TABLE document AS
SELECT row_number() OVER (ORDER BY r.kind, r.document_id)::INTEGER AS document_no, r.kind, r.document_id, r.lane_no,
       coalesce(h.page_no, r.page_no) AS page_no, h.lane_no AS heir_lane_no, h.inherits_from
FROM ranked_lane AS r
LEFT JOIN heir AS h ON h.kind = r.kind AND h.document_id = r.document_id
WHERE r.place = 1;

-- read_from: since when the record is read from this page; always for the chosen lane, never for those beside it.
CREATE TABLE document_page AS
SELECT d.document_no, d.kind, d.document_id, i.page_no, l.lane_no,
       CASE WHEN l.lane_no = d.lane_no THEN TIMESTAMP '-infinity' WHEN l.lane_no = d.heir_lane_no THEN d.inherits_from END
           AS read_from
FROM identity AS i
JOIN document AS d ON d.kind = i.kind AND d.document_id = i.document_id
JOIN page_lane AS l ON l.page_no = i.page_no;
