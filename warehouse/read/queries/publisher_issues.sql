SELECT code, field, count(DISTINCT document_id) AS n_documents, count(*) AS n_pages, min(detail) AS example,
       min(url) AS example_url
FROM v1.data_issues GROUP BY code, field ORDER BY n_documents DESC, code, field;
