-- question: What do the publisher's own pages get wrong?
-- asked by: a journalist
-- counting: One row a kind of issue; n_documents counts a document once, however many of its pages show the issue.
-- may be empty: where the pages are consistent
SELECT code, field, count(DISTINCT document_id) AS n_documents, count(*) AS n_pages, min(detail) AS example,
       min(url) AS example_url
FROM v1.data_issues GROUP BY code, field ORDER BY n_documents DESC, code, field;
