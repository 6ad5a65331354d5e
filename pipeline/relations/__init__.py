"""Relations between documents: clusters of one work, and links from news to projects.

Belongs here: judging which documents are the same text and which news speaks of which project, as pure functions of
the current documents (docs/contracts.md, section 7). Does not belong here: DuckDB, identity (which addresses are one
document), Dagster.
"""
