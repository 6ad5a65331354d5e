"""The closed list of outcomes: how the fetch of one scheduled URL can end, and what that says of page and host.

Belongs here: one table, a row an outcome, with every way in which outcomes are distinguished; the meaning of an HTTP
status. Does not belong here: deciding from a body that a page is blocked or a soft 404 (``crawler.answers``), or what
the record becomes (the warehouse). docs/outcomes.md is made from it: ``python -m contracts.outcomes_page``.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self


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


class Host(StrEnum):
    """What an outcome says of the host, for the circuit breaker."""

    ANSWERED = "answered"
    """It is there: failures before it are forgotten."""
    FAILED = "failed"
    """One more failure in a row."""
    BLOCKED = "blocked"
    """It does not want us: it is left alone for the rest of the run."""
    NOT_ASKED = "not asked"
    """Nothing was sent, so nothing is learnt."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A row of the table. What is not said of most outcomes is False by default; what each must say has none.

    ``is_whole``: the archive has a whole body of the page. ``is_passing``: a fault on the way, worth another attempt
    at once. ``ends_pager``: on the page after the last of a listing it means that the listing was read to its end.
    """

    effect: Effect
    host: Host
    text: str
    is_whole: bool = False
    is_passing: bool = False
    ends_pager: bool = False


class Outcome(StrEnum):
    """How a fetch ended: its name, and its row. A new one is a row here, and the place that decides it."""

    meaning: Meaning

    def __new__(cls, name: str, meaning: Meaning) -> Self:
        """A member whose value is its name."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.meaning = meaning
        return member

    FETCHED = (
        "fetched",
        Meaning(
            Effect.SEEN,
            Host.ANSWERED,
            "A whole body came and is archived (or was handed over in a folder).",
            is_whole=True,
        ),
    )
    UNCHANGED = (
        "unchanged",
        Meaning(Effect.SEEN, Host.ANSWERED, "304: the server says that the body it sent before is still valid."),
    )
    IDENTICAL = (
        "identical",
        Meaning(
            Effect.SEEN,
            Host.ANSWERED,
            "200 with the same payload as an archived capture: kept as a revisit.",
            is_whole=True,
        ),
    )
    NOT_FOUND = (
        "not_found",
        Meaning(
            Effect.ABSENT, Host.ANSWERED, "404. A removal only when confirmed as the site file says.", ends_pager=True
        ),
    )
    GONE = (
        "gone",
        Meaning(
            Effect.ABSENT, Host.ANSWERED, "410. A removal only when confirmed as the site file says.", ends_pager=True
        ),
    )
    REDIRECTED = (
        "redirected",
        Meaning(
            Effect.MOVED,
            Host.ANSWERED,
            "A redirect to another page of this site or of another site file's: `final_url` names it.",
        ),
    )
    SAME_PAGE_REDIRECT = (
        "same_page_redirect",
        Meaning(Effect.UNKNOWN, Host.ANSWERED, "A redirect to another address of the same page (http to https)."),
    )
    REDIRECTED_OFF_SITE = (
        "redirected_off_site",
        Meaning(
            Effect.UNKNOWN,
            Host.ANSWERED,
            "A redirect to a host that no site file names, or of a source of addresses to another site: not followed.",
        ),
    )
    REDIRECT_LOOP = (
        "redirect_loop",
        Meaning(Effect.UNKNOWN, Host.ANSWERED, "Redirects that lead back or are too many, or have no usable Location."),
    )
    PRIVATE_ADDRESS = (
        "private_address",
        Meaning(
            Effect.UNKNOWN, Host.NOT_ASKED, "The host resolves to a private address that the site file does not name."
        ),
    )
    OFF_SITE = (
        "off_site",
        Meaning(Effect.UNKNOWN, Host.NOT_ASKED, "The URL is on a host that the site file does not name: not fetched."),
    )
    ROBOTS_DENIED = "robots_denied", Meaning(Effect.UNKNOWN, Host.NOT_ASKED, "robots.txt forbids the URL: not fetched.")
    ROBOTS_UNAVAILABLE = (
        "robots_unavailable",
        Meaning(Effect.UNKNOWN, Host.NOT_ASKED, "robots.txt answered 5xx or not at all: stay away today (RFC 9309)."),
    )
    RATE_LIMITED = (
        "rate_limited",
        Meaning(Effect.UNKNOWN, Host.FAILED, "429, or 503 with Retry-After, until the attempts were spent."),
    )
    BLOCKED = "blocked", Meaning(Effect.UNKNOWN, Host.BLOCKED, "A block page or a challenge, whatever its status.")
    CLIENT_ERROR = (
        "client_error",
        Meaning(Effect.UNKNOWN, Host.ANSWERED, "Another 4xx status: it says nothing of the page's existence."),
    )
    SERVER_ERROR = "server_error", Meaning(Effect.UNKNOWN, Host.FAILED, "A 5xx status until the attempts were spent.")
    UNEXPECTED_STATUS = (
        "unexpected_status",
        Meaning(Effect.UNKNOWN, Host.ANSWERED, "A status with no meaning for a page: 1xx, 204, 206, 300, 305, 999."),
    )
    SOFT_NOT_FOUND = (
        "soft_not_found",
        Meaning(Effect.UNKNOWN, Host.ANSWERED, "200 with a page that says it was not found. Never a removal."),
    )
    EMPTY = "empty", Meaning(Effect.UNKNOWN, Host.ANSWERED, "200 with no body, or nothing but white space.")
    NOT_A_PAGE = (
        "not_a_page",
        Meaning(Effect.UNKNOWN, Host.ANSWERED, "A PDF, picture or other media type where a page was due."),
    )
    TOO_LARGE = (
        "too_large",
        Meaning(Effect.UNKNOWN, Host.ANSWERED, "The body is over the size limit, before or after decoding."),
    )
    TRUNCATED = (
        "truncated",
        Meaning(
            Effect.UNKNOWN, Host.ANSWERED, "The body ended before its declared end; what came is archived as truncated."
        ),
    )
    BAD_ENCODING = (
        "bad_encoding",
        Meaning(Effect.UNKNOWN, Host.ANSWERED, "The content coding is broken, doubled or unknown."),
    )
    BAD_CHARSET = (
        "bad_charset",
        Meaning(Effect.UNKNOWN, Host.ANSWERED, "The body is not UTF-8, nor text in a character set it declares."),
    )
    TIMEOUT = "timeout", Meaning(Effect.UNKNOWN, Host.FAILED, "No whole answer within the deadline.", is_passing=True)
    DNS_ERROR = "dns_error", Meaning(Effect.UNKNOWN, Host.FAILED, "The host's name was not found.", is_passing=True)
    CONNECTION_ERROR = (
        "connection_error",
        Meaning(
            Effect.UNKNOWN, Host.FAILED, "The connection was refused, reset or lost before an answer.", is_passing=True
        ),
    )
    TLS_ERROR = (
        "tls_error",
        Meaning(Effect.UNKNOWN, Host.FAILED, "The certificate was not valid, or no secure connection came about."),
    )
    PROTOCOL_ERROR = (
        "protocol_error",
        Meaning(Effect.UNKNOWN, Host.FAILED, "The answer was not HTTP, or its head was over the limits."),
    )
    CIRCUIT_OPEN = (
        "circuit_open",
        Meaning(
            Effect.UNKNOWN, Host.NOT_ASKED, "Not fetched: the host failed or blocked so often that it is left alone."
        ),
    )
    BUDGET_SPENT = (
        "budget_spent",
        Meaning(Effect.UNKNOWN, Host.NOT_ASKED, "Not fetched: a budget of the site file was spent."),
    )
    TRAP = (
        "trap",
        Meaning(
            Effect.UNKNOWN, Host.NOT_ASKED, "Not fetched: the URL is of an endless kind (pager, calendar, session id)."
        ),
    )
    INTERRUPTED = (
        "interrupted",
        Meaning(Effect.UNKNOWN, Host.NOT_ASKED, "Not fetched: the run was stopped first."),
    )
    UNRESOLVED_REVISIT = (
        "unresolved_revisit",
        Meaning(Effect.UNKNOWN, Host.NOT_ASKED, "A revisit in an imported archive whose original is not known here."),
    )
    PURGED = (
        "purged",
        Meaning(
            Effect.UNKNOWN,
            Host.NOT_ASKED,
            "What was archived was removed for good (`iomdb purge`); never asked for again.",
        ),
    )

    @property
    def effect(self) -> Effect:
        """What this outcome says of the page.

        >>> Outcome.GONE.effect.value, Outcome.TIMEOUT.effect.value
        ('absent', 'unknown')
        """
        return self.meaning.effect


OUTCOMES: Final = {outcome.value: outcome for outcome in Outcome}
"""Every outcome by its name."""


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
