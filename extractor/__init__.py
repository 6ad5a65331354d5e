"""Reads a page: from the bytes of a capture to a record, and nothing but the page decides what it says.

Belongs here: everything between archived bytes and a :class:`contracts.extraction.Extraction`: markup, blocks and their
roles, labels and values, layouts, the meaning of words, codebooks. Pure functions.
Does not belong here: crawling, the archive, the data folder, the warehouse, clocks, networks. What a page means depends
on its bytes, its entry in the fetch ledger, and this code; on nothing else.
"""
