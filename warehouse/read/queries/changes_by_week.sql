SELECT date_trunc('week', valid_from)::DATE AS week, change_kind, count(DISTINCT document_id) AS n_documents
FROM (SELECT project_id AS document_id, valid_from, change_kind FROM v1.project_versions
      UNION ALL SELECT news_id, valid_from, change_kind FROM v1.news_versions)
WHERE change_kind <> 'created' GROUP BY ALL ORDER BY week, change_kind;
