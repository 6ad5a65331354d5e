SELECT document_id AS project_id, code AS contradiction, field, detail, url FROM v1.data_issues
WHERE kind = 'project' AND field IN ('start_date', 'end_date', 'funding_year')
UNION ALL
SELECT project_id, 'pages-disagree', field,
       array_to_string(list_transform("values", lambda v: coalesce(v.lang, '?') || ' ' || v."value"), ', '), "values"[1].url
FROM v1.disagreements WHERE field IN ('start_date', 'end_date', 'funding_year')
ORDER BY ALL;
