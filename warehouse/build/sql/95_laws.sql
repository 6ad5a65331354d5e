-- Step 95, the laws of a finished file, asked before it is published. In: internal.*. Out: (law, rows that break it).

SELECT 'a version lacks its key, its hash or its capture' AS law, count(*) AS n_rows
FROM internal.any_version
WHERE document_id IS NULL OR valid_from IS NULL OR known_from IS NULL OR content_sha256 IS NULL OR capture_id IS NULL
UNION ALL
SELECT 'an edit names no changed field', count(*)
FROM internal.any_version WHERE change_kind = 'edited' AND len(changed_fields) = 0
UNION ALL
SELECT 'a version ends before it begins', count(*)
FROM internal.any_version WHERE valid_to <= valid_from OR known_to <= known_from
UNION ALL
SELECT 'a document has not exactly one current version', count(*)
FROM (SELECT d.document_id FROM internal.document AS d LEFT JOIN internal.any_version AS v
        ON v.kind = d.kind AND v.document_id = d.document_id AND v.valid_to IS NULL AND v.known_to IS NULL
      GROUP BY d.kind, d.document_id HAVING count(v.document_id) <> 1)
UNION ALL
SELECT 'two versions of a document are true of one instant', count(*)
FROM (SELECT valid_to, lead(valid_from) OVER (PARTITION BY kind, document_id ORDER BY valid_from) AS next_from
      FROM internal.any_version WHERE known_to IS NULL)
WHERE next_from IS DISTINCT FROM valid_to
UNION ALL
SELECT 'a version names a capture that no ledger knows', count(*)
FROM (SELECT unnest([capture_id, content_capture_id]) AS capture_id FROM internal.any_version) AS v
ANTI JOIN internal.capture USING (capture_id)
UNION ALL
SELECT 'a version was seen on another page, after its beginning, or in other bytes', count(*)
FROM internal.any_version AS v
JOIN internal.capture AS c USING (capture_id)
JOIN internal.capture AS b ON b.capture_id = v.content_capture_id
WHERE c.page_key <> v.page_key OR c.captured_at > v.valid_from OR c.payload_sha256 <> b.payload_sha256
UNION ALL
SELECT 'the shares of a budget do not add up to the budget', count(*)
FROM (SELECT v.project_id FROM internal.project_version AS v LEFT JOIN internal.country_money AS m USING (project_id)
      WHERE v.known_to IS NULL AND v.valid_to IS NULL AND v.budget_amount IS NOT NULL
      GROUP BY v.project_id, v.budget_amount HAVING sum(m.share_amount) IS DISTINCT FROM v.budget_amount);
