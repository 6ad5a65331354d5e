"""Which of a page's prose is its own text.

Belongs here: choosing the body among the blocks of markup that nothing else explains.
Does not belong here: what prose is (``prose``), and what stands beside it (``beside``).

The text is found by its boxes. The *article* is the smallest box around the title that holds most of the prose; the
*text box* is the one of its boxes with the most of it. What stands before it in the article is a lead; what follows
belongs to the text where it is built as the text is, or where a heading of its own continues it without a break.

What no rule knows stays without a role: it is counted as unexplained, and is never published.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from extractor.blocks.prose_shape import group_lines, is_byline, is_prose, is_wrapped
from extractor.roles.boilerplate import is_call, is_frame_text, is_share_text
from extractor.roles.teasers import announces_related

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.blocks.document import Block, Box
    from extractor.blocks.prose_shape import Role

# fmt: off
_TEXT_TAGS: Final = frozenset([
    "p", "li", "blockquote", "h2", "h3", "h4", "h5", "h6", "td", "th", "tr", "tbody", "table", "dd", "dt", "dl", "ul",
    "ol",
])
# fmt: on
_ASIDE: Final = frozenset(["aside", "dialog", "form"])
_IN_TEXT: Final = frozenset(["p", "li", "td", "dd", "blockquote"])


def assign_body_roles(blocks: Sequence[Block], roles: dict[int, Role]) -> None:
    """Give ``body`` to the page's text below its title: the prose, and the short blocks that stand among it."""
    start = min((index for index, role in roles.items() if role == "title"), default=-1)
    below = [block for block in blocks if block.index > start]
    for group in group_lines([block for block in below if block.index not in roles]):
        if is_wrapped(group):
            roles.update(dict.fromkeys((block.index for block in group), "body"))
    free = [block for block in below if block.index not in roles]
    prose = [block for block in below if roles.get(block.index) == "body" or _is_free_prose(block, roles)]
    own = _keep_own(_Page(blocks, roles, start), prose)
    if not own:
        return
    first, last = own[0], own[-1]
    for block in free:
        if first.index <= block.index <= last.index or _stands_with(block, first, last):
            roles[block.index] = "body"
        elif block.index < first.index and is_byline(block):
            roles[block.index] = "byline"
    _take_back([b for b in below if first.index < b.index < last.index], roles)


def _take_back(between: Sequence[Block], roles: dict[int, Role]) -> None:
    """Take what looks like the frame for text where it stands among the prose: entries of a list, links alone."""
    links = {id(b.box.parent) for b in between if b.box.tag == "li" and not is_frame_text(b.text.value)}
    for block in between:
        value = block.text.value
        if roles.get(block.index) != "frame" or block.box.tag not in _IN_TEXT or is_call(value):
            continue
        is_own = block.link_share < 0.8 or len(value) > 20
        if block.box.tag == "li":
            is_own = id(block.box.parent) in links or (block.link_share < 0.8 and not is_share_text(value))
        if value and is_own and not (is_share_text(value) and block.box.tag != "li"):
            roles[block.index] = "body"


def _is_free_prose(block: Block, roles: dict[int, Role]) -> bool:
    if block.index in roles or not is_prose(block.text.value):
        return False
    return block.heading_level == 0 and (block.box.tag == "p" or block.link_share < 0.8)


@dataclass(frozen=True, slots=True)
class _Page:
    """The blocks of a page with the roles known so far, and the index of its title (-1 where it is no block)."""

    blocks: Sequence[Block]
    roles: dict[int, Role]
    title: int

    def is_section(self, block: Block, home: Box, last: Block) -> bool:
        """Whether a block begins a section that continues the text: a heading is all that stands between, if anything.

        Without a heading one paragraph may be a note of the site; two and more are text.
        """
        between = self.blocks[last.index + 1 : block.index]
        if any(self.roles.get(one.index) not in {None, "caption"} or is_prose(one.text.value) for one in between):
            return False
        headings = [one.text.value for one in between if one.heading_level]
        if headings:
            return not any(map(announces_related, headings))
        return sum(1 for one in self.blocks[home.first : home.last] if _is_free_prose(one, self.roles)) > 1


def _keep_own(page: _Page, prose: list[Block]) -> list[Block]:
    """Without the prose that stands elsewhere on the page: notes of the site, boxes beside the text."""
    homes = [_find_home(block) for block in prose]
    main = [pair for pair in zip(prose, homes, strict=True) if not _is_aside(pair[1])]
    if len(main) < 2:
        return [block for block, _ in main] or prose
    article = _find_article(page, [block for block, _ in main])
    within = [(b, home) for b, home in main if article.first <= b.index < article.last]
    weights: Counter[int] = Counter()
    for block, home in within:
        weights[id(home)] += len(block.text.value)
    chosen = weights.most_common(1)[0][0]
    text = next(home for _, home in within if id(home) == chosen)
    path = _find_path(text)
    inside = [block for block, home in zip(prose, homes, strict=True) if _is_inside(block, text)]
    last = inside[-1]
    own: list[Block] = []
    for block, home in zip(prose, homes, strict=True):
        if not article.first <= block.index < article.last:
            continue
        if block.index <= inside[-1].index:
            is_own = block.index > inside[0].index or not _is_aside(home)
        elif is_own := not _is_aside(home) and _continues(page, block, home, path, last):
            last = block
        if is_own:
            own.append(block)
    return own


def _continues(page: _Page, block: Block, home: Box, path: Sequence[str], last: Block) -> bool:
    """Whether prose after the text box belongs to the text."""
    if home is _find_home(last) or _find_path(home) == path:
        return all(page.roles.get(one) != "contact" for one in range(last.index + 1, block.index))
    return page.is_section(block, home, last)


def _find_article(page: _Page, prose: Sequence[Block]) -> Box:
    """The smallest box around the title that holds most of the prose; the whole page where the title is outside it."""
    box = page.blocks[max(page.title, 0)].box
    total = sum(len(block.text.value) for block in prose)
    for around in box.iter_up():
        held = sum(len(block.text.value) for block in prose if around.first <= block.index < around.last)
        if around.parent is None or (page.title >= 0 and 2 * held >= total):
            return around
    return box


def _find_home(block: Block) -> Box:
    """The box whose text a block is: the first around it that is no paragraph, list, table or quote."""
    return next((box for box in block.box.iter_up() if box.tag not in _TEXT_TAGS), block.box)


def _find_path(box: Box) -> list[str]:
    return [around.tag for around in box.iter_up()]


def _is_aside(box: Box) -> bool:
    return any(around.tag in _ASIDE for around in box.iter_up())


def _is_inside(block: Block, box: Box) -> bool:
    return box.first <= block.index < box.last


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
