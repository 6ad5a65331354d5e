-- The gate's counts, second half. In: page_reading, field_state, and rejected (run_id, site, kind): runs not to compare
-- with. Out: run_counts, one row a run, site and kind of page.

CREATE TABLE layout_count AS
SELECT run_id, site, kind, map(list(layout ORDER BY layout), list(n ORDER BY layout)) AS layouts
FROM (SELECT run_id, site, kind, layout, count(*) AS n FROM page_reading
      WHERE status = 'read' AND layout IS NOT NULL GROUP BY ALL) GROUP BY run_id, site, kind;

CREATE TABLE reason_count AS
SELECT run_id, site, kind, map(list(reason ORDER BY reason), list(n ORDER BY reason)) AS reasons,
       map(list(reason ORDER BY reason), list(first_url ORDER BY reason)) AS reason_urls
FROM (SELECT run_id, site, kind, reason, count(*) AS n, arg_min(url, (fetched_at, url)) AS first_url FROM page_reading
      WHERE status = 'quarantined' GROUP BY ALL) GROUP BY run_id, site, kind;

CREATE TABLE unmapped_count AS
SELECT run_id, site, kind, map(list(word ORDER BY word), list(n ORDER BY word)) AS unmapped,
       map(list(word ORDER BY word), list(first_url ORDER BY word)) AS unmapped_urls
FROM (SELECT run_id, site, kind, coalesce(u.label, u.field, '') || CASE WHEN u.value IS NULL THEN '' ELSE '=' || u.value END AS word,
             count(*) AS n, arg_min(url, (fetched_at, url)) AS first_url
      FROM (SELECT run_id, site, kind, url, fetched_at, unnest(unmapped) AS u FROM page_reading) GROUP BY ALL)
GROUP BY run_id, site, kind;

-- Fields of the record, filled or not. field_state is made from the extraction schema by warehouse.statistics.
CREATE TABLE field_count AS
SELECT run_id, site, kind, map(list(field ORDER BY field), list(n ORDER BY field)) AS filled,
       map(list(field ORDER BY field), list(first_unfilled ORDER BY field)) AS unfilled_urls
FROM (SELECT run_id, site, kind, field, count(*) FILTER (is_filled) AS n,
             arg_min(url, (fetched_at, url)) FILTER (NOT is_filled) AS first_unfilled
      FROM field_state GROUP BY ALL) GROUP BY run_id, site, kind;

-- Changed against the page's newest earlier reading by any run that was not rejected.
CREATE TABLE compared_count AS
WITH trusted AS (
    SELECT p.* FROM page_reading AS p ANTI JOIN rejected AS j ON j.run_id = p.run_id AND j.site = p.site AND j.kind = p.kind
    WHERE p.status = 'read'
),
pair AS (
    SELECT n.run_id, n.site, n.kind, n.url, n.page_key, n.fetched_at, n.content_sha256, o.content_sha256 AS before_sha256
    FROM (SELECT * FROM page_reading WHERE status = 'read') AS n
    ASOF JOIN trusted AS o ON o.page_key = n.page_key AND n.fetched_at > o.fetched_at
)
SELECT run_id, site, kind, count(*) AS n_compared, count(*) FILTER (content_sha256 <> before_sha256) AS n_changed,
       arg_min(url, (fetched_at, url)) FILTER (content_sha256 <> before_sha256) AS changed_url
FROM pair GROUP BY run_id, site, kind;

CREATE TABLE run_counts AS
WITH reached AS (
    SELECT run_id, site, kind, count(*) AS pages,
           count(*) FILTER (effect = 'seen') AS seen, count(*) FILTER (effect = 'absent') AS absent,
           count(*) FILTER (effect = 'moved') AS moved, count(*) FILTER (effect = 'unknown') AS unknown
    FROM asked GROUP BY run_id, site, kind
),
understood AS (
    SELECT run_id, site, kind, count(*) FILTER (status = 'read') AS read,
           count(*) FILTER (status = 'quarantined') AS quarantined,
           count(DISTINCT coalesce(project.projects_id, project.prima_id)) AS keys,
           count(*) FILTER (project IS NOT NULL AND coalesce(project.projects_id, project.prima_id) IS NULL) AS keyless,
           arg_min(url, (fetched_at, url))
               FILTER (project IS NOT NULL AND coalesce(project.projects_id, project.prima_id) IS NULL) AS keyless_url,
           sum(blocks.total) AS blocks, sum(blocks.unexplained) AS blocks_unexplained, sum(len(issues)) AS issues
    FROM page_reading GROUP BY run_id, site, kind
)
SELECT r.run_id, r.site, r.kind, n.source, n.started_at, n.complete, r.pages, r.seen, r.absent, r.moved, r.unknown,
       o.outcomes, o.outcome_urls, coalesce(u.read, 0) AS read, coalesce(u.quarantined, 0) AS quarantined,
       q.reasons, q.reason_urls, l.layouts, f.filled, f.unfilled_urls, coalesce(u.keys, 0) AS keys,
       coalesce(u.keyless, 0) AS keyless, u.keyless_url, coalesce(c.n_compared, 0) AS compared,
       coalesce(c.n_changed, 0) AS changed, c.changed_url, m.unmapped, m.unmapped_urls,
       coalesce(u.blocks, 0)::BIGINT AS blocks, coalesce(u.blocks_unexplained, 0)::BIGINT AS blocks_unexplained,
       coalesce(u.issues, 0)::BIGINT AS issues
FROM reached AS r
JOIN (SELECT run_id, source, started_at, complete FROM run) AS n USING (run_id)
LEFT JOIN understood AS u USING (run_id, site, kind)
LEFT JOIN outcome_count AS o USING (run_id, site, kind)
LEFT JOIN reason_count AS q USING (run_id, site, kind)
LEFT JOIN layout_count AS l USING (run_id, site, kind)
LEFT JOIN field_count AS f USING (run_id, site, kind)
LEFT JOIN compared_count AS c USING (run_id, site, kind)
LEFT JOIN unmapped_count AS m USING (run_id, site, kind);
