"""The report: one page for people about what there is, what changed, what is covered and what is doubtful.

Belongs here: reading the published tables for that page, and its HTML. Does not belong here: deriving anything.
"""
