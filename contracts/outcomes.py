"""The closed list of outcomes: how the fetch of one scheduled URL can end, and what that says of the page.

Belongs here: the names, their effect, and the meaning of an HTTP status. Does not belong here: deciding from
a body that a page is blocked or a soft 404 (the spiders' middlewares), or what the record becomes (the warehouse).
docs/outcomes.md is this list for people; a test keeps the two equal.
"""

from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What an outcome says of the page. Only ``seen`` and a confirmed ``absent`` ever change a record."""

    SEEN = "seen"
    """Its content is known at this time."""
    ABSENT = "absent"
    """The site says that it is not there: 404 or 410."""
    MOVED = "moved"
    """A redirect to another page: see the fetch's ``final_url``."""
    UNKNOWN = "unknown"
    """Nothing is known: the record stays as it was."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one outcome means: ``effect`` for machines, ``text`` for people."""

    effect: Effect
    text: str


class Outcome(StrEnum):
    """How a fetch ended. Add one here, in :data:`MEANINGS` and in docs/outcomes.md, or nowhere."""

    FETCHED = "fetched"
    UNCHANGED = "unchanged"
    IDENTICAL = "identical"
    NOT_FOUND = "not_found"
    GONE = "gone"
    REDIRECTED = "redirected"
    SAME_PAGE_REDIRECT = "same_page_redirect"
    REDIRECTED_OFF_SITE = "redirected_off_site"
    REDIRECT_LOOP = "redirect_loop"
    PRIVATE_ADDRESS = "private_address"
    OFF_SITE = "off_site"
    ROBOTS_DENIED = "robots_denied"
    ROBOTS_UNAVAILABLE = "robots_unavailable"
    RATE_LIMITED = "rate_limited"
    BLOCKED = "blocked"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    UNEXPECTED_STATUS = "unexpected_status"
    SOFT_NOT_FOUND = "soft_not_found"
    EMPTY = "empty"
    NOT_A_PAGE = "not_a_page"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"
    BAD_ENCODING = "bad_encoding"
    BAD_CHARSET = "bad_charset"
    TIMEOUT = "timeout"
    DNS_ERROR = "dns_error"
    CONNECTION_ERROR = "connection_error"
    TLS_ERROR = "tls_error"
    PROTOCOL_ERROR = "protocol_error"
    CIRCUIT_OPEN = "circuit_open"
    BUDGET_SPENT = "budget_spent"
    TRAP = "trap"
    INTERRUPTED = "interrupted"
    UNRESOLVED_REVISIT = "unresolved_revisit"
    PURGED = "purged"

    @property
    def effect(self) -> Effect:
        """What this outcome says of the page.

        >>> Outcome.GONE.effect.value, Outcome.TIMEOUT.effect.value
        ('absent', 'unknown')
        """
        return MEANINGS[self].effect


_SEEN, _ABSENT, _MOVED, _UNKNOWN = Effect.SEEN, Effect.ABSENT, Effect.MOVED, Effect.UNKNOWN

