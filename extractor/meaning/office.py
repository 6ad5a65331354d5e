"""What the frame of a page says of IOM and of the office whose site it is: facts beside the record, never part of it.

Belongs here: frame facts to mentions. Does not belong here: recognising the frame (``extractor.roles.boilerplate``).
The frame changes without the page changing (174 or 175 member states), so none of this enters the hash of content.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from contracts.extraction import Mention
from extractor.meaning.findings import shorten
from extractor.raw import FrameFact
from extractor.unicode import clean_line
from extractor.values.countries import read_countries


def split_areas(text: str) -> tuple[str, ...]:
    """The parts of a list of areas of work.

    What follows the last comma holds the last two, of which the second may hold an "and" of its own.

    >>> split_areas("Safe Ports, Return and Reintegration, Tides and Pilots and Crews")
    ('Safe Ports', 'Return and Reintegration', 'Tides', 'Pilots and Crews')
    >>> split_areas("Safe Ports, Tides, and Pilots and Crews"), split_areas("Return and Reintegration")
    (('Safe Ports', 'Tides', 'Pilots and Crews'), ('Return and Reintegration',))
    """
    *areas, last = re.split(r",\s*", clean_line(text).rstrip("."))
    if not areas:
        return (last,)
    if last.startswith("and "):
        return (*areas, last.removeprefix("and "))
    return (*areas, *last.split(" and ", 1))


def office_mention(fact: FrameFact) -> Mention:
    """One fact of the frame. Areas of work are divided by ``|``."""
    start, end = fact.evidence.span()
    value = clean_line(fact.value.value)
    is_list = fact.name == "thematic_areas"
    return Mention(
        kind="office",
        name=fact.name,
        value="|".join(split_areas(value)) if is_list else value,
        rule="frame.fact",
        certainty="interpreted" if is_list else "stated",
        raw=shorten(clean_line(fact.evidence.value)),
        start=start,
        end=end,
    )


def find_office_country(facts: Sequence[FrameFact]) -> str | None:
    """The country of the office whose frame the page has ("presence in Liberia since 2003"), alpha-2; else None.

    Telephone numbers without a country code are this country's.
    """
    named = next((fact.value.value for fact in facts if fact.name == "office_country"), None)
    codes = read_countries(named).codes if named else ()
    return codes[0] if len(codes) == 1 else None
