SELECT alias, reason, first_seen_at, last_seen_at FROM v1.aliases
WHERE document_id IN (SELECT document_id FROM v1.history($document)) ORDER BY reason, alias;
