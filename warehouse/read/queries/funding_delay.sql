SELECT start_year - funding_year AS years_to_start, count(*) AS n_projects,
       round(avg(end_year - start_year) FILTER (WHERE end_year >= start_year), 2) AS mean_years_long
FROM v1.projects GROUP BY 1 ORDER BY 1 NULLS LAST;
