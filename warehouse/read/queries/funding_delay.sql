-- question: How long after the year of allocation do projects start and end?
-- asked by: a migration researcher
-- counting: One row a delay in years; projects that lack one of the two years are in the row without a delay.
--   Pages that end before they start are left out of the mean.
SELECT start_year - funding_year AS years_to_start, count(*) AS n_projects,
       round(avg(end_year - start_year) FILTER (WHERE end_year >= start_year), 2) AS mean_years_long
FROM v1.projects GROUP BY 1 ORDER BY 1 NULLS LAST;
