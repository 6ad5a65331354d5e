-- question: What happened to one project, from its first capture to now?
-- asked by: a journalist
-- counting: One row a version, as it is believed now; what differs is named, and the capture proves it. Any name of the project will do.
-- parameters: project = IB.1001
SELECT version_no, valid_from, valid_to, change_kind, changed_fields, title, capture_id
FROM v1.history($project) WHERE kind = 'project' ORDER BY document_id, valid_from;
