"""The demonstration: an invented archive of eight weeks, with everything that the tables, questions and pages can show.

Belongs here: its words, its pages, its script, and making a data folder of them. Does not belong here: reading,
judging, publishing (``stages``), which treat it like any archive.
"""
