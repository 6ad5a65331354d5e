SELECT document_id, kind, field, old, new, known_from
FROM v1.changes_bitemporal WHERE change_kind = 'reparsed' AND known_to IS NULL ORDER BY known_from, kind, document_id, field;
