"""Values without labels, one to a line (form C): each line tells by itself what it is, in whatever order they stand.

Belongs here: the lines between a page's title and its text that show by their grammar what they are.
Does not belong here: values under labels (``pairs``).

Years are the exception: one alone is the funding's, of several nobody can tell which is which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from extractor.fields.grammar import LISTS, find_shapes, reads_like_prose, resembles_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contracts.fields import FieldName
    from extractor.fields.assignment import Assignment
    from extractor.fields.parts import Part

_MIN_SHAPED = 2


def read_unlabelled(found: Assignment, parts: Sequence[Part]) -> None:
    """Add to what labels state the fields of the lines below the title that have none."""
    lines = _find_zone([part for part in parts if part.block.index not in found.blocks])
    shapes = [find_shapes(line.value) for line in lines]
    names = _name_lines(lines, shapes)
    if len(set(names)) < _MIN_SHAPED:
        return
    odd = {at for at in range(len(lines)) if not shapes[at]}
    types = [at for at in sorted(odd) if resembles_type(lines[at].value)] if "type" not in names.values() else []
    if len(types) == 1:
        names[types[0]] = "type"
        odd.discard(types[0])
    for at in odd:
        under = names.get(at + 1)
        names = {place: name for place, name in names.items() if name != under}
        found.unread |= {under} if under else {"type"}
        found.take(None, lines[at].text[:0], [lines[at]], "stray")
    for name in dict.fromkeys(names.values()):
        told = [lines[at] for at in sorted(names) if names[at] == name]
        values = list(dict.fromkeys(line.value for line in told))
        is_run = [line.block.index for line in told] == [*range(told[0].block.index, told[0].block.index + len(told))]
        if name in found.names or (not is_run if name in LISTS else len(values) > 1):
            found.unread |= shapes[min(at for at in names if names[at] == name)] or {name}
            found.take(None, told[0].text[:0], told, "stray")
        else:
            found.take(name, told[0].text[:0], told if name in LISTS else told[:1], f"shape:{name}")


def _find_zone(parts: Sequence[Part]) -> list[Part]:
    """The run of short lines with most values, from its first value to its last: no text parts them.

    A country below a line that is nothing is text, as that line is.
    """
    runs: list[list[Part]] = [[]]
    for part in parts:
        if part.label is not None or part.block.marker or part.block.heading_level or reads_like_prose(part.value):
            runs.append([])
        elif find_shapes(part.value) or runs[-1]:
            runs[-1].append(part)
    zone = max(runs, key=lambda run: len({find_shapes(part.value) for part in run}), default=[])
    size = is_odd = 0
    for at, part in enumerate(zone):
        shapes = find_shapes(part.value)
        if shapes and not (is_odd and shapes == LISTS):
            size = at + 1
        is_odd = not shapes
    return zone[:size]


def _name_lines(lines: Sequence[Part], shapes: Sequence[frozenset[FieldName]]) -> dict[int, FieldName]:
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
