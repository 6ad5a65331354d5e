SELECT n.dateline_country AS country, count(DISTINCT n.work_id) AS n_works, count(*) AS n_pages
FROM v1.news AS n
GROUP BY n.dateline_country ORDER BY n_works DESC, country NULLS LAST;
