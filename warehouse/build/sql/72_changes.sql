-- Step 72, what changed. In: the published versions, each with the row it came from. Out: built.internal.field_change
-- (one row a field that differs) and changed_fields in the versions. Values are compared as interpreted, lists as text.

-- A version that a new release reads otherwise was also, on the site's clock, an edit of the version before it: both are
-- told, or a site's edits would be lost from sight with every release of the extractor.
CREATE TABLE version_pair AS
SELECT version_row, before_row AS earlier_row, change_kind FROM version WHERE before_row IS NOT NULL
UNION ALL
SELECT version_row, site_before_row, site_change FROM version
WHERE change_kind = 'reparsed' AND site_before_row IS NOT NULL;

CREATE TABLE built.internal.field_change AS
WITH
project_pair AS (
    SELECT v.project_id AS document_id, v.version_row, v.version_no, w.change_kind, v.valid_from, v.time_basis, v.changed_after, v.known_from, v.known_to,
           v.capture_id, b.capture_id AS before_capture_id,
           unnest([
               {field: 'title', old: b.title::VARCHAR, new: v.title::VARCHAR},
               {field: 'projects_id', old: b.projects_id::VARCHAR, new: v.projects_id::VARCHAR},
               {field: 'prima_id', old: b.prima_id::VARCHAR, new: v.prima_id::VARCHAR},
               {field: 'start_date', old: b.start_date::VARCHAR, new: v.start_date::VARCHAR},
               {field: 'end_date', old: b.end_date::VARCHAR, new: v.end_date::VARCHAR},
               {field: 'status', old: b.status::VARCHAR, new: v.status::VARCHAR},
               {field: 'type_code', old: b.type_code::VARCHAR, new: v.type_code::VARCHAR},
               {field: 'type_name', old: b.type_name::VARCHAR, new: v.type_name::VARCHAR},
               {field: 'budget_amount', old: b.budget_amount::VARCHAR, new: v.budget_amount::VARCHAR},
               {field: 'budget_currency', old: b.budget_currency::VARCHAR, new: v.budget_currency::VARCHAR},
               {field: 'coverage', old: b.coverage::VARCHAR, new: v.coverage::VARCHAR},
               {field: 'funding_year', old: b.funding_year::VARCHAR, new: v.funding_year::VARCHAR},
               {field: 'idf_region', old: b.idf_region::VARCHAR, new: v.idf_region::VARCHAR},
               {field: 'countries', old: b.countries::VARCHAR, new: v.countries::VARCHAR},
               {field: 'other_countries', old: b.other_countries::VARCHAR, new: v.other_countries::VARCHAR},
               {field: 'description', old: b.description::VARCHAR, new: v.description::VARCHAR}
           ]) AS f
    FROM version_pair AS w
    JOIN built.internal.project_version AS v USING (version_row)
    JOIN built.internal.project_version AS b ON b.version_row = w.earlier_row
    WHERE v.content_sha256 <> b.content_sha256
),
news_pair AS (
    SELECT v.news_id AS document_id, v.version_row, v.version_no, w.change_kind, v.valid_from, v.time_basis, v.changed_after, v.known_from, v.known_to,
           v.capture_id, b.capture_id AS before_capture_id,
           unnest([
               {field: 'title', old: b.title::VARCHAR, new: v.title::VARCHAR},
               {field: 'published_date', old: b.published_date::VARCHAR, new: v.published_date::VARCHAR},
               {field: 'published_source', old: b.published_source::VARCHAR, new: v.published_source::VARCHAR},
               {field: 'dateline_raw', old: b.dateline_raw::VARCHAR, new: v.dateline_raw::VARCHAR},
               {field: 'dateline_place', old: b.dateline_place::VARCHAR, new: v.dateline_place::VARCHAR},
               {field: 'dateline_country', old: b.dateline_country::VARCHAR, new: v.dateline_country::VARCHAR},
               {field: 'event_start', old: b.event_start::VARCHAR, new: v.event_start::VARCHAR},
               {field: 'event_end', old: b.event_end::VARCHAR, new: v.event_end::VARCHAR},
               {field: 'event_place', old: b.event_place::VARCHAR, new: v.event_place::VARCHAR},
               {field: 'event_country', old: b.event_country::VARCHAR, new: v.event_country::VARCHAR},
               {field: 'event_duration', old: b.event_duration::VARCHAR, new: v.event_duration::VARCHAR},
               {field: 'relative_date', old: b.relative_date::VARCHAR, new: v.relative_date::VARCHAR},
               {field: 'sdg_targets', old: b.sdg_targets::VARCHAR, new: v.sdg_targets::VARCHAR},
               {field: 'body', old: b.body::VARCHAR, new: v.body::VARCHAR}
           ]) AS f
    FROM version_pair AS w
    JOIN built.internal.news_version AS v USING (version_row)
    JOIN built.internal.news_version AS b ON b.version_row = w.earlier_row
    WHERE v.content_sha256 <> b.content_sha256
)
SELECT 'project' AS kind, * EXCLUDE (f), f.field AS field, f.old AS old, f.new AS new
FROM project_pair WHERE f.old IS DISTINCT FROM f.new
UNION ALL
SELECT 'news', * EXCLUDE (f), f.field, f.old, f.new
FROM news_pair WHERE f.old IS DISTINCT FROM f.new
ORDER BY kind, document_id, version_row, change_kind, field;

ALTER TABLE built.internal.project_version ADD COLUMN changed_fields VARCHAR[];
UPDATE built.internal.project_version AS v SET changed_fields = coalesce(
    (SELECT list(c.field ORDER BY c.field) FROM built.internal.field_change AS c
     WHERE c.version_row = v.version_row AND c.change_kind = v.change_kind), []);

ALTER TABLE built.internal.news_version ADD COLUMN changed_fields VARCHAR[];
UPDATE built.internal.news_version AS v SET changed_fields = coalesce(
    (SELECT list(c.field ORDER BY c.field) FROM built.internal.field_change AS c
     WHERE c.version_row = v.version_row AND c.change_kind = v.change_kind), []);
