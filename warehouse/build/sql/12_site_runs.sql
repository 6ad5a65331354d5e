-- Step 12, site runs: what the gate judges. In: run, ledger, capture, nobodys_answer, meeting_place, the extraction files.
-- Out: site_run, unchanged_page, page_reading.
-- One site_run a (run, site, kind of page); n_listed is how many pages the sources named, NULL where that is not recorded.
-- It is judged by pages: the last word of each page key counts, however many addresses of it were asked. A redirect to
-- the page itself is not its last word, and what was left unasked for a reason of ours (a budget, a trap, a purge) is none.
-- A redirect to where others lead too says nothing of the page.
-- One page_reading a page seen with a body of its own in it, read or quarantined, by the newest extractor release that read
-- it; the body of a 404 or of a redirect is no reading of its page. Fields are filled when they have a value, and unread
-- when the page states them in a way that no rule reads. Nobody's text is not read. What a page states of what matters most
-- is kept for pages that somebody handed in, to compare imports with crawls.

CREATE TABLE last_word AS
SELECT run_id, site, kind, page_key, url, seq, outcome, fetched_at,
       CASE WHEN effect = 'moved' AND (run_id, page_key) IN (SELECT (run_id, unnest(led)) FROM meeting_place) THEN 'unknown'
            ELSE effect END AS effect
FROM ledger
WHERE kind IN (<<page kinds>>)
QUALIFY row_number() OVER (
    PARTITION BY run_id, site, kind, page_key
    ORDER BY ledger.effect = 'unknown', outcome = 'same_page_redirect', outcome IN (<<unasked outcomes>>), seq DESC) = 1;

-- Captures that an earlier version took from two files, and that are read otherwise in the one that does not count.
CREATE TABLE read_otherwise AS
SELECT DISTINCT other.run_id, other.capture_id
FROM read_parquet(getvariable('extraction_files')) AS other
JOIN capture AS c ON c.capture_id = other.capture_id AND c.run_id <> other.run_id
JOIN read_parquet(getvariable('extraction_files')) AS first
  ON first.capture_id = c.capture_id AND first.run_id = c.run_id AND first.release = other.release
WHERE first.content_sha256 IS DISTINCT FROM other.content_sha256 OR first.status <> other.status;

CREATE TABLE site_run AS
SELECT f.run_id, r.source, r.started_at, f.site, f.kind, any_value(r.site_config) AS site_config,
       any_value(r.listed[f.kind]) AS n_listed,
       max(f.fetched_at) AS last_fetched_at,
       map_from_entries(list_sort(coalesce(any_value(u.outcomes), []))) AS unknown,
       list_sort(coalesce(list(f.page_key) FILTER (f.effect = 'absent'), [])) AS absent,
       list_sort(coalesce(list(f.page_key) FILTER (f.effect = 'moved'), [])) AS moved,
       coalesce(any_value(c.urls), []) AS conflicts
FROM last_word AS f
JOIN run AS r USING (run_id)
LEFT JOIN (
    SELECT run_id, site, kind, list({'k': outcome, 'v': urls}) AS outcomes
    FROM (SELECT run_id, site, kind, outcome, map_from_entries(list({'k': page_key, 'v': url} ORDER BY page_key)) AS urls FROM last_word
          WHERE effect = 'unknown' AND outcome NOT IN (<<unasked outcomes>>) GROUP BY ALL)
    GROUP BY ALL
) AS u ON u.run_id = f.run_id AND u.site = f.site AND u.kind = f.kind
LEFT JOIN (
    SELECT l.run_id, site, kind, list_sort(list(DISTINCT url)) AS urls
    FROM ledger AS l LEFT JOIN read_otherwise AS o ON o.run_id = l.run_id AND o.capture_id = l.capture.capture_id
    WHERE outcome = 'conflicting' OR o.capture_id IS NOT NULL GROUP BY ALL
) AS c ON c.run_id = f.run_id AND c.site = f.site AND c.kind = f.kind
GROUP BY f.run_id, r.source, r.started_at, f.site, f.kind
ORDER BY r.started_at, f.run_id, f.site, f.kind;

-- Pages that answered with what an earlier run has archived: what that run read of them is what they still say.
CREATE TABLE unchanged_page AS
SELECT f.run_id, f.site, f.kind, c.run_id AS content_run_id, list_sort(list(DISTINCT f.page_key)) AS page_keys
FROM ledger AS f
JOIN capture AS c ON c.capture_id = f.capture.content_capture_id
WHERE f.kind IN (<<page kinds>>) AND f.effect = 'seen'
  AND f.capture.content_capture_id <> f.capture.capture_id
GROUP BY f.run_id, f.site, f.kind, c.run_id;

CREATE TABLE page_reading AS
WITH newest AS (
    SELECT capture_id, layout, status, content_sha256, title, project, news, len(unmapped) AS n_unmapped, unread_fields
    FROM read_parquet(getvariable('extraction_files'))
    LEFT JOIN (SELECT run_id, source FROM run) AS r USING (run_id)
    QUALIFY row_number() OVER (PARTITION BY capture_id ORDER BY release DESC, r.source <> 'crawl', run_id) = 1
), handed_in AS (
    SELECT DISTINCT page_key FROM ledger JOIN run USING (run_id) WHERE run.source <> 'crawl'
)
SELECT f.run_id, f.site, f.kind, f.page_key, f.url, f.fetched_at AS observed_at,
       CASE WHEN n.status = 'read' AND o.capture_id IS NULL THEN n.layout END AS layout,
       o.capture_id IS NOT NULL AS is_nobodys,
       coalesce(n.project.projects_id, n.project.prima_id) AS key,
       n.content_sha256, n.n_unmapped,
       list_filter([
           CASE WHEN n.title IS NOT NULL THEN 'title' END,
           <<project.guarded | CASE WHEN FILLED(n.project) THEN 'NAME' END>>,
           <<news.guarded | CASE WHEN FILLED(n.news) THEN 'NAME' END>>
       ], lambda x: x IS NOT NULL) AS filled,
       list_filter([
           <<project.guarded | CASE WHEN n.project IS NOT NULL AND UNREAD(n) THEN 'NAME' END>>,
           <<news.guarded | CASE WHEN n.news IS NOT NULL AND UNREAD(n) THEN 'NAME' END>>
       ], lambda x: x IS NOT NULL) AS unread,
       CASE WHEN f.page_key IN (FROM handed_in) THEN map_from_entries(list_filter([
           {'k': 'title', 'v': n.title},
           <<project.high | {'k': 'NAME', 'v': TOLD(n.project)}>>,
           <<news.high | {'k': 'NAME', 'v': TOLD(n.news)}>>
       ], lambda x: x.v IS NOT NULL)) END AS stated
FROM ledger AS f
JOIN run AS r USING (run_id)
JOIN newest AS n ON n.capture_id = f.capture.capture_id
LEFT JOIN nobodys_answer AS o ON o.page_key = f.page_key AND o.capture_id = n.capture_id
WHERE f.kind IN (<<page kinds>>) AND f.effect = 'seen'
QUALIFY r.source <> 'crawl' OR row_number() OVER (PARTITION BY f.run_id, f.site, f.kind, f.page_key ORDER BY f.seq DESC) = 1
ORDER BY f.run_id, f.seq;
