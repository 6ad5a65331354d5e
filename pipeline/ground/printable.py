"""Values as text that is safe to show: nothing in it acts on a terminal, hides, or turns the reading direction.

Belongs here: single values, and whom to tell how far long work has come. Does not belong here: tables, files, pages,
how a terminal shows it.
"""

import json
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, date, datetime
from typing import Any

import msgspec

_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def escape(text: str, *, keep_lines: bool = False) -> str:
    r"""The text with everything that could act on a terminal, or hide in it, made visible.

    >>> escape("red \x1b[31m, hidden \u200b, reversed \u202e, two\nlines")
    'red \\x1b[31m, hidden \\u200b, reversed \\u202e, two\\nlines'
    """
    if text.isprintable():
        return text
    if keep_lines:
        return "\n".join(escape(line) for line in text.split("\n"))
    return "".join(character if character.isprintable() else _escape_character(character) for character in text)


def format_value(value: object) -> str:
    """A value as one line of safe text; None is empty, a list is joined by commas, an instant is UTC with a Z."""
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return write_instant(value, timespec="seconds")
    if isinstance(value, list) and not any(isinstance(part, (dict, list)) for part in value):
        return ", ".join(format_value(part) for part in value)
    if isinstance(value, (dict, list)):
        return escape(json.dumps(value, ensure_ascii=False, default=encode_json))
    return "" if value is None else escape(str(value))


def write_instant(instant: datetime, *, timespec: str = "auto") -> str:
    """An instant as ISO 8601 in UTC with a Z; one without a zone is UTC already, as DuckDB gives them.

    >>> from datetime import timedelta, timezone
    >>> write_instant(datetime(2026, 11, 21, 2, tzinfo=timezone(timedelta(hours=2))))
    '2026-11-21T00:00:00Z'
    """
    if instant.tzinfo is not None:
        instant = instant.astimezone(UTC).replace(tzinfo=None)
    return instant.isoformat(timespec=timespec) + "Z"


def count(n: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun.

    >>> count(1, "run"), count(3, "activity"), count(2, "child", "children")
    ('1 run', '3 activities', '2 children')
    """
    more = plural or (f"{noun[:-1]}ies" if noun.endswith(("cy", "ry", "ty")) else f"{noun}s")
    return f"{n:,} {noun if n == 1 else more}"


def write_bytes(n: int) -> str:
    """An amount of bytes.

    >>> write_bytes(900), write_bytes(2_500_000)
    ('900 bytes', '2.5 MB')
    """
    for size, unit in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if n >= size:
            return f"{n / size:.1f} {unit}"
    return f"{n} bytes"


def encode_json(value: object) -> Any:
    """What :mod:`json` cannot write: money as text, instants as UTC, dates as ISO, shapes as mappings."""
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.asdict(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)


def encode_report(value: object) -> str:
    """A report as JSON on many lines, all of it ASCII."""
    return json.dumps(value, indent=1, default=encode_json)


def encode_object(value: object) -> str:
    """One value as one line of JSON that is safe to print."""
    text = json.dumps(value, ensure_ascii=False, default=encode_json)
    # Control characters are escaped by json; what is left are the invisible ones beyond ASCII.
    return text if text.isprintable() else "".join(json.dumps(c)[1:-1] if _is_hidden(c) else c for c in text)


def _escape_character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if not _is_hidden(character):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_hidden(character: str) -> bool:
    """Control, format (bidirectional, zero-width), surrogate, private, unassigned; line and paragraph separators."""
    return not character.isprintable() and unicodedata.category(character) != "Zs"


@dataclass(frozen=True, slots=True)
class Watch:
    """Who watches: ``tell`` gets a line for what is done; ``count`` the work, how much is done, of how much."""

    tell: Callable[[str], object] = lambda _: None
    count: Callable[[str, int, int], object] = lambda *_: None


UNWATCHED = Watch()
