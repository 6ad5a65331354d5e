"""What the last part of a page's address says of its title: a witness that no theme can change.

Belongs here: the words of an address, and how many of them a text has. Does not belong here: choosing a title.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from extractor.codebooks.labels import fold_label

_MIN_WORDS: Final = 2
_WORD: Final = re.compile(r"[^\W_]+")


def split_words(value: str) -> list[str]:
    """The words of a text as they are compared: without case, accents and signs.

    >>> split_words("L’État : où ?")
    ['l', 'etat', 'ou']
    """
    return _WORD.findall(fold_label(value))


@lru_cache(maxsize=256)
def _read_slug(url: str) -> frozenset[str]:
    """The words of an address's last part that has any, without short ones, numbers and a file's ending."""
    for part in reversed(unquote(url.partition("#")[0].partition("?")[0]).split("/")[3:]):
        name = re.sub(r"\.[a-z]{2,5}$", "", part)
        words = frozenset(word for word in split_words(name) if len(word) > 2 and not word.isdigit())
        if len(words) >= _MIN_WORDS:
            return words
    return frozenset()


def rate_named(value: str, url: str) -> float:
    """The share of the words of a page's address that a text has; -1.0 where the address has too few words.

    >>> rate_named("Fire drill in Nairobi", "https://www.iom.int/news/fire-drill"), rate_named("x", "https://iom.int/12")
    (1.0, -1.0)
    """
    words = _read_slug(url)
    if not words:
        return -1.0
    shown = set(split_words(value))
    return sum(word in shown for word in words) / len(words)
