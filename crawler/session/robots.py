"""What a robots.txt says to us: which of its groups is ours, and what that group allows (RFC 9309).

Belongs here: our name in such files, lines and groups, the meaning of an answer to ``/robots.txt``. Does not belong
here: fetching it (crawler.engine), the pace of a host (crawler.session.politeness).

protego compares paths and patterns; the group is chosen here, for protego 0.7 finds it otherwise than RFC 9309: the
beginning of our name is ours there (``iom``), our name with a version is not (``iomdb/1.0``), and a line that it does
not know parts the user-agent lines of one group.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from protego import Protego

PRODUCT_TOKEN = "iomdb"  # noqa: S105 - the name robots.txt knows us by
LARGEST_PARSED = 512 * 1024
"""Bytes of a robots.txt that are read; RFC 9309, 2.5 asks for at least 500 KiB."""

_FIELDS = {
    "user": r"user[- ]?agent",
    "allow": "allow",
    "disallow": "disallow|dissallow|dissalow|disalow|diasllow|disallaw",
    "delay": "crawl[- ]delay",
    "sitemap": "site-?maps?",
}
"""Fields that mean anything to us, with the misspellings that the reference matcher and protego accept."""
_LINE = re.compile(
    r"\s*(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _FIELDS.items())
    + r")(?:\s*:|\s)\s*(?P<value>[^#]*)",
    re.IGNORECASE,
)
_LINE_END = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"[A-Za-z_-]*")
_EVERYBODY = re.compile(r"\*(?:\s|$)")
_PARTS_LINES = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")
"""Characters that end a line for ``str.splitlines``, and so for protego, and not for RFC 9309."""


@dataclass(frozen=True, slots=True)
class Robots:
    """What one origin's robots.txt says to us.

    ``closed`` is None, or why nothing may be fetched there today. ``crawl_delay`` is in seconds, None where not stated.
    """

    closed: str | None
    crawl_delay: float | None = None
    sitemaps: tuple[str, ...] = ()
    rules: Protego | None = None

    def allows(self, url: str) -> bool:
        """Whether ``url`` may be fetched; only its path and query count, as robots.txt is fetched per origin."""
        if self.closed is not None:
            return False
        return self.rules is None or bool(self.rules.can_fetch(url, PRODUCT_TOKEN))


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
        lines = list(_iter_lines(body[:LARGEST_PARSED].decode("utf-8", "replace").lstrip("\ufeff\ufffd")))
        rules = Protego.parse("\n".join(["User-agent: *", *_choose_group(lines)]))
        sitemaps = tuple(value for field, value in lines if field == "sitemap" and value)
        return Robots(None, rules.crawl_delay(PRODUCT_TOKEN), sitemaps, rules)
    if 400 <= status < 500 and status != 429:
        return Robots(None)
    return Robots(f"robots.txt answered {status}: nothing may be fetched until it can be read")


def _iter_lines(text: str) -> Iterator[tuple[str, str]]:
    """Field (a key of ``_FIELDS``) and value of each line that means anything to us, in order."""
    for line in _LINE_END.split(text):
        if found := _LINE.match(line):
            value = _PARTS_LINES.sub(lambda match: quote(match[0]), found["value"].strip())
            yield next(name for name in _FIELDS if found[name] is not None), value


def _choose_group(lines: list[tuple[str, str]]) -> list[str]:
    """The rules of the groups that name us, together; where none does, of those for everybody.

    User-agent lines stand together until a rule follows, whatever else is between them (2.2.4). A crawl delay, of which
    RFC 9309 knows nothing, is for the agents that were named before it.
    """
    ours: list[str] | None = None
    general: list[str] = []
    agents: list[list[str]] = []
    has_rules = True
    for field, value in lines:
        if field == "user":
            agents = [] if has_rules else agents
            has_rules = False
            if _EVERYBODY.match(value):
                agents = [*agents, general]
            elif _names_us(value):
                ours = [] if ours is None else ours
                agents = [*agents, ours]
        elif field != "sitemap":
            has_rules = has_rules or field != "delay"
            for group in agents:
                group.append(f"{'Crawl-delay' if field == 'delay' else field}: {value}")
    return general if ours is None else ours


def _names_us(agent: str) -> bool:
    """Whether a user-agent line means us: by its name alone, whatever version or words follow."""
    found = _TOKEN.match(agent)
    return found is not None and found[0].lower() == PRODUCT_TOKEN
