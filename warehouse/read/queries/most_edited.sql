-- question: Which pages were edited most often, and in which fields?
-- asked by: a journalist
-- counting: Edits of the site only: a page read anew by a newer extractor release is not edited.
-- may be empty: where nothing was edited
SELECT kind, document_id, count(DISTINCT changed_at) AS n_edits, list(DISTINCT field ORDER BY field) AS fields,
       max(changed_at) AS last_edit_at
FROM v1.changes WHERE change_kind = 'edited'
GROUP BY kind, document_id ORDER BY n_edits DESC, kind, document_id LIMIT 50;
