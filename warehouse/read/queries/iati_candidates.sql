SELECT 'XM-DAC-47066-' || p.projects_id AS iati_candidate_id, p.project_id, p.title, p.funding_year, p.start_date, p.end_date,
       p.status, p.budget_amount, p.budget_currency, p.countries, p.state, p.url
FROM v1.projects AS p WHERE p.projects_id IS NOT NULL ORDER BY iati_candidate_id;
