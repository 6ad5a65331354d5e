SELECT c.region, c.subregion, count(DISTINCT m.project_id) AS n_projects, sum(m.share_amount) AS amount, m.budget_currency,
       count(DISTINCT m.project_id) FILTER (WHERE p.state = 'gone') AS n_gone,
       coalesce(sum(m.share_amount) FILTER (WHERE p.state = 'gone'), 0) AS gone_amount
FROM v1.project_country_money AS m JOIN v1.projects AS p USING (project_id)
LEFT JOIN v1.countries AS c USING (country_code)
GROUP BY c.region, c.subregion, m.budget_currency ORDER BY c.region NULLS LAST, c.subregion, m.budget_currency;
