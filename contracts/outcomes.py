"""The closed list of outcomes: how the fetch of one scheduled URL can end, and what that says of page and host.

Belongs here: one table, a row an outcome, with every way in which outcomes are distinguished; the meaning of an HTTP
status. Does not belong here: deciding from a body that a page is blocked or a soft 404 (``crawler.answers``), or what
the record becomes (the warehouse). docs/outcomes.md is made from it: ``python -m contracts.outcomes``.
"""

import sys
from enum import Enum, StrEnum
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


class Trait(Enum):
    """What is true of few outcomes."""

    WHOLE = "the archive has a whole body of the page"
    PASSING = "a fault on the way, worth another attempt at once"
    UNASKED = "left unasked for a reason of ours: it says nothing against the site"
    ENDS_PAGER = "on the page after the last of a listing it means that the listing was read to its end"


class Outcome(StrEnum):
    """How a fetch ended: its name, what it says of page and host, in words, and its traits.

    A new one is a row here, and the place that decides it.

    >>> Outcome.GONE.effect.value, Outcome.TIMEOUT.host.value, Trait.WHOLE in Outcome.FETCHED.traits
    ('absent', 'failed', True)
    """

    effect: Effect
    host: Host
    text: str
    traits: frozenset[Trait]

    def __new__(cls, name: str, effect: Effect, host: Host, text: str, *traits: Trait) -> Self:
        """A member whose value is its name."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.effect, member.host, member.text, member.traits = effect, host, text, frozenset(traits)
        return member

    # fmt: off
    FETCHED = "fetched", Effect.SEEN, Host.ANSWERED, (
        "A whole body came and is archived (or was handed over in a folder)."), Trait.WHOLE
    UNCHANGED = "unchanged", Effect.SEEN, Host.ANSWERED, (
        "304: the server says that the body it sent before is still valid.")
    IDENTICAL = "identical", Effect.SEEN, Host.ANSWERED, (
        "200 with the same payload as an archived capture: kept as a revisit."), Trait.WHOLE
    NOT_FOUND = "not_found", Effect.ABSENT, Host.ANSWERED, (
        "404. A removal only when confirmed as the site file says."), Trait.ENDS_PAGER
    GONE = "gone", Effect.ABSENT, Host.ANSWERED, (
        "410. A removal only when confirmed as the site file says."), Trait.ENDS_PAGER
    REDIRECTED = "redirected", Effect.MOVED, Host.ANSWERED, (
        "A redirect to another page of this site or of another site file's: `final_url` names it.")
    SAME_PAGE_REDIRECT = "same_page_redirect", Effect.UNKNOWN, Host.ANSWERED, (
        "A redirect to another address of the same page (http to https).")
    REDIRECTED_OFF_SITE = "redirected_off_site", Effect.UNKNOWN, Host.ANSWERED, (
        "A redirect to a host that no site file names, or of a source of addresses to another site: not followed.")
    REDIRECT_LOOP = "redirect_loop", Effect.UNKNOWN, Host.ANSWERED, (
        "Redirects that lead back or are too many, or have no usable Location.")
    PRIVATE_ADDRESS = "private_address", Effect.UNKNOWN, Host.NOT_ASKED, (
        "The host resolves to a private address that the site file does not name.")
    OFF_SITE = "off_site", Effect.UNKNOWN, Host.NOT_ASKED, (
        "The URL is on a host that the site file does not name: not fetched."), Trait.UNASKED
    ROBOTS_DENIED = "robots_denied", Effect.UNKNOWN, Host.NOT_ASKED, "robots.txt forbids the URL: not fetched."
    ROBOTS_UNAVAILABLE = "robots_unavailable", Effect.UNKNOWN, Host.NOT_ASKED, (
        "robots.txt answered 5xx or not at all: stay away today (RFC 9309).")
    RATE_LIMITED = "rate_limited", Effect.UNKNOWN, Host.FAILED, (
        "429, or 503 with Retry-After, until the attempts were spent.")
    BLOCKED = "blocked", Effect.UNKNOWN, Host.BLOCKED, "A block page or a challenge, whatever its status."
    CLIENT_ERROR = "client_error", Effect.UNKNOWN, Host.ANSWERED, (
        "Another 4xx status: it says nothing of the page's existence.")
    SERVER_ERROR = "server_error", Effect.UNKNOWN, Host.FAILED, "A 5xx status until the attempts were spent."
    UNEXPECTED_STATUS = "unexpected_status", Effect.UNKNOWN, Host.ANSWERED, (
        "A status with no meaning for a page: 1xx, 204, 206, 300, 305, 999.")
    SOFT_NOT_FOUND = "soft_not_found", Effect.UNKNOWN, Host.ANSWERED, (
        "200 with a page that says it was not found. Never a removal.")
    EMPTY = "empty", Effect.UNKNOWN, Host.ANSWERED, "200 with no body, or nothing but white space."
    NOT_A_PAGE = "not_a_page", Effect.UNKNOWN, Host.ANSWERED, "A PDF, picture or other media type where a page was due."
    TOO_LARGE = "too_large", Effect.UNKNOWN, Host.ANSWERED, "The body is over the size limit, before or after decoding."
    TRUNCATED = "truncated", Effect.UNKNOWN, Host.ANSWERED, (
        "The body ended before its declared end; what came is archived as truncated.")
    BAD_ENCODING = "bad_encoding", Effect.UNKNOWN, Host.ANSWERED, "The content coding is broken, doubled or unknown."
    BAD_CHARSET = "bad_charset", Effect.UNKNOWN, Host.ANSWERED, (
        "The body is not UTF-8, nor text in a character set it declares.")
    TIMEOUT = "timeout", Effect.UNKNOWN, Host.FAILED, "No whole answer within the deadline.", Trait.PASSING
    DNS_ERROR = "dns_error", Effect.UNKNOWN, Host.FAILED, "The host's name was not found.", Trait.PASSING
    CONNECTION_ERROR = "connection_error", Effect.UNKNOWN, Host.FAILED, (
        "The connection was refused, reset or lost before an answer."), Trait.PASSING
    TLS_ERROR = "tls_error", Effect.UNKNOWN, Host.FAILED, (
        "The certificate was not valid, or no secure connection came about.")
    PROTOCOL_ERROR = "protocol_error", Effect.UNKNOWN, Host.FAILED, (
        "The answer was not HTTP, or its head was over the limits."), Trait.PASSING
    CIRCUIT_OPEN = "circuit_open", Effect.UNKNOWN, Host.NOT_ASKED, (
        "Not fetched: the host failed or blocked so often that it is left alone.")
    BUDGET_SPENT = "budget_spent", Effect.UNKNOWN, Host.NOT_ASKED, (
        "Not fetched: a budget of the site file was spent."), Trait.UNASKED
    TRAP = "trap", Effect.UNKNOWN, Host.NOT_ASKED, (
        "Not fetched: the URL is of an endless kind (pager, calendar, session id)."), Trait.UNASKED
    INTERRUPTED = "interrupted", Effect.UNKNOWN, Host.NOT_ASKED, (
        "Not fetched: the run was stopped first."), Trait.UNASKED
    UNRESOLVED_REVISIT = "unresolved_revisit", Effect.UNKNOWN, Host.NOT_ASKED, (
        "A revisit in an imported archive whose original is not known here.")
    CONFLICTING = "conflicting", Effect.UNKNOWN, Host.NOT_ASKED, (
        "An imported answer that the archive has already, with the same bytes, and that would be read otherwise here "
        "(another declared character set, another status): the first stays.")
    PURGED = "purged", Effect.UNKNOWN, Host.NOT_ASKED, (
        "What was archived was removed for good (`iomdb purge`); never asked for again."), Trait.UNASKED
    # fmt: on


OUTCOMES: Final = {outcome.value: outcome for outcome in Outcome}
"""Every outcome by its name."""


_EXACT: Final = {
    **dict.fromkeys((200, 203), Outcome.FETCHED),
    **dict.fromkeys((301, 302, 303, 307, 308), Outcome.REDIRECTED),
    304: Outcome.UNCHANGED,
    404: Outcome.NOT_FOUND,
    410: Outcome.GONE,
    429: Outcome.RATE_LIMITED,
}


def outcome_of_status(status: int) -> Outcome:
    """The outcome that an HTTP status alone allows; a 2xx body still has to prove itself a page.

    Redirects (301, 302, 303, 307, 308) are given as ``redirected``: the caller, who knows the target, may know better.

    >>> [str(outcome_of_status(s)) for s in (200, 304, 404, 410, 301, 403, 429, 500, 204)]
    ['fetched', 'unchanged', 'not_found', 'gone', 'redirected', 'client_error', 'rate_limited', 'server_error', 'unexpected_status']
    """  # noqa: E501 - one line of output is one line
    if status in _EXACT:
        return _EXACT[status]
    if 400 <= status < 500:
        return Outcome.CLIENT_ERROR
    if 500 <= status < 600:
        return Outcome.SERVER_ERROR
    return Outcome.UNEXPECTED_STATUS


_HEAD: Final = "| outcome | effect | the host | meaning |\n|---|---|---|---|\n"


def describe_outcomes() -> str:
    """The table in Markdown, a row an outcome in the order of the list.

    >>> describe_outcomes().splitlines()[2]
    '| `fetched` | `seen` | answered | A whole body came and is archived (or was handed over in a folder). |'
    """
    rows = [f"| `{o}` | `{o.effect}` | {o.host} | {o.text} |\n" for o in Outcome]
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(describe_outcomes())
