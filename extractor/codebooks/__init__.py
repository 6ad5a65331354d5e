"""What people decided that words mean, as TOML with the source of each entry.

What CLDR and ISO already carry is not kept here.

Belongs here: the files and how they are read. Does not belong here: the rules that use them.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from extractor.unicode import fold


@cache
def read_codebook(name: str) -> dict[str, Any]:
    """The content of ``codebooks/<name>.toml``; callers treat it as read-only."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def find_pattern(name: str, group: str) -> str:
    """A regular expression for every phrase that a group of a codebook has in any language, longer ones first.

    ``a|b`` in a phrase are alternatives for one place, ``a*`` any word that begins so, and a blank or an apostrophe is
    any of its kind.

    >>> find_pattern("contacts", "heads_with_colon")[:32]
    '(?:للتواصل|للاتصال|الاتصال|التوا'
    """
    phrases = {phrase for lang, listed in read_codebook(name)[group].items() if lang != "source" for phrase in listed}
    return "|".join(map(_make_pattern, sorted(phrases, key=lambda phrase: (-len(phrase), phrase))))


def _make_pattern(phrase: str) -> str:
    words = ["|".join(map(re.escape, word.split("|"))).replace(r"\*", r"\w*") for word in phrase.split(" ")]
    return r"\s".join(f"(?:{word})" for word in words).replace("'", "['’ʼ]")


class Entry(NamedTuple):
    """A codebook's entry: its code and its name (the code where it has none of its own)."""

    code: str
    name: str


@cache
def _entries(name: str) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for entry in read_codebook(name)["entry"]:
        for value in entry["values"]:
            found[_key(value)] = Entry(entry["code"], entry.get("name", entry["code"]))
    return found


def _key(value: str) -> str:
    return fold(value).replace("-", " ").strip(" .,;:")


def find_entry(name: str, value: str) -> Entry | None:
    """The entry of codebook ``name`` that has ``value`` among its values, without regard to case, accents and hyphens.

    >>> find_entry("status", "Achevé"), find_entry("status", "Planned")
    (Entry(code='completed', name='completed'), None)
    """
    return _entries(name).get(_key(value))
