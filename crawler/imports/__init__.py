"""What others hand over, made runs of the archive: folders of pages, WARC and WACZ files, Wayback captures.

Belongs here: reading the files of others with distrust. Does not belong here: crawling, the form of our own records.
"""
