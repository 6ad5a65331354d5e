SELECT c.document_id AS project_id, p.title, c.old, c.new, c.changed_after, c.changed_at, p.end_date
FROM v1.changes AS c JOIN v1.projects AS p ON p.project_id = c.document_id
WHERE c.field = 'status' AND c.change_kind IN ('edited', 'restored')
ORDER BY c.changed_at, project_id;
