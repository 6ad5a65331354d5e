"""Which layout a page has, by its structure: exactly one must match, or the page is quarantined.

Belongs here: the layouts, what tells them from each other, and what is no page of content at all (block pages,
listings, script shells). Does not belong here: reading what a layout holds (``project``, ``news``).

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
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from contracts.page_signs import find_refusal_line, refuses
from extractor.blocks.prose_shape import is_wrapped
from extractor.fields.clusters import MIN_LABELS
from extractor.layouts.news import NewsParts, read_news
from extractor.layouts.project import find_fields, is_project, read_project
from extractor.roles.boilerplate import is_frame_text
from extractor.roles.teasers import is_list_of_lines
from extractor.roles.text_repair import mend_text
from extractor.roles.title import find_title
from extractor.roles.walls import find_wall_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.blocks.document import Block, Document
    from extractor.blocks.prose_shape import Role
    from extractor.blocks.text import SourceText
    from extractor.codebooks.labels import Label
    from extractor.fields.assignment import Assignment
    from extractor.raw import NewsPage, PageMetadata, ProjectPage

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
    title = find_title(document, metadata, roles, url)
    objection = _find_refusal(document, title) or (_find_untitled(document, roles) if title is None else None)
    found = objection or find_fields(document, roles)
    if isinstance(found, str):
        return found
    title = mend_text(title) if title is not None else None
    is_address = _is_project_address(url)
    if title is None or not is_project(found, is_address=is_address):
        return _find_objection(found, url, is_address=is_address) or _read_news(document, title, roles)
    parts = read_project(document, found, title, roles)
    if isinstance(parts, str):
        return parts
    return Laid(parts.layout, title, roles, project=parts.page, labels=parts.labels)


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


def _read_news(document: Document, title: SourceText | None, roles: dict[int, Role]) -> Laid | str:
    if not document.is_markup and is_list_of_lines(document.blocks, roles):
        return "a list of articles, not an article"
    parts = read_news(document, roles)
    if _is_listing(document.blocks, parts):
        return "a list of articles, not an article"
    if not parts.page.paragraphs:
        return "a title without running text below it"
    return Laid("news/2-wrapped" if parts.is_wrapped else "news/1", title, parts.roles, news=parts.page)


def _find_objection(found: Assignment, url: str, *, is_address: bool) -> str | None:
    """Why a page without a project's structure cannot be news either, or None."""
    if is_address:
        return f"a project's address with {len(found.names)} of the 12 fields; {MIN_LABELS} make a project page"
    if _LISTING_QUERY.search(url.partition("#")[0].partition("?")[2]):
        return "a listing's address (page=N): entries of a list are no article"
    if len(found.names) > 1 or found.n_seen >= MIN_LABELS:
        return f"{len(found.names)} fields of one project, but not {MIN_LABELS}: neither a project nor news"
    return None


def _is_listing(blocks: Sequence[Block], parts: NewsParts) -> bool:
    """Whether a page holds entries of other pages and no text of its own but a line of introduction, or links alone."""
    roles = parts.roles
    own = parts.page.paragraphs
    if len(own) > 1 or any(len(one) > _INTRODUCTION for one in own):
        return False
    if "teaser" in roles.values():
        return True
    linked = [b for b in blocks if b.link_share >= 0.8 and len(b.value) >= _MIN_LINKED_TITLE]
    return len([b for b in linked if roles.get(b.index) not in {"body", "related"}]) >= 5
