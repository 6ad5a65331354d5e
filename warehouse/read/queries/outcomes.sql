-- question: What became of the pages that were asked for, site by site?
-- asked by: an aid-transparency analyst
-- counting: One row a scheduled page and run in v1.fetches; a page asked for in two runs counts twice, as it should here.
SELECT site, outcome, effect, count(*) AS n, min(fetched_at) AS first_at, max(fetched_at) AS last_at
FROM v1.fetches GROUP BY site, outcome, effect ORDER BY site, n DESC, outcome;
