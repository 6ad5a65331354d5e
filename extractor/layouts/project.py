"""The project page: title, fields, description.

Belongs here: putting together what ``fields`` and ``unlabelled`` find.
Does not belong here: choosing a layout (``layout``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from extractor.blocks.prose_shape import Role, is_prose, read_paragraphs
from extractor.fields.in_boxes import read_boxes
from extractor.fields.in_lines import read_lines
from extractor.fields.labelled import Field, Labelled
from extractor.fields.resolution import settle_fields
from extractor.raw import LabelledValue, ProjectPage
from extractor.roles.asides import assign_aside_roles, assign_line_roles
from extractor.roles.body import assign_body_roles
from extractor.roles.text_repair import mend_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.blocks.document import Block, Document
    from extractor.blocks.text import SourceText

MAX_EMPTY_SHARE: Final = 4
"""One label in so many may lack a value: sites drop a label with its value, and labels in a row mean a broken page."""


@dataclass(frozen=True, slots=True)
class ProjectParts:
    """A project page as read, with the role of every block that a rule explained."""

    page: ProjectPage
    roles: dict[int, Role]


def read_labelled(
    document: Document, labelled: Sequence[Labelled], others: set[int], title: SourceText, roles: dict[int, Role]
) -> ProjectParts | str:
    """A page whose values stand under labels; or the reason why it cannot be told what belongs to which.

    ``others`` are the blocks that bear labels of other projects, and those that are beside the text.
    """
    read = read_boxes if document.is_markup else read_lines
    found = read(document, labelled, others)
    if isinstance(found, str):
        return found
    found = [one for one in found if one.values or one.labelled.label is not None]
    fields = settle_fields(found)
    if isinstance(fields, str):
        return fields
    if _stand_before(document.blocks, found, roles):
        return "a value stands before the first label and none after the last: whose values they are cannot be told"
    known = [one for one in fields if one.labelled.label is not None]
    n_empty = sum(1 for one in known if not one.values)
    if n_empty * MAX_EMPTY_SHARE > len(known):
        return f"{n_empty} of {len(known)} labels stand without a value"
    for one in found:
        roles.update(dict.fromkeys(one.blocks, "field"))
    fields, described = _split_off_description(fields, roles)
    roles.update(dict.fromkeys(described, "body"))
    _assign(document, roles)
    _drop_strays(document.blocks, roles, others)
    return _finish(document, title, fields, roles)


def _stand_before(blocks: Sequence[Block], found: Sequence[Field], roles: dict[int, Role]) -> bool:
    """Whether the page prints its values before their labels: under each label stands the next one's value."""
    if found[-1].values or not found[0].values or not (at := found[0].labelled.block.index):
        return False
    before, first, value = blocks[at - 1], found[0].labelled.block, blocks[found[0].blocks[-1]]
    if before.index in roles or not before.text or is_prose(before.text.value) or before.box.tag != value.box.tag:
        return False
    return before.box is first.box or before.box.parent is first.box.parent


def _split_off_description(fields: list[Field], roles: dict[int, Role]) -> tuple[list[Field], list[int]]:
    """Unknown labels over running text ("Description", "Objectives") are subheadings of the description."""
    kept: list[Field] = []
    described: list[int] = []
    for one in fields:
        if one.labelled.label is None and any(is_prose(value.value) for value in one.values):
            described += one.blocks[1:]
            for index in one.blocks[1:]:
                roles.pop(index, None)
        else:
            kept.append(one)
    return kept, described


def _finish(document: Document, title: SourceText, fields: Sequence[Field], roles: dict[int, Role]) -> ProjectParts:
    stated = tuple(LabelledValue(one.name, one.labelled.text, one.values, one.rule) for one in fields if one.values)
    empty = tuple(one.labelled.text for one in fields if not one.values)
    body = [block for block in document.blocks if roles.get(block.index) == "body"]
    return ProjectParts(ProjectPage(title, stated, _describe(body), empty), roles)


def _assign(document: Document, roles: dict[int, Role]) -> None:
    if document.is_markup:
        assign_aside_roles(document.blocks, roles)
        assign_body_roles(document.blocks, roles)
    else:
        assign_line_roles(document.blocks, roles)


def _drop_strays(blocks: Sequence[Block], roles: dict[int, Role], others: set[int]) -> None:
    """Take short blocks among and right below the fields out of the body: values whose label was lost, not text.

    So are labels of another project, with the headings over them and what stands under them.
    """
    last_field = max((index for index, role in roles.items() if role == "field"), default=-1)
    prose = [b.index for b in blocks if roles.get(b.index) == "body" and is_prose(b.text.value)]
    start = max(last_field, min(prose, default=len(blocks)))
    is_other = False
    headings: list[int] = []
    for block in blocks:
        if is_prose(block.text.value):
            is_other, headings = False, []
        elif roles.get(block.index, "body") == "body":
            headings += [block.index] if block.heading_level else []
            is_other = is_other or block.index in others
            strays = [*headings, block.index] if is_other else [block.index] if block.index < start else []
            for index in strays:
                roles.pop(index, None)
            headings = [] if is_other else headings


def _describe(body: Sequence[Block]) -> tuple[SourceText, ...]:
    return tuple(mend_text(paragraph) for paragraph in read_paragraphs(body))


def read_unlabelled(
    document: Document,
    values: Sequence[LabelledValue],
    lines: Sequence[Block],
    title: SourceText,
    roles: dict[int, Role],
) -> ProjectParts:
    """A page whose values ``unlabelled`` told by their shape."""
    roles.update(dict.fromkeys((line.index for line in lines), "field"))
    _assign(document, roles)
    _drop_strays(document.blocks, roles, set())
    body = [block for block in document.blocks if roles.get(block.index) == "body"]
    return ProjectParts(ProjectPage(title, tuple(values), _describe(body)), roles)
