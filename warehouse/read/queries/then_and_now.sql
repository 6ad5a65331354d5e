SELECT moment, count(*) AS n_projects, count(*) FILTER (WHERE status = 'completed') AS n_completed,
       sum(budget_amount) FILTER (WHERE budget_currency = 'USD') AS usd
FROM (SELECT $before::TIMESTAMP AS moment, * FROM v1.projects_asof($before::TIMESTAMP)
      UNION ALL
      SELECT $after::TIMESTAMP, * FROM v1.projects_asof($after::TIMESTAMP))
WHERE state = 'live' GROUP BY moment ORDER BY moment;
