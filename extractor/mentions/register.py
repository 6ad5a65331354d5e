"""The register of rules on what running text names; those on projects and on what a text counts up.

Belongs here: names of projects and programmes in quotation marks, or with an acronym before "project"; enumerations in
one sentence. Does not belong here: identifiers and budgets, which prose never gives; lists of the markup.

What ``name`` and ``value`` of a mention hold:

================  ==================================  ==========================================
kind              name                                value
================  ==================================  ==========================================
acronym           the letters                         what they stand for
activity          the item's text                     its number in the enumeration
date              what happened (``adopted``)         EDTF
duration          what lasts (``project``)            ISO 8601
funder            who                                 country, alpha-2, where it is one
office            fact of the page's frame            the fact
organisation      its name                            its acronym
person            name as printed                     role as printed
programme         its name                            its acronym
project           its name                            its acronym
project_country   the project's name                  country, alpha-2
================  ==================================  ==========================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.mentions.acronyms import ACRONYM_RULES, iter_pairs
from extractor.mentions.parties import FUNDER_RULES, PEOPLE_RULES
from extractor.prose import times
from extractor.prose.prose import Hit, Prose, Rule, make_rules, once_a_text
from extractor.unicode import clean_line

_PROJECT = "[Pp]roject|[Pp]rojet|[Pp]royecto|[Pp]rojeto"
_PROGRAMME = "[Pp]rogramme|[Pp]rogram|[Ii]nitiative|[Pp]rograma|[Ii]niciativa"
_CALLED = "called|entitled|titled|named|known as|intitulé|dénommé|titulado|denominado|llamado|intitulado"
_NOUN_BEFORE = re.compile(rf"(?<!\w)(?P<noun>{_PROJECT}|{_PROGRAMME})s?(?:,? (?:{_CALLED}))?[:,]? ?$")
_FOLLOWING = re.compile(rf"\s(?P<noun>{_PROJECT}|{_PROGRAMME})\b")
_IS_PROJECT = re.compile(_PROJECT)


@once_a_text
def _iter_quoted(prose: Prose) -> Iterator[tuple[bool, Hit]]:
    """The quoted names after "project" or "programme", and whether it is a project's."""
    for first, last in prose.quotations:
        noun = _NOUN_BEFORE.search(prose.text, max(0, first - 32), first)
        name = clean_line(prose.text[first + 1 : last - 1])
        is_name = 8 <= len(name) <= 220 and name[0].isupper() and len(name.split()) >= 2 and name[-1] not in ",.!?"
        if noun and is_name:
            yield _IS_PROJECT.fullmatch(noun["noun"]) is not None, Hit(name, None, first, last)


def _find_by_acronym(prose: Prose, *, projects: bool) -> Iterator[Hit]:
    for _, pair in iter_pairs(prose):
        match = _FOLLOWING.match(prose.text, pair.last)
        if match and (_IS_PROJECT.fullmatch(match["noun"]) is not None) is projects:
            yield Hit(str(pair.value), pair.name, pair.first, match.end())


def _find_countries(prose: Prose) -> Iterator[Hit]:
    return (
        Hit(quoted.name, country.code, country.first, country.last)
        for _, quoted in _iter_quoted(prose)
        for country in prose.countries_between(quoted.first, quoted.last)
    )


_MARK = re.compile(r"(?:(?<=[\s:;,(])|^)\(?(?P<mark>\d{1,2}|[a-h]|i{1,3}|iv|v)\)\s+(?=\S)")
_ORDERS = tuple([str(number) for number in range(1, 21)]), tuple("abcdefgh"), ("i", "ii", "iii", "iv", "v")
_ENDING = re.compile(r"[\s;,.:]*(?:;? (?:and|et|y))?[\s;,.:]*$")


def _find_items(prose: Prose) -> Iterator[Hit]:
    text = prose.text
    marks = list(_MARK.finditer(text)) if any(first in text for first in ("1) ", "a) ", "i) ")) else []
    for order in _ORDERS:
        runs: list[list[re.Match[str]]] = []
        for mark in marks:
            if mark["mark"] == order[0]:
                runs.append([mark])
            elif (
                runs
                and len(runs[-1]) < len(order)
                and mark["mark"] == order[len(runs[-1])]
                and "\n" not in text[runs[-1][0].end() : mark.start()]
            ):
                runs[-1].append(mark)
        for run in runs:
            if len(run) >= 2:
                yield from _read_run(prose, run)
                return


def _read_run(prose: Prose, run: list[re.Match[str]]) -> Iterator[Hit]:
    ends = [mark.start() for mark in run[1:]] + [prose.find_sentence(run[-1].end())[1]]
    for number, (mark, end) in enumerate(zip(run, ends, strict=True), start=1):
        words = _ENDING.sub("", prose.text[mark.end() : end])
        if words:
            yield Hit(clean_line(words), str(number), mark.start(), mark.end() + len(words))


PROJECT_RULES = make_rules(
    {
        "project.quoted": lambda prose: (hit for is_project, hit in _iter_quoted(prose) if is_project),
        "project.with-acronym": lambda prose: _find_by_acronym(prose, projects=True),
        "programme.quoted": lambda prose: (hit for is_project, hit in _iter_quoted(prose) if not is_project),
        "programme.with-acronym": lambda prose: _find_by_acronym(prose, projects=False),
        "project.countries-in-name": _find_countries,
    }
)

ACTIVITY_RULES = make_rules({"activity.enumerated": _find_items})

RULES: tuple[Rule, ...] = (
    *ACRONYM_RULES,
    *PROJECT_RULES,
    *FUNDER_RULES,
    *times.DURATION_RULES,
    *PEOPLE_RULES,
    *times.OCCASION_RULES,
    *ACTIVITY_RULES,
)
"""Every rule, in the order in which their finds are listed."""


def iter_mentions(prose: Prose) -> Iterator[tuple[Rule, Hit]]:
    """What the rules find, each (kind, name, value) once, at its first place."""
    seen: set[tuple[str, str, str | None]] = set()
    for rule in RULES:
        for hit in rule.find(prose):
            identity = (rule.kind, hit.name, hit.value)
            if identity not in seen:
                seen.add(identity)
                yield rule, hit
