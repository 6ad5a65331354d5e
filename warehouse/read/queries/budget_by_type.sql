-- question: How much goes to each type of project, whatever its name was at the time?
-- asked by: an aid-transparency analyst
-- counting: Grouped by type_code, since the names drifted; a type that no codebook knows is listed under its raw name.
--   Projects that are gone are among them: n_gone, gone_total.
--   n_pages_unread: pages of projects, on every row the same, that are archived and could not be read now (v1.quarantine).
SELECT coalesce(type_code, type_raw, 'not stated') AS type, max(type_name) AS name, count(*) AS n_projects,
       sum(budget_amount) AS total, budget_currency,
       count(*) FILTER (WHERE state = 'gone') AS n_gone, sum(budget_amount) FILTER (WHERE state = 'gone') AS gone_total,
       (SELECT count(*) FROM v1.quarantine AS u WHERE u.kind = 'project') AS n_pages_unread
FROM v1.projects GROUP BY 1, budget_currency ORDER BY total DESC NULLS LAST, type;
