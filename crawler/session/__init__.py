"""One crawl session of one site: its state, its history, its frontier, its politeness. Free of Scrapy.

Belongs here: what may be asked of a host, when, and what came of it. Does not belong here: requests on the wire
(``engine``), what an answer means (``answers``), what lies on disk (``archive``).
"""
