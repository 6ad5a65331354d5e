"""From the words of a page to its record: pure functions and the codebooks they read.

Belongs here: everything between a :class:`crawler.pages.records.PageReading` and an
:class:`~pipeline.clean.records.Extraction`. Does not belong here: files of the data folder, the archive, the warehouse,
clocks, networks. What a page means depends on its bytes, its entry in the fetch ledger, and this code; on nothing else.
"""
