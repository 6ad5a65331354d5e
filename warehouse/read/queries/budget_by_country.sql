-- question: How much money goes to each country?
-- asked by: a migration researcher
-- counting: A project of several countries states one budget; its equal shares are an estimate, labelled so. The row without a
--   country is the money of projects that name none. The shares add up to all_budgets, the unsplit total on every row.
SELECT country_code, count(DISTINCT project_id) AS n_projects, sum(share_amount) AS amount,
       coalesce(sum(share_amount) FILTER (WHERE NOT is_estimate), 0) AS of_it_stated,
       coalesce(sum(share_amount) FILTER (WHERE is_estimate), 0) AS of_it_estimated, budget_currency,
       (SELECT sum(p.budget_amount) FROM v1.projects AS p
        WHERE p.budget_currency IS NOT DISTINCT FROM m.budget_currency) AS all_budgets
FROM v1.project_country_money AS m
GROUP BY country_code, budget_currency ORDER BY amount DESC, country_code;
