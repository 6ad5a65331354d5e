SELECT budget_currency, count(*) AS n_projects, count(budget_amount) AS n_with_budget,
       count(*) - count(budget_amount) AS n_without_budget,
       count(*) FILTER (budget_amount IS NULL AND budget_raw IN (SELECT "value" FROM v1.unmapped WHERE field = 'budget'))
           AS n_unread,
       sum(budget_amount) AS total,
       count(*) FILTER (WHERE state = 'gone') AS n_gone, sum(budget_amount) FILTER (WHERE state = 'gone') AS gone_total,
       (SELECT count(*) FROM v1.quarantine AS u WHERE u.kind = 'project') AS n_pages_unread
FROM v1.projects GROUP BY budget_currency ORDER BY total DESC NULLS LAST;
