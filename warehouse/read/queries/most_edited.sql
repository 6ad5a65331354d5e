SELECT kind, document_id, count(DISTINCT changed_at) AS n_edits, list(DISTINCT field ORDER BY field) AS fields,
       max(changed_at) AS last_edit_at
FROM v1.changes WHERE change_kind = 'edited'
GROUP BY kind, document_id ORDER BY n_edits DESC, kind, document_id LIMIT 50;
