SELECT site, outcome, effect, count(*) AS n, min(fetched_at) AS first_at, max(fetched_at) AS last_at
FROM v1.fetches GROUP BY site, outcome, effect ORDER BY site, n DESC, outcome;
