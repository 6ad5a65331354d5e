SELECT p.project_id, p.budget_amount, p.budget_raw, e.start_byte, e.end_byte, c.captured_at, c.time_basis, c.url,
       b.archive_file, b.archive_offset, b.payload_sha256
FROM v1.projects AS p JOIN v1.captures AS c USING (capture_id) JOIN v1.captures AS b ON b.capture_id = p.content_capture_id
LEFT JOIN v1.evidence AS e ON e.kind = 'project' AND e.document_id = p.project_id AND e.field = 'budget_amount'
WHERE p.budget_amount IS NOT NULL ORDER BY p.project_id;
