SELECT funding_year, count(*) AS n_projects, sum(budget_amount) AS total, budget_currency,
       count(*) FILTER (WHERE state = 'gone') AS n_gone, sum(budget_amount) FILTER (WHERE state = 'gone') AS gone_total,
       (SELECT count(*) FROM v1.quarantine AS u WHERE u.kind = 'project') AS n_pages_unread
FROM v1.projects GROUP BY funding_year, budget_currency ORDER BY funding_year NULLS LAST, budget_currency;
