-- Step 73, money by country. In: the current project versions, and what was left unmapped in the extraction files.
-- Out: built.internal.country_money.
-- The page states one budget for all its countries. Equal shares are our estimate and labelled so; the cents that do not
-- divide go to the first countries in page order, so that shares add up to the budget. A budget without a country keeps
-- a row of its own with no country, which says whether the page names none or names what no rule could read: sums over
-- this table reconcile with sums over the projects.

CREATE TABLE built.internal.country_money AS
WITH budget AS (
    SELECT v.project_id, v.budget_amount, v.budget_currency, v.funding_year, v.start_year, v.countries, v.capture_id,
           v.extractor, greatest(len(v.countries), 1) AS n_countries, (v.budget_amount * 100)::BIGINT AS cents,
           list_contains(list_transform(x.unmapped, lambda u: u.field), 'countries') AS is_unread
    FROM built.internal.project_version AS v
    JOIN reading AS r ON r.capture_id = v.content_capture_id AND r.release = v.extractor
    JOIN read_parquet(getvariable('extraction_files')) AS x
      ON x.capture_id = r.capture_id AND x.release = r.release AND x.run_id = r.run_id
    WHERE v.known_to IS NULL AND v.valid_to IS NULL AND v.budget_amount IS NOT NULL
),
share AS (
    SELECT *, unnest(range(1, n_countries + 1)) AS position FROM budget
)
SELECT project_id, position::INTEGER AS position, countries[position] AS country_code, n_countries::INTEGER AS n_countries,
       ((cents // n_countries + CASE WHEN position <= cents % n_countries THEN 1 ELSE 0 END)::DECIMAL(18,0) / 100)::DECIMAL(14,2)
           AS share_amount,
       budget_currency, len(countries) > 1 AS is_estimate,
       CASE WHEN len(countries) > 1 THEN 'equal_shares' WHEN len(countries) = 1 THEN 'single_country'
            WHEN is_unread THEN 'countries_unread' ELSE 'no_country' END AS method,
       funding_year, start_year, capture_id, extractor
FROM share ORDER BY project_id, position;
