SELECT field, count(DISTINCT project_id) AS n_projects, sum(n_pages) AS n_pages
FROM v1.disagreements GROUP BY field ORDER BY n_projects DESC, field;
