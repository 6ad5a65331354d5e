SELECT m.name AS person, m.value AS function, count(DISTINCT coalesce(k.cluster_id, m.news_id)) AS n_works,
       list(DISTINCT m.news_id ORDER BY m.news_id) AS news_ids
FROM v1.mentions AS m LEFT JOIN v1.clusters AS k ON k.kind = 'news' AND k.document_id = m.news_id
WHERE m.kind = 'person' AND m.news_id IS NOT NULL GROUP BY 1, 2 ORDER BY n_works DESC, person, function;
