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

-- No personal contact is published, not in an address either. The archive keeps it; two addresses stay two.
CREATE MACRO withhold_contacts(address) AS CASE
    WHEN regexp_matches(address, '[@?+%]') THEN list_reduce(
        regexp_extract_all(address, '(?i)[a-z0-9._+~-]+(?:@|%40)[a-z0-9-]+(?:[.][a-z0-9-]+)+'
            || '|[=/:](?:[+]|%2b)[0-9](?:(?:[-.+()]|%20)*[0-9]){6,14}'
            || '|[?&](?:tel|telephone|phone|mobile|whatsapp|fax|call)=[^&#]*(?:[0-9][^&#]*){7}'),
        lambda said, found: replace(said, ltrim(found, '=/:?&'), CASE WHEN regexp_matches(found, '@|%40')
            THEN 'e-mail-withheld-' || md5(lower(replace(found, '%40', '@')))[:8]
            -- There are so few numbers that a longer digest would be one of them.
            ELSE 'number-withheld-' || md5(found)[:4] END), address)
    ELSE address END;

CREATE TABLE ledger AS
SELECT parse_path(filename)[-2] AS run_id, * EXCLUDE (filename) REPLACE (
    withhold_contacts(url) AS url, withhold_contacts(page_key) AS page_key, withhold_contacts(final_url) AS final_url,
    withhold_contacts(discovered_by) AS discovered_by)
FROM read_json(getvariable('ledger_files'), format = 'newline_delimited', filename = true, columns = {
    seq: 'BIGINT', site: 'VARCHAR', url: 'VARCHAR', page_key: 'VARCHAR', kind: 'VARCHAR', outcome: 'VARCHAR',
    effect: 'VARCHAR', fetched_at: 'TIMESTAMP', time_basis: 'VARCHAR', http_status: 'INTEGER', final_url: 'VARCHAR',
    capture: 'STRUCT(capture_id VARCHAR, warc_type VARCHAR, file VARCHAR, "offset" BIGINT, length BIGINT,
                     payload_sha256 VARCHAR, media_type VARCHAR, reader VARCHAR, content_capture_id VARCHAR)',
    listing_date: 'VARCHAR', discovered_by: 'VARCHAR', etag: 'VARCHAR', last_modified: 'VARCHAR',
    attempts: 'INTEGER', bytes_received: 'BIGINT', detail: 'VARCHAR'});

-- A purged page stays out when it is captured again (handed over, mostly), until a person accepts that run.
CREATE TABLE purged_again AS
SELECT l.run_id, l.seq, l.capture.capture_id AS capture_id
FROM ledger AS l
SEMI JOIN (SELECT page_key FROM ledger WHERE outcome = 'purged' AND kind IN (<<page kinds>>)) AS p
  ON l.page_key = p.page_key
ANTI JOIN (SELECT * FROM verdict WHERE is_accepted AND judged_by = 'decision') AS v
  ON v.run_id = l.run_id AND v.site = l.site AND v.kind = l.kind
WHERE l.capture IS NOT NULL AND l.kind IN (<<page kinds>>);

-- Its lines are read as those are that the purge wrote anew.
UPDATE ledger AS l SET outcome = 'purged', effect = 'unknown', capture = NULL, etag = NULL, last_modified = NULL,
       detail = 'captured again after it was removed: left out until somebody decides'
FROM purged_again AS a WHERE a.run_id = l.run_id AND a.seq = l.seq;

-- One capture may be in two runs (an archive imported twice): it is the same capture, listed once, as a crawl has it.
CREATE TABLE capture AS
SELECT capture.capture_id AS capture_id, run_id, url, page_key, ledger.site, kind, fetched_at AS captured_at, time_basis,
       http_status, capture.warc_type AS warc_type, capture.file AS file, capture."offset" AS "offset",
       capture.length AS length, capture.payload_sha256 AS payload_sha256, capture.media_type AS media_type,
       capture.reader AS reader, capture.content_capture_id AS content_capture_id
FROM ledger JOIN run USING (run_id)
WHERE capture IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY capture.capture_id ORDER BY run.source <> 'crawl', run_id, seq) = 1;

-- Quarantined readings stay in the extraction files and in the gate's counts: unknown never changes the record.
CREATE TABLE reading AS
SELECT capture_id, release, run_id, kind, layout, lang, title, content_sha256, withhold_contacts(canonical_url) AS canonical_url,
       list_transform(alternates, lambda one: struct_pack(lang := one.lang, url := withhold_contacts(one.url))) AS alternates,
       project.projects_id AS projects_id, project.prima_id AS prima_id, unread_fields
FROM read_parquet(getvariable('extraction_files'))
LEFT JOIN (SELECT run_id, source FROM run) AS r USING (run_id)
WHERE status = 'read' AND capture_id NOT IN (SELECT capture_id FROM purged_again ANTI JOIN capture USING (capture_id))
QUALIFY row_number() OVER (PARTITION BY capture_id, release ORDER BY r.source <> 'crawl', run_id) = 1;
