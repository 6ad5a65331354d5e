"""Values without labels, one to a line (form C): each line tells by itself what it is, in whatever order they stand.

Belongs here: the lines between a page's title and its text that show by their grammar what they are.
Does not belong here: values under labels (``pairs``).

Years are the exception: one alone is the funding's, of several nobody can tell which is which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from contracts.fields import FieldName
from extractor.fields.clusters import MIN_LABELS
from extractor.fields.grammar import LISTS, find_shapes, reads_like_prose, resembles_type
from extractor.fields.parts import Part, find_machine_name

if TYPE_CHECKING:
    from extractor.fields.assignment import Assignment

_FEW: Final = 2


def read_unlabelled(found: Assignment, parts: Sequence[Part]) -> None:
    """Add to what labels state the fields of the lines below the title that have none.

    What stands below a line that is nothing may be its value, and what shares a box with another field's value may
    be that one's: such a field is unread. The names that the markup has for its boxes tell years apart, where all of
    them agree with what stands in the boxes.
    """
    lines = _find_zone([part for part in parts if part.block.index not in found.blocks])
    shapes = [find_shapes(line.value) for line in lines]
    named = [find_machine_name(line.block) for line in lines]
    if sum(map(bool, named)) >= MIN_LABELS and all(
        name in fit for name, fit in zip(named, shapes, strict=True) if name
    ):
        shapes = [frozenset([name]) if name else fit for name, fit in zip(named, shapes, strict=True)]
    names = _name_lines(shapes)
    if len(set(names.values())) < _FEW:
        return
    odd = [at for at in range(len(lines)) if not shapes[at]]
    types = [at for at in odd if resembles_type(lines[at].value)] if "type" not in names.values() else []
    if len(types) == 1:
        names[types[0]] = "type"
        odd.remove(types[0])
    boxes = Counter(box for box, _ in {(line.block.box, names.get(at)) for at, line in enumerate(lines)})
    shared = {name for at, name in names.items() if len(boxes) > 1 and boxes[lines[at].block.box] > 1}
    for at in odd:
        found.unread |= {names.get(at + 1, "type")}
        found.take(None, lines[at].text[:0], [lines[at]], "stray")
    for name in dict.fromkeys(names.values()):
        places = [at for at in sorted(names) if names[at] == name]
        told = [lines[at] for at in places]
        is_run = places == [*range(places[0], places[-1] + 1)]
        is_one = is_run if name in LISTS else len({line.value for line in told}) == 1
        if is_one and name not in found.names | found.unread | shared:
            found.take(name, told[0].text[:0], told if name in LISTS else told[:1], f"shape:{name}")
        else:
            found.unread |= shapes[places[0]] | {name}
            found.take(None, told[0].text[:0], told, "stray")


def _find_zone(parts: Sequence[Part]) -> list[Part]:
    """The run of short lines with most values, from its first value to its last; none where others have some, too.

    A country below a line that is nothing is text, as that line is.
    """
    runs: list[list[Part]] = [[]]
    for part in parts:
        if part.label is not None or part.block.marker or part.block.heading_level or reads_like_prose(part.value):
            runs.append([])
        elif find_shapes(part.value) or runs[-1]:
            runs[-1].append(part)
    told = [len({shapes for part in run if (shapes := find_shapes(part.value)) - LISTS}) for run in runs]
    zone = runs[told.index(max(told))]
    if sum(told) - max(told) >= _FEW:
        return []
    size = is_odd = 0
    for at, part in enumerate(zone):
        shapes = find_shapes(part.value)
        if shapes and not (is_odd and shapes == LISTS):
            size = at + 1
        is_odd = not shapes
    return zone[:size]


def _name_lines(shapes: Sequence[frozenset[FieldName]]) -> dict[int, FieldName]:
    """The field of each line that shows one: what is left over for "Global", else the site's order."""
    names: dict[int, FieldName] = {}
    for at, fields in enumerate(shapes):
        if len(fields) == 1:
            names[at] = next(iter(fields))
        elif "funding_year" in fields:
            names[at] = "funding_year"
        elif fields == LISTS:
            names[at] = "countries"
    places = [at for at, fields in enumerate(shapes) if {"coverage", "idf_region"} <= fields]
    free: list[FieldName] = [name for name in ("coverage", "idf_region") if name not in names.values()]
    if places and len(places) == len(free):
        names.update(zip(places, free, strict=True))
    return names
