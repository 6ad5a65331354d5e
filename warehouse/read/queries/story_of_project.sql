SELECT version_no, valid_from, valid_to, change_kind, changed_fields, title, capture_id
FROM v1.history($project) WHERE kind = 'project' ORDER BY document_id, valid_from;
