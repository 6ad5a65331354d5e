"""A removal request, executed: every occurrence of a page is found and taken out.

Belongs here: finding occurrences, scrubbing. Does not belong here: how a record leaves a WARC file
(``crawler.archive``).
"""
