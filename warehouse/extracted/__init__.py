"""Extractions on disk: ``extracted/<release>/<run_id>.parquet``, written once, read back, purged.

Belongs here: the files. Does not belong here: the shape of a row (``contracts.extraction``), what its values mean.
"""
