"""The project page: title, fields, description.

Belongs here: when what ``fields`` found is a project, and which blocks are its description.
Does not belong here: choosing between project and news (``layout``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractor.blocks.prose_shape import Role, read_paragraphs
from extractor.fields.assignment import KEYS, Assignment, assign
from extractor.fields.clusters import MIN_LABELS
from extractor.fields.grammar import find_shapes, is_telling
from extractor.raw import ProjectPage
from extractor.roles.asides import assign_aside_roles, assign_line_roles
from extractor.roles.body import assign_body_roles
from extractor.roles.text_repair import mend_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.blocks.document import Block, Document
    from extractor.blocks.text import SourceText
    from extractor.codebooks.labels import Label


@dataclass(frozen=True, slots=True)
class ProjectParts:
    """A project page as read, its layout, and its known labels."""

    layout: str
    page: ProjectPage
    labels: Sequence[Label]


def find_fields(document: Document, roles: dict[int, Role]) -> Assignment | str:
    """What the blocks without a role state in fields."""
    titles = [index for index, role in roles.items() if role == "title"]
    return assign(document.blocks, [block for block in document.blocks if block.index not in roles], titles)


def is_project(found: Assignment, *, is_address: bool) -> bool:
    """Whether fields make a project page: four of them, or a key with others, or a key under a project's address.

    Without labels and without a key four may stand on any page.
    """
    n_fields, has_key = len(found.names), bool(found.names & KEYS)
    if n_fields >= MIN_LABELS:
        return has_key or is_address or bool(found.labels)
    return has_key and (is_address or n_fields + 1 >= MIN_LABELS)


def read_project(
    document: Document, found: Assignment, title: SourceText, roles: dict[int, Role]
) -> ProjectParts | str:
    """The project page that the fields belong to, with ``roles`` for its blocks; or why its title is lost.

    What is left of the blocks is its description, or explained by no rule.
    """
    if is_telling(title.value) and not find_shapes(title.value) & found.names:
        return f"a field's value stands where the title should: “{title.value}”"
    roles.update(dict.fromkeys(found.blocks, "field"))
    roles.update(dict.fromkeys(found.foreign - roles.keys(), "related"))
    if document.is_markup:
        assign_aside_roles(document.blocks, roles)
        assign_body_roles(document.blocks, roles)
    else:
        assign_line_roles(document.blocks, roles)
    _drop_strays(document.blocks, roles, found)
    body = [block for block in document.blocks if roles.get(block.index) == "body"]
    description = tuple(mend_text(paragraph) for paragraph in read_paragraphs(body))
    page = ProjectPage(tuple(found.fields), description, tuple(found.empty), tuple(sorted(found.unread)))
    if len(found.labels) * 2 < len(found.names):
        layout = "project/3-unlabelled"
    else:
        layout = "project/2-bullets" if found.n_bulleted * 2 > len(found.labels) else "project/1"
    return ProjectParts(layout, page, found.labels)


def _drop_strays(blocks: Sequence[Block], roles: dict[int, Role], found: Assignment) -> None:
    """Take short lines before and among the fields out of the body; one below them is text, where nothing else is."""
    last = max(found.blocks)
    for block in blocks[:last]:
        if roles.get(block.index) == "body" and not block.is_prose:
            roles.pop(block.index)
    if "body" not in roles.values():
        for block in blocks[last + 1 :]:
            if block.index in roles or block.heading_level or block.link_share >= 0.8:
                return
            roles[block.index] = "body"
