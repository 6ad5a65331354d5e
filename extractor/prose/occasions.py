"""Dates in running text together with what happened then: a mission, a meeting, an adoption.

Belongs here: the date and its verb or noun. Does not belong here: which of them is the subject of a news text
(``events``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.prose.prose import Prose, once_a_text
from extractor.prose.rule import Hit, Rule

HELD = (
    r"held|holding|took place|taking place|takes place|take place|convened|organi[sz]ed|hosted|conducted|opened|"
    r"inaugurated|launched|met|gathered|concluded|kicked off|kicks off|opens|"
    r"tenue?s?|organisée?s?|lancée?s?|s['’]est ouverte?|a eu lieu|celebrad[oa]s?|realizad[oa]s?|realizó|celebró|"
    r"organizad[oa]s?|inaugurad[oa]s?|se llevó a cabo|llevad[oa]s? a cabo"
)
_BY = (
    r"(?:,? (?:on|from|between|over|in|the|le|du|el|del|entre|los días|of|last|this|les|en)\b)*(?:,? "
    r"[^\W\d_]{4,10}(?:-feira)?,?)?(?: the| le| el)? ?$"
)
_ACTS = r"adopted|signed|ratified|endorsed|established|founded|approved|enacted|entered into force"
_SENT = r"carried out|undertaken|fielded"
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


RULES = (
    Rule(
        id="date.mission",
        kind="date",
        certainty="stated",
        find=lambda prose: _find(prose, "mission"),
        example="based on a technical assessment mission held in May 2006, work begins",
        finds=(("mission", "2006-05"),),
        counter_example="based on a mission of long standing; May 2006 came and went",
    ),
    Rule(
        id="date.event",
        kind="date",
        certainty="stated",
        find=lambda prose: _find(prose, "event"),
        example="The course, held in Utopia from 29-30 July, went well.",
        finds=(("event", "XXXX-07-29/XXXX-07-30"),),
        counter_example="The course held promise. By 30 July all was quiet, and 12 out of 20 met.",
    ),
    Rule(
        id="date.act",
        kind="date",
        certainty="stated",
        find=_find,
        example="The compact was adopted by all in Utopia, on December 19, 2018.",
        finds=(("adopted", "2018-12-19"),),
        counter_example="The compact was adopted. On December 19, 2018 it rained; the adopted text is long.",
    ),
)
