"""From a published value to the archived bytes that prove it, and the citation that leads there.

Belongs here: verify and cite. Does not belong here: reading pages (``extractor``), queries (``warehouse``).
"""
