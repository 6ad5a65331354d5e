"""Reads a page's bytes into positioned, raw records: which text is title, label, value, paragraph, and where it stands.

Belongs here: decoding, markup, blocks, layouts, frame, labels; one entry point, ``reading.read_page``.
Does not belong here: crawling (Scrapy is never imported), and the meaning of a text: a date, an amount, a country
(``pipeline.clean``).
"""
