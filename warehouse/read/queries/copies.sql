SELECT c.cluster_id, c.role, c.document_id, n.lang, n.title, c.linked_to, c.method, c.score, c.evidence
FROM v1.clusters AS c JOIN v1.news AS n ON c.kind = 'news' AND n.news_id = c.document_id
ORDER BY c.cluster_id, c.role <> 'original', c.document_id;
