-- question: Which projects are long over and still called active?
-- asked by: an aid-transparency analyst
-- counting: One row a project whose stated end lies before the year of the newest run. What the page says, not what is so.
-- may be empty: where every page was brought up to date
SELECT project_id, title, status, end_date, budget_amount, budget_currency, state, url
FROM v1.projects
WHERE status = 'active' AND end_year < (SELECT year(max(started_at)) FROM v1.runs) ORDER BY end_date, project_id;
