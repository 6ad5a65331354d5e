"""The stages of the work, in their order: crawl, extract, publish, rebuild; and the extractor releases.

Belongs here: one module a stage, called by Dagster and the command line alike. Does not belong here: when a stage is
due (``history``), whether its result may be published (``gate``).
"""
