SELECT project_id, field, published_value, said."value" AS french_value, said.url AS french_url
FROM (SELECT project_id, field, published_value, unnest("values") AS said FROM v1.disagreements)
WHERE said.lang = 'fr' AND said."value" IS DISTINCT FROM published_value
ORDER BY project_id, field, french_url;
