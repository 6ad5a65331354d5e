"""What the labels of a page state in the end: one field a name, or the reason why they cannot be told.

Belongs here: repeats, contradictions, the doubled Spanish label, values that cannot be their labels'.
Does not belong here: finding labels and values (``fields``), what a value means.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle
from typing import TYPE_CHECKING, Final

from extractor.codebooks import find_entry
from extractor.codebooks.labels import find_label, holds_label
from extractor.fields.labelled import MANY_VALUED, Field, is_sign
from extractor.fields.unlabelled import find_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contracts.fields import FieldName
    from extractor.blocks.text import SourceText

_FITTING: Final[dict[FieldName, tuple[FieldName | None, ...]]] = {
    "funding_year": ("funding_year", "start_date", "end_date"),
    "idf_region": ("idf_region", "coverage", "countries", "other_countries"),
    "coverage": ("coverage", "idf_region"),
    "status": ("status", None),
}
"""Under which labels a value of a shape may stand, where it is not its own alone."""


def settle_fields(found: list[Field]) -> list[Field] | str:
    """One field a name: the doubled Spanish label told apart, equal repeats dropped, unequal ones refused."""
    found = [replace(one, values=_keep_values(one.values)) for one in found]
    objection = _find_objection([one for one in found if one.labelled.label is not None])
    if objection is not None:
        return objection
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


def _keep_values(values: Sequence[SourceText]) -> tuple[SourceText, ...]:
    """The values without labels and without signs that stand beside them; a dash is one where nothing else is."""
    kept = [value for value in values if not is_sign(value.value) and find_label(value.value) is None]
    worded = [value for value in kept if any(character.isalnum() for character in value.value)]
    return tuple(worded or kept)


def _find_objection(known: Sequence[Field]) -> str | None:
    """Why values cannot be those of the labels they were found under, or None."""
    for one in known:
        if any(holds_label(value.value) for value in one.values):
            return f"the value under “{one.labelled.text.value}” holds another label"
    several = [one for one in known if one.name not in MANY_VALUED and len({v.value for v in one.values}) > 1]
    if len(several) > 1:
        return f"a list of projects: several values stand under {len(several)} labels that have one"
    shapes = [(one, find_shape(one.values[0].value)) for one in known if len(one.values) == 1]
    strange = [shape for one, shape in shapes if shape is not None and not _may_stand(shape, one.name)]
    n_fitting = sum(1 for one, shape in shapes if shape is not None and _may_stand(shape, one.name))
    if len(strange) > max(1, n_fitting):
        return f"{len(strange)} values have the shape of other fields than the labels they stand under"
    return None


def _may_stand(shape: FieldName, name: FieldName | None) -> bool:
    """Whether a value of a shape may stand under a label; the doubled Spanish one has a status below it or a type."""
    return name in (_FITTING.get(shape) or (shape,))


def _tell_apart_doubled(found: list[Field]) -> list[Field]:
    """Spanish pages print "Tipo de proyecto" over the status, then over the type: told by position.

    Where only one stands, or one of two bears a word of status in the other's place, the value decides; a lone value
    that could be either stays without a name. A page that shows its fields twice shows each of them twice.
    """
    places = [i for i, one in enumerate(found) if one.labelled.label is not None and one.labelled.label.field is None]
    doubled = [found[i] for i in places]
    texts = [tuple(value.value for value in one.values) for one in doubled]
    n_shown = next((n for n in (1, 2) if texts == texts[:n] * (len(texts) // n) and len(texts) > n), len(texts))
    names: list[FieldName | None] = []
    if n_shown == 2:
        first, second = doubled[:2]
        swapped = _is_status(second) and not _is_status(first) and bool(first.values)
        names = ["type", "status"] if swapped else ["status", "type"]
    elif n_shown == 1 or sum(map(bool, texts)) == 1:
        named = next((one for one in doubled if one.values), None)
        names = [_name_lone(named)] if named is not None else []
    told = dict(zip(places, cycle(names), strict=False)) if names else {}
    return [replace(one, name=told[i]) if i in told else one for i, one in enumerate(found)]


def _is_status(one: Field) -> bool:
    return len(one.values) == 1 and find_entry("status", one.values[0].value) is not None


def _name_lone(one: Field) -> FieldName | None:
    if _is_status(one):
        return "status"
    value = one.values[0].value if one.values else ""
    return "type" if " " in value or (value.isupper() and len(value) > 2) else None
