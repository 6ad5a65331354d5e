SELECT 'the site' AS who, change_kind, field, count(*) AS n FROM v1.changes GROUP BY ALL
UNION ALL
SELECT 'our reader', change_kind, field, count(*) FROM v1.changes_bitemporal
WHERE change_kind = 'reparsed' AND known_to IS NULL GROUP BY ALL
ORDER BY who DESC, n DESC, change_kind, field;
