"""The language of a page's text: what its labels or its markup say, checked against the text.

Else what the text looks like; the address last.

Belongs here: choosing a language. Does not belong here: the languages of other pages, and what a site usually
writes.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from extractor.codebooks import read_codebook

Basis = Literal["labels", "markup", "url", "detected"]

LANGUAGES = tuple("ar bg bs de el en es fa fr hr hu it ja ko mk nl pl pt ro ru sq sr th tr uk vi zh".split())  # noqa: SIM905 - one line
"""Languages in which IOM's sites were seen to publish, or have an office to publish."""

SHORTEST, SAMPLE = 80, 700
"""Characters: less than the first are not judged, more than the second are not needed."""
CONFIDENT = 0.95

_SMALL_WORDS: Final = {lang: frozenset(words) for lang, words in read_codebook("prose")["commonest"].items()}


class FoundLanguage(NamedTuple):
    """``code`` is a BCP 47 primary tag or None.

    ``contradicts`` is what labels or markup said where the text says otherwise.
    """

    code: str | None
    basis: Basis | None
    contradicts: str | None = None


def find_by_small_words(text: str) -> str | None:
    """The language whose commonest words make up a fifth of the text and lead all others clearly.

    It is None where none does.

    >>> find_by_small_words("The minister of ports said that the project has been of use to the people of the country.")
    'en'
    """
    words = text[:SAMPLE].casefold().split()
    if len(words) < 12:
        return None
    scores = sorted(((sum(map(small.__contains__, words)), lang) for lang, small in _SMALL_WORDS.items()), reverse=True)
    best, second = scores[0], scores[1]
    return best[1] if best[0] * 5 >= len(words) and best[0] * 3 >= second[0] * 4 else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - numpy and 5 MB that few pages need

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier


def find_by_model(text: str) -> str | None:
    """The language that py3langid is sure of; None for short texts and doubtful ones."""
    sample = re.sub(r"[\d\W_]+", " ", text[: SAMPLE * 2]).strip()[:SAMPLE]
    if len(sample) < SHORTEST:
        return None
    code, confidence = _identifier().classify(sample)
    return str(code) if confidence >= CONFIDENT else None


_IN_ADDRESS = re.compile(r"^(?:https?:)?//[^/]+/(?P<lang>[a-z]{2})(?:-[a-z]{2})?(?:/|$)", re.IGNORECASE)


def find_in_url(url: str) -> str | None:
    """The language prefix of an address's path.

    >>> find_in_url("https://www.iom.int/fr/news/x"), find_in_url("https://www.iom.int/news/x")
    ('fr', None)
    """
    match = _IN_ADDRESS.match(url)
    return match["lang"].lower() if match and match["lang"].lower() in LANGUAGES else None


def find_language(
    text: str, *, declared: str | None, basis: Literal["labels", "markup"] | None, url: str
) -> FoundLanguage:
    """The language of ``text``. Labels stand.

    Markup stands unless the text plainly is in another language, as translated frames have it.
    """
    if declared and basis == "labels":
        return FoundLanguage(declared, "labels")
    plain = find_by_small_words(text)
    if declared and basis == "markup":
        if plain is None or plain == declared:
            return FoundLanguage(declared, "markup")
        return FoundLanguage(plain, "detected", contradicts=declared)
    if found := plain or find_by_model(text):
        return FoundLanguage(found, "detected")
    prefix = find_in_url(url)
    return FoundLanguage(prefix, "url" if prefix else None)
