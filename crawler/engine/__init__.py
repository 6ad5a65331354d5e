"""Scrapy, and everything that needs it: settings, spiders, middlewares, the download handler. It alone imports Scrapy.

Belongs here: applying the session's rules to requests and answers. Does not belong here: the rules (``session``),
the meaning of an answer (``answers``), records on disk (``archive``).
"""
