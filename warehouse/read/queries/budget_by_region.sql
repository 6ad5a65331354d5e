-- question: How much goes to each region of the fund?
-- asked by: an aid-transparency analyst
-- counting: One region a project, whole budgets; these rows may be added within a currency.
--   Projects that are gone are among them: n_gone, gone_total.
--   n_pages_unread: pages of projects, on every row the same, that are archived and could not be read now (v1.quarantine).
SELECT coalesce(idf_region, idf_region_raw, 'not stated') AS region, count(*) AS n_projects,
       sum(budget_amount) AS total, budget_currency,
       count(*) FILTER (WHERE state = 'gone') AS n_gone, sum(budget_amount) FILTER (WHERE state = 'gone') AS gone_total,
       (SELECT count(*) FROM v1.quarantine AS u WHERE u.kind = 'project') AS n_pages_unread
FROM v1.projects GROUP BY 1, budget_currency ORDER BY total DESC NULLS LAST, region;
