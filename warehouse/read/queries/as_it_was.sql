-- question: What did the project pages say on a given day?
-- asked by: a migration researcher
-- counting: One row a project that was on the site at that instant (UTC), as now understood.
-- parameters: on = 2026-11-21
SELECT project_id, title, status, start_date, end_date, budget_amount, budget_currency, countries, version_no
FROM v1.projects_asof($on::TIMESTAMP) WHERE state = 'live' ORDER BY project_id;
