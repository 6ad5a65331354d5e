-- question: How did the portfolio move between two days?
-- asked by: an aid-transparency analyst
-- counting: One row a project, whole budgets, each day by itself; USD only, so that the sums may be compared.
-- parameters: before = 2026-10-06; after = 2026-11-24
SELECT moment, count(*) AS n_projects, count(*) FILTER (WHERE status = 'completed') AS n_completed,
       sum(budget_amount) FILTER (WHERE budget_currency = 'USD') AS usd
FROM (SELECT $before::TIMESTAMP AS moment, * FROM v1.projects_asof($before::TIMESTAMP)
      UNION ALL
      SELECT $after::TIMESTAMP, * FROM v1.projects_asof($after::TIMESTAMP))
WHERE state = 'live' GROUP BY moment ORDER BY moment;
