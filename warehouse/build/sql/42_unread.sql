-- Step 42, unread fields. In: reading, observation, page_lineage, belief, the extraction files. Out: carried (what a reading with
-- unread fields says with them as last read); belief and newest_belief with the content that it then has.
-- Unread is not withdrawn: of a field that a page states in a way that no rule reads, the last value that was read of
-- its lineage stays, or NULL where there never was one. So such a reading is no version by itself: it has the content
-- of the reading before it, if all that it could read is the same in letters and digits.

CREATE MACRO letters(text) AS regexp_replace(nfc_normalize(text::VARCHAR), '[^\pL\pN]+', '', 'g');

CREATE TABLE unread_capture AS
WITH unread_lineage AS (
    SELECT DISTINCT l.lineage_no
    FROM reading AS r JOIN read_capture AS c USING (capture_id)
    JOIN observation AS o ON o.capture_no = c.capture_no AND o.says = 'read'
    JOIN page_lineage AS l USING (page_no)
    WHERE len(r.unread_fields) > 0
)
SELECT l.lineage_no, o.capture_no, min(o.observed_at) AS observed_at
FROM unread_lineage JOIN page_lineage AS l USING (lineage_no) JOIN observation AS o ON o.page_no = l.page_no AND o.says = 'read'
GROUP BY ALL;

-- What each of these captures is believed to say at each release that read one of its lineage (as in step 60).
CREATE TABLE unread_belief AS
WITH known_at AS (SELECT DISTINCT u.lineage_no, b.release FROM unread_capture AS u JOIN belief AS b USING (capture_no))
SELECT u.*, k.release,
       coalesce(max_by(b.reading_release, b.release) FILTER (b.release <= k.release), min_by(b.reading_release, b.release))
           AS reading_release,
       coalesce(max_by(b.content_no, b.release) FILTER (b.release <= k.release), min_by(b.content_no, b.release)) AS content_no
FROM unread_capture AS u JOIN known_at AS k USING (lineage_no) JOIN belief AS b USING (capture_no)
GROUP BY u.lineage_no, u.capture_no, u.observed_at, k.release;

CREATE TABLE carried_value AS
WITH told AS (
    SELECT u.*, c.capture_id, x.kind, x.title, x.project, x.news, x.countries, x.mentions, x.unread_fields
    FROM unread_belief AS u
    JOIN read_capture AS c USING (capture_no)
    JOIN reading AS r ON r.capture_id = c.capture_id AND r.release = u.reading_release
    JOIN read_parquet(getvariable('extraction_files')) AS x
      ON x.capture_id = r.capture_id AND x.release = r.release AND x.run_id = r.run_id
)
SELECT * EXCLUDE (project, news, countries, capture_id),
       {<<project.all | NAME: (last_value(CASE WHEN NOT UNREAD(told) THEN {v: VALUE(told.project)} END IGNORE NULLS) OVER w).v>>} AS project,
       {<<news.all | NAME: (last_value(CASE WHEN NOT UNREAD(told) THEN {v: VALUE(told.news)} END IGNORE NULLS) OVER w).v>>} AS news,
       last_value(CASE WHEN NOT list_has_any(unread_fields, ['countries', 'other_countries'])
                       THEN {entries: countries, capture_id: capture_id} END IGNORE NULLS) OVER w AS countries
FROM told WINDOW w AS (PARTITION BY lineage_no, release ORDER BY observed_at, capture_no);

-- What the publisher says of itself (the numbers of its offices) is no content, as for the content hash.
-- Readings in a row that say the same, unread or not, are one stretch; it has the content of those that were read whole.
CREATE TABLE carried AS
WITH said AS (
    SELECT *, [letters(title), <<project.hashed | letters(TOLD(project))>>, <<news.hashed | letters(TOLD(news))>>,
               array_to_string(list_sort(list_transform(list_filter(mentions, lambda m: m.kind <> 'office'),
                                                        lambda m: m.kind || letters(m.name) || letters(m.value))), ' '),
               CASE WHEN kind = 'news' THEN array_to_string(list_sort(list_distinct(
                   list_transform(countries.entries, lambda c: c.role || c.country_code))), ' ') END] AS says
    FROM carried_value
),
stretch AS (
    SELECT *, count(*) FILTER (is_new) OVER w AS stretch_no
    FROM (SELECT *, says IS DISTINCT FROM lag(says) OVER w AS is_new FROM said
          WINDOW w AS (PARTITION BY lineage_no, release ORDER BY observed_at, capture_no))
    WINDOW w AS (PARTITION BY lineage_no, release ORDER BY observed_at, capture_no)
),
whole AS (
    SELECT *, coalesce(
               last_value(CASE WHEN unread_fields = [] THEN content_no END IGNORE NULLS) OVER w,
               min(content_no) FILTER (unread_fields = []) OVER (PARTITION BY lineage_no, release, stretch_no),
               min(content_no) FILTER (unread_fields = []) OVER (PARTITION BY lineage_no, says)) AS whole_no
    FROM stretch
    WINDOW w AS (PARTITION BY lineage_no, release, stretch_no ORDER BY observed_at, capture_no)
)
SELECT capture_no, release, reading_release, project, news, countries, unread_fields,
       coalesce(whole_no, (SELECT max(content_no) FROM content) + dense_rank() OVER (ORDER BY lineage_no, says))::INTEGER AS content_no
FROM whole WHERE unread_fields <> [];

UPDATE belief SET content_no = c.content_no FROM carried AS c
WHERE c.capture_no = belief.capture_no AND c.release = belief.release;

UPDATE newest_belief SET content_no = b.content_no
FROM (SELECT capture_no, arg_max(content_no, release) AS content_no
      FROM belief WHERE capture_no IN (SELECT capture_no FROM carried) GROUP BY capture_no) AS b
WHERE b.capture_no = newest_belief.capture_no;
