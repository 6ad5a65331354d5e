"""Reads a page's bytes into positioned, raw records: which text is title, label, value, paragraph, and where it stands.

Belongs here: decoding, markup, blocks, layouts, frame, labels; one entry point, ``read_page``.
Does not belong here: crawling (Scrapy is never imported), and the meaning of a text: a date, an amount, a country
(``pipeline.clean``).
"""

from __future__ import annotations

from crawler.pages.reading import read_page
from crawler.pages.records import (
    FrameFact,
    LabelledValue,
    MetadataText,
    NewsPage,
    PageMetadata,
    PageReading,
    ProjectPage,
)
from crawler.pages.text import Source, SourceText

__all__ = [
    "FrameFact",
    "LabelledValue",
    "MetadataText",
    "NewsPage",
    "PageMetadata",
    "PageReading",
    "ProjectPage",
    "Source",
    "SourceText",
    "read_page",
]
