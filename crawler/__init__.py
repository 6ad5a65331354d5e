"""Knows the web: sites as data, spiders, capture, the archive, and reading a page's bytes into labelled blocks.

Belongs here: whatever touches a web server, a WARC file or the markup of a page.
Does not belong here: Dagster, DuckDB, the meaning of a value (extractor), history (warehouse).
"""
