"""A site as data: its file, and what follows from a URL by its rules.

Belongs here: site files, URLs as names of pages. Does not belong here: requests, answers, the archive.
"""
