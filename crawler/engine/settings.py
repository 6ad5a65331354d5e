"""Scrapy's settings, each that is not its default with the reason beside it. Checked against Scrapy 2.19.

Belongs here: how Scrapy is set. Does not belong here: what a site wants (its file), the middlewares themselves.
"""

from __future__ import annotations

from collections.abc import Mapping

from crawler.site.site import Site

SPIDER_MODULES = ["crawler.engine.news_spider", "crawler.engine.projects_spider"]
"""For `scrapy list` and `scrapy check` only: a crawl is started by ``python -m crawler``."""

_OFF: Mapping[str, object] = {
    # On by default since 2.19: an HTTP server that runs code sent to it, and a telnet console. Nothing listens here.
    "REMOTE_CONTROL_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    # A Set-Cookie makes tldextract fetch a list from outside; and no cookie of ours should ever tie requests together.
    "COOKIES_ENABLED": False,
    # No Referer on any request, on or off the site.
    "REFERER_ENABLED": False,
    # Scrapy's robots middleware takes 5xx and timeouts for permission; crawler.engine.robots_middleware stands in for
    # it.
    "ROBOTSTXT_OBEY": False,
    # No Retry-After, no wait between attempts; crawler.engine.retry_middleware stands in for it.
    "RETRY_ENABLED": False,
    # Follows to any host, private ones too, with no row for the hop; crawler.engine.ledger_middleware follows with one.
    "REDIRECT_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    # The body must reach the archive as it came. crawler.answers.classification decodes it, within a limit.
    "COMPRESSION_ENABLED": False,
    # A proxy from the environment would hide the server's address, and with it the check for private ones.
    "HTTPPROXY_ENABLED": False,
    # JOBDIR does not survive a SIGKILL (0 of 220 pages were fetched after one): the ledger is what a crawl resumes
    # from.
    "JOBDIR": None,
    "STATS_DUMP": False,
    "LOGSTATS_INTERVAL": 0,
}

_WIRE: Mapping[str, object] = {
    # Without Twisted's reactor a process can crawl again and again (tests, replay), and no thread pool is started.
    "TWISTED_REACTOR_ENABLED": False,
    # http and https only: file:, data:, ftp: and s3: are on by default.
    "DOWNLOAD_HANDLERS": {
        "http": "crawler.engine.download_handler.ArchivingDownloadHandler",
        "https": "crawler.engine.download_handler.ArchivingDownloadHandler",
        "data": None,
        "file": None,
        "ftp": None,
        "s3": None,
    },
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
}

MIDDLEWARES_OFF: Mapping[str, None] = {
    # Ours stand in for these, or they do nothing in a crawl like this one but cost time on every request.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": None,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
}
SPIDER_MIDDLEWARES_OFF: Mapping[str, None] = {
    # Every answer has its row before a spider sees it; an error page is no reason to hide it.
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}

_ORDER: Mapping[str, object] = {
    # Scrapy starts this many tasks for each response (scrapy#5182); spiders here give a response no items at all.
    "CONCURRENT_ITEMS": 1,
    "DOWNLOADER_MIDDLEWARES": {
        "crawler.engine.ledger_middleware.LedgerMiddleware": 10,
        "crawler.engine.replay_middleware.ReplayMiddleware": 20,
        "crawler.engine.budget_middleware.BudgetMiddleware": 30,
        "crawler.engine.robots_middleware.RobotsMiddleware": 40,
        "crawler.engine.conditional_middleware.ConditionalMiddleware": 50,
        "crawler.engine.retry_middleware.RetryMiddleware": 560,
        **MIDDLEWARES_OFF,
    },
    "SPIDER_MIDDLEWARES": dict(SPIDER_MIDDLEWARES_OFF),
    "EXTENSIONS": {
        "scrapy.extensions.telnet.TelnetConsole": None,
        "scrapy.extensions.remote_control.RemoteControl": None,
        "scrapy.extensions.feedexport.FeedExporter": None,
        "scrapy.extensions.spiderstate.SpiderState": None,
        "scrapy.extensions.throttle.AutoThrottle": None,
        "scrapy.extensions.memdebug.MemoryDebugger": None,
        "scrapy.extensions.closespider.CloseSpider": None,
        "scrapy.extensions.logstats.LogStats": None,
        "scrapy.extensions.memusage.MemoryUsage": None,
    },
    # One line a page would drown what an operator should read; the ledger has it all.
    "LOG_LEVEL": "WARNING",
}


def build_settings(site: Site, user_agent: str) -> dict[str, object]:
    """The settings of a crawl of one site, in a new dict."""
    politeness, budget = site.file.politeness, site.file.budget
    return {
        **_OFF,
        **_WIRE,
        **_ORDER,
        "USER_AGENT": user_agent,
        "DOWNLOAD_TIMEOUT": politeness.timeout_seconds,  # for the whole exchange, not for each silence
        "DOWNLOAD_MAXSIZE": budget.body_bytes,  # Scrapy's default is 1 GiB
        "CONCURRENT_REQUESTS_PER_DOMAIN": politeness.concurrent_requests,
        "CONCURRENT_REQUESTS": politeness.concurrent_requests * len(site.file.hosts),
    }
