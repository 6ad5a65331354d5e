-- Step 72, what changed. In: the published versions, each with the row it came from, capture, run. Out:
-- built.internal.field_change (one row a field that differs), and in the versions changed_fields (from the row it came
-- from) and site_changed_fields (on the site). Values are compared as interpreted, lists as text with commas between; a raw text counts only while no rule reads it.

-- A version that a new release reads otherwise was also, on the site's clock, an edit of the version before it: both are
-- reported, or a site's edits would be lost from sight with every release of the extractor.
CREATE TABLE version_pair AS
SELECT version_row, before_row AS earlier_row, change_kind FROM version WHERE before_row IS NOT NULL
UNION ALL
SELECT version_row, site_before_row, site_change FROM version
WHERE change_kind = 'reparsed' AND site_before_row IS NOT NULL;

-- each KIND
CREATE TABLE KIND_change AS
WITH pair AS (
    SELECT v.KIND_id AS document_id, v.version_row, v.version_no, w.change_kind, v.valid_from, v.time_basis, v.changed_after,
           v.known_from, v.known_to, v.capture_id, b.capture_id AS before_capture_id,
           unnest([
               {field: 'title', old: b.title, new: v.title},
               <<KIND.compared | {field: 'NAME', old: TOLD(b), new: TOLD(v)}>>
           ]) AS f
    FROM version_pair AS w
    JOIN built.internal.KIND_version AS v USING (version_row)
    JOIN built.internal.KIND_version AS b ON b.version_row = w.earlier_row
    WHERE v.content_sha256 <> b.content_sha256
)
SELECT 'KIND' AS kind, * EXCLUDE (f), f.field AS field, f.old AS old, f.new AS new
FROM pair WHERE f.old IS DISTINCT FROM f.new;
-- to here

-- How the answers came in which a change shows: of a change that only a handed-over answer shows, the site has said nothing
-- to us.
CREATE TABLE built.internal.field_change AS
SELECT f.*, CASE WHEN n.source <> 'crawl' THEN n.source ELSE coalesce(b.source, n.source) END AS source
FROM (FROM project_change UNION ALL FROM news_change) AS f
LEFT JOIN (SELECT capture_id, source FROM capture JOIN run USING (run_id)) AS n ON n.capture_id = f.capture_id
LEFT JOIN (SELECT capture_id, source FROM capture JOIN run USING (run_id)) AS b ON b.capture_id = f.before_capture_id
ORDER BY kind, document_id, version_row, change_kind, field;

-- each KIND
CREATE TABLE KIND_changed AS
SELECT version_row, change_kind, list(field ORDER BY field) AS fields FROM KIND_change GROUP BY ALL;
UPDATE built.internal.KIND_version AS v SET changed_fields = c.fields
FROM KIND_changed AS c WHERE c.version_row = v.version_row AND c.change_kind = v.change_kind;
UPDATE built.internal.KIND_version AS v SET site_changed_fields = c.fields
FROM KIND_changed AS c WHERE c.version_row = v.version_row AND c.change_kind = v.site_change;
-- to here
