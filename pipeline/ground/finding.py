"""What is wrong, or worth knowing, as values: the doctor lists them, alerts report them.

Belongs here: the shape of a finding. Does not belong here: looking for one, or what is done about it.
"""

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

_KEY = re.compile(r"^[a-z]+:\S+$")

MOST_LIKES = 3

Severity = Literal["problem", "notice"]
"""A problem needs a person (exit code 1, and an alert); a notice is worth knowing."""


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that was found.

    ``key`` is the same for the same trouble at every look, ``<family>:<of what>``: ``gate:liberia:news``,
    ``disk:data``. ``what`` is the matter, in one line, ``where`` the file, site or run it is about, ``remedy`` the
    command that mends it, or what a person does where no command can. ``because`` are keys, or families with their
    colon (``disk:``), of findings that explain this one: while one of them is open, it opens no incident of its own.
    ``lines`` are sentences that a message about it has too.

    >>> Finding("disk:data", "problem", "1 GB is free", "data", "free some").family
    'disk'
    """

    key: str
    severity: Severity
    what: str
    where: str
    remedy: str
    because: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _KEY.match(self.key):
            raise ValueError(f"{self.key!r} is no key of a finding: <family>:<of what>, without blanks")

    @property
    def family(self) -> str:
        """What was looked at to find it: the part of the key before its first colon."""
        return self.key.partition(":")[0]

    def follows_from(self, key: str) -> bool:
        """Whether the finding of that key explains this one.

        >>> Finding("stale:niger", "problem", "not seen", "x", "wait", ("daemon:",)).follows_from("daemon:heartbeat")
        True
        """
        return any(key == cause or (cause.endswith(":") and key.startswith(cause)) for cause in self.because)


def merge_likes(found: Sequence[Finding], key: str, what: str) -> list[Finding]:
    """Notices that say the same of several things as one: ``what`` of how many, then the first of them in full.

    >>> found = [Finding(f"robots:{n}", "notice", n, n, "wait") for n in "ab"]
    >>> [one.what for one in merge_likes(found, "robots:several", "no answer")]
    ['no answer (2): a; b']
    """
    if len(found) < 2:
        return list(found)
    shown = "; ".join(one.what for one in found[:MOST_LIKES]) + ("; …" if len(found) > MOST_LIKES else "")
    return [Finding(key, "notice", f"{what} ({len(found)}): {shown}", found[0].where, found[0].remedy)]


def one_line(text: str, limit: int = 500) -> str:
    r"""The text on one line, no longer than ``limit``, without anything that could act on a terminal or end a header.

    >>> one_line("gate\r\nBcc: x\x1b[2J")
    'gate Bcc: x\\x1b[2J'
    """
    words = " ".join(text.split())
    shown = "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in words)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
