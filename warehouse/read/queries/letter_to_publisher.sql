SELECT i.url, i.document_id, concat(coalesce(i.field || ': ', ''), i.code, coalesce(' (' || i.detail || ')', '')) AS sentence
FROM v1.data_issues AS i JOIN v1.coverage AS c USING (page_key) WHERE c.site = $site
UNION ALL
SELECT p.url, d.project_id, concat(d.field, ': this page says ', coalesce(d.published_value, 'nothing'), '; ',
       array_to_string(list_transform(list_filter(d."values", lambda v: v."value" IS DISTINCT FROM d.published_value),
                                      lambda v: v.url || ' says ' || coalesce(v."value", 'nothing')), '; '))
FROM v1.disagreements AS d JOIN v1.projects AS p USING (project_id) WHERE p.site = $site
ORDER BY ALL;
