"""The peer: the same Scrapy, tuned the same way, without archive or politeness: ``python -m bench.plain_scrapy``.

Belongs here: what a Scrapy user would write to fetch a list of pages as fast as this machine allows. It reads the
site's sitemap, asks for each page with Scrapy's own aiohttp handler, and counts the answers; with ``conditional`` each
request carries the page's ETag.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Response

SETTINGS: dict[str, Any] = {
    "TWISTED_REACTOR_ENABLED": False,
    "CONCURRENT_ITEMS": 1,
    "CONCURRENT_REQUESTS": 64,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "LOGSTATS_INTERVAL": 0,
    "LOG_LEVEL": "WARNING",
    "HTTPERROR_ALLOW_ALL": True,
    # What ours switches off, this does too; but a spider must be given the page decoded, as ours is.
    "DOWNLOADER_MIDDLEWARES_BASE": {"scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590},
    "SPIDER_MIDDLEWARES_BASE": {},
}


class PlainSpider(Spider):
    """Fetches every page of the sitemap and counts."""

    name = "plain"

    def __init__(self, root: str, conditional: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.root, self.conditional = root, conditional
        self.seen: dict[int, int] = {}

    async def start(self) -> AsyncIterator[Request]:
        """The sitemap first, then its pages."""
        sitemap = await self.crawler.engine.download_async(Request(f"{self.root}/sitemap.xml"))
        for url in re.findall(r"<loc>(.*?)</loc>", sitemap.body.decode()):
            etag = f'"v{url.rpartition("/")[2]}"'
            headers = {"Accept": "*/*", "Accept-Encoding": "gzip"}
            yield Request(url, headers={**headers, "If-None-Match": etag} if self.conditional else headers)

    def parse(self, response: Response, **kwargs: Any) -> None:  # noqa: ARG002 - Scrapy's signature
        """Count the answer."""
        self.seen[response.status] = self.seen.get(response.status, 0) + 1


async def run(root: str, conditional: bool) -> None:
    """One crawl; prints how many answers of each status came."""
    runner = AsyncCrawlerRunner(SETTINGS)
    crawler = runner.create_crawler(PlainSpider)
    await runner.crawl(crawler, root=root, conditional=conditional)
    assert isinstance(crawler.spider, PlainSpider)
    print(crawler.spider.seen)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2] == "conditional"))
