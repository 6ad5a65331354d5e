"""The archive: runs of WARC files, their ledgers and their sealed manifests. The truth; everything else is derived.

``runs`` names and finds runs, ``ledger`` is a line of fetches.jsonl, ``records`` and ``members`` are the bytes of WARC,
``writer`` writes a run, ``salvage`` mends one that was killed, ``reader`` reads captures back, ``check`` proves it all.
Knows nothing of Scrapy, of sites' rules or of what stands on a page.
"""
