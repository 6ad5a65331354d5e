-- Step 12, site runs: what the gate judges. In: run, ledger, capture, the extraction files.
-- Out: site_run, unchanged_page, page_reading.
-- One site_run a (run, site, kind of page); n_listed is how many pages the sources named, NULL where that is not recorded.
-- What was purged counts as no failure to answer.
-- One page_reading a page seen with a body of its own in it, read or quarantined, by the newest extractor release that read
-- it; the body of a 404 or of a redirect is no reading of its page. Fields are filled when they have a value, and unread
-- when the page states them in a way that no rule reads. What a page states of what matters most is kept for pages that
-- somebody handed in, to compare imports with crawls.

CREATE TABLE site_run AS
SELECT f.run_id, r.source, r.started_at, f.site, f.kind, any_value(r.site_config) AS site_config,
       any_value(r.listed[f.kind]) AS n_listed,
       count(*) FILTER (f.effect <> 'unknown') AS n_answered,
       max(f.fetched_at) AS last_fetched_at,
       map_from_entries(list_sort(coalesce(u.outcomes, []))) AS unknown,
       list_sort(coalesce(list(DISTINCT f.page_key) FILTER (f.effect = 'absent'), [])) AS absent,
       arg_min(f.url, f.seq) FILTER (f.effect = 'unknown') AS first_unknown_url,
       arg_min(f.url, f.seq) FILTER (f.outcome = 'conflicting') AS first_conflict_url
FROM ledger AS f
JOIN run AS r USING (run_id)
LEFT JOIN (
    SELECT run_id, site, kind, list({'k': outcome, 'v': n}) AS outcomes
    FROM (SELECT run_id, site, kind, outcome, count(*) AS n FROM ledger
          WHERE effect = 'unknown' AND outcome <> 'purged' GROUP BY ALL)
    GROUP BY ALL
) AS u ON u.run_id = f.run_id AND u.site = f.site AND u.kind = f.kind
WHERE f.kind IN (<<page kinds>>)
GROUP BY f.run_id, r.source, r.started_at, f.site, f.kind, u.outcomes
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
       CASE WHEN n.status = 'read' THEN n.layout END AS layout,
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
JOIN newest AS n ON n.capture_id = f.capture.capture_id
WHERE f.kind IN (<<page kinds>>) AND f.effect = 'seen'
ORDER BY f.run_id, f.seq;
