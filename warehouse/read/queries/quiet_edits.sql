SELECT c.document_id AS news_id, n.title, n.published_on, c.changed_at, date_diff('day', n.published_on, c.changed_at::DATE) AS days_later,
       c.field, c.significance, c.old, c.new, n.url
FROM v1.changes AS c JOIN v1.news AS n ON c.kind = 'news' AND n.news_id = c.document_id
WHERE c.change_kind = 'edited' AND c.field <> 'published_date'
  AND date_diff('day', n.published_on, c.changed_at::DATE) > $days::INTEGER
ORDER BY c.changed_at DESC, news_id, c.field;
