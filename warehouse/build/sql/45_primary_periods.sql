-- Step 45, turns. In: lineage, page_lineage, page_fact, page_sighting, observation, belief, newest_belief.
-- Out: document, primary_period (from which lineage the record is read since when), document_page, sighting.
-- A document's record is read from one lineage, chosen for all its history, so that meeting another language or mirror
-- never looks like an edit: English, then the main host (fewest labels), then first seen, then the page's key. Only when
-- that lineage is left does the record pass on: to the lineage that its page moved to, else to the best one of its language,
-- else to the best one, of those that were not left before it; and so on from there.

CREATE TABLE ranked_lineage AS
SELECT l.*, p.lang,
       row_number() OVER (
           PARTITION BY l.kind, l.document_id
           ORDER BY p.lang IS DISTINCT FROM 'en', len(string_split(p.host, '.')), len(p.host), p.host,
                    l.first_read_at, p.page_key) AS position
FROM lineage AS l JOIN page_fact AS p USING (page_no);

-- Where the record passes from each lineage that was left, and when: at the answer that said so, or, from a page no longer
-- read, at the first reading of the other after that.
CREATE TABLE successor AS
WITH later_reading AS (
    SELECT r.lineage_no, l.lineage_no AS successor_no, min(o.observed_at) AS passed_at
    FROM ranked_lineage AS r
    JOIN lineage AS l ON l.kind = r.kind AND l.document_id = r.document_id AND l.last_read_at >= r.left_at
    JOIN page_lineage AS p ON p.lineage_no = l.lineage_no
    JOIN observation AS o ON o.page_no = p.page_no AND o.says = 'read' AND o.observed_at >= r.left_at
    WHERE r.left_as = 'unread' GROUP BY ALL
)
SELECT r.lineage_no, h.lineage_no AS successor_no, coalesce(s.passed_at, r.left_at) AS passed_at,
       r.left_as = 'moved' AND h.first_read_at - r.last_read_at > r.left_at - h.first_read_at AS is_move
FROM ranked_lineage AS r
JOIN ranked_lineage AS h ON h.kind = r.kind AND h.document_id = r.document_id AND h.lineage_no <> r.lineage_no
LEFT JOIN later_reading AS s ON s.lineage_no = r.lineage_no AND s.successor_no = h.lineage_no
WHERE CASE WHEN r.left_as = 'unread' THEN s.passed_at IS NOT NULL
           ELSE r.left_at < coalesce(h.left_at, TIMESTAMP 'infinity') END
  -- Pages that vanish together have no successor among them: a successor was seen since, and a redirect says so of its target.
  AND (r.left_as <> 'gone' OR h.last_seen_at >= r.left_at)
QUALIFY row_number() OVER (
    PARTITION BY r.lineage_no
    ORDER BY h.lineage_no IS DISTINCT FROM r.moved_to_lineage_no, h.lang IS DISTINCT FROM r.lang, h.position) = 1;

CREATE TABLE period AS
WITH RECURSIVE line(kind, document_id, period_no, lineage_no, before_no, read_from, is_move) AS (
    SELECT kind, document_id, 1, lineage_no, NULL::INTEGER, TIMESTAMP '-infinity', false FROM ranked_lineage WHERE position = 1
    UNION ALL
    SELECT l.kind, l.document_id, l.period_no + 1, h.successor_no, l.lineage_no, h.passed_at, h.is_move
    FROM line AS l JOIN successor AS h ON h.lineage_no = l.lineage_no
)
SELECT * FROM line;

CREATE TABLE document AS
SELECT row_number() OVER (ORDER BY p.kind, p.document_id)::INTEGER AS document_no, p.kind, p.document_id,
       arg_max(l.page_no, p.period_no) AS page_no
FROM period AS p JOIN lineage AS l ON l.lineage_no = p.lineage_no
GROUP BY p.kind, p.document_id;

