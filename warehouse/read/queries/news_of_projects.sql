SELECT l.project_id, p.title AS project_title, l.news_id, n.title AS news_title, l.method, l.certainty, l.evidence,
       n.work_id AS work
FROM v1.project_news AS l
JOIN v1.projects AS p USING (project_id) JOIN v1.news AS n USING (news_id)
ORDER BY l.project_id, l.news_id;
