"""Who is named: people together with what they are, and who pays ("funded by", "with financial support from").

Belongs here: a role and a name as printed, in three orders of words; the phrases of funding and the names after them.
Does not belong here: people without a role, the staff of contact blocks, who are never published; partners, hosts. A
funder's country is no place of work; it has its own role.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from extractor.codebooks import join_words, list_words
from extractor.prose.prose import Hit, Prose, make_rules
from extractor.unicode import clean_line
from extractor.values.places import city_keys, country_keys, words_of

_CAP = r"[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:[’'.-][^\W\d_]+)*"
_NAME = (
    rf"(?:{_CAP}|[A-Z]\.)(?: (?:{_CAP}|[A-Z]\.|de|da|dos|del|van|von|der|bin|al|el|ben|la)){{1,3}}(?<! de)(?<! "
    rf"la)(?<! el)(?<! al)"
)
_HONORIFIC = rf"(?:H\.E\. )?(?:{join_words('prose', 'honorific')})\b\.?"
_SMALL = join_words("prose", "in_role")
_ROLE_NOUN = rf"(?:{join_words('prose', 'role')})"
_ROLE_WORD = rf"(?:{_CAP}|{_SMALL})"
_ROLE = rf"{_CAP}(?: {_ROLE_WORD}){{0,14}}"
_MOST_WORDS: Final = 15
"""Words of a role: none begins further back, and looking there takes a page's length squared."""
_LONGEST_ROLE: Final = 300
"""Characters of these words."""
_HAS_ROLE_NOUN = re.compile(rf"\b{_ROLE_NOUN}\b")
_ROLE_STEMS = frozenset(re.findall(r"\b[A-ZÉ][a-zéè]+", _ROLE_NOUN))
_HONORIFICS = frozenset(list_words("prose", "honorific"))

_HONORIFIC_AND_NAME = re.compile(rf"{_HONORIFIC} (?P<name>{_NAME})")
_ROLE_TOKEN = re.compile(rf"(?P<capital>{_CAP})|{_SMALL}")
_CAPITAL_END = re.compile(rf"(?<![\w’'-]){_CAP}$")
_CLAUSE_BREAK = re.compile(r"[,;:(\"“”]")
_CLOSED_ROLE = join_words("prose", "role_before_name")
_CLOSED_FIRST = frozenset(re.findall(r"(?<![\w ])[A-Z][a-z]+", _CLOSED_ROLE)) | {"Jefe", "Jefa", "Director"}
_CLOSED_ROLE_AND_NAME = re.compile(rf"(?:{_CLOSED_ROLE}),? (?P<name>{_NAME})")
_LEADING_WORD = re.compile(r"^(?:The|the|For|As|By|And) ")
_LEADING = re.compile(rf"(?<![\w’'-])(?:{_CAP} ){{1,4}}$")
_NAME_AT_END = re.compile(rf"(?<![\w’'-]){_NAME}$")
_ROLE_TO_ITS_END = re.compile(
    rf"(?P<role>(?:the )?{_ROLE})(?=[,.;:\n”\"]| (?:said|says|told|stressed|added|noted|explained|stated)\b|$)"
)

_NO_NAME = frozenset(list_words("prose", "in_no_name"))


def _is_name(name: str) -> bool:
    words = [word.strip(".").casefold() for word in name.split()]
    key = words_of(name)
    if any(word in _NO_NAME for word in words) or key in country_keys() or key in city_keys():
        return False
    return not any(words_of(word) in country_keys() or words_of(word) in city_keys() for word in name.split()[-1:])


def _person(name: str, role: str, first: int, last: int) -> Iterator[Hit]:
    name, role = clean_line(name), clean_line(_LEADING_WORD.sub("", role)).strip(" ,")
    if _HAS_ROLE_NOUN.search(role) and _is_name(name) and not _HAS_ROLE_NOUN.search(name):
        yield Hit(name, role, first, last)


def _find_role_honorific_name(prose: Prose) -> Iterator[Hit]:
    """From each honorific back to the beginning of its clause: the longest run of words that is a role."""
    text = prose.text
    for _, first in prose.iter_capitals(_HONORIFICS):
        match = _HONORIFIC_AND_NAME.match(text, first)
        if match is None:
            continue
        end = len(text[:first].removesuffix("H.E. ").rstrip(" ,"))
        start = max(prose.find_sentence(first)[0], end - _LONGEST_ROLE)
        breaks = [mark.end() for mark in _CLAUSE_BREAK.finditer(text, start, end)]
        begin = _find_role_start(text, max([start, *breaks]), end)
        if begin is not None:
            yield from _person(match["name"], text[begin:end], begin, match.end())


def _find_role_start(text: str, first: int, end: int) -> int | None:
    """Where the longest run of words begins that is a role and ends at ``end``: read backwards, each word once."""
    found: int | None = None
    for _ in range(_MOST_WORDS):
        at = max(first, text.rfind(" ", first, end) + 1)
        word = _ROLE_TOKEN.fullmatch(text, at, end)
        capital = _CAPITAL_END.search(text, at, end) if word is None or word["capital"] else None
        if capital is not None:
            found = capital.start()
        if word is None or at == first:
            break
        end = at - 1
    return found


