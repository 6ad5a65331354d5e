"""What each block of a page is for: title, text, boilerplate, asides, teasers, contact block.

Belongs here: telling roles by structure and words. Does not belong here: labels and their values (``fields``), which
layout a page has (``layouts``), what a value means (``meaning``).
"""
