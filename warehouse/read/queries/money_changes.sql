SELECT c.changed_at, c.document_id AS project_id, p.title, c.old::DECIMAL(14,2) AS old_amount, c.new::DECIMAL(14,2) AS new_amount,
       c.new::DECIMAL(14,2) - c.old::DECIMAL(14,2) AS difference, p.budget_currency, c.change_kind, p.status, p.end_date
FROM v1.changes AS c JOIN v1.projects AS p ON c.kind = 'project' AND p.project_id = c.document_id
WHERE c.field = 'budget_amount' ORDER BY c.changed_at DESC, project_id;
