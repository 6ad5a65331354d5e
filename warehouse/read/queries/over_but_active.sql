SELECT project_id, title, status, end_date, budget_amount, budget_currency, state, url
FROM v1.projects
WHERE status = 'active' AND end_year < (SELECT year(max(started_at)) FROM v1.runs) ORDER BY end_date, project_id;
