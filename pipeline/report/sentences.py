"""Each change as one plain English sentence, made by rules from its fields, to be read and quoted.

Belongs here: which words say what changed. Does not belong here: single values (``words``), finding changes
(``warehouse.read.claims``), markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from contracts.fields import catalogue
from pipeline.ground.printable import count, escape
from pipeline.report.changes import Change, is_nothing
from pipeline.report.words import (
    LIST_FIELDS,
    join_words,
    name_country,
    name_field,
    split_list,
    write_amount,
    write_day,
    write_field,
    write_number,
)

LONGEST = 160
"""Characters of a value or a title that a sentence shows; the whole value stands beside it."""

Role = Literal["", "title", "old", "new"]
_ROLES = re.compile("<(title|old|new)>")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence: our words, or text of the publisher's in its role."""

    text: str
    role: Role = ""


Sentence = tuple[Piece, ...]


def describe_change(change: Change) -> Sentence:
    """The sentence of a change, with a full stop."""
    if change.field is None:
        return _describe_page(change)
    if change.change == "reparsed":
        return _describe_reading(change, name_field(change.field))
    said = _RULES.get(change.field, _describe_value)(change)
    if change.change != "relocated":
        return said
    # The words of ours that a sentence begins with; a name of the publisher's keeps its letters.
    first = said[0] if said[0].role else Piece(said[0].text[:1].lower() + said[0].text[1:])
    return (Piece("As it has since been read from another of its pages, "), first, *said[1:])


def write_sentence(sentence: Sentence) -> str:
    """The sentence as plain text."""
    return "".join(part.text for part in sentence)


def _say(change: Change, pattern: str, **stated: str) -> Sentence:
    """The sentence of a pattern of our words; ``<title>``, ``<old>`` and ``<new>`` are the change's, or as stated."""
    pieces = []
    for number, part in enumerate(_ROLES.split(pattern)):
        if number % 2:
            role = cast("Role", part)
            pieces.append(Piece(stated.get(role) or _write_part(change, role), role))
        elif part:
            pieces.append(Piece(part))
    return tuple(pieces)


def _write_part(change: Change, role: Role) -> str:
    if role == "title":
        title = _cut(escape(" ".join((change.title or "").split())))
        return f"“{title}”" if title else "a page without a title"
    value, currency = (change.old, change.old_currency) if role == "old" else (change.new, change.currency)
    return _cut(write_field(change.field or "", value, currency))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _describe_page(change: Change) -> Sentence:
    noun = "project" if change.kind == "project" else "news page"
    named = f"The {noun} <title>" if change.title else f"A {noun} without a title"
    day = write_day(change.changed_at)
    if change.change == "removed":
        seen = f"; it was last seen on {write_day(change.changed_after)}" if change.changed_after else ""
        return _say(change, f"{named} has been gone since {day}{seen}.")
    if change.change == "created":
        verb = "was handed over" if change.time_basis == "received" else "was first seen"
        return _say(change, f"{named} {verb} on {day}.")
    said = {
        "restored": f"has been back since {day}",
        "relocated": "has since been read from another of its pages, and says the same",
        "reparsed": "is read otherwise by a newer reader",
    }.get(change.change, "changed")
    return _say(change, f"{named} {said}.")


def _describe_reading(change: Change, name: str) -> Sentence:
    now = f"finds no {name} of <title>" if is_nothing(change.new) else f"reads the {name} of <title> as <new>"
    before = "none" if is_nothing(change.old) else "<old>"
    return _say(change, f"A newer reader {now}, where an older one read {before}.")


def _describe_value(change: Change) -> Sentence:
    entry = catalogue(change.kind).get(change.field or "")
    if entry is not None and entry.wording_of is not None:
        return _describe_wording(change)
    name = name_field(change.field or "")
    was, now, it = ("were", "are", "they were") if change.field in LIST_FIELDS else ("was", "is", "it was")
    if change.printed is not None:
        printed = _cut(escape(" ".join(change.printed.split())))
        pattern = f"The {name} of <title> {was} <old>; the page now prints “<new>”, which no rule reads."
        return _say(change, pattern, new=printed)
    if is_nothing(change.old):
        return _say(change, f"The {name} of <title>, which {was} not stated, {now} now <new>.")
    if is_nothing(change.new):
        return _say(change, f"The {name} of <title> {now} no longer stated; {it} <old>.")
    verb = "moved" if "date" in name or "day" in name else "went"
    return _say(change, f"The {name} of <title> {verb} from <old> to <new>.")


