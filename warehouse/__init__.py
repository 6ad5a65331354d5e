"""Knows DuckDB and time: from observations to versions, from versions to published tables, and how they are queried.

Belongs here: SQL for schema, derivation, views and macros; building, publishing, releasing and querying the database.
Does not belong here: the web, the archive's records, page markup, Dagster.
"""
