"""What repeats over the pages of one site and language: its frame, in any script, and a page without it.

Belongs here: which texts of a page are kept as keys, what a set of pages has in common, which blocks of a page are
frame by it. Does not belong here: which pages are looked at and where a frame is kept (``pipeline.stages.frames``),
words that only frames say (``roles.boilerplate``).

Never frame: what a field's grammar explains, a dateline or a byline, a contact, what the page's own address names, and
what stands between own blocks of the text's own box. What the word lists know stays: the rules see more by it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from extractor.blocks.document import Block, Box, Document
from extractor.blocks.prose_shape import Role, ends_with_dash, is_byline
from extractor.blocks.text import SourceText
from extractor.codebooks import find_label, find_marks
from extractor.fields.grammar import MAX_VALUE, find_shapes
from extractor.layouts.layout import Laid
from extractor.raw import PageMetadata
from extractor.roles.boilerplate import is_frame_text
from extractor.roles.teasers import announces_related
from extractor.roles.title import NAMED, SEPARATOR, rate_named
from extractor.unicode import clean_line, remember_short

LEAST_PAGES: Final = 8
"""Of fewer pages none tells what repeats."""

_LEAST_REPEATS: Final = 3
_SHARE: Final = 5
"""What stands on one page in so many is frame."""

_REACH: Final = 3
"""So many blocks over its text may be a page's title, lead and date."""

_OWN: Final[frozenset[Role | None]] = frozenset([None, "title", "field", "body"])
"""Roles of blocks that are published, or left unexplained."""


def make_key(value: str, *, is_name: bool = False) -> str:
    """What is kept of a text: enough to know it again, not to read it. What names its page is a text of its own kind.

    >>> make_key("Read  more") == make_key("READ MORE"), make_key("Lamps") == make_key("Lamps", is_name=True)
    (True, False)
    """
    folded = clean_line(value).casefold()
    return hashlib.sha256(f"{folded}\n{is_name:d}".encode(errors="replace")).hexdigest()[:16]


def _make_block_key(block: Block) -> str:
    return make_key(block.value, is_name=block.heading_level == 1)


@dataclass(frozen=True, slots=True)
class Frame:
    """The texts that repeat on the pages of one site and language: their keys.

    ``over`` are those that stand right over own text on more than one page: a line over the text of one page alone is
    its title or lead, however many pages tease it.
    """

    keys: frozenset[str]
    over: frozenset[str] = frozenset()

    def names(self, text: SourceText) -> bool:
        """Whether what names a page (its head, a first heading) names several."""
        return make_key(text.value, is_name=True) in self.keys


class PageTexts(NamedTuple):
    """What may be frame of one page: the keys of what names it, and of its blocks in page order; which are prose."""

    names: frozenset[str]
    blocks: tuple[str, ...]
    is_prose: tuple[bool, ...]


NO_TEXTS: Final = PageTexts(frozenset(), (), ())


def list_texts(document: Document, metadata: PageMetadata) -> PageTexts:
    """The texts of a page that may be frame: its blocks, headings outside of them, and its head's titles in parts."""
    names = {part.value for text in _list_titles(metadata) for _, part in _iter_ends(text)}
    names.update(text.value for text in document.outside)
    blocks = [block for block in document.blocks if block.value]
    return PageTexts(
        frozenset(make_key(name, is_name=True) for name in names),
        tuple(map(_make_block_key, blocks)),
        tuple(block.is_prose for block in blocks),
    )


def learn_frame(pages: Iterable[PageTexts]) -> Frame:
    """What at least three and a fifth of the pages have in common; nothing where there are too few of them.

    Copies of one page (mirrors, node addresses) count as one.

    >>> pages = [PageTexts(frozenset(), ("share", str(number)), (False, True)) for number in range(8)]
    >>> learn_frame(pages), learn_frame(pages[:7]).keys
    (Frame(keys=frozenset({'share'}), over=frozenset({'share'})), frozenset())
    """
    pages = set(pages)
    if len(pages) < LEAST_PAGES:
        return Frame(frozenset())
    counts = Counter(key for page in pages for key in page.names.union(page.blocks))
    keys = frozenset(k for k, n in counts.items() if n >= _LEAST_REPEATS and n * _SHARE >= len(pages))
    over = Counter(page.blocks[at] for page in pages for at in _find_over(page.blocks, page.is_prose, keys))
    return Frame(keys, frozenset(key for key, n in over.items() if n > 1))


def _find_over(blocks: Sequence[str], are_prose: Sequence[bool], keys: frozenset[str]) -> list[int]:
    """Which of a page's blocks repeat and stand right over its first prose that does not."""
    first = next((at for at, key in enumerate(blocks) if are_prose[at] and key not in keys), 0)
    return [at for at in range(max(0, first - _REACH), first) if blocks[at] in keys]


