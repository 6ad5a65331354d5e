-- question: What does the newest extractor release read differently from the one before?
-- asked by: a migration researcher
-- counting: Changes of understanding, not of the site: never to be counted as edits.
-- may be empty: while there is one extractor release
SELECT document_id, kind, field, old, new, known_from
FROM v1.changes_bitemporal WHERE change_kind = 'reparsed' AND known_to IS NULL ORDER BY known_from, kind, document_id, field;
