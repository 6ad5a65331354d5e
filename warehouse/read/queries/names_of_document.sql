-- question: Under which names and addresses is one document known?
-- asked by: a journalist
-- counting: One row a name: addresses with the reason why, and ids that it had before. Commands take each of them.
-- parameters: document = IB.1001
SELECT alias, reason, first_seen_at, last_seen_at FROM v1.aliases
WHERE document_id IN (SELECT document_id FROM v1.history($document)) ORDER BY reason, alias;
