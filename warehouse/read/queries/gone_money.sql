SELECT p.project_id, p.title, p.budget_amount, p.budget_currency, p.countries, r.last_seen_at, r.gone_from, p.url
FROM v1.projects AS p JOIN v1.removals AS r ON r.kind = 'project' AND r.document_id = p.project_id AND r.restored_at IS NULL
WHERE p.state = 'gone' ORDER BY p.budget_amount DESC NULLS LAST, p.project_id;
