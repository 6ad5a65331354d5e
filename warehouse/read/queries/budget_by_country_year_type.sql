SELECT m.country_code, m.funding_year, coalesce(p.type_code, p.type_raw) AS type, count(*) AS n_projects,
       sum(m.share_amount) AS amount, bool_or(m.is_estimate) AS is_estimate, m.budget_currency,
       count(*) FILTER (WHERE p.state = 'gone') AS n_gone,
       coalesce(sum(m.share_amount) FILTER (WHERE p.state = 'gone'), 0) AS gone_amount,
       (SELECT count(*) FROM v1.quarantine AS u WHERE u.kind = 'project') AS n_pages_unread
FROM v1.project_country_money AS m JOIN v1.projects AS p USING (project_id)
GROUP BY m.country_code, m.funding_year, 3, m.budget_currency
ORDER BY m.country_code NULLS LAST, m.funding_year NULLS LAST, type, m.budget_currency;
