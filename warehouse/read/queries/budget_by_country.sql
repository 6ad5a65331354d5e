SELECT m.country_code, c.name_en AS country, count(DISTINCT m.project_id) AS n_projects, sum(m.share_amount) AS amount,
       coalesce(sum(m.share_amount) FILTER (WHERE NOT m.is_estimate), 0) AS of_it_stated,
       coalesce(sum(m.share_amount) FILTER (WHERE m.is_estimate), 0) AS of_it_estimated, m.budget_currency,
       count(*) FILTER (WHERE p.state = 'gone') AS n_gone,
       coalesce(sum(m.share_amount) FILTER (WHERE p.state = 'gone'), 0) AS gone_amount,
       (SELECT sum(a.budget_amount) FROM v1.projects AS a
        WHERE a.budget_currency IS NOT DISTINCT FROM m.budget_currency) AS all_budgets,
       (SELECT count(*) FROM v1.quarantine AS u WHERE u.kind = 'project') AS n_pages_unread
FROM v1.project_country_money AS m JOIN v1.projects AS p USING (project_id)
LEFT JOIN v1.countries AS c USING (country_code)
GROUP BY m.country_code, c.name_en, m.budget_currency ORDER BY amount DESC, m.country_code, m.budget_currency;