def _find_role_name(prose: Prose) -> Iterator[Hit]:
    """Roles that end with known words, right before a name."""
    reached = 0
    for _, first in prose.iter_capitals(_CLOSED_FIRST):
        if first < reached:
            continue
        if match := _CLOSED_ROLE_AND_NAME.match(prose.text, first):
            leading = _LEADING.search(prose.text, max(prose.find_sentence(first)[0], first - 60), first)
            start = leading.start() if leading else first
            reached = match.end()
            yield from _person(match["name"], prose.text[start : match.start("name")], start, match.end())


def _find_name_role(prose: Prose) -> Iterator[Hit]:
    """From each noun of a role back to the comma before its phrase: a name must end there."""
    text = prose.text
    tried = -1
    for _, place in prose.iter_capitals(_ROLE_STEMS):
        start, _ = prose.find_sentence(place)
        comma = text.rfind(", ", start, place)
        if comma <= tried:
            continue
        tried = comma
        name = _NAME_AT_END.search(text, max(start, comma - 60), comma)
        role = _ROLE_TO_ITS_END.match(text, comma + 2) if name else None
        if name and role and role.end("role") > place:
            yield from _person(name[0], role["role"], name.start(), role.end("role"))


PEOPLE_RULES = make_rules(
    {
        "person.role-honorific-name": _find_role_honorific_name,
        "person.role-name": _find_role_name,
        "person.name-role": _find_name_role,
    }
)


_PHRASE = re.compile(
    rf"\b(?:{join_words('prose', 'funded')})(?P<article> the| le| la| les| el| los| las| l['’])?(?: |(?<=['’]))",
    re.IGNORECASE,
)
_TRIGGERS = list_words("prose", "funding")
_FUNDER_WORD = r"(?:(?:[A-Z]\.){2,}|[^\W\d_a-zß-öø-ÿ](?:[\w&’'-]|\.(?=\w))*)"
_LINK = (
    r"(?:,? (?:and )?(?:the )?|,? (?:et|y) (?:la |le |el |los )?| of (?:the )?| for | de (?:la |los )?| du | "
    r"del | des | on )"
)
_FUNDER = re.compile(rf"{_FUNDER_WORD}(?:{_LINK}(?<=[ ’']){_FUNDER_WORD}| européenne)*")
_SPLIT = re.compile(r",? (?:and|et|y) (?=(?:the|la|le|el|los) |l[’'])|, (?=the )|,? (?:and|et|y) |, ")
_POSSESSIVE = re.compile(r"[’']s? ")
_LETTERS = re.compile(r"\s?\(([A-Z][A-Za-z&-]{1,9})\)")
_ARTICLE = re.compile(r"(?:the|le|la|les|el|los|las) |l['’]", re.IGNORECASE)
_STARTS_A_FUNDER = re.compile(
    r"(?:Governments?|Gouvernement|Gobierno|Kingdom|Republic|European|United|Ministry|Embassy)\b|[A-Z]{2,}\b"
)


def _split_names(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The parts of a list of funders.

    A comma or an "and" divides before an article, before what can only be another funder, and before a country; else
    it is part of a name ("Bureau of Population, Refugees, and Migration").
    """
    start = first
    for match in _SPLIT.finditer(text, first, last):
        rest = text[match.end() : last]
        has_article = _ARTICLE.match(rest) is not None
        if (
            has_article
            or _STARTS_A_FUNDER.match(rest)
            or words_of(re.split(r",| and | et | y ", rest)[0]) in country_keys()
        ):
            yield start, match.start()
            start = match.end()
    yield start, last


def _find_funders(prose: Prose) -> Iterator[Hit]:
    text, reached = prose.text, 0
    for place in prose.places_of(_TRIGGERS):
        phrase = _PHRASE.search(text, max(reached, place - 30), place + 80)
        if phrase is None or phrase.start() > place:
            continue
        reached = phrase.end()
        name = _FUNDER.match(text, reached)
        for first, last in _split_names(text, *name.span()) if name else ():
            article = _ARTICLE.match(text, first, last)
            if hit := _read_funder(prose, article.end() if article else first, last):
                yield hit


def _read_funder(prose: Prose, first: int, last: int) -> Hit | None:
    """One funder: with its parent and letters when it is a body of a government ("Canadian Government / START")."""
    text = prose.text
    words = text[first:last].rstrip(",.")
    last = first + len(words)
    countries = prose.countries_between(first, last)
    codes = {country.code for country in countries}
    code = codes.pop() if len(codes) == 1 else None
    letters = _LETTERS.match(text, last)
    if (own := _POSSESSIVE.search(words)) and letters:
        return Hit(f"{clean_line(words[: own.start()])} / {letters[1]}", code, first, letters.end())
    if len(words) < 2 or (len(words.split()) == 1 and words.casefold() in _NO_FUNDER):
        return None
    return Hit(clean_line(words), code, first, letters.end() if letters else last)


_NO_FUNDER = frozenset({"member", "it", "this", "its", "donors"})

FUNDER_RULES = make_rules({"funder.phrase": _find_funders})
