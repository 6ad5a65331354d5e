"""Knows the web: sites as data, sessions that fetch politely, what others hand over, and the archive of it all.

Belongs here: whatever touches a web server or a WARC file.
Does not belong here: Dagster, DuckDB, the markup and the meaning of a page (extractor), history (warehouse).
"""
