"""What an answer is: a page, a source of addresses, or a reason why it is neither. Free of Scrapy.

Belongs here: classification, link sources, traps. Does not belong here: sending requests (``engine``), the archive.
"""
