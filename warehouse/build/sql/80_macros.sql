-- Step 80, the macros that readers call. In: internal.*. Run inside the built file. Times are UTC, or bear their offset; a
-- known time of NULL means now. Two forms, not a default: DuckDB 1.2 takes a default parameter by name only, and the
-- arguments of a macro with several forms by position only.

-- With an id as third argument: one document, by any of its names.
-- each KIND
CREATE MACRO v1.KINDS_asof(site_time) AS TABLE (
    SELECT *, CASE WHEN is_gone THEN 'gone' ELSE 'live' END AS state FROM v1.KIND_versions
    WHERE valid_from <= internal.as_utc(site_time) AND (valid_to IS NULL OR valid_to > internal.as_utc(site_time))
), (site_time, known_time) AS TABLE (
    SELECT * EXCLUDE (version_row, before_row, site_before_row, site_change, site_changed_fields)
           REPLACE (site_change AS change_kind, site_changed_fields AS changed_fields),
           CASE WHEN is_gone THEN 'gone' ELSE 'live' END AS state
    FROM internal.KIND_version
    WHERE valid_from <= internal.as_utc(site_time) AND (valid_to IS NULL OR valid_to > internal.as_utc(site_time))
      AND (known_time IS NULL OR known_from <= internal.as_utc(known_time))
      AND (known_to IS NULL OR known_to > internal.as_utc(known_time))
), (site_time, known_time, id) AS TABLE (
    SELECT * EXCLUDE (version_row, before_row, site_before_row, site_change, site_changed_fields)
           REPLACE (site_change AS change_kind, site_changed_fields AS changed_fields),
           CASE WHEN is_gone THEN 'gone' ELSE 'live' END AS state
    FROM internal.KIND_version
    WHERE valid_from <= internal.as_utc(site_time) AND (valid_to IS NULL OR valid_to > internal.as_utc(site_time))
      AND (known_time IS NULL OR known_from <= internal.as_utc(known_time))
      AND (known_to IS NULL OR known_to > internal.as_utc(known_time))
      AND KIND_id IN (SELECT document_id FROM internal.document_name
                      WHERE kind = 'KIND' AND name IN (trim(id), upper(trim(id)), internal.address_key(trim(id))))
);
-- to here

-- The versions of a document by any of its names (step 82): what is believed now, and with _bitemporal all that ever was.
CREATE MACRO v1.history(id) AS TABLE
SELECT v.* EXCLUDE (page_key, site_change, site_changed_fields)
       REPLACE (site_change AS change_kind, site_changed_fields AS changed_fields)
FROM internal.any_version AS v
SEMI JOIN (SELECT kind, document_id FROM internal.document_name
           WHERE name IN (trim(id), upper(trim(id)), internal.address_key(trim(id)))) AS n USING (kind, document_id)
WHERE v.known_to IS NULL ORDER BY v.kind, v.document_id, v.valid_from;

CREATE MACRO v1.history_bitemporal(id) AS TABLE
SELECT v.* EXCLUDE (page_key, site_changed_fields)
FROM internal.any_version AS v
SEMI JOIN (SELECT kind, document_id FROM internal.document_name
           WHERE name IN (trim(id), upper(trim(id)), internal.address_key(trim(id)))) AS n USING (kind, document_id)
ORDER BY v.kind, v.document_id, v.valid_from, v.known_from;

-- The captures of one address (a URL or a page key), oldest first: what RFC 7089 calls its TimeMap.
CREATE MACRO v1.timemap(address) AS TABLE
SELECT c.capture_id, c.captured_at, c.time_basis, c.url, c.http_status, c.warc_type, c.payload_sha256,
       c.content_capture_id, c.document_id, c.run_id
FROM internal.capture AS c
WHERE c.page_key = internal.address_key(trim(address))
   OR c.page_key IN (SELECT page_key FROM internal.capture WHERE url = trim(address) OR page_key = trim(address))
ORDER BY c.captured_at, c.capture_id;
