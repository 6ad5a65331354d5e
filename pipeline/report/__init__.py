"""The report: a folder of static pages and feeds, made of the published file, for people who look before they query.

Belongs here: what those pages say, how they look, and putting the folder in its place. Does not belong here: deriving
anything; how Dagster and the command line call it.
"""
