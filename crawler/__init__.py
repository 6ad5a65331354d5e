"""The crawler: sites as data, crawl sessions, capture, the archive of WARC files, and imports into it.

Belongs here: whatever touches a web server or a WARC file.
Does not belong here: Dagster, DuckDB, what stands on a page (extractor), its versions (warehouse).
"""
