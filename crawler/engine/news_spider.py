"""Finding the news pages of a site.

Belongs here: the kind of page. Does not belong here: how it is found (crawler.engine.discovery_spider).
"""

from __future__ import annotations

from typing import ClassVar

from contracts.fields import DocumentKind
from crawler.engine.discovery_spider import DiscoverySpider


class NewsSpider(DiscoverySpider):
    """Asks for news pages: those of the site's path rules of kind ``news`` (news, statements, stories, blogs)."""

    name = "news"
    kind: ClassVar[DocumentKind] = "news"
