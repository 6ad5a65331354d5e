"""How long something lasts ("two-day workshop", "12-month project") and on what day something is to be.

Belongs here: a number, a unit and what lasts, as ISO 8601; a day and its occasion. Not read: "more than a one-year
project", "over two months", a span without its thing. Does not belong here: the event of the text (``events``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.codebooks import join_words, read_codebook
from extractor.prose.prose import Hit, Prose, make_rules, once_a_text
from extractor.unicode import clean_line

_NUMBERS = {word: number for words in read_codebook("prose")["number"].values() for word, number in words.items()}
_UNITS = {unit: letter for units in read_codebook("prose")["unit"].values() for unit, letter in units.items()}
_EVENT, _PROJECT = join_words("prose", "event"), join_words("prose", "undertaking")
_HEDGE = re.compile(rf"(?:{join_words('prose', 'hedge')})(?: (?:an?|the|une?))? $", re.IGNORECASE)
_ENGLISH_UNITS = tuple(read_codebook("prose")["unit"]["en"])
_COUNT_BEFORE = re.compile(r"(?<![\w-])(?:\d{1,2}|[A-Za-z]+(?:-four)?)$")
_AFTER_UNIT = re.compile(
    rf"(?:-long)?,? (?:[\w’'-]+ ){{0,4}}?(?P<thing>{_EVENT}|{_PROJECT})(?!\w)(?! (?:{_EVENT}|{_PROJECT})\b)",
    re.IGNORECASE,
)

_ROMANCE_UNITS = (" jour", " semaine", " mois", " ans", " an ", " année", " día", " dia", " semana", " mes", " año")
_UNIT = re.compile(r" (?P<unit>jour|semaine|mois|an|année|día|dia|semana|mes|año)(?:e?s)?(?!\w)", re.IGNORECASE)
_THING_BEFORE = re.compile(
    rf"(?<!\w)(?P<thing>{_EVENT}|{_PROJECT}) (?:(?!(?:{_EVENT}|{_PROJECT})\b)[\w’'-]+ ){{0,3}}?(?:de|d['’]) "
    r"?(?P<count>\d{1,2}|[a-z]+)$",
    re.IGNORECASE,
)
_EVENT_WORD = re.compile(_EVENT, re.IGNORECASE)


def _iter_english(prose: Prose) -> Iterator[tuple[str, str, str, int, int]]:
    """Count, unit and thing as printed, and the place of the whole: "three-day regional course"."""
    text = prose.text
    for place in prose.places_of(_ENGLISH_UNITS):
        if text[place - 1 : place] not in {"-", " ", "–"}:
            continue
        count = _COUNT_BEFORE.search(text, max(0, place - 14), place - 1)
        unit = next(unit for unit in _ENGLISH_UNITS if prose.lower.startswith(unit, place))
        after = _AFTER_UNIT.match(text, place + len(unit)) if count else None
        if count and after:
            yield count[0], unit, after["thing"], count.start(), after.end()


def _iter_romance(prose: Prose) -> Iterator[tuple[str, str, str, int, int]]:
    """The same where the thing comes first: "atelier de deux jours"."""
    for place in prose.places_of(_ROMANCE_UNITS):
        unit = _UNIT.match(prose.text, place)
        before = _THING_BEFORE.search(prose.text, max(0, place - 70), place) if unit else None
        if unit and before:
            yield before["count"], unit["unit"], before["thing"], before.start(), unit.end()


@once_a_text
def _iter_durations(prose: Prose) -> Iterator[tuple[bool, Hit]]:
    """Whether it is an event's, and the find."""
    for printed, unit, thing, first, last in (*_iter_english(prose), *_iter_romance(prose)):
        counted = printed.lower()
        count = int(counted) if counted.isdigit() else _NUMBERS.get(counted)
        if not count or _HEDGE.search(prose.text, max(0, first - 24), first):
            continue
        is_event = _EVENT_WORD.fullmatch(thing) is not None
        if not (is_event and prose.is_quoted(first)):
            yield is_event, Hit(clean_line(thing).lower(), f"P{count}{_UNITS[unit.lower()]}", first, last)


def find_event_durations(prose: Prose) -> Iterator[Hit]:
    """Durations of meetings, trainings and the like."""
    return (hit for is_event, hit in _iter_durations(prose) if is_event)


DURATION_RULES = make_rules(
    {
        "duration.event": find_event_durations,
        "duration.project": lambda prose: (hit for is_event, hit in _iter_durations(prose) if not is_event),
    }
)


HELD = join_words("prose", "held")
_BY = rf"(?:,? (?:{join_words('prose', 'on_day')})\b)*(?:,? [^\W\d_]{{4,10}}(?:-feira)?,?)?(?: the| le| el)? ?$"
_ACTS, _SENT = join_words("prose", "enacted"), join_words("prose", "sent")
_VERB = re.compile(rf"(?<!\w)(?:(?P<act>{_ACTS})|(?P<sent>{_SENT})|(?P<held>{HELD}))(?!\w)")
_UP_TO_DATE = re.compile(rf"[^.;!?\n\"“”]{{0,60}}?{_BY}")
_ACT_TO_DATE = re.compile(r"[^.;!?\n\"“”]{0,90}?\b(?:on|in) $")
_MISSION = re.compile(r"\b(?:mission|assessment|visit)\b[^.;!?\n]{0,20}$")
_MISSION_TO_DATE = re.compile(r"(?: by IOM| there)? (?:in|on|from) $")
FARTHEST = 140
"""Characters between the verb and its date at most."""


@once_a_text
def iter_occasion_dates(prose: Prose) -> Iterator[tuple[str, Hit, bool]]:
    """What happened (``mission``, ``event`` or a verb), the find, and whether it has a day.

    One for each date that has a verb: the nearest before it, in its sentence.
    """
    for date in prose.dates:
        sentence, _ = prose.find_sentence(date.first)
        what = _find_occasion(prose.text, max(sentence, date.first - FARTHEST), date.first)
        if what is not None:
            value = date.start if date.start == date.end else f"{date.start}/{date.end}"
            yield what, Hit(what, value, date.first, date.last), len(date.start) == 10


def _find_occasion(text: str, first: int, last: int) -> str | None:
    verbs = list(_VERB.finditer(text, first, last))
    if not verbs:
        return None
    verb = verbs[-1]
    if verb["act"]:
        return verb["act"] if _ACT_TO_DATE.match(text, verb.end(), last) else None
    if _MISSION.search(text, first, verb.start()) and _MISSION_TO_DATE.match(text, verb.end(), last):
        return "mission"
    return "event" if verb["held"] and _UP_TO_DATE.match(text, verb.end(), last) else None


def _find(prose: Prose, *names: str) -> Iterator[Hit]:
    return (
        hit
        for what, hit, _ in iter_occasion_dates(prose)
        if (what in names if names else what not in {"event", "mission"})
    )


OCCASION_RULES = make_rules(
    {
        "date.mission": lambda prose: _find(prose, "mission"),
        "date.event": lambda prose: _find(prose, "event"),
        "date.act": _find,
    }
)
