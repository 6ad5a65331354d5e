-- Step 74, removals. In: document, document_page, document_gone, page_gone, observation. Out: built.internal.removal.
-- Dated at the first absent answer of the confirmed series; the confirmation is told beside it.

CREATE TABLE built.internal.removal AS
SELECT d.kind, d.document_id, g.gone_from, g.gone_to AS restored_at, g.confirmed_at,
       (SELECT max(o.observed_at) FROM observation AS o JOIN document_page AS m USING (page_no)
        WHERE m.document_no = g.document_no AND o.says IN ('read', 'present') AND o.observed_at < g.gone_from) AS last_seen_at
FROM document_gone AS g JOIN document AS d USING (document_no)
ORDER BY d.kind, d.document_id, g.gone_from;
