WITH sent AS (
    SELECT f.site, f.fetched_at, f.outcome, f.bytes_received, f.capture_id,
           epoch(f.fetched_at - lag(f.fetched_at) OVER (
               PARTITION BY f.run_id, regexp_extract(f.url, '^[a-z]+://([^/?#]+)', 1) ORDER BY f.fetched_at, f.seq)) AS gap
    FROM v1.fetches AS f SEMI JOIN (SELECT run_id FROM v1.runs WHERE source = 'crawl') USING (run_id)
    WHERE f.outcome NOT IN ('private_address', 'off_site', 'robots_denied', 'robots_unavailable', 'circuit_open', 'budget_spent',
                            'trap', 'interrupted', 'unresolved_revisit', 'purged')
)
SELECT s.site, count(*) AS n_requests, round(min(s.gap), 1) AS smallest_gap_seconds, sum(s.bytes_received)::BIGINT AS bytes_received,
       count(*) FILTER (s.outcome = 'unchanged') AS n_not_modified,
       coalesce(sum(o.bytes_received) FILTER (s.outcome = 'unchanged'), 0)::BIGINT AS bytes_saved
FROM sent AS s
LEFT JOIN v1.captures AS c USING (capture_id)
LEFT JOIN v1.fetches AS o ON o.capture_id = c.content_capture_id
GROUP BY s.site ORDER BY n_requests DESC, s.site;
