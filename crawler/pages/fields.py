"""Labels with their values, from the structure around them.

Belongs here: which blocks of a labelled project page are labels, and which are the values of each.
Does not belong here: pages without labels (``unlabelled``), title and description (``project``).

A value is what stands in the label's own cell (the largest box that holds no other label), else what follows it. A
known label is never a value; a text that reads like prose is never one either.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, final

from crawler.pages.labels import find_label, fold_label, is_blank
from crawler.pages.prose import is_prose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.pages.document import Block
    from crawler.pages.labels import Label
    from crawler.pages.records import FieldName
    from crawler.pages.text import SourceText

MAX_UNKNOWN_LABEL: Final = 60
MANY_VALUED: Final[frozenset[FieldName | None]] = frozenset(["countries", "other_countries"])
_STATUS_WORDS: Final = frozenset(
    [
        "completed",
        "active",
        "acheve",
        "actif",
        "completado",
        "activo",
        "terminado",
        "finalizado",
        "concluido",
        "cerrado",
    ]
)


@final
@dataclass(frozen=True, slots=True)
class Labelled:
    """A label block, the label's text, what follows it in the same block, and what it is; ``label`` None is unknown."""

    block: Block
    text: SourceText
    inline: SourceText | None
    label: Label | None


@final
@dataclass(frozen=True, slots=True)
class Field:
    """A label with its value blocks' texts. ``blocks`` are the indexes that are explained by it."""

    labelled: Labelled
    name: FieldName | None
    values: tuple[SourceText, ...]
    rule: str
    blocks: tuple[int, ...]


def find_labelled(blocks: Iterable[Block]) -> list[Labelled]:
    """The blocks that are, or begin with, a known label.

    Where most labels stand alone, a line that begins with one and goes on is the page's text, not a field of it.
    """
    found = [one for block in blocks if (one := _find_known(block)) is not None]
    alone = [one for one in found if one.inline is None]
    return alone if len(alone) * 2 > len(found) else found


def _find_known(block: Block) -> Labelled | None:
    text = block.text
    label = find_label(text.value)
    if label is not None:
        return Labelled(block, text.strip(" :"), None, label)
    head, inline = split_inline(block)
    if head is None or (inline is not None and reads_like_prose(inline.value)):
        return None
    label = find_label(head.value)
    return Labelled(block, head, inline, label) if label is not None else None


def split_inline(block: Block) -> tuple[SourceText | None, SourceText | None]:
    """A block's first run and the rest, or what stands before and after its first colon; (None, None) where neither."""
    rest = block.rest
    if rest is not None:
        head = block.runs[0].strip(" :")
        if head and len(head) <= MAX_UNKNOWN_LABEL + 40:
            return head, _drop_blank(rest.strip(" :"))
    colon = block.text.value.find(":", 0, MAX_UNKNOWN_LABEL + 40)
    if colon > 0:
        return block.text[:colon].strip(), _drop_blank(block.text[colon + 1 :].strip())
    return None, None


def _drop_blank(text: SourceText) -> SourceText | None:
    return None if is_blank(text.value) else text


def reads_like_prose(value: str) -> bool:
    """Whether a text is too much of a sentence to be the value of a field.

    >>> reads_like_prose("Return and Reintegration Assistance for Migrants and Governments")
    False
    >>> reads_like_prose("IOM will assist the Government in the matter.")
    True
    """
    words = value.split()
    if len(words) >= 6 and value.rstrip("\"'”’»)").endswith((".", "!", "?", ":", ";")) and is_prose(value):
        return True
    return len(words) >= 15 and sum(word[0].islower() for word in words) > 0.4 * len(words)


def settle_fields(found: list[Field]) -> list[Field] | str:
    """One field a name: the doubled Spanish label told apart, equal repeats dropped, unequal ones refused."""
    found = [replace(one, values=tuple(v for v in one.values if _is_value(v.value))) for one in found]
    settled: list[Field] = []
    seen: dict[FieldName, Field] = {}
    for one in _tell_apart_doubled(found):
        if one.name is None:
            settled.append(one)
            continue
        before = seen.get(one.name)
        if before is None or not before.values:
            seen[one.name] = one
        elif one.values and [v.value for v in before.values] != [v.value for v in one.values]:
            return f"two different values stand under “{one.labelled.text.value}”"
        settled.append(one)
    return [one for one in settled if one.name is None or seen[one.name] is one or not one.values]


def _is_value(value: str) -> bool:
    return not is_blank(value) and find_label(value) is None


def _tell_apart_doubled(found: list[Field]) -> list[Field]:
    """Spanish pages print "Tipo de proyecto" over the status, then over the type: told by position.

    Where only one stands, or one of two bears a word of status in the other's place, the value decides; a lone value
    that could be either stays without a name.
    """
    doubled = [i for i, one in enumerate(found) if one.labelled.label is not None and one.labelled.label.field is None]
    with_values = [i for i in doubled if found[i].values]
    names: dict[int, FieldName | None] = {}
    if len(doubled) == 2:
        first, second = doubled
        swapped = _is_status(found[second]) and not _is_status(found[first]) and bool(found[first].values)
        names = {first: "type", second: "status"} if swapped else {first: "status", second: "type"}
    elif len(with_values) == 1:
        names = {i: _name_lone(found[i]) for i in doubled}
    return [replace(one, name=names[i]) if i in names else one for i, one in enumerate(found)]


def _is_status(one: Field) -> bool:
    return len(one.values) == 1 and fold_label(one.values[0].value) in _STATUS_WORDS


def _name_lone(one: Field) -> FieldName | None:
    if _is_status(one):
        return "status"
    value = one.values[0].value if one.values else ""
    return "type" if " " in value or (value.isupper() and len(value) > 2) else None


def count_names(found: Iterable[Labelled]) -> int:
    """How many fields the known labels there are can name; the doubled Spanish label names two."""
    counts = Counter(one.label for one in found if one.label is not None)
    return sum(min(2, n) if label.field is None else 1 for label, n in counts.items())
