"""Publishing: the checked swap of the published file, and the data releases that are kept of it.

Belongs here: what makes tables public and durable, where they come from, and comparing what was. Does not belong
here: deriving (``build``), other programs' formats (``export``).
"""
