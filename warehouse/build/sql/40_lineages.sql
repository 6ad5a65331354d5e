-- Step 40, lineages. In: observation, accepted_fetch, address, page_fact, page_edge, page_gone, identity.
-- Out: page_answer, inner_edge, inner_move, succession, page_lineage, lineage (with how it was left), standing_page.
-- A lineage is the pages of one document that stood for each other one after the other: a slug that moved, an old host
-- left for a new one. Pages that stand side by side (languages, mirrors) are lineages of their own.
-- A lineage is left when its newest page moved to another page of the document, or is gone, or was not read for 90 days
-- while another page of the document was: three rounds of the slowest schedule, so that no single outage leaves a page.
-- Being seen again undoes each of them: a page is left for good or not at all.

-- The newest answer of each page that says something. Of two of one instant the one that saw it counts.
CREATE TABLE page_answer AS
SELECT page_no, max(observed_at) AS last_checked_at, max(observed_at) FILTER (says = 'read') AS last_seen_at,
       arg_max(says, (observed_at, says <> 'absent', says)) AS last_says
FROM observation GROUP BY page_no;

CREATE TABLE inner_edge AS
SELECT DISTINCT e.source_no, e.target_no
FROM page_edge AS e
JOIN identity AS a ON a.page_no = e.source_no
JOIN identity AS b ON b.page_no = e.target_no AND b.kind = a.kind AND b.document_id = a.document_id
WHERE e.reason = 'redirect';

-- Each answer by which a page leads to another of its document, since it was last read.
CREATE TABLE inner_move AS
SELECT DISTINCT e.source_no, e.target_no, f.fetched_at AS moved_at
FROM inner_edge AS e
JOIN page_fact AS p ON p.page_no = e.source_no
JOIN page AS t ON t.page_no = e.target_no
JOIN accepted_fetch AS f ON f.page_key = p.page_key AND f.effect = 'moved' AND f.fetched_at > p.last_read_at
LEFT JOIN address AS a ON a.url = f.final_url
WHERE coalesce(a.page_key, built.internal.address_key(f.final_url)) = t.page_key;

-- Pages that moved for good: since when, and where the newest such answer led.
CREATE TABLE page_move AS
SELECT m.source_no AS page_no, min(m.moved_at) AS moved_from, arg_max(m.target_no, (m.moved_at, m.target_no)) AS target_no
FROM inner_move AS m JOIN page_answer AS w ON w.page_no = m.source_no
WHERE m.moved_at > w.last_seen_at
GROUP BY m.source_no;

-- A redirect is a succession where the page it leads to was met with the redirect, not beside the page that redirects:
-- where it was first read nearer to the first such answer than to the last reading of the old page.
CREATE TABLE succession AS
WITH redirect AS (
    SELECT source_no, target_no, min(moved_at) AS moved_at FROM inner_move GROUP BY source_no, target_no
),
candidate AS (
    SELECT a.page_no AS before_no, b.page_no AS after_no, a.last_read_at, a.page_key AS before_key,
           b.first_read_at, b.page_key AS after_key
    FROM identity AS ia
    JOIN identity AS ib ON ib.document_id = ia.document_id AND ib.kind = ia.kind AND ib.page_no <> ia.page_no
    JOIN page_fact AS a ON a.page_no = ia.page_no
    JOIN page_fact AS b ON b.page_no = ib.page_no
    LEFT JOIN redirect AS e ON e.source_no = a.page_no AND e.target_no = b.page_no
    WHERE a.last_read_at < b.first_read_at
      AND (b.first_read_at - a.last_read_at > e.moved_at - b.first_read_at
           OR (a.lang IS NOT DISTINCT FROM b.lang AND b.first_read_at - a.last_read_at >= INTERVAL 30 DAY))
),
nearest_before AS (
    SELECT * FROM candidate
    QUALIFY row_number() OVER (PARTITION BY after_no ORDER BY last_read_at DESC, before_key) = 1
)
SELECT before_no, after_no, first_read_at AS succeeded_at FROM nearest_before
QUALIFY row_number() OVER (PARTITION BY before_no ORDER BY first_read_at, after_key) = 1;

CREATE TABLE page_lineage AS
WITH RECURSIVE chain(page_no, lineage_no) AS (
    SELECT page_no, page_no FROM page_fact WHERE page_no NOT IN (SELECT after_no FROM succession)
    UNION ALL
    SELECT s.after_no, c.lineage_no FROM chain AS c JOIN succession AS s ON s.before_no = c.page_no
)
SELECT page_no, lineage_no FROM chain;

-- left_at: the first answer that said so; of a page that was no longer read, when that had lasted long enough.
CREATE TABLE lineage AS
WITH extent AS (
    SELECT i.kind, i.document_id, l.lineage_no, min(p.first_read_at) AS first_read_at, max(p.last_read_at) AS last_read_at,
           max(w.last_seen_at) AS last_seen_at, arg_max(p.page_no, (p.last_read_at, p.page_key)) AS page_no,
           max(p.last_read_at) + INTERVAL 90 DAY AS unread_at
    FROM page_lineage AS l
    JOIN page_fact AS p USING (page_no)
    JOIN page_answer AS w USING (page_no)
    JOIN identity AS i USING (page_no)
    GROUP BY ALL
)
SELECT x.* EXCLUDE (unread_at), t.lineage_no AS moved_to_lineage_no,
       CASE WHEN m.page_no IS NOT NULL THEN 'moved'
            WHEN g.page_no IS NOT NULL THEN 'gone'
            WHEN max(x.last_read_at) OVER (PARTITION BY x.kind, x.document_id) >= x.unread_at
            THEN 'unread' END AS left_as,
       CASE WHEN left_as = 'unread' THEN x.unread_at
            WHEN left_as IS NOT NULL THEN coalesce(m.moved_from, g.gone_from) END AS left_at
FROM extent AS x
LEFT JOIN page_move AS m ON m.page_no = x.page_no
LEFT JOIN page_lineage AS t ON t.page_no = m.target_no
LEFT JOIN page_gone AS g ON g.page_no = x.page_no AND g.gone_to IS NULL;

-- The pages that say something now: the newest page of each lineage that was not left, if its newest answer saw it.
CREATE TABLE standing_page AS
SELECT l.page_no FROM lineage AS l JOIN page_answer AS w USING (page_no)
WHERE l.left_as IS NULL AND w.last_says = 'read';
