"""Finding the project pages of a site."""

from __future__ import annotations

from typing import ClassVar

from crawler.engine.discovery_spider import DiscoverySpider
from crawler.site.file import PageKind


class ProjectsSpider(DiscoverySpider):
    """Asks for project pages: those of the site's path rules of kind ``project``."""

    name = "projects"
    kind: ClassVar[PageKind] = "project"
