SELECT month, count(*) AS n_works, sum(n_pages) AS n_pages
FROM (SELECT n.work_id AS work, count(*) AS n_pages,
             min(CASE WHEN length(n.published_date) >= 7 THEN n.published_date[1:7] END) AS month
      FROM v1.news AS n
      GROUP BY 1)
GROUP BY month ORDER BY month NULLS LAST;
