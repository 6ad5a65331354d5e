-- Step 73, money by country. In: the current project versions. Out: built.internal.country_money.
-- The page states one budget for all its countries. Equal shares are our estimate and labelled so; the cents that do not
-- divide go to the first countries in page order, so that shares add up to the budget. A budget without a country keeps
-- a row of its own with no country: sums over this table reconcile with sums over the projects.

CREATE TABLE built.internal.country_money AS
WITH budget AS (
    SELECT project_id, budget_amount, budget_currency, funding_year, start_year, countries, capture_id, extractor,
           greatest(len(countries), 1) AS n_countries, (budget_amount * 100)::BIGINT AS cents
    FROM built.internal.project_version
    WHERE known_to IS NULL AND valid_to IS NULL AND budget_amount IS NOT NULL
),
share AS (
    SELECT *, unnest(range(1, n_countries + 1)) AS place FROM budget
)
SELECT project_id, place::INTEGER AS place, countries[place] AS country_code, n_countries::INTEGER AS n_countries,
       ((cents // n_countries + CASE WHEN place <= cents % n_countries THEN 1 ELSE 0 END)::DECIMAL(18,0) / 100)::DECIMAL(14,2)
           AS share_amount,
       budget_amount, budget_currency, len(countries) > 1 AS is_estimate,
       CASE len(countries) WHEN 0 THEN 'no_country' WHEN 1 THEN 'single_country' ELSE 'equal_shares' END AS method,
       funding_year, start_year, capture_id, extractor
FROM share ORDER BY project_id, place;
