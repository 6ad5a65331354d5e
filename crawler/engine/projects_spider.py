"""Finding the project pages of a site.

Belongs here: the kind of page. Does not belong here: how it is found (crawler.engine.discovery_spider).
"""

from __future__ import annotations

from typing import ClassVar

from contracts.fields import DocumentKind
from crawler.engine.discovery_spider import DiscoverySpider


class ProjectsSpider(DiscoverySpider):
    """Asks for project pages: those of the site's path rules of kind ``project``."""

    name = "projects"
    kind: ClassVar[DocumentKind] = "project"
