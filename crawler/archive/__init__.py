"""The archive: runs of WARC files, their ledgers and their sealed manifests. The truth; everything else is derived.

``runs`` finds runs, sealed or open, and reads their manifests and ledgers. Writing: ``writer``, ``volumes``, and
``salvage`` for a run that is not sealed yet. Reading: ``reader``. ``check`` proves it all, ``tombstones`` takes out
what must go. See docs/archive.md.

Belongs here: runs, ledgers, manifests. Does not belong here: the form of a record (``crawler.warc``), Scrapy, sites'
rules, what is on a page.
"""
