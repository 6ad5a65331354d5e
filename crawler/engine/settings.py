"""Scrapy's settings, each that is not its default with the reason beside it. Checked against Scrapy 2.19.

Belongs here: how Scrapy is set. Does not belong here: what a site wants (its file), the middlewares themselves.
"""

from collections.abc import Mapping

from crawler.site.site import Site

SPIDER_MODULES = ["crawler.engine.discovery_spider"]
"""For `scrapy list` and `scrapy check` only: a crawl is started by ``python -m crawler``."""

_SETTINGS: Mapping[str, object] = {
    # What Scrapy has on by default moves with its minor releases, so nothing is on but what is listed here. Out are an
    # HTTP server that runs code sent to it (since 2.19) and a telnet console; cookies, which make tldextract fetch a
    # list from outside and tie requests together; Referer; robots that take 5xx and timeouts for permission; retries
    # without a wait; redirects to any host, without a row for the hop; decoding, for the body must reach the archive as
    # it came; proxies of the environment, which would hide the server's address and with it the check for private ones.
    "DOWNLOADER_MIDDLEWARES_BASE": {},
    "SPIDER_MIDDLEWARES_BASE": {},
    "EXTENSIONS_BASE": {},
    # http and https only: file:, data:, ftp: and s3: are on by default.
    "DOWNLOAD_HANDLERS_BASE": {},
    "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "crawler.engine.download_handler.ArchivingDownloadHandler"),
    "DOWNLOADER_MIDDLEWARES": {
        "crawler.engine.ledger_middleware.LedgerMiddleware": 10,
        "crawler.engine.request_middlewares.ReplayMiddleware": 20,
        "crawler.engine.request_middlewares.BudgetMiddleware": 30,
        "crawler.engine.request_middlewares.RobotsMiddleware": 40,
        "crawler.engine.request_middlewares.ConditionalMiddleware": 50,
        "crawler.engine.request_middlewares.RetryMiddleware": 560,
    },
    # Without Twisted's reactor a process can crawl again and again (tests, replay), and no thread pool is started.
    "TWISTED_REACTOR_ENABLED": False,
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
        # The archive keeps the body as it came; gzip is the coding that every reader of WARC files undoes.
        "Accept-Encoding": "gzip",
        # The address names the language; what a server makes of ours must not change the page between runs.
        "Accept-Language": "*",
    },
    # The waits are crawler.session.politeness's, at the last point before the socket.
    "DOWNLOAD_DELAY": 0,
    # Sizes are the site file's; a second limit that only warns is noise.
    "DOWNLOAD_WARNSIZE": 0,
    # Scrapy starts this many tasks for each response (scrapy#5182); spiders here give a response no items at all.
    "CONCURRENT_ITEMS": 1,
    # One line a page would drown what an operator should read; the ledger has it all.
    "LOG_LEVEL": "WARNING",
    "STATS_DUMP": False,
}


def build_settings(site: Site, user_agent: str) -> dict[str, object]:
    """The settings of a crawl of one site, in a new dict."""
    politeness, budget = site.file.politeness, site.file.budget
    return {
        **_SETTINGS,
        "USER_AGENT": user_agent,
        "DOWNLOAD_TIMEOUT": politeness.timeout_seconds,  # for the whole exchange, not for each pause
        "DOWNLOAD_MAXSIZE": budget.body_bytes,  # Scrapy's default is 1 GiB
        "CONCURRENT_REQUESTS_PER_DOMAIN": politeness.concurrent_requests,
        "CONCURRENT_REQUESTS": politeness.concurrent_requests * len(site.file.hosts),
    }
