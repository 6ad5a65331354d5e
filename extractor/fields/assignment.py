"""What a project page states in its fields: the one assignment of its parts that explains most without contradiction.

Belongs here: putting together what the labels' values and the lines without labels say; what is contradicted, stands
under a label that nobody knows, or lost its value, is *unread*. Does not belong here: the page's text (``layouts``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Final

from contracts.fields import FieldName
from extractor.blocks.document import Block, Box, Document
from extractor.blocks.text import SourceText
from extractor.codebooks import Label, is_project_key, list_in_order
from extractor.fields.clusters import MIN_LABELS, find_own
from extractor.fields.grammar import CODEBOOKS, LISTS, Fit, find_shapes, is_short, is_telling, judge, resembles_type
from extractor.fields.pairs import COLUMN, INLINE, Page, Pair, count_proven, pair_labels
from extractor.fields.parts import MAX_UNKNOWN_LABEL, Part, begins_with_label, divide, split_unknown
from extractor.fields.unlabelled import read_unlabelled
from extractor.raw import LabelledValue

KEYS: Final[frozenset[FieldName]] = frozenset(["projects_id", "prima_id"])
_DOUBLED: Final[frozenset[FieldName]] = frozenset(["status", "type"])


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


def assign(document: Document, free: Iterable[Block], titles: Sequence[int]) -> Assignment | str:
    """The assignment of a page's free blocks; without fields where they are no project's; or why it is contradictory.

    ``titles`` are the blocks that show the page's title.
    """
    free = list(free)
    if not any(map(begins_with_label, free)):
        telling = [one for one in free if is_telling(one.value)]
        if len(telling) < 2 and not any(is_project_key(one.value) for one in telling):
            return Assignment()
    parts = [part for block in free for part in divide(block)]
    own = find_own(parts, titles)
    if isinstance(own, str):
        return own
    found = Assignment(foreign=own.foreign, n_seen=own.n_seen)
    page = Page(parts, own.heads, document, own.foreign)
    pairs = pair_labels(page)
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
    rows = [one for one in doubled if one.place == COLUMN and one.rest[0].block.box is not one.values[0].block.box]
    if rows or len(doubled) > 1:
        return f"a list of projects: several values stand under {len(doubled)} labels that have one"
    strange = sum(1 for one in pairs if one.values and one.fit is Fit.NONE)
    proven = count_proven(pairs)
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
            continue
        found.unread |= _DOUBLED if one.head.label else find_shapes(one.values[0].value if one.values else "")
        if one.values:
            found.take(None, one.head.text, one.values, one.rule)
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


def _tell_apart_doubled(pairs: Sequence[Pair]) -> None:
    """Spanish pages print "Tipo de proyecto" over the status, then over the type: told by position.

    Where only one stands, or one of two bears a word of status in the other's place, the value decides; a lone value
    that could be either stays without a name.
    """
    doubled = [one for one in pairs if one.values and one.head.label is not None and one.head.label.field is None]
    texts = list(dict.fromkeys(one.values[0].value for one in doubled))
    names: tuple[FieldName | None, ...] = ()
    if len(texts) == 2:
        names = ("type", "status") if _is_status(texts[1]) and not _is_status(texts[0]) else ("status", "type")
    elif len(texts) == 1:
        is_type = find_shapes(texts[0]) == {"type"} or resembles_type(texts[0]) or texts[0].isupper()
        names = ("status" if _is_status(texts[0]) else "type" if is_type else None,)
    for one in doubled if names else ():
        one.name = names[texts.index(one.values[0].value)]
        one.fit = judge(one.name, one.values[0].value)


def _is_status(value: str) -> bool:
    return find_shapes(value) == {"status"}


def _take_unknown(found: Assignment, page: Page, pairs: Sequence[Pair]) -> None:
    """What stands among the fields, or as they do, and is none: unknown labels with their values, and strays.

    A field that is not read, and whose grammar reads such a value, is unread; so is one whose usual place it has.
    """
    places = [(one.place, page.find_place(one.head, one.values[0])[1]) for one in pairs if one.values]
    counts = Counter(place for place, _ in places)
    ways = {place for place, n in counts.items() if n > 1}
    homes = {around for _, home in places for around in (home, home.parent) if around and around.parent}
    names = {one.head: one.name for one in pairs}
    first, last = min(found.blocks, default=0), max(found.blocks, default=0)
    before: FieldName | None = None
    for part in page.parts:
        before = names.get(part, before)
        if part.label is not None or part.block.index in found.blocks or not is_short(part.value):
            continue
        split = split_unknown(part) if INLINE in ways else None
        beside = page.parts[max(0, part.at - 1) : part.at + 2]
        is_told = find_shapes(split[1].value if split else part.value) and any(
            one.block.index in found.blocks for one in beside
        )
        is_among = first < part.block.index < last or bool(is_told)
        if split is not None and (is_among or part.block.box.parent in homes):
            label, value = split
        elif (below := _find_unknown_value(found, page, part)) and (
            page.find_place(part, below)[0] in ways and (is_among or _stands_beside(page, part, below, homes))
        ):
            label, value = part.text.strip(" :"), below.text
            found.blocks.add(below.block.index)
        elif is_among:
            label, value = part.text[:0], part.text
        else:
            continue
        found.fields.append(LabelledValue(None, label, (value,), "unknown"))
        found.blocks.add(part.block.index)
        _leave_unread(found, value.value, before)


def _find_unknown_value(found: Assignment, page: Page, part: Part) -> Part | None:
    """What stands next to a part that may be a label."""
    below = page.parts[part.at + 1] if part.at + 1 < len(page.parts) else None
    if below is None or below.label or below.block.index in found.blocks or not is_short(below.value):
        return None
    return below if len(part.value) <= MAX_UNKNOWN_LABEL and part.block.link_share < 0.8 else None


def _stands_beside(page: Page, part: Part, below: Part, homes: set[Box]) -> bool:
    """Whether a part and the one below it stand beside the fields: around boxes like theirs, or in a bullet's group."""
    home = page.find_place(part, below)[1]
    if home.parent is None:
        return bool(part.block.marker or (part.block.index and page.blocks[part.block.index - 1].marker))
    return home in homes or home.parent in homes


def _leave_unread(found: Assignment, value: str, before: FieldName | None) -> None:
    """Count as unread what a value under no known label may belong to, of the fields that are not read.

    Its grammar tells; words of no codebook may be those of the fields that usually follow the label before it.
    """
    shapes = find_shapes(value)
    if not shapes:
        order = list_in_order()
        usual = takewhile(lambda name: name not in found.names, order[order.index(before) + 1 :] if before else order)
        shapes = frozenset(CODEBOOKS).intersection(usual)
    found.unread |= shapes - found.names
