"""From a published value to the archived bytes that prove it, the citation that leads there, and both handed on.

Belongs here: verify, cite, proofs and web archives that check elsewhere, what became of citations. Does not belong
here: reading pages (``extractor``), queries (``warehouse``).
"""
