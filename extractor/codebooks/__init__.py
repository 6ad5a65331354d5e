"""What people decided that words mean, as TOML with the source of each entry; and the labels of a project page.

What CLDR and ISO already carry is not kept here.

Belongs here: the files and how they are read; telling whether a text is a label, which, and where labels stand in a
line. Does not belong here: which value belongs to a label (``fields``), the rules that use the other lists.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

from contracts.fields import LABELLED, FieldName
from extractor.unicode import fold, fold_blanks, remember_short


@cache
def read_codebook(name: str) -> dict[str, Any]:
    """The content of ``codebooks/<name>.toml``; callers treat it as read-only."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def list_words(name: str, group: str) -> list[str]:
    """What a group of a codebook lists, in one language after the other where it does so by language."""
    listed: Any = read_codebook(name)[group]
    return listed if isinstance(listed, list) else [word for words in listed.values() for word in words]


def join_words(name: str, group: str) -> str:
    """The same as alternatives of one regular expression."""
    return "|".join(list_words(name, group))


@cache
def find_pattern(name: str, group: str) -> str:
    """A regular expression for every phrase that a group of a codebook has in any language, longer ones first.

    ``a|b`` in a phrase are alternatives for one place, ``a*`` any word that begins so, and a blank or an apostrophe is
    any of its kind. None is tried where no first letter of one stands.

    >>> find_pattern("contacts", "heads_with_colon")[:32]
    '(?=[ckкال])(?:(?:للتواصل|للاتصال'
    """
    phrases = {phrase for lang, listed in read_codebook(name)[group].items() if lang != "source" for phrase in listed}
    first = re.escape("".join(sorted({word[0] for phrase in phrases for word in phrase.split(" ")[0].split("|")})))
    longest = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return f"(?=[{first}])(?:{'|'.join(map(_make_pattern, longest))})"


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


MAX_LABEL: Final = 100
"""No label is longer; the longest known, in French, has 71 characters."""

_COMBINING: Final = re.compile(f"[{''.join(chr(c) for c in range(0x20F1) if unicodedata.combining(chr(c)))}]")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\\x00]")
_BETWEEN_WORDS: Final = r"[\W_]{1,3}"
_ADDED: Final = r"(?: ?[(\[][^()\[\]]{0,40}[)\]]s?){0,2}"
"""What a parenthesis may add to a label: a currency, an asterisk, "(planned)"."""


@dataclass(frozen=True, slots=True)
class Label:
    """A known label. ``lang`` is None where the wording is the same in all three languages.

    ``field`` is None for the one label that stands for two fields: Spanish pages print "Tipo de proyecto" over the
    status, and once more over the type.
    """

    field: FieldName | None
    lang: str | None


class LabelMark(NamedTuple):
    """Where a label stands in a text. ``is_telling`` says that it shows by itself: by its colon, or several words."""

    label: Label
    first: int
    last: int
    is_telling: bool


@remember_short(8192)
def find_label(value: str) -> Label | None:
    """The known label that a text is; else None.

    Case, accents, plurals, signs, invisible characters and what a parenthesis adds do not matter.

    >>> find_label("ANNÉE :"), find_label("The year"), find_label("Budget Amounts (US$)")
    (Label(field='funding_year', lang='fr'), None, Label(field='budget', lang=None))
    """
    if len(value) > MAX_LABEL or not may_begin_label(value):
        return None
    found = _compile(r"[\W_]*", r"[^\w:]*(?::[^\w–—-]*)?").fullmatch(fold_label(value))
    return _get_label(found) if found else None


def find_marks(value: str) -> list[LabelMark]:
    """The labels in a text that begins with one; none in any other.

    >>> [(mark.label.field, mark.first, mark.last) for mark in find_marks("Year: 2015 Start Date: 2016, a good one")]
    [('funding_year', 0, 4), ('start_date', 11, 21)]
    """
    if not may_begin_label(value) or not _compile(r"[\W_]*", r"(?!\w)").match(_fold_in_place(value[:MAX_LABEL])):
        return []
    folded = _fold_in_place(value)
    return [
        LabelMark(_get_label(found), *found.span(), " " in found[0] or folded[found.end() :].lstrip().startswith(":"))
        for found in _compile(r"(?<!\w)", r"(?!\w)").finditer(folded)
    ]


