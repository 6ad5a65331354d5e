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
from contracts.wall_signs import find_wall_line
from extractor.codebooks.labels import is_project_key
from extractor.fields.labelled import count_names, find_labelled
from extractor.fields.ownership import MIN_LABELS, choose_own, find_beside
from extractor.fields.unlabelled import read_values
from extractor.layouts.news import NewsParts, read_news
from extractor.layouts.project import read_labelled, read_unlabelled
from extractor.roles.boilerplate import is_frame_text
from extractor.roles.text_repair import mend_text
from extractor.roles.title import find_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.blocks.document import Block, Document
    from extractor.blocks.prose_shape import Role
    from extractor.blocks.text import SourceText
    from extractor.fields.labelled import Labelled
    from extractor.raw import NewsPage, PageMetadata, ProjectPage

_PROJECT_PATH: Final = re.compile(r"/(?:project|projects|projet|proyecto)/", re.IGNORECASE)
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
    title: SourceText
    roles: dict[int, Role]
    project: ProjectPage | None = None
    news: NewsPage | None = None
    labelled: Sequence[Labelled] = ()


def read_layout(document: Document, metadata: PageMetadata, url: str) -> Laid | str:
    """The page by the one layout that matches it; else the reason why none does."""
    shown = [block for block in document.blocks if block.text]
    if not shown:
        return "no readable text: a script-only shell or an empty page"
    roles: dict[int, Role] = {}
    title = find_title(document, metadata, roles, url)
    refusal = _find_refusal(document, title)
    if refusal is not None:
        return f"a block or error page, not content: “{refusal[:80]}”"
    if title is None:
        return "no title: neither a heading, nor metadata, nor a line over the text"
    title = mend_text(title)
    free = [block for block in document.blocks if roles.get(block.index) is None]
    found = labelled = find_labelled(free)
    beside = find_beside(document, roles) if found else {}
    if "related" in beside.values():
        found = find_labelled([block for block in free if beside.get(block.index) != "related"])
    own = choose_own(document, found)
    if isinstance(own, str):
        return own
    others = {one.block.index for one in (*labelled, *found)} - {one.block.index for one in own}
    read = _read_project(document, title, roles, own, others | beside.keys())
    if read is not None:
        return read
    objection = _find_objection(document, count_names(own), count_names(found), url)
    return objection or _read_news(document, title, roles)


def _find_refusal(document: Document, title: SourceText | None) -> str | None:
    """The words of a page that refuses, where it is one."""
    if title is not None and refuses(title.value):
        return title.value
    if document.n_characters > _SHORT:
        return None
    lines = [block.text.value for block in document.blocks]
    shown = [title.value, *lines] if title is not None and title.value not in lines else lines
    return find_refusal_line(lines) or find_wall_line([line for line in shown if not is_frame_text(line)])


def _read_project(
    document: Document, title: SourceText, roles: dict[int, Role], labelled: list[Labelled], others: set[int]
) -> Laid | str | None:
    n_labels = count_names(labelled)
    if n_labels < MIN_LABELS:
        return _read_unlabelled(document, title, roles) if n_labels == 0 else None
    parts = read_labelled(document, labelled, others, title, roles)
    if isinstance(parts, str):
        return parts
    is_bulleted = sum(1 for one in labelled if one.block.marker) * 2 > len(labelled)
    layout = "project/2-bullets" if is_bulleted else "project/1"
    return Laid(layout, title, parts.roles, project=parts.page, labelled=labelled)


def _read_unlabelled(document: Document, title: SourceText, roles: dict[int, Role]) -> Laid | None:
    titled = [index for index, role in roles.items() if role == "title"]
    if not titled:
        return None
    read = read_values([block for block in document.blocks[max(titled) + 1 :] if roles.get(block.index) is None])
    if read is None:
        return None
    parts = read_unlabelled(document, *read, title, roles)
    return Laid("project/3-unlabelled", title, parts.roles, project=parts.page)


def _read_news(document: Document, title: SourceText, roles: dict[int, Role]) -> Laid | str:
    parts = read_news(document, title, roles)
    if _is_listing(document.blocks, parts):
        return "a list of articles, not an article"
    if not parts.page.paragraphs:
        return "a title without running text below it"
    return Laid("news/2-wrapped" if parts.is_wrapped else "news/1", title, parts.roles, news=parts.page)


def _find_objection(document: Document, n_own: int, n_labels: int, url: str) -> str | None:
    """Why a page without a project's structure cannot be news either, or None. ``n_labels`` are those of all cards."""
    path, _, query = url.partition("#")[0].partition("?")
    if _PROJECT_PATH.search(path):
        return f"a project's address with {n_own} of the 12 labels; {MIN_LABELS} make a project page"
    if _LISTING_QUERY.search(query):
        return "a listing's address (page=N): entries of a list are no article"
    if n_labels > 1:
        return f"{n_labels} labels of a project page, but not {MIN_LABELS}: neither a project nor news"
    if any(is_project_key(block.text.value) for block in document.blocks):
        return "a project's key on a line of its own, without labels or values that show by their shape what they are"
    return None


def _is_listing(blocks: Sequence[Block], parts: NewsParts) -> bool:
    """Whether a page holds entries of other pages and no text of its own but a line of introduction, or links alone."""
    roles = parts.roles
    own = parts.page.paragraphs
    if len(own) > 1 or any(len(one) > _INTRODUCTION for one in own):
        return False
    if "teaser" in roles.values():
        return True
    linked = [b for b in blocks if b.link_share >= 0.8 and len(b.text) >= _MIN_LINKED_TITLE]
    return len([b for b in linked if roles.get(b.index) not in {"body", "related"}]) >= 5
