"""Manners on the web: what may be asked of a host, when, and how often.

Belongs here: robots.txt, pace, waiting, giving a host up, and the Scrapy middlewares that apply them.
Does not belong here: what an answer means (crawler.judging), what is fetched (crawler.spiders), the archive.
"""
