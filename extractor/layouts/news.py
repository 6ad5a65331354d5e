"""The news page: title, paragraphs, contact block.

Belongs here: what is left as the article's text once every other block has its role.
Does not belong here: which blocks name staff (``contact_block``); dateline, dates and names (``extractor``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractor.blocks.prose_shape import (
    group_lines,
    is_wrapped,
    read_paragraphs,
)
from extractor.raw import NewsPage
from extractor.roles.asides import assign_aside_roles, assign_line_roles
from extractor.roles.body import assign_body_roles
from extractor.roles.contact_block import find_contact_blocks, split_contact
from extractor.roles.text_repair import mend_text

if TYPE_CHECKING:
    from extractor.blocks.document import Block, Document
    from extractor.blocks.prose_shape import Role


@dataclass(frozen=True, slots=True)
class NewsParts:
    """A news page as read, with the role of every block that a rule explained, and whether its lines were wrapped."""

    page: NewsPage
    roles: dict[int, Role]
    is_wrapped: bool


def read_news(document: Document, roles: dict[int, Role]) -> NewsParts:
    """The article below the title; without paragraphs where the page has no running text."""
    start = min((index + 1 for index, role in roles.items() if role == "title"), default=0)
    blocks = document.blocks
    if document.is_markup:
        assign_aside_roles(blocks, roles)
    contact = find_contact_blocks([block for block in blocks[start:] if _may_be_contact(block, roles)])
    roles.update(dict.fromkeys((block.index for block in contact), "contact"))
    if document.is_markup:
        assign_body_roles(blocks, roles)
    else:
        assign_line_roles(blocks, roles)
    body = [block for block in blocks if roles.get(block.index) == "body"]
    paragraphs, contacts = [], [block.text for block in contact]
    for paragraph in read_paragraphs(body):
        text, reach = split_contact(mend_text(paragraph))
        if text:
            paragraphs.append(text)
        if reach is not None:
            contacts.insert(0, reach)
    page = NewsPage(tuple(paragraphs), tuple(contacts))
    return NewsParts(page, roles, any(map(is_wrapped, group_lines(body))))


def _may_be_contact(block: Block, roles: dict[int, Role]) -> bool:
    """A line of no known role, or one that looks like a share link (``E-mail:``) but stands alone."""
    role = roles.get(block.index)
    return role is None or (role == "frame" and block.value.endswith(":") and block.link_share == 0)
