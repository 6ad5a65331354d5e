SELECT n.news_id, n.site, n.lang, n.published_date, n.published_year, n.dateline_country, n.title, n.body, n.word_count
FROM v1.news AS n
LEFT JOIN v1.clusters AS k ON k.kind = 'news' AND k.document_id = n.news_id
WHERE n.lang = $lang AND n.body IS NOT NULL AND coalesce(k.role, 'original') IN ('original', 'translation')
ORDER BY n.news_id;
