"""What part each country plays in a news text: dateline, funder, participant, primary, mention.

Belongs here: roles in prose. Does not belong here: the countries of a project's record, which its label states. A
funder's country is a funder only: it is named as one and counts for nothing else unless the text names it elsewhere
too.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from contracts.extraction import Certainty, CountryRole
from extractor.codebooks import join_words, list_words
from extractor.prose.country_mentions import NamedCountry
from extractor.prose.prose import Hit, Prose


class Role(NamedTuple):
    """One country in one role; ``first`` and ``last`` are characters of the prose."""

    role: CountryRole
    code: str
    first: int
    last: int
    rule: str
    certainty: Certainty


_DELEGATES = re.compile(join_words("prose", "delegates"))
_DELEGATE_STEMS = list_words("prose", "delegate")
_LONGEST_GAP = 70
"""Characters between "representatives from" and the first country: "the four states of the region, namely"."""
_LIST_HEAD = re.compile(r"^[^.;!?\n\"“”]*\b(?:countries|states|pays|países|governments)\b\s*[–—:(-]\s*$")
_LISTED = re.compile(r"(?:[\s,–-]|\b(?:and|et|y|as well as|the|la|le|les|el)\b)*+")
_FIRST_GAP = re.compile(rf"(?:\s|[–:,(—-]|\b(?:{join_words('prose', 'before_countries')})\b)*+")
"""Whole words only, and none given back once read: a number of any length is read once."""


def _iter_participants(prose: Prose) -> Iterator[Role]:
    """Countries listed right after "representatives from" and the like.

    The list must begin there and be a list of names.
    """
    countries = [country for country in prose.countries if not country.is_demonym]
    places = [country.first for country in countries]
    for place in prose.places_of(_DELEGATE_STEMS) if countries else ():
        match = _DELEGATES.match(prose.lower, place)
        at = bisect_left(places, match.end()) if match else 0
        if match is None or at == len(places) or places[at] - match.end() > _LONGEST_GAP:
            continue
        opening = prose.text[match.end() : places[at]]
        if _FIRST_GAP.fullmatch(opening.strip()) or _LIST_HEAD.search(opening):
            for country in _take_list(prose.text, countries, at):
                yield Role(
                    "participant", country.code, country.first, country.last, "country.delegates-from", "interpreted"
                )


def _take_list(text: str, countries: list[NamedCountry], at: int) -> list[NamedCountry]:
    """The countries from one on, up to the first that is not joined to the one before by a comma or an "and"."""
    listed = [countries[at]]
    for country in islice(countries, at + 1, None):
        if not _LISTED.fullmatch(text[listed[-1].last : country.first]):
            break
        listed.append(country)
    return listed


def _find_primary(prose: Prose, *, left_out: set[int]) -> Role | None:
    """The country that a text is about.

    It is named in its title or first paragraph, three times or more, and more than all others together.
    """
    named = [country for country in prose.countries if country.first not in left_out]
    counts = Counter(country.code for country in named)
    if not counts:
        return None
    code, most = counts.most_common(1)[0]
    if most < 3 or most * 2 <= counts.total():
        return None
    where = next((country for country in named if country.code == code and not country.is_demonym), None)
    first_paragraph = prose.text.find("\n") if "\n" in prose.text else len(prose.text)
    if where is None or where.first > first_paragraph:
        return None
    return Role("primary", code, where.first, where.last, "country.most-named", "inferred")


def read_roles(prose: Prose, *, funders: Iterable[Hit], dateline_codes: Iterable[Role]) -> tuple[Role, ...]:
    """Each country once in each role; "mention" only where it has no other role than dateline.

    ``funders`` are finds of ``funder.phrase``; a naming inside one is no naming for other roles.
    """
    roles: list[Role] = list(dateline_codes)
    paid = [hit for hit in funders if hit.value]
    left_out = {country.first for hit in paid for country in prose.countries_between(hit.first, hit.last)}
    roles += (Role("funder", str(hit.value), *_place_of(prose, hit), "country.funder", "interpreted") for hit in paid)
    roles += (role for role in _iter_participants(prose) if role.first not in left_out)
    if primary := _find_primary(prose, left_out=left_out):
        roles.append(primary)
    cast = {role.code for role in roles if role.role != "dateline"}
    named_elsewhere = [country for country in prose.countries if country.first not in left_out]
    funding_only = {role.code for role in roles if role.role == "funder"} - {
        role.code for role in roles if role.role in {"primary", "participant"}
    }
    for country in named_elsewhere:
        if country.code not in cast or country.code in funding_only:
            rule = "country.demonym" if country.is_demonym else "country.name"
            roles.append(Role("mention", country.code, country.first, country.last, rule, "interpreted"))
    once: dict[tuple[str, str], Role] = {}
    for role in roles:
        once.setdefault((role.role, role.code), role)
    return tuple(once.values())


def _place_of(prose: Prose, hit: Hit) -> tuple[int, int]:
    named = prose.countries_between(hit.first, hit.last)
    return (named[0].first, named[0].last) if named else (hit.first, hit.last)
