"""What a project page states in its fields: the one assignment of its parts that explains most without contradiction.

Belongs here: putting together what the labels' values and the lines without labels say; what is contradicted, stands
under a label that nobody knows, or lost its value, is *unread*. Does not belong here: the text of the page (``layouts``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import cycle, takewhile
from typing import TYPE_CHECKING, Final

from extractor.codebooks import find_entry
from extractor.codebooks.labels import find_marks, is_project_key, list_in_order, may_begin_label
from extractor.fields.clusters import MIN_LABELS, find_own
from extractor.fields.grammar import LISTS, Fit, find_shapes, is_short, is_telling, resembles_type
from extractor.fields.pairs import Page, Pair, pair
from extractor.fields.parts import MAX_UNKNOWN_LABEL, divide, split_unknown
from extractor.fields.unlabelled import read_unlabelled
from extractor.raw import LabelledValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contracts.fields import FieldName
    from extractor.blocks.document import Block
    from extractor.blocks.text import SourceText
    from extractor.codebooks.labels import Label
    from extractor.fields.parts import Part

KEYS: Final[frozenset[FieldName]] = frozenset(["projects_id", "prima_id"])
_WORDED: Final[frozenset[FieldName]] = frozenset(["status", "type", "coverage", "idf_region"])
"""The fields whose values are words."""


@dataclass(slots=True)
class Assignment:
    """What a page states: ``fields`` in page order, those of unknown labels among them, and the ``unread`` ones.

    ``blocks`` are explained by it, ``foreign`` are those of other projects; ``labels`` are the known ones, ``n_seen``
    counts them together with others'.
    """

    fields: list[LabelledValue] = field(default_factory=list)
    unread: set[FieldName] = field(default_factory=set)
    empty: list[SourceText] = field(default_factory=list)
    blocks: set[int] = field(default_factory=set)
    foreign: set[int] = field(default_factory=set)
    labels: list[Label] = field(default_factory=list)
    n_bulleted: int = 0
    n_seen: int = 0

    @property
    def names(self) -> set[FieldName]:
        """The fields that were read."""
        return {one.field for one in self.fields if one.field is not None}

    def take(self, name: FieldName | None, label: SourceText, parts: Sequence[Part], rule: str) -> None:
        """Keep a field, or a label that nobody knows, with its value."""
        self.fields.append(LabelledValue(name, label, tuple(part.text for part in parts), rule))
        self.blocks.update(part.block.index for part in parts)


def assign(blocks: Sequence[Block], free: Iterable[Block], titles: Sequence[int]) -> Assignment | str:
    """The assignment of a page's free blocks; without fields where they are no project's; or why it is contradictory.

    ``titles`` are the blocks that show the page's title.
    """
    free = list(free)
    if not any(may_begin_label(one.text.value) and find_marks(one.text.value) for one in free):
        telling = [one for one in free if is_telling(one.text.value)]
        if len(telling) < 2 and not any(is_project_key(one.text.value) for one in telling):
            return Assignment()
    parts = [part for block in free for part in divide(block)]
    own = find_own(parts, titles)
    if isinstance(own, str):
        return own
    found = Assignment(foreign=own.foreign, n_seen=own.n_seen)
    page = Page(parts, own.heads, blocks, own.foreign)
    pairs = pair(page)
    objection = _find_objection(pairs)
    if objection is not None:
        return objection
    _take_pairs(found, pairs)
    _take_unknown(found, page, pairs)
    if len(found.names) < MIN_LABELS:
        below = max(titles, default=-1)
        read_unlabelled(found, [part for part in page.parts if part.block.index > below])
    found.unread -= found.names
    found.fields.sort(key=lambda one: one.values[0].span())
    return found


def _find_objection(pairs: Sequence[Pair]) -> str | None:
    """Why values cannot be those of the labels they were found under, or None."""
    doubled = [one for one in pairs if any(p.value != one.values[0].value for p in one.rest) and not one.is_doubtful]
    if len(doubled) > 1 or any(one.rule == "label:column" for one in doubled):
        return f"a list of projects: several values stand under {len(doubled)} labels that have one"
    strange = sum(1 for one in pairs if one.values and one.fit is Fit.NONE)
    proven = sum(1 for one in pairs if one.values and one.fit is Fit.PROVEN)
    if strange > max(1, proven):
        return f"{strange} values have the shape of other fields than the labels they stand under"
    n_empty = sum(1 for one in pairs if not one.values)
    if n_empty > proven and len(pairs) >= MIN_LABELS:
        return f"{n_empty} of {len(pairs)} labels stand without a value"
    return None


def _take_pairs(found: Assignment, pairs: list[Pair]) -> None:
    """One field a name: the doubled label told apart, equal repeats dropped; what is contradicted is unread."""
    _tell_apart_doubled(pairs)
    stated: dict[FieldName, list[Pair]] = {}
    for one in pairs:
        found.blocks.update(part.block.index for part in (one.head, *one.values, *one.rest))
        if one.head.label is not None:
            found.labels.append(one.head.label)
            found.n_bulleted += bool(one.head.block.marker)
        if one.name is not None:
            stated.setdefault(one.name, []).append(one)
        elif one.values:
            found.take(None, one.head.text, one.values, one.rule)
            found.unread |= {"status", "type"} if one.head.label else find_shapes(one.values[0].value)
    for name, alike in stated.items():
        _take_field(found, name, alike)


def _take_field(found: Assignment, name: FieldName, alike: Sequence[Pair]) -> None:
    """Keep what all labels of a field state, if they state one thing."""
    filled = [one for one in alike if one.values]
    values = {tuple(dict.fromkeys(part.value for part in (*one.values, *one.rest))) for one in filled}
    if len(values) == 1 and filled[0].fit is not Fit.NONE and (name in LISTS or len(next(iter(values))) == 1):
        found.take(name, filled[0].head.text, filled[0].values, filled[0].rule)
        return
    found.unread.add(name)
    for one in filled:
        found.take(None, one.head.text, [*one.values, *one.rest], one.rule)
    if not filled:
        found.empty.append(alike[0].head.text)


def _tell_apart_doubled(pairs: list[Pair]) -> None:
    """Spanish pages print "Tipo de proyecto" over the status, then over the type: told by position.

    Where only one stands, or one of two bears a word of status in the other's place, the value decides; a lone value
    that could be either stays without a name. A page that shows its fields twice shows each of them twice.
    """
    doubled = [one for one in pairs if one.head.label is not None and one.head.label.field is None]
    texts = [tuple(part.value for part in one.values) for one in doubled]
    n_shown = next((n for n in (1, 2) if texts == texts[:n] * (len(texts) // n) and len(texts) > n), len(texts))
    names: list[FieldName | None] = []
    if n_shown == 2:
        first, second = doubled[:2]
        swapped = _is_status(second) and not _is_status(first) and bool(first.values)
        names = ["type", "status"] if swapped else ["status", "type"]
    elif n_shown == 1 or sum(map(bool, texts)) == 1:
        lone = next((one for one in doubled if one.values), None)
        names = [_name_lone(lone)] if lone is not None else []
    if names:
        for one, name in zip(doubled, cycle(names), strict=False):
            one.name = name


def _is_status(one: Pair) -> bool:
    return len(one.values) == 1 and find_entry("status", one.values[0].value) is not None


def _name_lone(one: Pair) -> FieldName | None:
    value = one.values[0].value
    if _is_status(one):
        return "status"
    is_type = "type" in find_shapes(value) or resembles_type(value) or (value.isupper() and len(value) > 2)
    return "type" if is_type else None


def _take_unknown(found: Assignment, page: Page, pairs: Sequence[Pair]) -> None:
    """What stands among the fields, or as they do, and is none: labels that nobody knows, with their values, and strays.

    A field that is not read, and whose grammar reads such a value, is unread; so is one whose usual place it has.
    """
    placed = [one for one in pairs if one.values]
    if not placed:
        return
    homes = {id(home) for one in placed for home in _find_homes(page, one.head, one.values[0])}
    ways = {one.place for one in placed if one.place and sum(other.place == one.place for other in placed[:12]) > 1}
    first, last = min(found.blocks), max(found.blocks)
    below = takewhile(lambda part: find_shapes(part.value), (part for part in page.parts if part.block.index > last))
    last = max((part.block.index + 1 for part in below), default=last)
    order = {id(one.head): one.name for one in pairs}
    before: FieldName | None = None
    at = 0
    while at < len(page.parts):
        part = page.parts[at]
        at += 1
        if part.label is not None:
            before = order.get(id(part), before)
        if part.label is not None or part.block.index in found.blocks or not is_short(part.value):
            continue
        is_among = first < part.block.index < last
        split = split_unknown(part) if ("inline",) in ways else None
        value = page.parts[at] if at < len(page.parts) else None
        if split is not None and (is_among or id(part.block.box.parent) in homes):
            found.fields.append(LabelledValue(None, split[0], (split[1],), "label:inline"))
            found.blocks.add(part.block.index)
            _leave_unread(found, split[1].value, before)
        elif value is not None and _is_unknown_pair(found, page, part, value, ways, homes, is_among=is_among):
            found.take(None, part.text.strip(" :"), [value], "label:next")
            found.blocks.add(part.block.index)
            _leave_unread(found, value.value, before)
            at += 1
        elif is_among:
            found.take(None, part.text[:0], [part], "stray")
            _leave_unread(found, part.value, before)


def _find_homes(page: Page, head: Part, value: Part) -> list[object]:
    """Around what boxes a pair stands: the one that holds both, and the one around that."""
    _, home = page.find_place(head, value)
    return [home.parent, home] if home.parent is not None else [home]


def _is_unknown_pair(
    found: Assignment,
    page: Page,
    part: Part,
    value: Part,
    ways: set[tuple[object, ...]],
    homes: set[int],
    *,
    is_among: bool,
) -> bool:
    """Whether two parts stand to each other as the known labels to their values, in boxes like theirs."""
    if value.label is not None or value.block.index in found.blocks or not is_short(value.value):
        return False
    if len(part.value) > MAX_UNKNOWN_LABEL or part.block.link_share >= 0.8:
        return False
    place, home = page.find_place(part, value)
    if place not in ways:
        return False
    is_beside = id(home) in homes and (home.parent is not None or page.starts_group(part))
    return is_among or is_beside or (home.parent is not None and id(home.parent) in homes)


def _leave_unread(found: Assignment, value: str, before: FieldName | None) -> None:
    """Count as unread what a value under no known label may belong to, of the fields that are not read.

    Its grammar tells; words of no codebook may be those of the fields that usually follow the label before it.
    """
    shapes = find_shapes(value)
    if not shapes:
        order = list_in_order()
        usual = takewhile(lambda name: name not in found.names, order[order.index(before) + 1 :] if before else order)
        shapes = _WORDED.intersection(usual)
    found.unread |= shapes - found.names
