-- Step 00, the schemas of the built file: internal tables, and the public schema v1 of views and macros over them.

CREATE SCHEMA built.internal;
CREATE SCHEMA built.v1;

-- The normal form of an address (a URL, or a page key itself), as the ledger's page_key has it where a site file keeps no
-- part of the query.
CREATE MACRO built.internal.address_key(address) AS
    rtrim(regexp_replace(lower(regexp_extract(address, '^(?:(?i:https?)://)?([^/?#]*)', 1)), '^www\.', '')
          || regexp_extract(address, '^(?:(?i:https?)://)?[^/?#]*([^?#]*)', 1), '/');

-- An instant as a UTC TIMESTAMP, whatever the session's time zone: a TIMESTAMPTZ, or text with an offset, by its offset (the
-- text of either ends in one); anything else is UTC already.
CREATE MACRO built.internal.as_utc(instant) AS
    CASE WHEN regexp_matches(instant::VARCHAR, ':\d\d(\.\d+)?\s*([Zz]|[+-]\d\d(:?\d\d){0,2})$')
         THEN make_timestamp(epoch_us(instant::TIMESTAMPTZ)) ELSE instant::TIMESTAMP END;

-- A title as it is compared: its letters and digits alone.
CREATE MACRO built.internal.plain_title(title) AS regexp_replace(strip_accents(lower(title)), '[^\p{L}\p{N}]+', ' ', 'g');

-- One row a view, macro and column of v1; filled from comments.toml and facts.toml once the views are made (warehouse.build.dictionary).
CREATE TABLE built.internal.data_dictionary (
    relation VARCHAR NOT NULL, relation_kind VARCHAR NOT NULL, column_name VARCHAR, position INTEGER NOT NULL,
    data_type VARCHAR, unit VARCHAR, comment VARCHAR NOT NULL, null_meaning VARCHAR, allowed_values VARCHAR[],
    warning VARCHAR, example VARCHAR);

-- What wrote this file, and what must be said of it wherever it is shown. content_sha256 is filled by warehouse.publish.swap, which is the first to know it.
CREATE TABLE built.internal.build AS
SELECT getvariable('schema_version')::INTEGER AS schema_version, NULL::VARCHAR AS content_sha256,
       getvariable('notice')::VARCHAR AS notice;
