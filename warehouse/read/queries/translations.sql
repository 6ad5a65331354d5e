SELECT c.cluster_id, list(DISTINCT n.lang ORDER BY n.lang) AS languages, count(*) AS n_pages,
       max(n.title) FILTER (WHERE c.role = 'original') AS original_title
FROM v1.clusters AS c JOIN v1.news AS n ON c.kind = 'news' AND n.news_id = c.document_id
GROUP BY c.cluster_id HAVING count(DISTINCT n.lang) > 1 ORDER BY c.cluster_id;
