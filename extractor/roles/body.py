"""Which of a page's prose is its own text.

Belongs here: choosing the body among the blocks of markup that nothing else explains.
Does not belong here: what prose is (``prose_shape``), and what is beside it (``asides``, ``teasers``).

The text is found by its boxes. The *article* is the smallest box around the title that holds most of the prose; the
*text box* is the one of its boxes with the most of it. What comes before it in the article is a lead; what follows
belongs to the text where it is built as the text is, or where a heading of its own continues it without a break. Short
blocks (subheadings, entries of a list) belong to it where their box is one of the text's, or built as one is.

What no rule knows stays without a role: it is counted as unexplained, and is never published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from extractor.blocks.document import Block, Box
from extractor.blocks.prose_shape import Role, ends_sentence, group_lines, is_byline, is_wrapped
from extractor.roles.boilerplate import is_call, is_frame_text, is_share_text
from extractor.roles.teasers import announces_related

_IN_TEXT: Final = frozenset(["p", "li", "td", "dd", "blockquote"])
_MIN_LEAD: Final = 80
_MIN_BELOW: Final = 4
"""At least one in so many characters of the prose is below the title, or what shows it is not the text's heading."""


def assign_body_roles(blocks: Sequence[Block], roles: dict[int, Role]) -> None:
    """Give ``body`` to the page's text below its title: the prose, and the short blocks that belong to it."""
    start = find_title_block(blocks, roles)
    readable = {block.index: len(block.value) for block in blocks if _is_free_prose(block, roles)}
    if _MIN_BELOW * sum(size for index, size in readable.items() if index >= start) < sum(readable.values()):
        start = -1  # what shows the title is not over the text
    below = blocks[start + 1 :]
    for group in group_lines([block for block in below if block.index not in roles]):
        if is_wrapped(group):
            roles.update(dict.fromkeys((block.index for block in group), "body"))
    free = [block for block in below if block.index not in roles]
    prose = [block for block in below if block.index in readable or roles.get(block.index) == "body"]
    page = _Page(blocks, roles, start)
    own = _keep_own(page, prose)
    if not own:
        return
    first, last = own[0], own[-1]
    homes = {*_find_homes(own), *(block.box.home for block in own)}
    paths = {home.path for home in homes}
    known = {block.index for block in own}
    for block in free:
        is_lead = len(block.value) >= _MIN_LEAD and block.is_prose and ends_sentence(block.value)
        if block.index in known:
            roles[block.index] = "body"
        elif block.index < first.index and is_byline(block):
            roles[block.index] = "byline"
        elif (
            block.box.home in homes
            or (first.index < block.index < last.index and block.box.home.path in paths)
            or (block.heading_level and (block.index + 1 in known if block.index > first.index else is_lead))
        ):
            roles[block.index] = "body"
    _drop_trailing_headings(blocks, roles, last)
    _take_back([b for b in below if first.index < b.index < last.index and b.box.home in homes], roles)


def _drop_trailing_headings(blocks: Sequence[Block], roles: dict[int, Role], last: Block) -> None:
    """Headings below the last of the text are over something else."""
    for block in reversed(blocks[last.index + 1 :]):
        if roles.get(block.index) == "body":
            if not block.heading_level:
                return
            roles[block.index] = "related"


def find_title_block(blocks: Sequence[Block], roles: Mapping[int, Role]) -> int:
    """The index of the block that is the title, -1 for none: of several that show it the highest heading, the first."""
    titled = [block for block in blocks if roles.get(block.index) == "title"]
    best = min(titled, key=lambda block: (block.heading_level or 9, block.index), default=None)
    return best.index if best is not None else -1


def _take_back(between: Sequence[Block], roles: dict[int, Role]) -> None:
    """Take what looks like boilerplate for text where it is among the prose: entries of a list, links alone."""
    links = {id(b.box.parent) for b in between if b.box.tag == "li" and not is_frame_text(b.value)}
    for block in between:
        value = block.value
        if roles.get(block.index) != "frame" or block.box.tag not in _IN_TEXT or is_call(value):
            continue
        is_own = not is_share_text(value)
        if block.box.tag == "li":
            is_own = id(block.box.parent) in links or (block.link_share < 0.8 and is_own)
        if value and is_own:
            roles[block.index] = "body"


def _is_free_prose(block: Block, roles: Mapping[int, Role]) -> bool:
    if block.index in roles or not block.is_prose:
        return False
    return block.heading_level == 0 and (block.box.tag == "p" or block.link_share < 0.8)


@dataclass(frozen=True, slots=True)
class _Page:
    """The blocks of a page with the roles known so far, and the index of its title (-1 where it is no block)."""

    blocks: Sequence[Block]
    roles: dict[int, Role]
    title: int

    def continues(self, block: Block, home: Box, path: str, last: Block) -> bool:
        """Whether prose after the text box continues the text: it is in a box like it, or begins a section of it.

        A heading is all that stands between, if anything: without one a paragraph may be a note of the site.
        """
        if home is last.box.home or home.path == path:
            return all(self.roles.get(one) != "contact" for one in range(last.index + 1, block.index))
        between = self.blocks[last.index + 1 : block.index]
        if any(self.roles.get(one.index) not in {None, "caption"} or one.is_prose for one in between):
            return False
        headings = [one.value for one in between if one.heading_level]
        if headings:
            return not any(map(announces_related, headings))
        return sum(1 for one in self.blocks[home.first : home.last] if _is_free_prose(one, self.roles)) > 1


def _keep_own(page: _Page, prose: list[Block]) -> list[Block]:
    """Without the prose that is elsewhere on the page: notes of the site, boxes beside the text."""
    homes = _find_homes(prose)
    main = [pair for pair in zip(prose, homes, strict=True) if not pair[1].is_aside]
    if len(main) < 2:
        return [block for block, _ in main] or prose
    article = _find_article(page, [block for block, _ in main])
    within = [(b, home) for b, home in main if article.first <= b.index < article.last]
    weights: Counter[Box] = Counter()
    for block, home in within:
        weights[home] += len(block.value)
    text = weights.most_common(1)[0][0]
    inside = [block for block in prose if text.first <= block.index < text.last]
    last = inside[-1]
    own: list[Block] = []
    for block, home in zip(prose, homes, strict=True):
        if not article.first <= block.index < article.last:
            continue
        if block.index <= inside[-1].index:
            is_own = block.index > inside[0].index or not home.is_aside
        elif is_own := not home.is_aside and page.continues(block, home, text.path, last):
            last = block
        if is_own:
            own.append(block)
    return own


def _find_homes(prose: Sequence[Block]) -> list[Box]:
    """The box whose text each paragraph is; where several stand in a ``div`` each, the box that holds these."""
    alone = [b.box.parent if b.box.tag == "div" and b.box.last - b.box.first == 1 else None for b in prose]
    counts = Counter(alone)
    return [a if a is not None and counts[a] > 1 else b.box.home for a, b in zip(alone, prose, strict=True)]


def _find_article(page: _Page, prose: Sequence[Block]) -> Box:
    """The smallest box around the title that holds most of the prose; the whole page where the title is outside it."""
    box = page.blocks[max(page.title, 0)].box
    total = sum(len(block.value) for block in prose)
    for around in box.iter_up():
        held = sum(len(block.value) for block in prose if around.first <= block.index < around.last)
        if around.parent is None or (page.title >= 0 and 2 * held >= total):
            return around
    return box
