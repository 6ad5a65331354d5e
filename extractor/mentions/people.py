"""People named together with what they are: the role as printed, the name as printed, nothing corrected.

Belongs here: three orders of words (role, honorific, name; role, name; name, role). Does not belong here: people
without a role, roles without a name, and the staff of contact blocks, who are never published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from extractor.prose.prose import Prose
from extractor.prose.rule import Hit, Rule
from extractor.unicode import clean_line
from extractor.values.country_names import country_keys, words_of
from extractor.values.places import city_keys

_CAP = r"[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:[’'.-][^\W\d_]+)*"
_NAME = (
    rf"(?:{_CAP}|[A-Z]\.)(?: (?:{_CAP}|[A-Z]\.|de|da|dos|del|van|von|der|bin|al|el|ben|la)){{1,3}}(?<! de)(?<! "
    rf"la)(?<! el)(?<! al)"
)
_HONORIFIC = r"(?:H\.E\. )?(?:Mr|Mrs|Ms|Miss|Dr|Prof|Hon|Sir|Madam|Mme|M|Sr|Sra|Señor|Señora|Monsieur|Madame)\b\.?"
_SMALL = (
    r"of|for|and|the|in|on|to|at|resident|deputy|general|regional|country|acting|special|de|la|des|du|del|los|"
    r"las|para|pour|et|y|en|au|aux|da|do|d['’]"
)
_ROLE_NOUN = (
    r"(?:Chief of Mission|Head of (?:Mission|Office|Sub-Office|Delegation)|Coordinator|Minister|Ministre|Ministra|"
    r"Ministro|Director|Directeur|Directrice|"
    r"Directora|Ambassador|Ambassadeur|Embajador|Embajadora|Commissioner|Secretary|Secretary-General|President|"
    r"Président|Presidente|Governor|Mayor|Spokesperson|Spokesman|"
    r"Spokeswoman|Manager|Officer|Representative|Représentant|Representante|Envoy|Chairperson|Chairman|Adviser|"
    r"Advisor|Specialist|Expert|Chief|Superintendent|General|Consul|Professor|"
    r"Chef de mission|Jefe de Misión|Jefa de Misión)"
)
_ROLE_WORD = rf"(?:{_CAP}|{_SMALL})"
_ROLE = rf"{_CAP}(?: {_ROLE_WORD}){{0,14}}"
_MOST_WORDS: Final = 15
"""Words of a role: none begins further back, and looking there takes a page's length squared."""
_LONGEST_ROLE: Final = 300
"""Characters of these words."""
_HAS_ROLE_NOUN = re.compile(rf"\b{_ROLE_NOUN}\b")
_ROLE_STEMS = frozenset(re.findall(r"\b[A-ZÉ][a-zéè]+", _ROLE_NOUN))
_HONORIFICS = frozenset("Mr Mrs Ms Miss Dr Prof Hon Sir Madam Mme M Sr Sra Señor Señora Monsieur Madame".split())  # noqa: SIM905 - one line

_HONORIFIC_AND_NAME = re.compile(rf"{_HONORIFIC} (?P<name>{_NAME})")
_ROLE_TOKEN = re.compile(rf"(?P<capital>{_CAP})|{_SMALL}")
_CAPITAL_END = re.compile(rf"(?<![\w’'-]){_CAP}$")
_CLAUSE_BREAK = re.compile(r"[,;:(\"“”]")
_CLOSED_ROLE = (
    r"(?:Deputy )?Chief of Mission|(?:Deputy )?Director General|Regional Director|Resident Coordinator|"
    r"Head of (?:Mission|Office|Sub-Office)|(?:Project|Programme|Program) (?:Manager|Coordinator|Officer)|"
    r"Special Envoy|Spokesperson|Chef de mission|Jef[ae] de Misión|Director(?:a)? General"
)
_CLOSED_FIRST = frozenset(re.findall(r"(?<![\w ])[A-Z][a-z]+", _CLOSED_ROLE)) | {"Jefe", "Jefa", "Director"}
_CLOSED_ROLE_AND_NAME = re.compile(rf"(?:{_CLOSED_ROLE}),? (?P<name>{_NAME})")
_LEADING = re.compile(rf"(?<![\w’'-])(?:{_CAP} ){{1,4}}$")
_NAME_AT_END = re.compile(rf"(?<![\w’'-]){_NAME}$")
_ROLE_TO_ITS_END = re.compile(
    rf"(?P<role>(?:the )?{_ROLE})(?=[,.;:\n”\"]| (?:said|says|told|stressed|added|noted|explained|stated)\b|$)"
)

_WORDS_OF_NO_NAME = (
    "the in at on for with and as by from this that these it our their his her its a an monday tuesday wednesday "
    "thursday friday saturday sunday january february march april may june july august september october november "
    "december international national united iom un government ministry mission minister president project "
    "programme migration border management republic union fund agency office deputy assistant chief director head "
    "senior regional"
)
_NO_NAME = frozenset(_WORDS_OF_NO_NAME.split())


def _is_name(name: str) -> bool:
    words = [word.strip(".").casefold() for word in name.split()]
    key = words_of(name)
    if any(word in _NO_NAME for word in words) or key in country_keys() or key in city_keys():
        return False
    return not any(words_of(word) in country_keys() or words_of(word) in city_keys() for word in name.split()[-1:])


def _clean_role(role: str) -> str:
    return clean_line(re.sub(r"^(?:The|the|For|As|By|And) ", "", role)).strip(" ,")


def _person(name: str, role: str, first: int, last: int) -> Iterator[Hit]:
    name, role = clean_line(name), _clean_role(role)
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


RULES = (
    Rule(
        id="person.role-honorific-name",
        kind="person",
        certainty="stated",
        find=_find_role_honorific_name,
        example="In the capital, UN resident Coordinator in Utopia, Mr. Jan Novák spoke.",
        finds=(("Jan Novák", "UN resident Coordinator in Utopia"),),
        counter_example="In the capital, Mr. Novák spoke; the harbour of Utopia, Mrs. Eva Novák said, is open.",
    ),
    Rule(
        id="person.role-name",
        kind="person",
        certainty="stated",
        find=_find_role_name,
        example="It works, said IOM Utopia Chief of Mission Jan Novák.",
        finds=(("Jan Novák", "IOM Utopia Chief of Mission"),),
        counter_example="The Chief of Mission said so. Chief of Mission in Utopia. Regional Director Geneva.",
    ),
    Rule(
        id="person.name-role",
        kind="person",
        certainty="stated",
        find=_find_name_role,
        example="It helps, said Jan-Karel Novák, Utopia’s Minister of Harbours. Eva Novák, IOM’s Chief of Mission "
        "in Utopia, said so too.",
        finds=(("Jan-Karel Novák", "Utopia’s Minister of Harbours"), ("Eva Novák", "IOM’s Chief of Mission in Utopia")),
        counter_example="In Monrovia, Liberia’s Minister of Harbours spoke. At the Harbour House, Ministers met.",
    ),
)
