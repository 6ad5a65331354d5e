"""Knows the order of work: which stage runs on what, what its results mean, and whether they may be published.

Belongs here: the gate, supervision of crawls, the command line, and (only under ``defs/``) Dagster.
Does not belong here: sockets and WARC (crawler), reading pages (extractor), SQL and DuckDB (warehouse).
"""
