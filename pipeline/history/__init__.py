"""What earlier runs came to, and what is therefore due, missing, stale or short.

Belongs here: reading manifests and published verdicts; when a crawl or a publish is due.
Does not belong here: judging a run (``gate``), findings for people (``health``).
"""
