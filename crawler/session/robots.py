"""What a robots.txt allows, read as RFC 9309 says.

Belongs here: the meaning of an answer to ``/robots.txt``. Free of Scrapy.
Does not belong here: fetching it (crawler.engine.robots_middleware), keeping the pace (crawler.session.pace).
"""

from __future__ import annotations

from dataclasses import dataclass

from protego import Protego

from crawler.site.urls import host_of

PRODUCT_TOKEN = "iomdb"  # noqa: S105 - the name robots.txt knows us by
LARGEST_PARSED = 512 * 1024
"""Bytes of a robots.txt that are read; RFC 9309, 2.5 asks for at least 500 KiB."""
MOST_REDIRECTS = 5
"""RFC 9309, 2.3.1.2: at least five consecutive redirects are followed."""


@dataclass(frozen=True, slots=True)
class Robots:
    """What one origin's robots.txt says to us.

    ``closed`` is None, or why nothing may be fetched there today. ``crawl_delay`` is in seconds, None where not stated.
    """

    closed: str | None
    crawl_delay: float | None = None
    sitemaps: tuple[str, ...] = ()
    parsed: Protego | None = None

    def allows(self, url: str) -> bool:
        """Whether ``url`` may be fetched; only its path and query count, as robots.txt is fetched per origin."""
        if self.closed is not None:
            return False
        return self.parsed is None or bool(self.parsed.can_fetch(url, PRODUCT_TOKEN))


def read_robots(status: int, body: bytes) -> Robots:
    r"""The meaning of a final answer (redirects followed) to ``/robots.txt``; ``body`` is decoded.

    2xx: the rules hold. 4xx: no rules, all allowed (RFC 9309, 2.3.1.3), except 429, which asks to be left alone. 5xx
    and anything else: nothing may be fetched (2.3.1.4).

    >>> rules = read_robots(200, b"User-agent: *\nDisallow: /private\nCrawl-delay: 3\n")
    >>> rules.allows("https://iom.int/private/a"), rules.allows("https://iom.int/news/a"), rules.crawl_delay
    (False, True, 3.0)
    >>> read_robots(404, b"").allows("https://iom.int/x"), read_robots(503, b"").allows("https://iom.int/x")
    (True, False)
    """
    if 200 <= status < 300:
        parsed = Protego.parse(body[:LARGEST_PARSED].decode("utf-8", "replace").lstrip("\ufeff"))
        return Robots(None, parsed.crawl_delay(PRODUCT_TOKEN), tuple(parsed.sitemaps), parsed)
    if 400 <= status < 500 and status != 429:
        return Robots(None)
    return Robots(f"robots.txt answered {status}: nothing may be fetched until it can be read")


def origin_of(url: str) -> str:
    """Scheme and host with port: what one robots.txt speaks for.

    >>> origin_of("https://www.iom.int/news/x")
    'https://www.iom.int'
    """
    return f"{url.partition(':')[0].lower()}://{host_of(url)}"
