"""One page, from bytes to a raw reading: the way through the other rooms, and which layout matches.

Belongs here: the layouts and :func:`~extractor.layouts.read_page.read_page`.
Does not belong here: the rules that a layout uses (``roles``, ``fields``), the meaning of what was read (``meaning``).
"""
