-- question: Which works exist in which languages?
-- asked by: a migration researcher
-- counting: One row a work with translations; a translation is linked by declared addresses or proven key facts, never by guess.
-- may be empty: where nothing is translated
SELECT c.cluster_id, list(DISTINCT n.lang ORDER BY n.lang) AS languages, count(*) AS n_pages,
       max(n.title) FILTER (WHERE c.role = 'original') AS original_title
FROM v1.clusters AS c JOIN v1.news AS n ON c.kind = 'news' AND n.news_id = c.document_id
GROUP BY c.cluster_id HAVING count(DISTINCT n.lang) > 1 ORDER BY c.cluster_id;
