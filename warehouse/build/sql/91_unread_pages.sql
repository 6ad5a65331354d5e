-- Step 91, the public views of what is not there or not read. In: internal.*. Out: v1.absences, v1.quarantine.

CREATE VIEW v1.absences AS
SELECT page_key, document_id, seen_at, http_status, ended_at, ended_by FROM internal.absence;

CREATE VIEW v1.quarantine AS
SELECT page_key, url, site, kind, reason, since, last_capture_id, n_captures FROM internal.quarantine;
