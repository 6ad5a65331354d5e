-- question: How much money goes to each part of the world?
-- asked by: a migration researcher
-- counting: Equal shares by the subregion of UN M49; the rows of a currency add up to the unsplit total of budget_total. The row without
--   a subregion is the money of projects that name no country. n_gone and gone_amount: projects that are gone, and their part.
SELECT c.region, c.subregion, count(DISTINCT m.project_id) AS n_projects, sum(m.share_amount) AS amount, m.budget_currency,
       count(DISTINCT m.project_id) FILTER (WHERE p.state = 'gone') AS n_gone,
       coalesce(sum(m.share_amount) FILTER (WHERE p.state = 'gone'), 0) AS gone_amount
FROM v1.project_country_money AS m JOIN v1.projects AS p USING (project_id)
LEFT JOIN v1.countries AS c USING (country_code)
GROUP BY c.region, c.subregion, m.budget_currency ORDER BY c.region NULLS LAST, c.subregion, m.budget_currency;
