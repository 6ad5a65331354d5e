SELECT 'field' AS what, d.kind, d.document_id AS name, d.field AS reason, d.last_checked_at AS since, d.url
FROM (SELECT 'project' AS kind, project_id AS document_id, unnest(unread_fields) AS field, last_checked_at, url FROM v1.projects
      UNION ALL
      SELECT 'news', news_id, unnest(unread_fields), last_checked_at, url FROM v1.news) AS d
UNION ALL
SELECT 'page', kind, page_key, reason, since, url FROM v1.quarantine
UNION ALL
SELECT 'page', kind, page_key, 'it never answered: ' || last_outcome, NULL, url FROM v1.coverage WHERE checked = 'never_answered' AND last_outcome <> 'purged'
ORDER BY ALL;
