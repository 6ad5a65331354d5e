-- Step 80, the macros that readers call. In: internal.*. Run inside the built file. Times are UTC, or bear their offset; a
-- known time of NULL means now. Two forms, not a default: DuckDB 1.2 takes a default parameter by name only, and the
-- arguments of a macro with several forms by position only.

-- each KIND
CREATE MACRO v1.KINDS_asof(site_time) AS TABLE (
    SELECT * EXCLUDE (version_row, before_row, site_before_row), CASE WHEN is_gone THEN 'gone' ELSE 'live' END AS state
    FROM internal.KIND_version
    WHERE valid_from <= internal.as_utc(site_time) AND (valid_to IS NULL OR valid_to > internal.as_utc(site_time))
      AND known_to IS NULL
), (site_time, known_time) AS TABLE (
    SELECT * EXCLUDE (version_row, before_row, site_before_row), CASE WHEN is_gone THEN 'gone' ELSE 'live' END AS state
    FROM internal.KIND_version
    WHERE valid_from <= internal.as_utc(site_time) AND (valid_to IS NULL OR valid_to > internal.as_utc(site_time))
      AND (known_time IS NULL OR known_from <= internal.as_utc(known_time))
      AND (known_to IS NULL OR known_to > internal.as_utc(known_time))
);
-- to here

-- A document by any of its names: project_id, Projects ID, Prima ID, news_id, page key or URL. Letter case matters in no
-- id, and no spelling of an address that does not distinguish pages.
CREATE MACRO v1.history(id) AS TABLE
WITH named AS (
    SELECT kind, document_id FROM internal.document
    WHERE document_id = trim(id) OR list_contains(page_keys, internal.address_key(trim(id)))
    UNION
    SELECT kind, document_id FROM internal.alias
    WHERE url = trim(id) OR page_key IN (trim(id), internal.address_key(trim(id)))
    UNION
    SELECT 'project', project_id FROM internal.project_version WHERE upper(trim(id)) IN (upper(projects_id), upper(prima_id))
)
SELECT v.* EXCLUDE (page_key) FROM internal.any_version AS v JOIN named USING (kind, document_id)
ORDER BY kind, document_id, valid_from, known_from;

-- The captures of one address (a URL or a page key), oldest first: what RFC 7089 calls its TimeMap.
CREATE MACRO v1.timemap(address) AS TABLE
SELECT c.capture_id, c.captured_at, c.time_basis, c.url, c.http_status, c.warc_type, c.payload_sha256,
       c.content_capture_id, c.document_id, c.run_id
FROM internal.capture AS c
WHERE c.page_key = internal.address_key(trim(address))
   OR c.page_key IN (SELECT page_key FROM internal.capture WHERE url = trim(address) OR page_key = trim(address))
ORDER BY c.captured_at, c.capture_id;
