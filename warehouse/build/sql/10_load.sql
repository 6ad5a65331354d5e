-- Step 10, load. In: the ledgers, the extractions and the staged manifests, releases, verdicts and removal rules.
-- Out: run, ledger, capture, release, verdict, removal_rule, reading (narrow: page text stays in Parquet until it is published).
-- The lists of files are bound by warehouse.build.database; a list is never empty.

CREATE TABLE run AS
SELECT * FROM read_json(getvariable('runs_file'), format = 'newline_delimited', columns = {
    run_id: 'VARCHAR', source: 'VARCHAR', site: 'VARCHAR', started_at: 'TIMESTAMP', ended_at: 'TIMESTAMP',
    sealed_at: 'TIMESTAMP', complete: 'BOOLEAN', resumed: 'INTEGER', n_fetches: 'BIGINT',
    site_config_sha256: 'VARCHAR', site_config: 'VARCHAR', listed: 'MAP(VARCHAR, BIGINT)', notes: 'VARCHAR[]'});

CREATE TABLE release AS
SELECT number AS release, released_on, summary FROM read_json(getvariable('releases_file'), format = 'newline_delimited', columns = {
    number: 'INTEGER', released_on: 'DATE', summary: 'VARCHAR'});

CREATE TABLE verdict AS
SELECT run_id, site, kind, verdict = 'accepted' AS is_accepted, "by" AS judged_by, reasons
FROM read_json(getvariable('verdicts_file'), format = 'newline_delimited', columns = {
    <<columns of verdict>>});

CREATE TABLE removal_rule AS
SELECT * FROM read_json(getvariable('removal_rules_file'), format = 'newline_delimited', columns = {
    site: 'VARCHAR', answers: 'INTEGER', seconds: 'DOUBLE'});

CREATE TABLE ledger AS
SELECT parse_path(filename)[-2] AS run_id, * EXCLUDE (filename)
FROM read_json(getvariable('ledger_files'), format = 'newline_delimited', filename = true, columns = {
    seq: 'BIGINT', site: 'VARCHAR', url: 'VARCHAR', page_key: 'VARCHAR', kind: 'VARCHAR', outcome: 'VARCHAR',
    effect: 'VARCHAR', fetched_at: 'TIMESTAMP', time_basis: 'VARCHAR', http_status: 'INTEGER', final_url: 'VARCHAR',
    capture: 'STRUCT(capture_id VARCHAR, warc_type VARCHAR, file VARCHAR, "offset" BIGINT, length BIGINT,
                     payload_sha256 VARCHAR, media_type VARCHAR, reader VARCHAR, content_capture_id VARCHAR)',
    listing_date: 'VARCHAR', discovered_by: 'VARCHAR', etag: 'VARCHAR', last_modified: 'VARCHAR',
    attempts: 'INTEGER', bytes_received: 'BIGINT', detail: 'VARCHAR'});

-- One capture may be in two runs (an archive imported twice): it is the same capture, listed once.
CREATE TABLE capture AS
SELECT capture.capture_id AS capture_id, run_id, url, page_key, site, kind, fetched_at AS captured_at, time_basis,
       http_status, capture.warc_type AS warc_type, capture.file AS file, capture."offset" AS "offset",
       capture.length AS length, capture.payload_sha256 AS payload_sha256, capture.media_type AS media_type,
       capture.reader AS reader, capture.content_capture_id AS content_capture_id
FROM ledger
WHERE capture IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY capture.capture_id ORDER BY run_id, seq) = 1;

-- Quarantined readings stay in the extraction files and in the gate's counts: unknown never changes the record.
CREATE TABLE reading AS
SELECT capture_id, release, run_id, kind, layout, lang, title, content_sha256, canonical_url, alternates,
       project.projects_id AS projects_id, project.prima_id AS prima_id, unread_fields
FROM read_parquet(getvariable('extraction_files'))
WHERE status = 'read'
QUALIFY row_number() OVER (PARTITION BY capture_id, release ORDER BY run_id) = 1;
