-- Step 50, presence. In: observation, document_page, page_gone, inner_edge, succession, sighting. Out: document_gone.
-- A document is gone while all of its pages are: a page that moved to another page of the document, or was succeeded by
-- one, does not count by itself; one that moved elsewhere is not known to be gone. It must still be so when the
-- removal is confirmed: a page found elsewhere before that shows that nothing was removed. And only what was there can
-- be removed: what was absent before the record begins was not yet there.

-- Every change of a page's presence, for the documents that lost a page; then how many pages are live at each.
CREATE TABLE document_gone AS
WITH affected AS (
    SELECT DISTINCT document_no FROM document_page JOIN page_gone USING (page_no)
),
member AS (
    SELECT document_no, page_no FROM document_page JOIN affected USING (document_no)
),
answered AS (
    SELECT m.document_no, o.page_no, o.observed_at AS happened_at,
           CASE WHEN o.says = 'moved' AND o.page_no IN (SELECT source_no FROM inner_edge)
                THEN 'moved' ELSE 'not_gone' END AS state
    FROM member AS m JOIN observation AS o USING (page_no) WHERE o.says <> 'absent'
    UNION ALL
    SELECT m.document_no, m.page_no, s.succeeded_at, 'moved'
    FROM member AS m JOIN succession AS s ON s.before_no = m.page_no
    UNION ALL
    SELECT m.document_no, g.page_no, g.gone_from, 'gone' FROM member AS m JOIN page_gone AS g USING (page_no)
),
step AS (
    SELECT *, lag(state, 1, 'unseen') OVER (PARTITION BY page_no ORDER BY happened_at, state) AS before
    FROM answered
),
tally AS (
    SELECT document_no, happened_at,
           sum((state = 'not_gone')::INTEGER - (before = 'not_gone')::INTEGER) AS d_not_gone,
           sum((state = 'gone')::INTEGER - (before = 'gone')::INTEGER) AS d_gone
    FROM step WHERE state <> before GROUP BY document_no, happened_at
),
standing AS (
    SELECT document_no, happened_at,
           sum(d_not_gone) OVER w = 0 AND sum(d_gone) OVER w > 0 AS is_gone
    FROM tally WINDOW w AS (PARTITION BY document_no ORDER BY happened_at ROWS UNBOUNDED PRECEDING)
),
change AS (
    SELECT * FROM standing
    QUALIFY is_gone <> lag(is_gone, 1, false) OVER (PARTITION BY document_no ORDER BY happened_at)
),
absence AS (
    SELECT document_no, happened_at AS gone_from,
           lead(happened_at) OVER (PARTITION BY document_no ORDER BY happened_at) AS gone_to
    FROM change QUALIFY is_gone
),
confirmation AS (
    SELECT m.document_no, g.gone_from, min(g.confirmed_at) AS confirmed_at
    FROM page_gone AS g JOIN member AS m USING (page_no) GROUP BY m.document_no, g.gone_from
),
confirmed AS (
    SELECT s.document_no, s.gone_from, s.gone_to, coalesce(c.confirmed_at, s.gone_from) AS confirmed_at
    FROM absence AS s LEFT JOIN confirmation AS c ON c.document_no = s.document_no AND c.gone_from = s.gone_from
    WHERE s.gone_to IS NULL OR s.gone_to > coalesce(c.confirmed_at, s.gone_from)
),
-- When it was last seen before it went, and last found absent before it came back.
last_answer AS (
    SELECT c.document_no, c.gone_from,
           max(o.observed_at) FILTER (o.says = 'read' AND o.observed_at < c.gone_from) AS last_seen_at,
           max(o.observed_at) FILTER (o.says = 'absent' AND o.observed_at < c.gone_to) AS last_absent_at
    FROM confirmed AS c JOIN member AS m USING (document_no) JOIN observation AS o USING (page_no)
    GROUP BY c.document_no, c.gone_from
),
beginning AS (
    SELECT document_no, min(observed_at) AS begins_at FROM sighting GROUP BY document_no
)
SELECT c.*, w.last_seen_at, w.last_absent_at
FROM confirmed AS c
JOIN last_answer AS w USING (document_no, gone_from)
JOIN beginning AS b USING (document_no)
WHERE c.gone_from > b.begins_at;
