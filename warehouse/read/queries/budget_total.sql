-- question: What do all projects cost together, and of how many is no budget stated?
-- asked by: an aid-transparency analyst
-- counting: One row a project; two pages of one project are one project. Currencies are never added to each other.
--   Projects whose page is gone are among them, with what it last said: n_gone, gone_total.
--   Among those without a budget n_unread counts the pages that print one which is no plain amount, such as 100.000.
--   n_pages_unread: pages of projects, on every row the same, that are archived and could not be read now (v1.quarantine).
SELECT budget_currency, count(*) AS n_projects, count(budget_amount) AS n_with_budget,
       count(*) - count(budget_amount) AS n_without_budget,
       count(*) FILTER (budget_amount IS NULL AND budget_raw IN (SELECT "value" FROM v1.unmapped WHERE field = 'budget'))
           AS n_unread,
       sum(budget_amount) AS total,
       count(*) FILTER (WHERE state = 'gone') AS n_gone, sum(budget_amount) FILTER (WHERE state = 'gone') AS gone_total,
       (SELECT count(*) FROM v1.quarantine AS u WHERE u.kind = 'project') AS n_pages_unread
FROM v1.projects GROUP BY budget_currency ORDER BY total DESC NULLS LAST;
