-- question: Under which IATI identifier may each project be found, and with which facts to check it?
-- asked by: an aid-transparency analyst
-- counting: One row a project that states a Projects ID. The identifier is a candidate: IOM's organisation id and the Projects ID, as IATI
--   builds them; join on it, and compare title, year and budget before you believe it.
SELECT 'XM-DAC-47066-' || p.projects_id AS iati_candidate_id, p.project_id, p.title, p.funding_year, p.start_date, p.end_date,
       p.status, p.budget_amount, p.budget_currency, p.countries, p.state, p.url
FROM v1.projects AS p WHERE p.projects_id IS NOT NULL ORDER BY iati_candidate_id;
