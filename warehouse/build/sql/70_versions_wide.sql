-- Step 70, the published versions. In: version, sighting, document, accepted_fetch, carried, and the page text in
-- the extraction files.
-- Out: built.internal.project_version, built.internal.news_version: one row a version, with all that it says.

-- In which answer of which page each version was seen: the one it begins with; of a removed document, or one that came back
-- unread, the last before that says the same. The text is of the capture that this answer repeats: itself, or another.
CREATE TABLE version_sighting AS
SELECT v.version_row, max(s.observed_at) AS seen_at, arg_max(s.answered_at, s.observed_at) AS answered_at,
       arg_max(s.page_no, s.observed_at) AS page_no,
       arg_max(b.capture_no, s.observed_at) AS capture_no, arg_max(b.reading_release, s.observed_at) AS reading_release,
       CASE WHEN seen_at = any_value(v.valid_from) THEN arg_max(s.time_basis, s.observed_at) ELSE 'captured' END AS time_basis
FROM version AS v
JOIN sighting AS s ON s.document_no = v.document_no AND s.observed_at <= v.valid_from
JOIN belief AS b ON b.capture_no = s.capture_no AND b.release = v.release AND b.content_no = v.content_no
GROUP BY v.version_row;

CREATE TABLE version_reading AS
WITH answer AS (
    SELECT w.version_row, w.capture_no, w.time_basis, w.reading_release, p.page_key, c.capture_id AS content_capture_id,
           min(f.capture_id) AS capture_id, min(f.site) AS site
    FROM version_sighting AS w
    JOIN page AS p USING (page_no)
    JOIN read_capture AS c USING (capture_no)
    JOIN accepted_fetch AS f
      ON f.page_key = p.page_key AND f.fetched_at = w.answered_at AND f.content_capture_id = c.capture_id
    GROUP BY ALL
)
SELECT a.*, r.run_id
FROM answer AS a JOIN reading AS r ON r.capture_id = a.content_capture_id AND r.release = a.reading_release;

-- each KIND
CREATE TABLE built.internal.KIND_version AS
SELECT KIND_id, version_no, valid_from, valid_to, time_basis, known_from, known_to, changed_after, change_kind, site_change,
       site_change = 'removed' AS is_gone, version_row, before_row, site_before_row, <<KIND.keys, | VALUE(y.KIND) AS NAME>> site, page_key, lang,
       title, <<KIND.fields | STATED(y.KIND) AS NAME>>,
       <<KIND.dated | DAY(y.KIND)>>, <<KIND.yearless, | YEAR(y.KIND)>> content_sha256, layout, capture_id, content_capture_id,
       extractor,
       []::VARCHAR[] AS changed_fields, []::VARCHAR[] AS site_changed_fields  -- step 72 fills them where there is something to say
FROM (
    SELECT d.document_id AS KIND_id, v.* REPLACE (v.version_no::INTEGER AS version_no), w.* EXCLUDE (version_row, run_id),
           x.lang, x.title, x.content_sha256, x.layout, x.release AS extractor,
           CASE WHEN c.capture_no IS NULL THEN x.KIND ELSE c.KIND END AS KIND
    FROM version AS v
    JOIN document AS d USING (document_no)
    JOIN version_reading AS w USING (version_row)
    JOIN read_parquet(getvariable('extraction_files')) AS x
      ON x.capture_id = w.content_capture_id AND x.release = w.reading_release AND x.run_id = w.run_id
    LEFT JOIN carried AS c ON c.capture_no = w.capture_no AND c.release = v.release
    WHERE d.kind = 'KIND' AND x.kind = 'KIND'
) AS y
ORDER BY KIND_id, known_from, valid_from;
-- to here