def _describe_wording(change: Change) -> Sentence:
    """Of the page's words for a value that could not be read."""
    name = name_field(change.field or "").removeprefix("printed ")
    if is_nothing(change.new):
        return _say(change, f"The {name} of <title> is no longer printed as “<old>”, which no rule reads.")
    if is_nothing(change.old):
        return _say(change, f"The {name} of <title> is now printed as “<new>”, which no rule reads.")
    return _say(change, f"The {name} of <title> is now printed as “<new>”, no longer as “<old>”; no rule reads either.")


def _describe_money(change: Change) -> Sentence:
    late = _say_late(change)
    if is_nothing(change.old):
        return _say(change, f"A budget of <new> is now stated for <title>, where none was{late}.")
    if is_nothing(change.new):
        return _say(change, f"The budget of <title> is no longer stated; it was <old>{late}.")
    # The currency once, after the second amount, where it is the same.
    old = write_amount(change.old, None if change.old_currency == change.currency else change.old_currency)
    return _say(change, f"The budget of <title> went from <old> to <new>{late}.", old=old)


def _say_late(change: Change) -> str:
    """How long after the end of the project it is, in whole years, where that is a year or more."""
    year = (change.end_date or "")[:4]
    years = change.changed_at.year - int(year) if year.isdecimal() and len(year) == 4 else 0
    if len(change.end_date or "") == 10 and change.changed_at.strftime("%m-%d") < (change.end_date or "")[5:]:
        years -= 1
    return f", {write_number(years)} year{'s' if years > 1 else ''} after its end date" if years >= 1 else ""


def _describe_title(change: Change) -> Sentence:
    if is_nothing(change.old) or is_nothing(change.new):
        return _describe_value(change)
    return _say(change, "The title “<old>” became “<new>”.")


def _describe_list(change: Change) -> Sentence:
    name = name_field(change.field or "")
    old, new = split_list(change.old), split_list(change.new)
    came, went = [one for one in new if one not in old], [one for one in old if one not in new]
    if not (came or went):
        return _say(change, f"The {name} of <title> are listed in another order: <new>.")
    if not old or not new:
        return _describe_value(change)
    if came and went:
        said = f"<new> {_was(came)} added, and <old> removed, among"
    else:
        said = f"<new> {_was(came)} added to" if came else f"<old> {_was(went)} removed from"
    return _say(
        change,
        f"{said} the {name} of <title>.",
        new=_write_list(change.field, came),
        old=_write_list(change.field, went),
    )


def _was(parts: list[str]) -> str:
    return "was" if len(parts) == 1 else "were"


def _write_list(field: str | None, parts: list[str]) -> str:
    is_country = field in {"countries", "other_countries"}
    return escape(_cut(join_words([name_country(part) if is_country else part for part in parts])))


def _describe_text(change: Change) -> Sentence:
    name = name_field(change.field or "")
    old, new = len((change.old or "").split()), len((change.new or "").split())
    if not old or not new:
        has = (
            f"now has a {name}, of {count(new, 'word')}"
            if not old
            else f"no longer has a {name}; it had {count(old, 'word')}"
        )
        return _say(change, f"<title> {has}.")
    how = f"was changed, at {count(new, 'word')} as before"
    if new != old:
        how = f"{'grew' if new > old else 'shrank'} from {count(old, 'word')} to {new:,}"
    return _say(change, f"The {name} of <title> {how}{_say_quiet(change)}.")


def _say_quiet(change: Change) -> str:
    """How long after its publication a news page was edited, where that is more than thirty days."""
    days = count_quiet_days(change)
    return f", {days:,} days after it was published" if days is not None else ""


QUIET_DAYS = 30


def count_quiet_days(change: Change) -> int | None:
    """Days from the publication of a news page to its edit; None within thirty days, or without a whole date."""
    if change.kind != "news" or change.change != "edited" or len(change.published_date or "") != 10:
        return None
    try:
        published = datetime.fromisoformat(change.published_date or "")
    except ValueError:
        return None
    days = (change.changed_at - published).days
    return days if days > QUIET_DAYS else None


_RULES: dict[str, Callable[[Change], Sentence]] = {
    "budget_amount": _describe_money,
    "title": _describe_title,
    "body": _describe_text,
    "description": _describe_text,
    **dict.fromkeys(sorted(LIST_FIELDS), _describe_list),
}
