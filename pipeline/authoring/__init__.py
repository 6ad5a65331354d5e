"""For whoever adds a site or a layout: a dry run on one page, a frozen fixture, the effect of a change on the archive.

Belongs here: reading without storing. Does not belong here: stages of the pipeline (``stages``).
"""
