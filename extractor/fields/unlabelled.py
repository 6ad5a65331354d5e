"""The old host's project page: the title, then values without labels, one to a line, then the description (form C).

Belongs here: telling by its shape alone which field a value is. Does not belong here: pages with labels (``fields``).

A value whose shape could be two fields is none: it is kept raw, without a name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from contracts.fields import catalogue
from extractor.codebooks import find_entry
from extractor.codebooks.labels import PRIMA_ID, PROJECTS_ID
from extractor.fields.labelled import reads_like_prose
from extractor.raw import LabelledValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contracts.fields import FieldName
    from extractor.blocks.document import Block

_BUDGET: Final = re.compile(r"(?:USD\s*|US\$\s*|\$\s*)?(?:\d{1,3}(?:,\d{3})+(?:\.\d{2})?|\d{4,9}\.\d{2})(?:\s*USD)?")
_YEAR: Final = re.compile(r"(?:19|20)\d{2}")
_LISTED: Final[dict[FieldName, str]] = {
    entry.label: entry.codebook
    for entry in catalogue("project").values()
    if entry.label and entry.codebook and entry.codebook != "type"
}
"""The labels whose values are a short closed list, with its codebook; a type's wording drifts too much to prove one."""
_MAX_VALUE: Final = 120
_MIN_SHAPED: Final = 4


def read_values(blocks: Sequence[Block]) -> tuple[list[LabelledValue], list[Block]] | None:
    """The values at the beginning of the blocks after the title, and the blocks they took.

    None where these are not values without labels: a key of the project and three more values must show by their shape,
    each once, and no line may be left that could be two things.
    """
    lines: list[Block] = []
    for block in blocks:
        if block.marker or reads_like_prose(block.text.value) or len(block.text) > _MAX_VALUE:
            break
        lines.append(block)
    names = _name_by_shape(lines)
    if names is None or len(names) < _MIN_SHAPED or not {"projects_id", "prima_id"} & set(names.values()):
        return None
    first, last = min(names), max(names)
    left = [i for i in range(len(lines)) if i not in names]
    countries = [i for i in left if i > last]
    types = [i for i in left if i < last]
    if len(types) > 1 or (types and names.get(types[0] - 1) != "status" and names.get(types[0] + 1) != "budget"):
        return None
    if first > 0 and 0 not in types:
        return None
    found = [_state(name, [lines[i]], f"shape:{name}") for i, name in names.items()]
    found += [_state("type", [lines[i]], "shape:type") for i in types]
    if countries:
        found.append(_state("countries", [lines[i] for i in countries], "shape:countries"))
    found.sort(key=lambda one: one.values[0].span())
    return found, lines


def _name_by_shape(lines: Sequence[Block]) -> dict[int, FieldName] | None:
    """Which lines show by their shape what they are; None where two show the same."""
    names: dict[int, FieldName] = {}
    for i, line in enumerate(lines):
        name = find_shape(line.text.value)
        if name is not None:
            if name in names.values():
                return None
            names[i] = name
    _name_global(lines, names)
    return names


def find_shape(value: str) -> FieldName | None:
    """The field whose values alone look like this; a year is the funding's, though dates may be one too.

    >>> find_shape("TC.0123"), find_shape("183,813.00"), find_shape("2006"), find_shape("Labour Migration")
    ('projects_id', 'budget', 'funding_year', None)
    """
    listed = find_listed(value)
    shapes: tuple[tuple[FieldName, bool], ...] = (
        ("projects_id", PROJECTS_ID.fullmatch(value) is not None),
        ("prima_id", PRIMA_ID.fullmatch(value) is not None),
        *((name, listed == [name]) for name in _LISTED),
        ("budget", _BUDGET.fullmatch(value) is not None),
        ("funding_year", _YEAR.fullmatch(value) is not None),
    )
    return next((name for name, fits in shapes if fits), None)


def find_listed(value: str) -> list[FieldName]:
    """The labels whose closed list has this value: the codebooks that its meaning is read from as well.

    >>> find_listed("Ongoing"), find_listed("Europe"), find_listed("Global"), find_listed("Labour Migration")
    (['status'], ['idf_region'], ['coverage', 'idf_region'], [])
    """
    return [name for name, book in _LISTED.items() if find_entry(book, value) is not None]


def _name_global(lines: Sequence[Block], names: dict[int, FieldName]) -> None:
    """Name "Global", a coverage and a region: what the other lines leave, or both in the site's order."""
    places = [i for i, line in enumerate(lines) if len(find_listed(line.text.value)) > 1]
    free: list[FieldName] = [name for name in ("coverage", "idf_region") if name not in names.values()]
    if places and len(places) == len(free):
        names.update(zip(places, free, strict=True))


def _state(name: FieldName, lines: Sequence[Block], rule: str) -> LabelledValue:
    values = tuple(line.text for line in lines)
    return LabelledValue(name, values[0][0:0], values, rule)
