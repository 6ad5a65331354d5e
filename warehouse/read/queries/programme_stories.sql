-- question: How did each programme go on, from its launch to its last report?
-- asked by: a migration researcher
-- counting: One row a document that names the programme, oldest publication first; copies and translations of one text have one work. Names
--   are as printed, and no two are merged by guess.
SELECT m.name AS programme, n.published_date, n.title, n.news_id, n.work_id AS work, n.state, n.url
FROM v1.mentions AS m JOIN v1.news AS n USING (news_id)
WHERE m.kind = 'programme'
ORDER BY programme, n.published_date NULLS LAST, n.news_id;
