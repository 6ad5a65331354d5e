"""Who pays, where the text says so in those words: "funded by", "with financial support from".

Belongs here: the phrases and the names after them. Does not belong here: partners, supporters, hosts. A funder's
country is no place of work; it has its own role.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.prose.prose import Prose
from extractor.prose.rule import Hit, Rule
from extractor.unicode import clean_line
from extractor.values.country_names import country_keys, words_of

_PHRASE = re.compile(
    r"\b(?:(?:co-?)?(?:funded|financed|bankrolled) by"
    r"|with (?:the )?(?:generous |kind )?(?:financial (?:support|assistance|contribution)|funding|funds) (?:from|of|"
    r"by|provided by)"
    r"|financée?s? par|avec (?:le |un )?(?:financement|soutien financier|appui financier) (?:de la|de l['’]|de|du|des)"
    r"|financiad[oa]s? por|con (?:el )?(?:financiamiento|financiación|apoyo financiero|fondos) (?:de la|del|de))"
    r"(?P<article> the| le| la| les| el| los| las| l['’])?(?: |(?<=['’]))",
    re.IGNORECASE,
)
_TRIGGERS = (
    "funded by",
    "financed by",
    "bankrolled by",
    "financial ",
    "funding ",
    "funds ",
    "financ",
    "apoyo fin",
    "fondos d",
)
_WORD = r"(?:(?:[A-Z]\.){2,}|[^\W\d_a-zß-öø-ÿ](?:[\w&’'-]|\.(?=\w))*)"
_LINK = (
    r"(?:,? (?:and )?(?:the )?|,? (?:et|y) (?:la |le |el |los )?| of (?:the )?| for | de (?:la |los )?| du | "
    r"del | des | on )"
)
_NAME = re.compile(rf"{_WORD}(?:{_LINK}(?<=[ ’']){_WORD}| européenne)*")
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


def _iter_phrases(prose: Prose) -> Iterator[re.Match[str]]:
    reached = 0
    for place in prose.places_of(_TRIGGERS):
        phrase = _PHRASE.search(prose.text, max(reached, place - 30), place + 80)
        if phrase and phrase.start() <= place:
            reached = phrase.end()
            yield phrase


def _find_funders(prose: Prose) -> Iterator[Hit]:
    text = prose.text
    for phrase in _iter_phrases(prose):
        name = _NAME.match(text, phrase.end())
        if name is None:
            continue
        for first, last in _split_names(text, name.start(), name.end()):
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

RULES = (
    Rule(
        id="funder.phrase",
        kind="funder",
        certainty="stated",
        find=_find_funders,
        example=(
            "It is funded by the Government of Japan. Another, funded by the Canadian Government’s Task and Border "
            "Team (TBT), is "
            "co-funded by the European Union and Norway."
        ),
        finds=(
            ("Government of Japan", "JP"),
            ("Canadian Government / TBT", "CA"),
            ("European Union", None),
            ("Norway", "NO"),
        ),
        counter_example="It is implemented by the Government of Japan, funded by several donors, and supported by "
        "Canada.",
    ),
)
