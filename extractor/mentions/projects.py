"""Projects and programmes that a text names: in quotation marks, or spelled out with an acronym before "project".

Belongs here: names of projects. Does not belong here: their identifiers and budgets, which prose never gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from extractor.mentions.acronyms import iter_pairs
from extractor.prose.prose import Prose, once_a_text
from extractor.prose.rule import Hit, Rule
from extractor.unicode import clean_line

_PROJECT = "[Pp]roject|[Pp]rojet|[Pp]royecto|[Pp]rojeto"
_PROGRAMME = "[Pp]rogramme|[Pp]rogram|[Ii]nitiative|[Pp]rograma|[Ii]niciativa"
_CALLED = "called|entitled|titled|named|known as|intitulé|dénommé|titulado|denominado|llamado|intitulado"
_NOUN_BEFORE = re.compile(rf"(?<!\w)(?P<noun>{_PROJECT}|{_PROGRAMME})s?(?:,? (?:{_CALLED}))?[:,]? ?$")
_FOLLOWING = re.compile(rf"\s(?P<noun>{_PROJECT}|{_PROGRAMME})\b")
_IS_PROJECT = re.compile(_PROJECT)


class _Quoted(NamedTuple):
    """A quoted name after "project" or "programme"; ``first`` and ``last`` are of the name with its quotes."""

    is_project: bool
    name: str
    first: int
    last: int


@once_a_text
def _iter_quoted(prose: Prose) -> Iterator[_Quoted]:
    for first, last in prose.quotations:
        noun = _NOUN_BEFORE.search(prose.text, max(0, first - 32), first)
        name = clean_line(prose.text[first + 1 : last - 1])
        is_name = 8 <= len(name) <= 220 and name[0].isupper() and len(name.split()) >= 2 and name[-1] not in ",.!?"
        if noun and is_name:
            yield _Quoted(_IS_PROJECT.fullmatch(noun["noun"]) is not None, name, first, last)


def _find_quoted(prose: Prose, *, projects: bool) -> Iterator[Hit]:
    return (
        Hit(quoted.name, None, quoted.first, quoted.last)
        for quoted in _iter_quoted(prose)
        if quoted.is_project is projects
    )


def _find_by_acronym(prose: Prose, *, projects: bool) -> Iterator[Hit]:
    for pair in iter_pairs(prose):
        match = _FOLLOWING.match(prose.text, pair.last)
        if match and (_IS_PROJECT.fullmatch(match["noun"]) is not None) is projects:
            yield Hit(pair.expansion, pair.letters, pair.first, match.end())


def _find_countries(prose: Prose) -> Iterator[Hit]:
    return (
        Hit(quoted.name, country.code, country.first, country.last)
        for quoted in _iter_quoted(prose)
        for country in prose.countries_between(quoted.first, quoted.last)
    )


RULES = (
    Rule(
        id="project.quoted",
        kind="project",
        certainty="stated",
        find=lambda prose: _find_quoted(prose, projects=True),
        example='It was part of an IOM project: "Safer Harbours in Mali and Niger" of last year.',
        finds=(("Safer Harbours in Mali and Niger", None),),
        counter_example='"The project was good," he said. The project is "excellent". A programme called "Safe '
        'Harbours".',
    ),
    Rule(
        id="project.with-acronym",
        kind="project",
        certainty="stated",
        find=lambda prose: _find_by_acronym(prose, projects=True),
        example="The Safer Harbours Action (SHA) project begins.",
        finds=(("Safer Harbours Action", "SHA"),),
        counter_example="The Safer Harbours Agency (SHA) began a project.",
    ),
    Rule(
        id="programme.quoted",
        kind="programme",
        certainty="stated",
        find=lambda prose: _find_quoted(prose, projects=False),
        example="Under the programme entitled “Safe Harbours”, staff were trained.",
        finds=(("Safe Harbours", None),),
        counter_example='The project "Safe Harbours" is no programme, she said: "Never".',
    ),
    Rule(
        id="programme.with-acronym",
        kind="programme",
        certainty="stated",
        find=lambda prose: _find_by_acronym(prose, projects=False),
        example="The Assisted Return Scheme (ARS) programme begins.",
        finds=(("Assisted Return Scheme", "ARS"),),
        counter_example="The Assisted Return Scheme (ARS) helps programme staff.",
    ),
    Rule(
        id="project.countries-in-name",
        kind="project_country",
        certainty="interpreted",
        find=_find_countries,
        example='An IOM project: "Safer Harbours in Mali and Niger" began in Chad.',
        finds=(("Safer Harbours in Mali and Niger", "ML"), ("Safer Harbours in Mali and Niger", "NE")),
        counter_example='An IOM project: "Safer Harbours for Everyone" began in Chad.',
    ),
)