def leave_out(
    document: Document, metadata: PageMetadata, laid: Laid | str, frame: Frame, url: str
) -> tuple[Document, PageMetadata] | None:
    """The page without its frame; None where the reading by rules, ``laid``, has nothing of the frame and stands.

    The document itself is used up.
    """
    roles = {} if isinstance(laid, str) else laid.roles
    repeated = {block.index for block in document.blocks if block.value and _make_block_key(block) in frame.keys}
    bare = _cut_titles(metadata, frame)
    repeated -= _find_kept(document, repeated, laid, url) | _find_named(document, frame) if repeated else set()
    if isinstance(laid, str):
        is_touched = bool(repeated) or bare != metadata
    else:
        is_touched = any(roles.get(index) in _OWN for index in repeated) or (
            laid.title is not None and _takes_title(laid.title.value, metadata, bare)
        )
    return (_drop(document, repeated, frame), bare) if is_touched else None


def _takes_title(title: str, metadata: PageMetadata, bare: PageMetadata) -> bool:
    """Whether a title is what the head says with the frame's words, and not what it says without them."""
    before, after = ({text.value for text in _list_titles(one)} for one in (metadata, bare))
    return title in before - after


def _list_titles(metadata: PageMetadata) -> list[SourceText]:
    return [text for text in (metadata.og_title, metadata.headline, metadata.page_title) if text is not None]


def _cut_titles(metadata: PageMetadata, frame: Frame) -> PageMetadata:
    """The head without titles that repeat, and without the names of site and section that repeat in them."""

    def cut(text: SourceText | None) -> SourceText | None:
        if text is not None:
            for rest, part in _iter_ends(text):
                if frame.names(part):
                    return rest
        return text

    return replace(
        metadata, og_title=cut(metadata.og_title), headline=cut(metadata.headline), page_title=cut(metadata.page_title)
    )


def _iter_ends(text: SourceText) -> Iterator[tuple[SourceText | None, SourceText]]:
    """A title, what stands behind its last separator and what before its first; each after what is left without it."""
    yield None, text
    places = [found.span() for found in SEPARATOR.finditer(text.value)]
    if places:
        yield text[: places[-1][0]], text[places[-1][1] :]
        yield text[places[0][1] :], text[: places[0][0]]


def _find_kept(document: Document, repeated: set[int], laid: Laid | str, url: str) -> set[int]:
    """Those of the repeated blocks that are the page's own all the same, or that the word lists know."""
    blocks, roles = document.blocks, {} if isinstance(laid, str) else laid.roles
    kept = _find_between(blocks, repeated, laid)
    told = [index for index, role in roles.items() if role == "field" and _is_explained(blocks[index].value)]
    first, last = min(told, default=0), max(told, default=0)
    for index in repeated - kept:
        block, value = blocks[index], blocks[index].value
        following = index + 1
        if (
            roles.get(index) == "contact"
            or is_frame_text(value)
            or announces_related(value)
            or is_byline(block)
            or ends_with_dash(value)
            or rate_named(value, url) >= NAMED
            or _is_explained(value)
            or _follows_label(blocks, index)
            or (roles.get(index) == "field" and first < index < last)
            or (roles.get(index) == roles.get(following) == "field" and following not in repeated)
        ):
            kept.add(index)
    return kept


def _find_named(document: Document, frame: Frame) -> set[int]:
    """The title and lead of the page itself that other pages tease."""
    blocks = [block for block in document.blocks if block.value]
    keys = list(map(_make_block_key, blocks))
    over = _find_over(keys, [block.is_prose for block in blocks], frame.keys)
    return {blocks[at].index for at in over if keys[at] not in frame.over}


@remember_short(4096)
def _is_explained(value: str) -> bool:
    """Whether a field's grammar explains a text: a label, a label with its value, a value."""
    return len(value) <= 2 * MAX_VALUE and bool(find_label(value) or find_shapes(value) or find_marks(value))


def _follows_label(blocks: Sequence[Block], index: int) -> bool:
    before = next((block for block in reversed(blocks[:index]) if block.value), None)
    return before is not None and find_label(before.value) is not None


def _find_between(blocks: Sequence[Block], repeated: set[int], laid: Laid | str) -> set[int]:
    """The repeated blocks between own blocks of the text's own box: the one with most prose that does not repeat."""
    roles: dict[int, Role] = {} if isinstance(laid, str) else laid.roles
    is_wrapped = not isinstance(laid, str) and laid.layout.endswith("wrapped")
    homes: dict[Box, list[Block]] = {}
    for block in blocks:
        role = roles.get(block.index)
        is_own = role == "body" if is_wrapped else role in _OWN and block.is_prose
        if is_own and block.index not in repeated:
            homes.setdefault(block.box.home, []).append(block)
    if not homes:
        return set()
    text, own = max(homes.items(), key=lambda one: sum(len(block.value) for block in one[1]))
    return {index for index in repeated if own[0].index < index < own[-1].index and blocks[index].box.home is text}


def _drop(document: Document, dropped: set[int], frame: Frame) -> Document:
    """The document without some blocks: the others count anew, and lines around a gap are no one paragraph."""
    blocks: list[Block] = []
    places = [0]
    for block in document.blocks:
        if block.index not in dropped:
            if block.n_breaks and block.index - 1 in dropped:
                block.n_breaks += 1
            blocks.append(block)
        places.append(len(blocks))
    for index, block in enumerate(blocks):
        block.index = index
    for box in document.boxes:
        box.first, box.last = places[box.first], places[box.last]
    outside = tuple(text for text in document.outside if not frame.names(text))
    return Document(document.source, document.boxes, blocks, document.is_markup, outside)
