"""One form for characters: what is published is NFC without characters that nobody sees.

What is compared is folded.

Belongs here: rules about characters, and remembering what rules say of short texts. Does not belong here: rules about
words. But for blanks, none is used before a slice has been cut from the payload: no byte offset depends on them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from typing import Any, Final, TypeVar, cast

F = TypeVar("F", bound=Callable[[str], Any])

_LONGEST_REMEMBERED: Final = 200

UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"  # C0 and C1 controls, NUL among them
    "\u00ad\u200b\u2060-\u2064\ufeff\ufff9-\ufffb"  # soft hyphen, zero-width blank and joiners of words, BOM
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks, embeddings, overrides and isolates of direction
    "\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff"  # private use, non-characters, lone surrogates
    "\U000e0000-\U000e007f]"  # tags: text that no one sees
)
JOINER = re.compile("(?<![\u0600-\u08ff\u0900-\u0dff])[\u200c\u200d]|[\u200c\u200d](?![\u0600-\u08ff\u0900-\u0dff])")
"""Joiners that nobody sees: they mean something between Arabic or Indic letters only (Persian plurals, conjuncts)."""

_BLANKS = re.compile(r"[^\S\n]+")
_QUOTES = (
    dict.fromkeys("‘’‚‛′`´ʼʻ＇", "'")
    | dict.fromkeys("“”„‟″«»＂", '"')
    | dict.fromkeys("‐‑‒–—―−﹣－", "-")
    | {"…": "...", "،": ",", "؛": ";", "؟": "?"}
)
_TYPOGRAPHIC = re.compile(f"[{''.join(_QUOTES)}]")


def fold_blanks(text: str) -> str:
    r"""Single blanks for all whitespace, none at either end.

    >>> fold_blanks(" over\u00a0the \n hills")
    'over the hills'
    """
    # What is printable has no whitespace but the blank: most texts are told so, for a third of what splitting costs.
    return text.strip() if text.isprintable() and "  " not in text else " ".join(text.split())


def clean_text(text: str) -> str:
    r"""NFC; unseen characters dropped; each run of blanks one space; lines kept.

    >>> clean_text("Co\u0302te\u00a0d\u2019Ivoire \u202eX\u202c\u200b\x00")
    'Côte d’Ivoire X'
    """
    if not text.replace("\n", " ").isprintable():  # what nobody sees, and every blank but the space, is not printable
        text = _BLANKS.sub(" ", _without_joiners(UNSEEN.sub("", text)))
    elif "  " in text:
        text = _BLANKS.sub(" ", text)
    return unicodedata.normalize("NFC", text).strip()


def _without_joiners(text: str) -> str:
    return JOINER.sub("", text) if "\u200c" in text or "\u200d" in text else text


def clean_line(text: str) -> str:
    r"""As :func:`clean_text`, on one line.

    >>> clean_line("Capacity  Building\n in Migration ")
    'Capacity Building in Migration'
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(clean_text(text).split())


def straighten(text: str) -> str:
    """Typographic quotes, dashes and Arabic punctuation as their plain forms; length may change.

    >>> straighten("“Haiti” – 2006")
    '"Haiti" - 2006'
    """
    return text if text.isascii() else _TYPOGRAPHIC.sub(lambda match: _QUOTES[match[0]], text)


def remember_short(size: int) -> Callable[[F], F]:
    """Remember the last answers about short texts, which repeat. Long ones do not, and would fill the memory."""

    def decorate(function: F) -> F:
        remembered = lru_cache(size)(function)

        @wraps(function)
        def call(text: str) -> Any:
            return remembered(text) if len(text) <= _LONGEST_REMEMBERED else function(text)

        return cast("F", call)

    return decorate


@remember_short(16384)
def fold_word(word: str) -> str:
    """As :func:`fold`, remembered: the words of texts are few."""
    return fold(word)


def fold(text: str) -> str:
    """The form in which words are compared: no case, no accents, plain quotes and dashes, single blanks.

    >>> fold("Côte  d’Ivoire"), fold("ÉTAT PLURINATIONAL")
    ("cote d'ivoire", 'etat plurinational')
    """
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", _without_joiners(UNSEEN.sub("", straighten(text))))
        text = "".join([char for char in decomposed if not unicodedata.combining(char)])
    return text.casefold() if text.isalnum() else fold_blanks(text).casefold()


_CAPITAL = re.compile("[A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u1fff\u2c00-\U0010ffff](?<!\\w\\w)\\w*")
"""The class stands first, as ranges: the engine then looks for it without trying anything at other characters."""


def begins_with_capital(text: str, place: int) -> bool:
    """Whether a word begins there that names may begin with."""
    return _CAPITAL.match(text, place) is not None


Capitals = dict[str, list[int]]
"""The words of a text that begin with a capital, or in a script without capitals, each with the places it begins at."""


def find_capitals(text: str) -> Capitals:
    """Where each word of a text begins that names may begin with.

    >>> find_capitals("in Mali and Côte d’Ivoire, Mali")
    {'Mali': [3, 27], 'Côte': [12], 'Ivoire': [19]}
    """
    found: Capitals = {}
    for match in _CAPITAL.finditer(text):
        found.setdefault(match[0], []).append(match.start())
    return found


def list_places(capitals: Capitals, words: Iterable[str]) -> list[tuple[int, str]]:
    """Each place of some of the words with the word, in the order of the text."""
    return sorted([(place, word) for word in words for place in capitals[word]])
