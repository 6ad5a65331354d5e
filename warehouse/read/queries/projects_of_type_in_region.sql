SELECT p.funding_year, count(*) AS n_projects, sum(p.budget_amount) AS total, p.budget_currency,
       count(*) FILTER (WHERE p.state = 'gone') AS n_gone,
       coalesce(sum(p.budget_amount) FILTER (WHERE p.state = 'gone'), 0) AS gone_total,
       list(p.project_id ORDER BY p.project_id) AS project_ids
FROM v1.projects AS p
WHERE p.type_code = $type AND EXISTS (
    SELECT 1 FROM v1.project_countries AS b JOIN v1.countries AS c USING (country_code)
    WHERE b.project_id = p.project_id AND b.role = 'benefiting' AND c.subregion = $subregion)
GROUP BY p.funding_year, p.budget_currency ORDER BY p.funding_year NULLS LAST, p.budget_currency;
