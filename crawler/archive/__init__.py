"""The archive: runs of WARC files, their ledgers and their sealed manifests. The truth; everything else is derived.

``runs`` names and finds runs, ``ledger`` is a line of fetches.jsonl. Writing: ``writer``, ``exchanges``, ``records``,
``volumes``, and ``state`` and ``salvage`` for a run that was killed. Reading: ``reader``, ``http``, ``members``,
``streams``, ``digests``. ``check`` proves it all, ``tombstones`` takes out what must go. See docs/archive.md.
Knows nothing of Scrapy, of sites' rules or of what stands on a page.
"""
