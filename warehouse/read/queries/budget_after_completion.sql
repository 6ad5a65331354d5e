SELECT c.document_id AS project_id, v.title, c.changed_at, c.old::DECIMAL(14,2) AS old_amount,
       c.new::DECIMAL(14,2) AS new_amount, c.new::DECIMAL(14,2) - c.old::DECIMAL(14,2) AS difference
FROM v1.changes AS c
JOIN v1.project_versions AS v ON v.project_id = c.document_id AND v.version_no = c.version_no
WHERE c.kind = 'project' AND c.field = 'budget_amount' AND c.change_kind IN ('edited', 'restored')
  AND EXISTS (SELECT 1 FROM v1.project_versions AS before
              WHERE before.project_id = c.document_id AND before.status = 'completed' AND before.valid_to = v.valid_from)
ORDER BY c.changed_at, project_id;
