"""What a page's markup states about the page for machines: its head, its JSON-LD, its printed ``time`` elements.

Belongs here: finding and ranking these statements. Does not belong here: the visible text, the meaning of a date.
"""
