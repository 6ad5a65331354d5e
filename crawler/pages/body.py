"""Which of a page's prose is its own text.

Belongs here: choosing the body among the blocks of markup that nothing else explains.
Does not belong here: what prose is, and what stands beside it (``prose``).

What no rule knows stays without a role: it is counted as unexplained, and is never published.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from crawler.pages.prose import group_lines, is_byline, is_prose, is_wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.pages.document import Block, Box
    from crawler.pages.prose import Role

_TEXT_TAGS: Final = frozenset(
    [
        "p",
        "li",
        "blockquote",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "td",
        "th",
        "tr",
        "tbody",
        "table",
        "dd",
        "dt",
        "dl",
        "ul",
        "ol",
    ]
)


def assign_body_roles(blocks: Sequence[Block], roles: dict[int, Role]) -> None:
    """Give ``body`` to the page's text below its title: the prose, and the short blocks that stand among it."""
    start = min((index for index, role in roles.items() if role == "title"), default=-1)
    below = [block for block in blocks if block.index > start]
    for group in group_lines([block for block in below if block.index not in roles]):
        if is_wrapped(group):
            roles.update(dict.fromkeys((block.index for block in group), "body"))
    free = [block for block in below if block.index not in roles]
    prose = _keep_own([block for block in below if roles.get(block.index) == "body" or _is_free_prose(block, roles)])
    if not prose:
        return
    first, last = prose[0], prose[-1]
    for block in free:
        if first.index <= block.index <= last.index or _stands_with(block, first, last):
            roles[block.index] = "body"
        elif block.index < first.index and is_byline(block):
            roles[block.index] = "byline"
    for block in below:
        is_between = first.index < block.index < last.index and roles.get(block.index) == "frame"
        if is_between and block.box.tag == "p" and len(block.text.value) > 20:
            roles[block.index] = "body"


def _is_free_prose(block: Block, roles: dict[int, Role]) -> bool:
    if block.index in roles or not is_prose(block.text.value):
        return False
    return block.box.tag == "p" or block.link_share < 0.8


def _keep_own(prose: list[Block]) -> list[Block]:
    """Without prose after the text that stands elsewhere on the page: calls to subscribe, notes of the site.

    Most of the text stands on one path of elements. What follows its last block belongs to it on the same path, or
    inside the same box in lists, tables and quotes.
    """
    if len(prose) < 2:
        return prose
    paths = [tuple(box.tag for box in block.box.iter_up()) for block in prose]
    weights: Counter[tuple[str, ...]] = Counter()
    for block, path in zip(prose, paths, strict=True):
        weights[path] += len(block.text.value)
    usual = weights.most_common(1)[0][0]
    own = [block for block, path in zip(prose, paths, strict=True) if path == usual]
    container = _find_container(own)
    return [block for block in prose if block.index <= own[-1].index or _is_inside(block, container)]


def _find_container(blocks: Sequence[Block]) -> Box | None:
    """The smallest box around the boxes of all the blocks."""
    first, last = blocks[0], blocks[-1]
    return next((box for box in first.box.iter_up() if box is not first.box and box.last > last.index), None)


def _is_inside(block: Block, container: Box | None) -> bool:
    for box in block.box.iter_up():
        if box is container:
            return True
        if box.tag not in _TEXT_TAGS:
            return False
    return False


def _stands_with(block: Block, first: Block, last: Block) -> bool:
    """Whether a short block stands among the prose: a subheading before it, an entry of a list after it."""
    around = block.box.parent
    if around is None:
        return block.index > last.index
    beside = {first.box.parent, last.box.parent, first.box, last.box}
    in_list = around.parent if block.box.tag == "li" else None
    if block.box.tag not in _TEXT_TAGS or (block.index < first.index and is_byline(block)):
        return False
    return around in beside or in_list in beside
