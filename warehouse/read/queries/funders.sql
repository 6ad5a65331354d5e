SELECT f.country_code AS funder, b.country_code AS country, count(DISTINCT coalesce(k.cluster_id, f.news_id)) AS n_works
FROM v1.news_countries AS f
JOIN v1.news_countries AS b ON b.news_id = f.news_id AND b.role IN ('primary', 'benefiting')
LEFT JOIN v1.clusters AS k ON k.kind = 'news' AND k.document_id = f.news_id
WHERE f.role = 'funder' GROUP BY ALL ORDER BY n_works DESC, funder, country;
