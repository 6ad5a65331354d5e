SELECT title, count(*) AS n_projects, list(project_id ORDER BY project_id) AS project_ids,
       list(start_year ORDER BY project_id) AS start_years, sum(budget_amount) AS total
FROM v1.projects WHERE title IS NOT NULL GROUP BY title HAVING count(*) > 1 ORDER BY title;
