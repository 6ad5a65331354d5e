SELECT p.project_id, p.title, min(c.role) AS role, p.status, p.start_year, p.end_year, p.budget_amount, m.share_amount,
       m.n_countries, p.budget_currency, p.state, p.url
FROM v1.projects AS p
JOIN v1.project_countries AS c ON c.project_id = p.project_id AND c.country_code = $country
LEFT JOIN v1.project_country_money AS m ON m.project_id = p.project_id AND m.country_code = c.country_code
GROUP BY ALL ORDER BY p.start_year DESC NULLS LAST, p.project_id;
