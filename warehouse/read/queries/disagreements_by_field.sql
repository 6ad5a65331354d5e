-- question: In which fields do the pages of one project contradict each other most often?
-- asked by: a migration researcher
-- counting: Projects, not pages: a project with three differing pages counts once a field.
-- may be empty: where all pages agree
SELECT field, count(DISTINCT project_id) AS n_projects, sum(n_pages) AS n_pages
FROM v1.disagreements GROUP BY field ORDER BY n_projects DESC, field;
