-- Step 00, the schemas of the built file: internal tables, and the public schema v1 of views and macros over them.

CREATE SCHEMA built.internal;
CREATE SCHEMA built.v1;

-- One row a view, macro and column of v1; filled from comments.toml when the views stand (warehouse.dictionary).
CREATE TABLE built.internal.data_dictionary (
    relation VARCHAR NOT NULL, relation_kind VARCHAR NOT NULL, column_name VARCHAR, place INTEGER NOT NULL,
    data_type VARCHAR, comment VARCHAR NOT NULL);

-- What wrote this file. content_sha256 is filled by warehouse.publish, which is the first to know it.
CREATE TABLE built.internal.build AS
SELECT getvariable('schema_version')::INTEGER AS schema_version, NULL::VARCHAR AS content_sha256;