-- goes_on: the page that the record passed to took over from the old one, or said the same when that was last read:
-- what differs later was edited. Else the two are set side by side, and their difference is nobody's edit.
CREATE TABLE primary_period AS
WITH reading AS (
    SELECT p.kind, p.document_id, p.period_no, p.read_from, b.last_read_at, s.capture_no AS before_capture_no,
           o.observed_at, o.capture_no, o.page_no
    FROM period AS p
    JOIN lineage AS b ON b.lineage_no = p.before_no
    JOIN page_sighting AS s ON s.page_no = b.page_no
    JOIN page_lineage AS l ON l.lineage_no = p.lineage_no
    JOIN observation AS o ON o.page_no = l.page_no AND o.says = 'read' AND o.observed_at <= p.read_from
),
-- What the new page said when the old one was last read, and when the record passed to it (unless it was absent itself).
entry AS (
    SELECT kind, document_id, period_no, any_value(before_capture_no) AS before_capture_no,
           coalesce(arg_max(capture_no, (observed_at, capture_no)) FILTER (observed_at <= last_read_at),
                    arg_min(capture_no, (observed_at, capture_no))) AS then_capture_no,
           arg_max(capture_no, (observed_at, capture_no)) AS last_capture_no,
           arg_max(page_no, (observed_at, capture_no)) AS last_page_no, max(observed_at) AS said_at
    FROM reading GROUP BY kind, document_id, period_no
),
absent_then AS (
    SELECT e.kind, e.document_id, e.period_no
    FROM entry AS e
    JOIN period AS p USING (kind, document_id, period_no)
    JOIN page_lineage AS l USING (lineage_no)
    JOIN observation AS o ON o.page_no = l.page_no AND o.says IN ('absent', 'moved')
     AND o.observed_at > e.said_at AND o.observed_at <= p.read_from
    GROUP BY ALL
),
compared AS (
    SELECT e.kind, e.document_id, e.period_no, arg_max(x.content_no = y.content_no, x.release) AS is_equal
    FROM entry AS e
    JOIN belief AS x ON x.capture_no = e.before_capture_no
    JOIN belief AS y ON y.capture_no = e.then_capture_no AND y.release = x.release
    GROUP BY ALL
)
SELECT d.document_no, p.period_no, p.lineage_no, p.read_from,
       CASE WHEN a.period_no IS NULL THEN e.last_capture_no END AS entry_capture_no, e.last_page_no AS entry_page_no,
       e.said_at AS entry_said_at,
       p.is_move OR coalesce(c.is_equal, false) AS goes_on
FROM period AS p
JOIN document AS d USING (kind, document_id)
LEFT JOIN entry AS e USING (kind, document_id, period_no)
LEFT JOIN absent_then AS a USING (kind, document_id, period_no)
LEFT JOIN compared AS c USING (kind, document_id, period_no);

-- period_no: NULL for a page that the record was never read from.
CREATE TABLE document_page AS
SELECT d.document_no, d.kind, d.document_id, i.page_no, l.lineage_no, t.period_no, t.read_from
FROM identity AS i
JOIN document AS d ON d.kind = i.kind AND d.document_id = i.document_id
JOIN page_lineage AS l ON l.page_no = i.page_no
LEFT JOIN primary_period AS t ON t.document_no = d.document_no AND t.lineage_no = l.lineage_no;

-- The readings that make the record: at observed_at they count, at answered_at the page gave them. When the record passes to
-- a page, it says what that page was last known to say. As on one page (step 20), so on all that the record is read from:
-- a text handed over after a capture has no time of its own.
CREATE TABLE sighting AS
WITH reading AS (
    SELECT d.document_no, o.observed_at, d.period_no, o.capture_no, o.page_no, o.observed_at AS answered_at, o.time_basis
    FROM observation AS o
    JOIN document_page AS d ON d.page_no = o.page_no AND o.observed_at >= d.read_from
    JOIN newest_belief AS b ON b.capture_no = o.capture_no AND b.kind = d.kind
    WHERE o.says = 'read'
    UNION ALL
    SELECT t.document_no, t.read_from, t.period_no, t.entry_capture_no, t.entry_page_no, t.entry_said_at, 'captured'
    FROM primary_period AS t
    JOIN document AS d USING (document_no)
    JOIN newest_belief AS b ON b.capture_no = t.entry_capture_no AND b.kind = d.kind
),
-- Few documents have two readings at one instant; to choose among all would take a third of the step.
doubled AS (SELECT document_no, observed_at FROM reading GROUP BY ALL HAVING count(*) > 1),
seen AS (
    FROM reading ANTI JOIN doubled USING (document_no, observed_at)
    UNION ALL BY NAME
    SELECT document_no, observed_at, max(period_no) AS period_no, arg_max(capture_no, (period_no, capture_no)) AS capture_no,
           arg_max(page_no, (period_no, capture_no, -page_no)) AS page_no,
           arg_max(answered_at, (period_no, capture_no, -page_no)) AS answered_at, min(time_basis) AS time_basis
    FROM reading SEMI JOIN doubled USING (document_no, observed_at) GROUP BY document_no, observed_at
),
captured AS (
    SELECT document_no, min(observed_at) AS captured_from FROM seen
    WHERE time_basis = 'captured' AND document_no IN (SELECT document_no FROM seen WHERE time_basis = 'received')
    GROUP BY document_no
)
SELECT s.* FROM seen AS s LEFT JOIN captured AS c USING (document_no)
WHERE s.time_basis = 'captured' OR c.captured_from IS NULL OR s.observed_at < c.captured_from;
