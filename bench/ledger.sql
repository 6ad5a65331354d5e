-- The tables of one generated archive, as step 10 loads them: pages asked for once a week. In: the variables pages and weeks.
CREATE TABLE ledger AS
WITH asked AS (
    SELECT page, week, TIMESTAMP '2026-01-05' + to_days(7 * week) + to_seconds(page) AS fetched_at,
           -- One page in a hundred changes a week: its content number is the number of changes so far.
           (week * 1000 + page * 7919) // 100000 AS content,
           page % 1000 = 7 AND week >= 10 AS is_gone, (page * 31 + week * 17) % 50 = 3 AS is_unknown
    FROM range(getvariable('pages')) AS p(page), range(getvariable('weeks')) AS w(week)
)
SELECT 'week-' || week AS run_id, page AS seq, 'bench' AS site, 'project' AS kind,
       'https://www.iom.int/project/page-' || page AS url, 'iom.int/project/page-' || page AS page_key,
       CASE WHEN is_unknown THEN 'timeout' WHEN is_gone THEN 'not_found' ELSE 'fetched' END AS outcome,
       CASE WHEN is_unknown THEN 'unknown' WHEN is_gone THEN 'absent' ELSE 'seen' END AS effect,
       fetched_at, 'captured' AS time_basis, NULL::VARCHAR AS final_url,
       CASE WHEN NOT is_unknown THEN CASE WHEN is_gone THEN 404 ELSE 200 END END AS http_status,
       CASE WHEN NOT is_unknown AND NOT is_gone THEN {
           capture_id: md5(page || '-' || week), content_capture_id: md5(page || ':' || content)} END AS capture
FROM asked;
CREATE TABLE verdict AS SELECT DISTINCT run_id, site, kind, true AS is_accepted FROM ledger;
CREATE TABLE run AS SELECT DISTINCT run_id, 'crawl' AS source FROM ledger;
CREATE TABLE release AS SELECT 1 AS release, DATE '2026-01-01' AS released_on, '' AS summary;
CREATE TABLE removal_rule (site VARCHAR, answers INTEGER, seconds DOUBLE);
CREATE TABLE reading AS
SELECT DISTINCT capture.content_capture_id AS capture_id, 1 AS release, min(run_id) AS run_id, 'project' AS kind,
       'project/1' AS layout, 'en' AS lang, 'A title' AS title, sha256(capture.content_capture_id) AS content_sha256,
       NULL::VARCHAR AS canonical_url, []::STRUCT(lang VARCHAR, url VARCHAR)[] AS alternates,
       'TC.' || seq AS projects_id, NULL::VARCHAR AS prima_id, []::VARCHAR[] AS unread_fields
FROM ledger WHERE effect = 'seen' GROUP BY capture.content_capture_id, seq;
