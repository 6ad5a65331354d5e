"""Which layout a page has, by its structure: exactly one must match, or the page is quarantined.

Belongs here: the layouts, what tells them from each other, what is no page of content at all (block pages, listings,
script shells); which blocks are a project's description or an article's text once all others have their roles. Does not
belong here: the roles themselves, whose labels and values the fields are, what texts mean.

=====================  ===============================================================
``project/1``          labels with their values: form A, field markup, tables, lists
``project/2-bullets``  form B: bullets with an indented value
``project/3-unlabelled``  form C: the title twice, values without labels
``news/1``             a title over running text
``news/2-wrapped``     the same, hard-wrapped: legacy pages
=====================  ===============================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from contracts.page_signs import find_refusal_line, refuses
from extractor.blocks.document import Block, Document
from extractor.blocks.prose_shape import Role, group_lines, is_wrapped, mend_text, read_paragraphs
from extractor.blocks.text import SourceText
from extractor.codebooks import Label
from extractor.fields.assignment import KEYS, Assignment, assign
from extractor.fields.clusters import MIN_LABELS
from extractor.fields.grammar import find_shapes, is_telling
from extractor.raw import NewsPage, PageMetadata, ProjectPage
from extractor.roles.asides import assign_aside_roles, assign_line_roles
from extractor.roles.body import assign_body_roles
from extractor.roles.boilerplate import find_contact_blocks, find_wall_line, is_frame_text, split_contact
from extractor.roles.line_title import find_line_title
from extractor.roles.teasers import is_list_of_lines
from extractor.roles.title import find_title

_NODE: Final = re.compile(r"/node/", re.IGNORECASE)
_PROJECT_ADDRESS: Final = re.compile(r"/(?:project|projects|projet|proyecto)/|//developmentfund\.", re.IGNORECASE)
"""Addresses under which only projects stand; under ``/node/`` there are projects and news."""

_LISTING_QUERY: Final = re.compile(r"(?:^|&)page=\d", re.IGNORECASE)
_SHORT: Final = 700
"""Pages that refuse have fewer characters of text; articles, but for the shortest, have more."""
_MIN_LINKED_TITLE: Final = 25
_INTRODUCTION: Final = 160
"""Characters of the one line that a listing may have above its entries."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A page whose layout matched. ``roles`` are those of its blocks, by index."""

    layout: str
    title: SourceText | None
    roles: dict[int, Role]
    project: ProjectPage | None = None
    news: NewsPage | None = None
    labels: Sequence[Label] = ()


def read_layout(document: Document, metadata: PageMetadata, url: str) -> Laid | str:
    """The page by the one layout that matches it; else the reason why none does."""
    if not any(block.value for block in document.blocks):
        return "no readable text: a script-only shell or an empty page"
    roles: dict[int, Role] = {}
    if document.is_markup:
        title = find_title(document, metadata, roles, url)
    else:
        title = find_line_title(document.blocks, roles, url)
    objection = _find_refusal(document, title) or (_find_untitled(document, roles) if title is None else None)
    found = objection or _find_fields(document, roles)
    if isinstance(found, str):
        return found
    title = mend_text(title) if title is not None else None
    is_address = _is_project_address(url)
    if title is None or not _is_project(found, is_address=is_address):
        return _find_objection(found, url, is_address=is_address) or _read_news(document, title, roles)
    return _read_project(document, found, title, roles)


def may_be_project_address(url: str) -> bool:
    """Whether a project may stand under an address: under one of projects alone, or of anything.

    >>> [may_be_project_address(f"https://www.iom.int/{path}/x") for path in ("project", "fr/node", "news")]
    [True, True, False]
    """
    return _is_project_address(url) or _NODE.search(url) is not None


def _is_project_address(url: str) -> bool:
    return _PROJECT_ADDRESS.search(url.partition("#")[0].partition("?")[0]) is not None


def _find_untitled(document: Document, roles: dict[int, Role]) -> str | None:
    """Why a page without a title is not read: only plain text that begins at once is, whatever its title was."""
    if document.is_markup:
        return "no title: neither a heading, nor metadata"
    first = next((block for block in document.blocks if block.index not in roles and block.text), None)
    is_text = first is not None and (first.is_prose or is_wrapped(document.blocks[first.index :]))
    return None if is_text else "no title: nothing tells which line over the text it is"


