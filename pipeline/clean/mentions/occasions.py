"""Dates in running text together with what happened then: a mission, a meeting, an adoption.

Belongs here: the date and its verb or noun. Does not belong here: which of them is the subject of a news text
(``events``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.clean.mentions.rule import Hit, Rule
from pipeline.clean.prose import Prose

_HELD = (
    r"held|holding|took place|taking place|takes place|take place|convened|organi[sz]ed|hosted|conducted|opened|"
    r"inaugurated|launched|met|gathered|concluded|kicked off|"
    r"tenue?s?|organisée?s?|lancée?s?|s['’]est ouverte?|a eu lieu|celebrad[oa]s?|realizad[oa]s?|realizó|celebró|"
    r"organizad[oa]s?|inaugurad[oa]s?|se llevó a cabo|llevad[oa]s? a cabo"
)
_BY = (
    r"(?:,? (?:on|from|between|over|in|the|le|du|el|del|entre|los días|of|last|this|les|en)\b)*(?:,? "
    r"[^\W\d_]{4,10}(?:-feira)?,?)?(?: the| le| el)? ?$"
)
HAPPENING = re.compile(rf"\b(?:{_HELD})\b(?P<between>[^.;:!?\n\"“”]{{0,60}}?)")
_MISSION = re.compile(
    r"\b(?:mission|assessment|visit)\b[^.;!?\n]{0,20}?\b(?:held|conducted|carried out|undertaken|took place|"
    r"fielded)(?: by IOM| there)? (?:in|on|from) $"
)
_ACT = re.compile(
    r"\b(?P<verb>adopted|signed|ratified|endorsed|established|founded|approved|enacted|entered into "
    r"force)\b[^.;!?\n\"“”]{0,90}?\b(?:on|in) $"
)
_OCCASION = re.compile(rf"\b(?:{_HELD})\b[^.;!?\n\"“”]{{0,60}}?{_BY}")


def iter_occasion_dates(prose: Prose) -> Iterator[tuple[str, Hit, bool]]:
    """What happened (``mission``, ``event`` or a verb), the find, and whether it has a day.

    One for each date that has a verb.
    """
    text = prose.text
    for date in prose.dates:
        sentence, _ = prose.find_sentence(date.first)
        sentence = max(sentence, date.first - 140)
        value = date.start if date.start == date.end else f"{date.start}/{date.end}"
        hit_last = date.last
        for pattern, name in ((_MISSION, "mission"), (_ACT, None), (_OCCASION, "event")):
            match = _last_match(pattern, text, sentence, date.first)
            if match is not None:
                what = name or match["verb"]
                yield what, Hit(what, value, date.first, hit_last), len(date.start) == 10
                break


def _last_match(pattern: re.Pattern[str], text: str, first: int, last: int) -> re.Match[str] | None:
    """The match that ends at ``last`` and begins latest: of two verbs the nearer has the date."""
    found = None
    match = pattern.search(text, first, last)
    while match is not None:
        found = match
        match = pattern.search(text, match.start() + 1, last)
    return found


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
