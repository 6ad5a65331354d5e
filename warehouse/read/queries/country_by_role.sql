SELECT 'project' AS kind, c.role, p.project_id AS id, p.title, p.start_date AS date, p.project_id AS work
FROM v1.project_countries AS c JOIN v1.projects AS p USING (project_id) WHERE c.country_code = $country
UNION
SELECT 'news', c.role, n.news_id, n.title, n.published_date, n.work_id
FROM v1.news_countries AS c JOIN v1.news AS n USING (news_id)
WHERE c.country_code = $country
ORDER BY ALL;
