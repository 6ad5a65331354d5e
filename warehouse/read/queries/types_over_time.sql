SELECT type_code, type_raw AS wording, count(*) AS n_projects, min(funding_year) AS first_year, max(funding_year) AS last_year
FROM v1.projects WHERE type_raw IS NOT NULL GROUP BY type_code, type_raw ORDER BY type_code NULLS LAST, n_projects DESC, wording;