def _find_refusal(document: Document, title: SourceText | None) -> str | None:
    """Why a page that refuses is not read, with its words; None where it is none."""
    said = title.value if title is not None and refuses(title.value) else None
    if said is None and document.n_characters <= _SHORT:
        lines = [block.value for block in document.blocks]
        shown = [title.value, *lines] if title is not None and title.value not in lines else lines
        said = find_refusal_line(lines) or find_wall_line([line for line in shown if not is_frame_text(line)])
    return f"a block or error page, not content: “{said[:80]}”" if said is not None else None


def _find_objection(found: Assignment, url: str, *, is_address: bool) -> str | None:
    """Why a page without a project's structure cannot be news either, or None."""
    if is_address:
        return f"a project's address with {len(found.names)} of the 12 fields; {MIN_LABELS} make a project page"
    if _LISTING_QUERY.search(url.partition("#")[0].partition("?")[2]):
        return "a listing's address (page=N): entries of a list are no article"
    if len(found.names) > 1 or found.n_seen >= MIN_LABELS:
        return f"{len(found.names)} fields of one project, but not {MIN_LABELS}: neither a project nor news"
    return None


def _read_news(document: Document, title: SourceText | None, roles: dict[int, Role]) -> Laid | str:
    """The article below the title; or why there is none."""
    start = min((index + 1 for index, role in roles.items() if role == "title"), default=0)
    blocks = document.blocks
    if document.is_markup:
        assign_aside_roles(document, roles)
    elif is_list_of_lines(blocks, roles):
        return "a list of articles, not an article"
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
    if _is_listing(blocks, roles, paragraphs):
        return "a list of articles, not an article"
    if not paragraphs:
        return "a title without running text below it"
    layout = "news/2-wrapped" if any(map(is_wrapped, group_lines(body))) else "news/1"
    return Laid(layout, title, roles, news=NewsPage(tuple(paragraphs), tuple(contacts)))


def _is_listing(blocks: Sequence[Block], roles: dict[int, Role], own: Sequence[SourceText]) -> bool:
    """Whether a page holds entries of other pages and no text of its own but a line of introduction, or links alone."""
    if len(own) > 1 or any(len(one) > _INTRODUCTION for one in own):
        return False
    if "teaser" in roles.values():
        return True
    linked = [b for b in blocks if b.link_share >= 0.8 and len(b.value) >= _MIN_LINKED_TITLE]
    return len([b for b in linked if roles.get(b.index) not in {"body", "related"}]) >= 5


def _may_be_contact(block: Block, roles: dict[int, Role]) -> bool:
    """A line of no known role, or one that looks like a share link (``E-mail:``) but stands alone."""
    role = roles.get(block.index)
    return role is None or (role == "frame" and block.value.endswith(":") and block.link_share == 0)


def _find_fields(document: Document, roles: dict[int, Role]) -> Assignment | str:
    """What the blocks without a role state in fields."""
    titles = [index for index, role in roles.items() if role == "title"]
    return assign(document, [block for block in document.blocks if block.index not in roles], titles)


def _is_project(found: Assignment, *, is_address: bool) -> bool:
    """Whether fields make a project page: four of them, or a key with others, or a key under a project's address.

    Without labels and without a key four may stand on any page.
    """
    n_fields, has_key = len(found.names), bool(found.names & KEYS)
    if n_fields >= MIN_LABELS:
        return has_key or is_address or bool(found.labels)
    return has_key and (is_address or n_fields + 1 >= MIN_LABELS)


def _read_project(document: Document, found: Assignment, title: SourceText, roles: dict[int, Role]) -> Laid | str:
    """The project page that the fields belong to, with ``roles`` for its blocks; or why its title is lost.

    What is left of the blocks is its description, or explained by no rule.
    """
    if is_telling(title.value) and not find_shapes(title.value) & found.names:
        return f"a field's value stands where the title should: “{title.value}”"
    roles.update(dict.fromkeys(found.blocks, "field"))
    roles.update(dict.fromkeys(found.foreign - roles.keys(), "related"))
    if document.is_markup:
        assign_aside_roles(document, roles)
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
    return Laid(layout, title, roles, project=page, labels=found.labels)


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
