"""People named together with what they are: the role as printed, the name as printed, nothing corrected.

Belongs here: three orders of words (role, honorific, name; role, name; name, role). Does not belong here: people
without a role, roles without a name, and the staff of contact blocks, who are never published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.clean.country_names import country_keys, words_of
from pipeline.clean.mentions.rule import Hit, Rule
from pipeline.clean.places import city_keys
from pipeline.clean.prose import Prose, once_a_text
from pipeline.clean.unicode import clean_line

_CAP = r"[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:[’'.-][^\W\d_]+)*"
_NAME = (
    rf"(?:{_CAP}|[A-Z]\.)(?: (?:{_CAP}|[A-Z]\.|de|da|dos|del|van|von|der|bin|al|el|ben|la)){{1,3}}(?<! de)(?<! "
    rf"la)(?<! el)(?<! al)"
)
_HONORIFIC = r"(?:H\.E\. )?(?:Mr|Mrs|Ms|Miss|Dr|Prof|Hon|Sir|Madam|Mme|M|Sr|Sra|Señor|Señora|Monsieur|Madame)\b\.?"
_SMALL = (
    r"of|for|and|the|in|on|to|at|resident|deputy|general|regional|country|acting|special|de|la|des|du|del|los|"
    r"las|para|pour|et|y|d['’]"
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
_HAS_ROLE_NOUN = re.compile(rf"\b{_ROLE_NOUN}\b")
_ROLE_STEMS = frozenset(re.findall(r"\b[A-ZÉ][a-zéè]+", _ROLE_NOUN))
_HONORIFICS = frozenset("Mr Mrs Ms Miss Dr Prof Hon Sir Madam Mme M Sr Sra Señor Señora Monsieur Madame".split())  # noqa: SIM905 - one line

_ROLE_HONORIFIC_NAME = re.compile(rf"(?P<role>{_ROLE}),? {_HONORIFIC} (?P<name>{_NAME})")
_CLOSED_ROLE = (
    r"(?:Deputy )?Chief of Mission|(?:Deputy )?Director General|Regional Director|Resident Coordinator|Head of "
    r"(?:Mission|Office|Sub-Office)|"
    r"(?:Project|Programme|Program) (?:Manager|Coordinator|Officer)|Special Envoy|Spokesperson|Chef de mission|"
    r"Jef[ae] de Misión|Director(?:a)? General"
)
_ROLE_NAME = re.compile(rf"(?P<role>(?:{_CAP} ){{0,4}}(?:{_CLOSED_ROLE})) (?P<name>{_NAME})")
_NAME_ROLE = re.compile(
    rf"(?<![\w’'-])(?P<name>{_NAME}), (?P<role>(?:the )?{_ROLE})(?=[,.;:\n”\"]| (?:said|says|told|stressed|added|"
    rf"noted|explained|stated)\b|$)"
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


@once_a_text
def _role_sentences(prose: Prose) -> list[tuple[int, int]]:
    """Sentences that hold a role's noun: only there the patterns, which are slow, are tried."""
    places = [first for word, first in prose.capitals if word in _ROLE_STEMS]
    return list(dict.fromkeys([prose.find_sentence(place) for place in places]))


def _hits(prose: Prose, pattern: re.Pattern[str]) -> Iterator[Hit]:
    for first, last in _role_sentences(prose):
        for match in pattern.finditer(prose.text, first, last):
            role, name = _clean_role(match["role"]), clean_line(match["name"])
            if _HAS_ROLE_NOUN.search(role) and _is_name(name) and not _HAS_ROLE_NOUN.search(name):
                yield Hit(name, role, *match.span())


RULES = (
    Rule(
        id="person.role-honorific-name",
        kind="person",
        certainty="stated",
        find=lambda prose: _hits(prose, _ROLE_HONORIFIC_NAME),
        example="In the capital, UN resident Coordinator in Utopia, Mr. Jan Novák spoke.",
        finds=(("Jan Novák", "UN resident Coordinator in Utopia"),),
        counter_example="In the capital, Mr. Novák spoke; the harbour of Utopia, Mrs. Eva Novák said, is open.",
    ),
    Rule(
        id="person.role-name",
        kind="person",
        certainty="stated",
        find=lambda prose: _hits(prose, _ROLE_NAME),
        example="It works, said IOM Utopia Chief of Mission Jan Novák.",
        finds=(("Jan Novák", "IOM Utopia Chief of Mission"),),
        counter_example="The Chief of Mission said so. Chief of Mission in Utopia. Regional Director Geneva.",
    ),
    Rule(
        id="person.name-role",
        kind="person",
        certainty="stated",
        find=lambda prose: _hits(prose, _NAME_ROLE),
        example="It helps, said Jan-Karel Novák, Utopia’s Minister of Harbours. Eva Novák, IOM’s Chief of Mission "
        "in Utopia, said so too.",
        finds=(("Jan-Karel Novák", "Utopia’s Minister of Harbours"), ("Eva Novák", "IOM’s Chief of Mission in Utopia")),
        counter_example="In Monrovia, Liberia’s Minister of Harbours spoke. At the Harbour House, Ministers met.",
    ),
)
