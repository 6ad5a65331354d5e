"""How long something lasts: "two-day workshop", "12-month project", as ISO 8601.

Belongs here: a number, a unit and what lasts. Not read: "more than a one-year project", "over two months", a span
without its thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.clean.mentions.rule import Hit, Rule
from pipeline.clean.prose import Prose
from pipeline.clean.unicode import clean_line

_NUMBERS = {
    word: number
    for words in (
        "one two three four five six seven eight nine ten eleven twelve",
        "un deux trois quatre cinq six sept huit neuf dix onze douze",
        "un dos tres cuatro cinco seis siete ocho nueve diez once doce",
    )
    for number, word in enumerate(words.split(), start=1)
} | {"une": 1, "una": 1, "a half": 0, "eighteen": 18, "fifteen": 15, "twenty-four": 24}
_UNITS = {
    unit: letter
    for letter, units in {
        "D": "day jour día dia",
        "W": "week semaine semana",
        "M": "month mois mes",
        "Y": "year an année año",
    }.items()
    for unit in units.split()
}
_EVENT = (
    "workshop|training|meeting|conference|seminar|course|forum|symposium|retreat|consultation|dialogue|session|"
    "visit|event|summit|mission|"
    "atelier|formation|réunion|conférence|séminaire|taller|capacitación|reunión|conferencia|seminario|curso|foro"
)
_PROJECT = "project|programme|program|initiative|projet|proyecto|programa"
_HEDGE = re.compile(
    r"(?:more than|less than|fewer than|over|under|about|around|almost|nearly|up to|at least|every|each|another|"
    r"within|plus de|moins de|más de|menos de|hasta)(?: (?:an?|the|une?))? $",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    rf"\b(?P<count>\d{{1,2}}|[a-z]+(?:-four)?)[- –](?P<unit>day|week|month|year)(?:-long)?,? "
    rf"(?P<between>(?:[\w’'-]+ ){{0,4}}?)(?P<thing>{_EVENT}|{_PROJECT})(?!\w)",
    re.IGNORECASE,
)
_ROMANCE = re.compile(
    rf"\b(?P<thing>{_EVENT}|{_PROJECT}) (?P<between>(?:(?!(?:{_EVENT}|{_PROJECT})\b)[\w’'-]+ ){{0,3}}?)(?:de|d['’]) "
    rf"?(?P<count>\d{{1,2}}|[a-z]+) (?P<unit>jour|semaine|mois|an|année|día|dia|semana|mes|año)(?:e?s)?(?!\w)",
    re.IGNORECASE,
)
_NEAR = re.compile(
    r"-(?:day|week|month|year)|\b(?:jours?|mois|ans?|années?|semaines?|días?|semanas?|mes(?:es)?|años?)\b",
    re.IGNORECASE,
)
_EVENT_WORD = re.compile(_EVENT, re.IGNORECASE)


def _iter_durations(prose: Prose) -> Iterator[tuple[bool, Hit]]:
    """Whether it is an event's, and the find."""
    if _NEAR.search(prose.text) is None:
        return
    for pattern in (_ENGLISH, _ROMANCE):
        for match in pattern.finditer(prose.text):
            counted = match["count"].lower()
            count = int(counted) if counted.isdigit() else _NUMBERS.get(counted)
            if not count or _HEDGE.search(prose.text, max(0, match.start() - 24), match.start()):
                continue
            is_event = _EVENT_WORD.fullmatch(match["thing"]) is not None
            if is_event and prose.is_quoted(match.start()):
                continue
            unit = _UNITS[match["unit"].lower()]
            yield is_event, Hit(clean_line(match["thing"]).lower(), f"P{count}{unit}", *match.span())


def find_event_durations(prose: Prose) -> Iterator[Hit]:
    """Durations of meetings, trainings and the like."""
    return (hit for is_event, hit in _iter_durations(prose) if is_event)


def _find_project_durations(prose: Prose) -> Iterator[Hit]:
    return (hit for is_event, hit in _iter_durations(prose) if not is_event)


RULES = (
    Rule(
        id="duration.event",
        kind="duration",
        certainty="stated",
        find=find_event_durations,
        example="Officers joined a three-day regional course.",
        finds=(("course", "P3D"),),
        counter_example="It took more than a three-day course, over 2-day intervals, on the third day of the course.",
    ),
    Rule(
        id="duration.project",
        kind="duration",
        certainty="stated",
        find=_find_project_durations,
        example="The 18-month IOM project and le projet de deux ans.",
        finds=(("project", "P18M"), ("projet", "P2Y")),
        counter_example="It will take more than a one-year project; the project ended a year ago.",
    ),
)