MEANINGS: dict[Outcome, Meaning] = {
    Outcome.FETCHED: Meaning(_SEEN, "A whole body came and is archived (or was handed over in a folder)."),
    Outcome.UNCHANGED: Meaning(_SEEN, "304: the server says that the body it sent before still stands."),
    Outcome.IDENTICAL: Meaning(_SEEN, "200 with the same payload as an archived capture: kept as a revisit."),
    Outcome.NOT_FOUND: Meaning(_ABSENT, "404. A removal only when confirmed as the site file says."),
    Outcome.GONE: Meaning(_ABSENT, "410. A removal only when confirmed as the site file says."),
    Outcome.REDIRECTED: Meaning(
        _MOVED, "A redirect to another page of this site or of another site file's: `final_url` names it."
    ),
    Outcome.SAME_PAGE_REDIRECT: Meaning(_UNKNOWN, "A redirect to another address of the same page (http to https)."),
    Outcome.REDIRECTED_OFF_SITE: Meaning(
        _UNKNOWN,
        "A redirect to a host that no site file names, or of a source of addresses to another site: not followed.",
    ),
    Outcome.REDIRECT_LOOP: Meaning(_UNKNOWN, "Redirects that lead back or are too many, or have no usable Location."),
    Outcome.PRIVATE_ADDRESS: Meaning(
        _UNKNOWN, "The host stands for a private address that the site file does not name."
    ),
    Outcome.OFF_SITE: Meaning(_UNKNOWN, "The URL is on a host that the site file does not name: not fetched."),
    Outcome.ROBOTS_DENIED: Meaning(_UNKNOWN, "robots.txt forbids the URL: not fetched."),
    Outcome.ROBOTS_UNAVAILABLE: Meaning(_UNKNOWN, "robots.txt answered 5xx or not at all: stay away today (RFC 9309)."),
    Outcome.RATE_LIMITED: Meaning(_UNKNOWN, "429, or 503 with Retry-After, until the attempts were spent."),
    Outcome.BLOCKED: Meaning(_UNKNOWN, "A block page or a challenge, whatever its status."),
    Outcome.CLIENT_ERROR: Meaning(_UNKNOWN, "Another 4xx status: it says nothing of the page's existence."),
    Outcome.SERVER_ERROR: Meaning(_UNKNOWN, "A 5xx status until the attempts were spent."),
    Outcome.UNEXPECTED_STATUS: Meaning(_UNKNOWN, "A status with no meaning for a page: 1xx, 204, 206, 300, 305, 999."),
    Outcome.SOFT_NOT_FOUND: Meaning(_UNKNOWN, "200 with a page that says it was not found. Never a removal."),
    Outcome.EMPTY: Meaning(_UNKNOWN, "200 with no body, or nothing but white space."),
    Outcome.NOT_A_PAGE: Meaning(_UNKNOWN, "A PDF, picture or other media type where a page was due."),
    Outcome.TOO_LARGE: Meaning(_UNKNOWN, "The body is over the size limit, before or after decoding."),
    Outcome.TRUNCATED: Meaning(_UNKNOWN, "The body ended before its declared end; what came is archived as truncated."),
    Outcome.BAD_ENCODING: Meaning(_UNKNOWN, "The content coding is broken, doubled or unknown."),
    Outcome.BAD_CHARSET: Meaning(_UNKNOWN, "The body is not text in the character set it declares."),
    Outcome.TIMEOUT: Meaning(_UNKNOWN, "No whole answer within the deadline."),
    Outcome.DNS_ERROR: Meaning(_UNKNOWN, "The host's name was not found."),
    Outcome.CONNECTION_ERROR: Meaning(_UNKNOWN, "The connection was refused, reset or lost before an answer."),
    Outcome.TLS_ERROR: Meaning(_UNKNOWN, "The certificate was not valid, or no secure connection came about."),
    Outcome.PROTOCOL_ERROR: Meaning(_UNKNOWN, "The answer was not HTTP, or its head was over the limits."),
    Outcome.CIRCUIT_OPEN: Meaning(_UNKNOWN, "Not fetched: the host failed or blocked so often that it is left alone."),
    Outcome.BUDGET_SPENT: Meaning(_UNKNOWN, "Not fetched: a budget of the site file was spent."),
    Outcome.TRAP: Meaning(_UNKNOWN, "Not fetched: the URL is of an endless kind (pager, calendar, session id)."),
    Outcome.INTERRUPTED: Meaning(_UNKNOWN, "Not fetched: the run was stopped before its turn came."),
    Outcome.UNRESOLVED_REVISIT: Meaning(_UNKNOWN, "A revisit in a foreign archive whose original is not known here."),
    Outcome.PURGED: Meaning(_UNKNOWN, "What was archived was removed for good (`iomdb purge`); never asked for again."),
}


def outcome_of_status(status: int) -> Outcome:
    """The outcome that an HTTP status alone allows; a 2xx body still has to prove itself a page.

    Redirects (301, 302, 303, 307, 308) are given as ``redirected``: the caller, who knows the target, may know better.

    >>> [str(outcome_of_status(s)) for s in (200, 304, 404, 410, 301, 403, 429, 500, 204)]
    ['fetched', 'unchanged', 'not_found', 'gone', 'redirected', 'client_error', 'rate_limited', 'server_error', 'unexpected_status']
    """  # noqa: E501 - one line of output is one line
    exact = {
        200: Outcome.FETCHED,
        203: Outcome.FETCHED,
        301: Outcome.REDIRECTED,
        302: Outcome.REDIRECTED,
        303: Outcome.REDIRECTED,
        304: Outcome.UNCHANGED,
        307: Outcome.REDIRECTED,
        308: Outcome.REDIRECTED,
        404: Outcome.NOT_FOUND,
        410: Outcome.GONE,
        429: Outcome.RATE_LIMITED,
    }
    if status in exact:
        return exact[status]
    if 400 <= status < 500:
        return Outcome.CLIENT_ERROR
    if 500 <= status < 600:
        return Outcome.SERVER_ERROR
    return Outcome.UNEXPECTED_STATUS
