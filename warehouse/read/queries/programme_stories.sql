SELECT m.name AS programme, n.published_date, n.title, n.news_id, n.work_id AS work, n.state, n.url
FROM v1.mentions AS m JOIN v1.news AS n USING (news_id)
WHERE m.kind = 'programme'
ORDER BY programme, n.published_date NULLS LAST, n.news_id;