@cache
def list_key_labels() -> tuple[str, ...]:
    """The wordings of the labels over a project's keys, as they are printed.

    >>> "Projects ID" in list_key_labels()
    True
    """
    book = read_codebook("labels")
    return tuple(
        wording for field in ("projects_id", "prima_id") for words in book[field].values() for wording in words
    )


def may_begin_label(value: str) -> bool:
    """Whether the first letters of a text are those of a label: a quick no for most texts of a page."""
    at = next((at for at, char in enumerate(value[:6]) if char.isalpha()), 6) if not value[:1].isalpha() else 0
    if at == 6:
        return len(value) > 6
    begin = value[at : at + 3]
    return (begin.casefold() if begin.isascii() else fold_label(value[at : at + 9])[:3]) in _beginnings()


def fold_label(value: str) -> str:
    """A label's wording without what varies in writing: case, accents, invisible characters, a final colon.

    >>> fold_label("État(s) membre(s) :")
    'etat(s) membre(s)'
    """
    visible = value if value.isascii() else _INVISIBLE.sub("", value)
    if not visible.isascii():
        visible = _COMBINING.sub("", unicodedata.normalize("NFKD", visible))
    return fold_blanks(visible.casefold().rstrip(" :"))


def _fold_in_place(value: str) -> str:
    """The same, with each character in its place."""
    if value.isascii():
        return value.lower()
    bare = (unicodedata.normalize("NFKD", char)[0] for char in value)
    return "".join(char if len(char.lower()) != 1 else char.lower() for char in bare)


@cache
def list_in_order() -> tuple[FieldName, ...]:
    """The labels in the order in which the sites print them."""
    return tuple(read_codebook("labels"))


@cache
def _labels() -> list[tuple[str, Label]]:
    """Every wording of ``labels.toml``, folded, longest first; one that stands for several fields has none of them."""
    found: dict[str, Label] = {}
    for field, wordings in read_codebook("labels").items():
        assert field in LABELLED, f"labels.toml names {field}, which is no label of the field catalogue"
        for lang, words in wordings.items():
            for wording in map(fold_label, words):
                found[wording] = Label(None if wording in found else field, None if lang == "any" else lang)
    return sorted(found.items(), key=lambda one: -len(one[0]))


@cache
def _compile(before: str, after: str) -> re.Pattern[str]:
    """A pattern of all labels between two others; the group that takes part is named after the label's place."""
    varied = (_BETWEEN_WORDS.join(map(_vary, wording.split())) for wording, _ in _labels())
    known = "|".join(f"(?P<g{number}>{wording})" for number, wording in enumerate(varied))
    return re.compile(f"{before}(?:{known}){_ADDED}{after}")


def _get_label(found: re.Match[str]) -> Label:
    return _labels()[int(str(found.lastgroup)[1:])][1]


def _vary(word: str) -> str:
    """A word of a label in the singular and the plural, as one writes them: ``state``, ``states``, ``state(s)``."""
    stem = word.removesuffix("(s)")
    if stem.endswith("ies"):
        return re.escape(stem[:-3]) + r"(?:y|ies|y\(ies\))"
    stem = stem.rstrip("s") if len(stem) > 3 else stem
    return re.escape(stem) + r"(?:s|\(s\))?"


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(wording[:3] for wording, _ in _labels())


def is_blank(value: str) -> bool:
    r"""Whether a text shows nothing: only invisible characters.

    >>> is_blank("\u200b"), is_blank("–")
    (True, False)
    """
    return not value or not _INVISIBLE.sub("", value).strip()


PROJECTS_ID: Final = re.compile(r"[A-Z]{2}\.[0-9]{4}|[A-Z0-9]{2,3}-80[05]")
"""The current form and the legacy one: ``TC.0767``, ``QU8-805``."""

PRIMA_ID: Final = re.compile(r"[A-Z]{2}(?:10|99)P[0-9]{4}")
"""``LR10P0012``; its letters are the managing office."""


def is_project_key(value: str) -> bool:
    """Whether a whole text is a Projects ID or a Prima ID.

    >>> is_project_key("QU8-805"), is_project_key("LR10P0012"), is_project_key("2006")
    (True, True, False)
    """
    return PROJECTS_ID.fullmatch(value) is not None or PRIMA_ID.fullmatch(value) is not None
