"""What a news text reports: when and where it happened and how long it lasts.

Belongs here: the one event that the first three paragraphs report. Does not belong here: other dates of the text
(``mentions``). "today" is a date only against a known publication date; without one it stays a word.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from extractor.codebooks import join_words, list_words, read_codebook
from extractor.prose.datelines import disagrees_with_weekday
from extractor.prose.prose import Hit, Prose
from extractor.prose.times import HELD, find_event_durations, iter_occasion_dates
from extractor.unicode import begins_with_capital, fold_word
from extractor.values.dates import edtf, find_exact_day
from extractor.values.places import WORD, city_keys


class EventDate(NamedTuple):
    """``start`` and ``end`` are EDTF; ``is_relative`` where they rest on the publication date."""

    start: str
    end: str
    first: int
    last: int
    rule: str
    is_relative: bool


class RelativeDate(NamedTuple):
    """A word such as "today" that tells when the event was, as printed, and the day and month beside it.

    ``day_and_month`` is None where none is printed.
    """

    word: str
    day_and_month: tuple[int, int] | None
    first: int
    last: int


_VERB = (
    r"(?:\w{3,}(?:ed|rew|gan|gun|eld|ook|met|ens|nds|hes)|will be \w+|was \w+|were \w+|has|have|is \w+ing|are \w+ing)"
)
_PRINTED = re.compile(r" ?\((?P<day>\d{1,2})[./](?P<month>\d{1,2})\.?\)")
_WORDS = read_codebook("prose")["relative"]
_WITH_PRINTED: tuple[str, ...] = tuple(_WORDS["words"])
"""Words that are read wherever a day and a month stand in parentheses behind them."""

_SHIFT: dict[str, int] = _WORDS["days"]
"""Words that are read alone, where a verb says that something happens then, and how many days they are from today."""

_VERB_BEFORE = re.compile(rf"\b{_VERB}(?: [\w’-]+){{0,2}} $|\b(?:{join_words('prose', 'happens')}) $")
_VERB_AFTER = re.compile(rf",? {_VERB}")
_BEING_DONE = re.compile(r" (?:being |officially |jointly ){1,3}\w+ed\b")
_PART_OF_WORD = re.compile(r"[\w’'-]")


def find_relative_date(prose: Prose) -> RelativeDate | None:
    """The "today" of "launched today in", of "today (26/03)", in the first three paragraphs.

    None for "today's migration" and for words that somebody is quoted with.
    """
    text = prose.text
    for place in prose.places_of(_WITH_PRINTED, prose.lead_end):
        word = next(word for word in _WITH_PRINTED if prose.lower.startswith(word, place))
        last = place + len(word)
        is_whole = not _PART_OF_WORD.match(text, last) and not (place and _PART_OF_WORD.match(text, place - 1))
        if not is_whole or prose.is_quoted(place):
            continue
        if printed := _PRINTED.match(text, last):
            day, month = int(printed["day"]), int(printed["month"])
            return RelativeDate(word, (day, month) if edtf(None, month, day) else None, place, printed.end())
        before = _VERB_BEFORE.search(text, max(0, place - 60), place)
        after = _BEING_DONE.match(text, last) or (text[place].isupper() and _VERB_AFTER.match(text, last))
        if fold_word(word) in _SHIFT and (before or after):
            return RelativeDate(word, None, place, last)
    return None


def resolve_relative_date(relative: RelativeDate, published: str | None) -> str | None:
    """EDTF of the day meant; its year from the publication date when that lies within a week.

    It is None where nothing is known.

    >>> printed = RelativeDate("today", (26, 3), 0, 0)
    >>> resolve_relative_date(printed, "2013-03-27"), resolve_relative_date(printed, None)
    ('2013-03-26', 'XXXX-03-26')
    >>> resolve_relative_date(RelativeDate("today", None, 0, 0), None) is None
    True
    """
    known = find_exact_day(published)
    if relative.day_and_month is None:
        shift = _SHIFT.get(fold_word(relative.word))
        return None if known is None or shift is None else (known + timedelta(days=shift)).isoformat()
    day, month = relative.day_and_month
    for year in (known.year, known.year - 1, known.year + 1) if known else ():
        text = edtf(year, month, day)
        if text and known and abs(date.fromisoformat(text) - known) <= timedelta(days=7):
            return text
    return edtf(None, month, day)


def find_event_date(prose: Prose, published: str | None, *, after: int = 0) -> EventDate | None:
    """When what the first three paragraphs report happened: the first of "held on 5 May" and "today".

    ``after`` is where the dateline ends: its own date says when the text was written.
    """
    relative = find_relative_date(prose)
    day = resolve_relative_date(relative, published) if relative else None
    if opening := _find_opening_date(prose, after):
        return opening
    for what, hit, has_day in iter_occasion_dates(prose):
        if relative and day and relative.first < hit.first:
            break
        if what == "event" and has_day and hit.first < prose.lead_end and not prose.is_quoted(hit.first):
            start, _, end = str(hit.value).partition("/")
            return EventDate(start, end or start, hit.first, hit.last, "date.event", is_relative=False)
    if relative is None or day is None:
        return None
    return EventDate(
        day, day, relative.first, relative.last, "date.relative", is_relative=find_exact_day(day) is not None
    )


_ON = r"(?:(?:On|From|Between|Le|Du|El|Del|Los días|Am|Vom) (?:the )?)?"
_OPENING = re.compile(rf"(?:[^\n]{{2,90}}?\s?[-–—]+\s+)?{_ON}")
_CLAUSE = re.compile(r",? \w|, ")
_OPENING_BEHIND_DATELINE = re.compile(rf"[).\s]*[-–—―]*\s*{_ON}")


def _find_opening_date(prose: Prose, after: int) -> EventDate | None:
    """The day with which a text begins, behind its dateline: "Suva – On 5 May 2020, clerks …"."""
    first = next((found for found in prose.dates if found.first >= after), None)
    opening = _OPENING_BEHIND_DATELINE if after else _OPENING
    if first is None or len(first.start) != 10 or not opening.fullmatch(prose.text, after, first.first):
        return None
    if not _CLAUSE.match(prose.text, first.last):
        return None
    return EventDate(first.start, first.end, first.first, first.last, "event.opening", is_relative=False)


def find_wrong_weekdays(prose: Prose) -> tuple[str, ...]:
    """Dates whose printed weekday is another day's: the publisher's own inconsistencies, as printed."""
    return tuple(
        prose.text[found.first : found.last]
        for found in prose.dates
        if found.start == found.end and disagrees_with_weekday(found.start, found.weekday)
    )


_HELD_IN = re.compile(
    rf"(?<!\w)(?:{HELD})(?:,? (?:today|yesterday|tomorrow|jointly|here|this week|on \w+day|last week))? "
    r"(?:in|at|à|en)(?: the (?:capital|city|town)(?: of|,)?)? $"
)


_BEFORE_TOWN = list_words("prose", "before_town")
"""With these ends what may stand between a verb of happening and a town."""


def find_event_place(prose: Prose) -> Hit | None:
    """The first town right after a verb of happening ("held in Niamey", "launched today in Port-au-Prince")."""
    for place in prose.places_of(_BEFORE_TOWN):
        first = prose.text.index(" ", place + 1) + 1
        if begins_with_capital(prose.text, first) and (town := _match_town(prose.text, first)):
            held = _HELD_IN.search(prose.text, max(0, first - 60), first)
            if held and not prose.is_quoted(held.start()):
                return town
    return None


def _match_town(text: str, first: int) -> Hit | None:
    words: list[str] = []
    ends: list[int] = []
    position = first
    while len(words) < 4 and (word := WORD.match(text, position)):
        words.append(fold_word(word[0]))
        ends.append(word.end())
        position = word.end() + 1
        if text[word.end() : position] not in {" ", "-", "'", "’"}:
            break
    for count in range(len(words), 0, -1):
        if code := city_keys().get(tuple(words[:count])):
            return Hit(text[first : ends[count - 1]], code, first, ends[count - 1])
    return None


def find_event_duration(prose: Prose) -> tuple[str, int, int] | None:
    """ISO 8601 and its place, where the text gives its event one length; None for none and for several."""
    hits = list(find_event_durations(prose))
    values = {hit.value for hit in hits}
    return (str(hits[0].value), hits[0].first, hits[0].last) if len(values) == 1 else None


_SDG = re.compile(
    r"\b(?:(?:SDG|Sustainable Development Goal)s?(?:'s)? (?:target )?(?P<direct>(?:1[0-7]|[1-9])\.(?:\d{1,2}|[a-d]))"
    r"|[Tt]arget (?P<target>(?:1[0-7]|[1-9])\.(?:\d{1,2}|[a-d]))(?= (?:of|in|under) (?:the )?(?:2030 Agenda|SDG|"
    r"Sustainable Development)))\b"
)


def find_sdg_targets(prose: Prose) -> tuple[tuple[str, int, int], ...]:
    """Targets of the 2030 Agenda that the text cites, each once, with their places.

    >>> find_sdg_targets(Prose("consistent with target 10.7 of the 2030 Agenda; a target 3.5 of the plan"))
    (('10.7', 16, 27),)
    """
    found: dict[str, tuple[str, int, int]] = {}
    for place in prose.places_of(("target ", "sdg", "sustainable development goal")):
        if match := _SDG.match(prose.text, place):
            target = match["direct"] or match["target"]
            found.setdefault(target, (target, *match.span()))
    return tuple(found.values())
