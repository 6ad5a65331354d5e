-- Step 77, the evidence of the current versions. In: the published versions, carried, and the extraction files.
-- Out: built.internal.country, .mention, .evidence: rows of the current version of each document. Byte offsets count in the
-- payload of the capture that has one, so that is the capture named here.

CREATE TABLE current_reading AS
SELECT c.kind, c.document_id, c.capture_id, c.extractor, r.run_id, k.countries AS carried_countries,
       row_number() OVER (ORDER BY c.kind, c.document_id) AS place
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
JOIN reading AS r ON r.capture_id = c.capture_id AND r.release = c.extractor;

-- Each table reads the one list that it is made of, and is sorted by numbers: a document has a dozen rows.
CREATE TABLE built.internal.country AS
SELECT kind, document_id, position, e.role AS role, e.country_code AS country_code, e.raw AS raw, e.rule AS rule,
       e.certainty AS certainty, e.start AS start_byte, e."end" AS end_byte, capture_id, extractor
FROM (
    SELECT c.kind, c.document_id, coalesce(c.carried_countries.capture_id, c.capture_id) AS capture_id, c.extractor, c.place,
           unnest(coalesce(c.carried_countries.entries, x.countries)) AS e, unnest(range(1, len(coalesce(c.carried_countries.entries, x.countries)) + 1)) AS position
    FROM current_reading AS c
    JOIN read_parquet(getvariable('extraction_files')) AS x
      ON x.capture_id = c.capture_id AND x.release = c.extractor AND x.run_id = c.run_id
)
ORDER BY place, position;

CREATE TABLE built.internal.mention AS
SELECT kind, document_id, position, e.kind AS mention_kind, e.name AS name, e.value AS value, e.raw AS raw, e.rule AS rule,
       e.certainty AS certainty, e.start AS start_byte, e."end" AS end_byte, capture_id, extractor
FROM (
    SELECT c.kind, c.document_id, c.capture_id AS capture_id, c.extractor, c.place,
           unnest(x.mentions) AS e, unnest(range(1, len(x.mentions) + 1)) AS position
    FROM current_reading AS c
    JOIN read_parquet(getvariable('extraction_files')) AS x
      ON x.capture_id = c.capture_id AND x.release = c.extractor AND x.run_id = c.run_id
)
ORDER BY place, position;

CREATE TABLE built.internal.evidence AS
SELECT kind, document_id, position, e.field AS field, e.value AS value, e.raw AS raw, e.rule AS rule,
       e.certainty AS certainty, e.start AS start_byte, e."end" AS end_byte, capture_id, extractor
FROM (
    SELECT c.kind, c.document_id, c.capture_id AS capture_id, c.extractor, c.place,
           unnest(x.evidence) AS e, unnest(range(1, len(x.evidence) + 1)) AS position
    FROM current_reading AS c
    JOIN read_parquet(getvariable('extraction_files')) AS x
      ON x.capture_id = c.capture_id AND x.release = c.extractor AND x.run_id = c.run_id
)
ORDER BY place, position;
