-- Step 35, absence. In: observation, page_fact, removal_rule. Out: page_absence, one row a series of absent answers of a page
-- that was read before, and page_gone, those that the site's rule confirms: enough answers, the last far enough from the
-- first. (The rule without a site is that of all others.) Being read or moved ends a series; an answer that was not read
-- is no observation and ends nothing.

CREATE TABLE page_absence AS
WITH touched AS (
    SELECT DISTINCT page_no FROM observation WHERE says = 'absent'
),
series AS (
    SELECT o.page_no, o.observed_at, o.says,
           count(*) FILTER (o.says <> 'absent') OVER (
               PARTITION BY o.page_no ORDER BY o.observed_at, o.says = 'absent', o.says, o.capture_no
               ROWS UNBOUNDED PRECEDING) AS series_no
    FROM observation AS o JOIN touched USING (page_no)
),
answers AS (
    SELECT page_no, series_no, observed_at, min(observed_at) OVER (PARTITION BY page_no, series_no) AS gone_from,
           row_number() OVER (PARTITION BY page_no, series_no ORDER BY observed_at) AS n_answers
    FROM series WHERE says = 'absent'
),
judged AS (
    SELECT a.page_no, a.series_no, a.gone_from,
           min(a.observed_at) FILTER (a.n_answers >= coalesce(own.answers, other.answers)
               AND epoch(a.observed_at) - epoch(a.gone_from) >= coalesce(own.seconds, other.seconds)) AS confirmed_at
    FROM answers AS a
    JOIN page_fact AS p USING (page_no)
    JOIN removal_rule AS other ON other.site IS NULL
    LEFT JOIN removal_rule AS own ON own.site = p.site
    GROUP BY a.page_no, a.series_no, a.gone_from
),
ends AS (
    SELECT page_no, series_no - 1 AS series_no, min(observed_at) AS gone_to
    FROM series WHERE says <> 'absent' GROUP BY page_no, series_no
)
SELECT j.page_no, j.gone_from, j.confirmed_at, e.gone_to,
       (SELECT max(o.observed_at) FROM observation AS o
        WHERE o.page_no = j.page_no AND o.says = 'read' AND o.observed_at < j.gone_from) AS last_seen_at
FROM judged AS j LEFT JOIN ends AS e USING (page_no, series_no);

CREATE TABLE page_gone AS SELECT * FROM page_absence WHERE confirmed_at IS NOT NULL;
