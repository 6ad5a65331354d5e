"""What running text names, found by rules that each show where they fire and where they must not.

Belongs here: the register of rules. Does not belong here: identifiers, budgets and countries of the record: prose
never gives them.

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

from collections.abc import Iterator

from extractor.mentions import acronyms, enumerations, funders, people, projects
from extractor.prose import times
from extractor.prose.prose import Prose
from extractor.prose.rule import Hit, Rule

RULES: tuple[Rule, ...] = (
    *acronyms.RULES,
    *projects.RULES,
    *funders.RULES,
    *times.DURATION_RULES,
    *people.RULES,
    *times.OCCASION_RULES,
    *enumerations.RULES,
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
