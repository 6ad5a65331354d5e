-- question: What do all projects cost together, and of how many is no budget stated?
-- asked by: an aid-transparency analyst
-- counting: One row a project; two pages of one project are one project. Currencies are never added to each other.
--   Projects whose page is gone are among them, with what it last said; WHERE state = 'live' leaves them out.
SELECT budget_currency, count(*) AS n_projects, count(budget_amount) AS n_with_budget,
       count(*) - count(budget_amount) AS n_without_budget, sum(budget_amount) AS total
FROM v1.projects GROUP BY budget_currency ORDER BY total DESC NULLS LAST;
