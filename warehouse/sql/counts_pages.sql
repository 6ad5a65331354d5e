-- The gate's counts, first half. In: the tables of step 10. Out: asked (one row a page of a run, by its last line),
-- outcome_count, page_reading (what was read of it, in the newest release that read it).

CREATE TABLE newest_reading AS
SELECT capture_id, status, reason, release, layout, content_sha256, unmapped, blocks, issues, project, news, title,
       countries, lang
FROM read_parquet(getvariable('extraction_files'))
QUALIFY row_number() OVER (PARTITION BY capture_id ORDER BY release DESC, run_id) = 1;

CREATE TABLE asked AS
SELECT f.run_id, f.site, f.kind, f.page_key, f.url, f.outcome, f.effect, f.fetched_at, f.capture.content_capture_id AS capture_id
FROM ledger AS f
WHERE f.kind IN ('project', 'news', 'other')
QUALIFY row_number() OVER (PARTITION BY f.run_id, f.page_key ORDER BY f.seq DESC) = 1;

CREATE TABLE outcome_count AS
SELECT run_id, site, kind, map(list(outcome ORDER BY outcome), list(n ORDER BY outcome)) AS outcomes,
       map(list(outcome ORDER BY outcome), list(first_url ORDER BY outcome)) AS outcome_urls
FROM (SELECT run_id, site, kind, outcome, count(*) AS n, arg_min(url, (fetched_at, url)) AS first_url
      FROM asked GROUP BY ALL) GROUP BY run_id, site, kind;

CREATE TABLE page_reading AS
SELECT a.*, r.* EXCLUDE (capture_id)
FROM asked AS a JOIN newest_reading AS r USING (capture_id) WHERE a.effect = 'seen';

