-- question: Which French pages disagree with the English page of their project?
-- asked by: an aid-transparency analyst
-- counting: One row a field and French page, beside the published (English) value. What a page leaves out is no disagreement.
-- may be empty: where the languages agree
SELECT project_id, field, published_value, said."value" AS french_value, said.url AS french_url
FROM (SELECT project_id, field, published_value, unnest("values") AS said FROM v1.disagreements)
WHERE said.lang = 'fr' AND said."value" IS DISTINCT FROM published_value
ORDER BY project_id, field, french_url;
