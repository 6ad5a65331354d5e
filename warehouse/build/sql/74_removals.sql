-- Step 74, removals. In: document, document_gone. Out: built.internal.removal.
-- Dated at the first absent answer of the confirmed series; the confirmation has a column of its own.

CREATE TABLE built.internal.removal AS
SELECT d.kind, d.document_id, g.gone_from, g.gone_to AS restored_at, g.confirmed_at, g.last_seen_at
FROM document_gone AS g JOIN document AS d USING (document_no)
ORDER BY d.kind, d.document_id, g.gone_from;
