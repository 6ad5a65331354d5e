-- Step 77, the evidence of the current versions. In: the published versions, carried, and the extraction files.
-- Out: built.internal.country, .mention, .evidence: rows of the current version of each document. Byte offsets count in the
-- payload of the capture that has one, so that is the capture named here.

CREATE TABLE current_parts AS
SELECT c.kind, c.document_id, c.capture_id, c.extractor, x.lang, x.mentions, x.evidence,
       coalesce(k.countries.entries, x.countries) AS countries, coalesce(k.countries.capture_id, c.capture_id) AS country_capture_id
FROM (
    SELECT 'project' AS kind, project_id AS document_id, content_capture_id AS capture_id, extractor
    FROM built.internal.project_version WHERE known_to IS NULL AND valid_to IS NULL
    UNION ALL
    SELECT 'news', news_id, content_capture_id, extractor
    FROM built.internal.news_version WHERE known_to IS NULL AND valid_to IS NULL
) AS c
LEFT JOIN (SELECT capture_id, reading_release, arg_max(countries, release) AS countries
           FROM carried JOIN read_capture USING (capture_no) GROUP BY capture_id, reading_release) AS k
  ON k.capture_id = c.capture_id AND k.reading_release = c.extractor
JOIN reading AS r ON r.capture_id = c.capture_id AND r.release = c.extractor
JOIN read_parquet(getvariable('extraction_files')) AS x
  ON x.capture_id = r.capture_id AND x.release = r.release AND x.run_id = r.run_id;

CREATE TABLE built.internal.country AS
SELECT kind, document_id, position, c.role AS role, c.country_code AS country_code, c.raw AS raw, c.rule AS rule,
       c.certainty AS certainty, c.start AS start_byte, c."end" AS end_byte, capture_id, extractor
FROM (SELECT kind, document_id, country_capture_id AS capture_id, extractor, unnest(countries) AS c,
             unnest(range(1, len(countries) + 1)) AS position FROM current_parts)
ORDER BY kind, document_id, position;

CREATE TABLE built.internal.mention AS
SELECT kind, document_id, position, m.kind AS mention_kind, m.name AS name, m.value AS value, m.raw AS raw, m.rule AS rule,
       m.certainty AS certainty, m.start AS start_byte, m."end" AS end_byte, capture_id, extractor
FROM (SELECT kind, document_id, capture_id, extractor, unnest(mentions) AS m,
             unnest(range(1, len(mentions) + 1)) AS position FROM current_parts)
ORDER BY kind, document_id, position;

CREATE TABLE built.internal.evidence AS
SELECT kind, document_id, position, e.field AS field, e.value AS value, e.raw AS raw, e.rule AS rule,
       e.certainty AS certainty, e.start AS start_byte, e."end" AS end_byte, capture_id, extractor
FROM (SELECT kind, document_id, capture_id, extractor, unnest(evidence) AS e,
             unnest(range(1, len(evidence) + 1)) AS position FROM current_parts)
ORDER BY kind, document_id, position;
