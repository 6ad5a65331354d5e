"""Each change as one plain English sentence, made by rules from its fields, to be read and quoted.

Belongs here: which words say what changed. Does not belong here: single values (``words``), finding changes
(``warehouse.read.claims``), markup.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts.fields import catalogue
from pipeline.ground.printable import escape
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
        name, before = name_field(change.field), (Piece("none"),) if is_nothing(change.old) else (_old(change),)
        now = *_say(f"A newer reader reads the {name} of "), _title(change), *_say(" as "), _new(change)
        if is_nothing(change.new):
            now = *_say(f"A newer reader finds no {name} of "), _title(change)
        return (*now, *_say(", where an older one read "), *before, Piece("."))
    describe = _RULES.get(change.field, _describe_value)
    said = describe(change)
    if change.change != "relocated":
        return said
    # The words of ours that a sentence begins with; a name of the publisher's keeps its letters.
    first = said[0] if said[0].role else Piece(said[0].text[:1].lower() + said[0].text[1:])
    return (Piece("As it has since been read from another of its pages, "), first, *said[1:])


def write_sentence(sentence: Sentence) -> str:
    """The sentence as plain text."""
    return "".join(part.text for part in sentence)


def _say(text: str) -> Sentence:
    return (Piece(text),)


def _title(change: Change) -> Piece:
    title = _cut(escape(" ".join((change.title or "").split())))
    return Piece(f"“{title}”" if title else "a page without a title", "title")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _old(change: Change) -> Piece:
    return Piece(_cut(write_field(change.field or "", change.old, change.old_currency)), "old")


def _new(change: Change) -> Piece:
    return Piece(_cut(write_field(change.field or "", change.new, change.currency)), "new")


def _describe_page(change: Change) -> Sentence:
    noun = "project" if change.kind == "project" else "news page"
    named: Sentence = (Piece(f"The {noun} "), _title(change)) if change.title else _say(f"A {noun} without a title")
    day = write_day(change.changed_at)
    if change.change == "removed":
        seen = f"; it was last seen on {write_day(change.changed_after)}" if change.changed_after else ""
        said = f"has been gone since {day}{seen}"
    elif change.change == "created":
        said = f"{'was handed over' if change.time_basis == 'received' else 'was first seen'} on {day}"
    else:
        said = {
            "restored": f"has been back since {day}",
            "relocated": "has since been read from another of its pages, and says the same",
            "reparsed": "is read otherwise by a newer reader",
        }.get(change.change, "changed")
    return (*named, Piece(f" {said}."))


def _describe_value(change: Change) -> Sentence:
    if _is_wording(change):
        return _describe_wording(change)
    name = name_field(change.field or "")
    of = (*_say(f"The {name} of "), _title(change))
    was, now = ("were", "are") if change.field in LIST_FIELDS else ("was", "is")
    if change.printed is not None:
        printed = Piece(_cut(escape(" ".join(change.printed.split()))), "new")
        return (*of, *_say(f" {was} "), _old(change), *_say("; the page now prints “"), printed,
                Piece("”, which no rule reads."))  # fmt: skip
    if is_nothing(change.old):
        return (*of, *_say(f", which {was} not stated, {now} now "), _new(change), Piece("."))
    if is_nothing(change.new):
        it = "they were" if change.field in LIST_FIELDS else "it was"
        return (*of, *_say(f" {now} no longer stated; {it} "), _old(change), Piece("."))
    verb = " moved from " if "date" in name or "day" in name else " went from "
    return (*of, *_say(verb), _old(change), *_say(" to "), _new(change), Piece("."))


def _is_wording(change: Change) -> bool:
    """Whether the field is the page's words for a value that could not be read."""
    entry = catalogue(change.kind).get(change.field or "")
    return entry is not None and entry.wording_of is not None


def _describe_wording(change: Change) -> Sentence:
    name = name_field(change.field or "").removeprefix("printed ")
    of = (*_say(f"The {name} of "), _title(change))
    if is_nothing(change.new):
        return (*of, *_say(" is no longer printed as “"), _old(change), Piece("”, which no rule reads."))
    if is_nothing(change.old):
        return (*of, *_say(" is now printed as “"), _new(change), Piece("”, which no rule reads."))
    return (*of, *_say(" is now printed as “"), _new(change), *_say("”, no longer as “"), _old(change),
            Piece("”; no rule reads either."))  # fmt: skip


def _describe_money(change: Change) -> Sentence:
    late = _say_late(change)
    if is_nothing(change.old):
        return (*_say("A budget of "), _new(change), *_say(" is now stated for "), _title(change),
                Piece(f", where none was{late}."))  # fmt: skip
    if is_nothing(change.new):
        return (*_say("The budget of "), _title(change), *_say(" is no longer stated; it was "), _old(change),
                Piece(f"{late}."))  # fmt: skip
    # The currency once, after the second amount, where it is the same.
    old = Piece(
        write_amount(change.old, None if change.old_currency == change.currency else change.old_currency), "old"
    )
    return (*_say("The budget of "), _title(change), *_say(" went from "), old, *_say(" to "), _new(change),
            Piece(f"{late}."))  # fmt: skip


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
    return (*_say("The title “"), Piece(_cut(write_field("title", change.old)), "old"), *_say("” became “"),
            Piece(_cut(write_field("title", change.new)), "new"), Piece("”."))  # fmt: skip


def _describe_list(change: Change) -> Sentence:
    name = name_field(change.field or "")
    old, new = split_list(change.old), split_list(change.new)
    came, went = [one for one in new if one not in old], [one for one in old if one not in new]
    if not old or not new or not (came or went):
        if came or went:
            return _describe_value(change)
        return (*_say(f"The {name} of "), _title(change), *_say(" are listed in another order: "), _new(change),
                Piece("."))  # fmt: skip
    said: Sentence
    if came and went:
        said = (Piece(_write_list(change.field, came), "new"), Piece(f" {_was(came)} added, and "),
                Piece(_write_list(change.field, went), "old"), Piece(" removed, among "))  # fmt: skip
    elif came:
        said = (Piece(_write_list(change.field, came), "new"), Piece(f" {_was(came)} added to "))
    else:
        said = (Piece(_write_list(change.field, went), "old"), Piece(f" {_was(went)} removed from "))
    return (*said, Piece(f"the {name} of "), _title(change), Piece("."))


def _was(parts: list[str]) -> str:
    return "was" if len(parts) == 1 else "were"


def _write_list(field: str | None, parts: list[str]) -> str:
    is_country = field in {"countries", "other_countries"}
    return escape(_cut(join_words([name_country(part) if is_country else part for part in parts])))


def _describe_text(change: Change) -> Sentence:
    name = name_field(change.field or "")
    old, new = len((change.old or "").split()), len((change.new or "").split())
    if not old or not new:
        said = f" now has a {name}, of {_words(new)}" if not old else f" no longer has a {name}; it had {_words(old)}"
        return (_title(change), Piece(f"{said}."))
    size = f"grew from {_words(old)} to {new:,}" if new > old else f"shrank from {_words(old)} to {new:,}"
    how = f"{size}" if new != old else f"was changed, at {_words(new)} as before"
    return (*_say(f"The {name} of "), _title(change), Piece(f" {how}{_say_quiet(change)}."))


def _words(n: int) -> str:
    return f"{n:,} word{'' if n == 1 else 's'}"


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
