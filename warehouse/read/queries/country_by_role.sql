-- question: What is there on one country, and what part does the country play in it?
-- asked by: a migration researcher
-- counting: One row a document and role. Copies and translations of one press release are one work: count DISTINCT work.
-- parameters: country = HT
-- may be empty: where nothing names the country
SELECT 'project' AS kind, c.role, p.project_id AS id, p.title, p.start_date AS date, p.project_id AS work
FROM v1.project_countries AS c JOIN v1.projects AS p USING (project_id) WHERE c.country_code = $country
UNION
SELECT 'news', c.role, n.news_id, n.title, n.published_date, n.work_id
FROM v1.news_countries AS c JOIN v1.news AS n USING (news_id)
WHERE c.country_code = $country
ORDER BY ALL;
