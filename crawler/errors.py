"""Every error the crawler raises, in one tree. Messages say what happened, where, and the next step.

Belongs here: errors that a caller may catch. Does not belong here: those that never leave their module.
"""


class CrawlerError(Exception):
    """The root. Whoever calls the crawler may catch this and print its text."""


class UrlError(CrawlerError):
    """Raised by :mod:`crawler.site.urls` for text that is no absolute http(s) URL."""


class SiteFileError(CrawlerError):
    """Raised by :mod:`crawler.site.site` when a site file is not as it must be; the text names file and key."""


class FolderError(CrawlerError):
    """Raised by :mod:`crawler.imports.folder` when a folder of pages or its manifest.toml is not as it must be.

    Nothing has been written when it is raised: mend the folder and ingest it again.
    """


class ImportedWarcError(CrawlerError):
    """Raised by :mod:`crawler.imports.warc` when a file is no WARC or WACZ, or nothing in it can be used.

    Nothing has been written when it is raised.
    """


class BrokenZipError(ImportedWarcError):
    """Raised by :mod:`crawler.imports.wacz` when a ZIP file's directory is cut short or missing."""


class ArchiveError(CrawlerError):
    """Raised by :mod:`crawler.archive` when a run cannot be written, found or read."""


class DamagedRecordError(ArchiveError):
    """Raised when archived bytes do not agree with their digest, their headers or the ledger: run ``iomdb fsck``."""


class UnreadableFileError(DamagedRecordError):
    """Raised for a file of the archive that is not there or cannot be opened: nobody knows that it is damaged."""


class PayloadError(CrawlerError):
    """Raised when a body cannot be decoded: its content coding is broken, cut short or unknown."""


class PayloadTooLargeError(PayloadError):
    """Raised when a body is larger, once decoded, than the caller's limit: a bomb, or no page."""


class UnknownCodingError(PayloadError):
    """Raised for a content coding that is not known here: asking again gives the same."""
