"""Which blocks of a news page say whom to ask: they name staff, and are kept apart from the article.

Belongs here: where such a block begins and ends, in lines of their own or at a paragraph's end.
Does not belong here: what an address or a number looks like (``reach``), whose it is (``extractor.values.contacts``).

Text is never given away for a word: a block counts where it, or the lines right under it, hold an address or a number,
or where it asks the reader to turn to somebody. What reads as a sentence or a quotation and holds none is text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from extractor.blocks.prose_shape import ends_sentence, is_byline, is_prose
from extractor.codebooks import find_pattern
from extractor.values.contact_patterns import has_reach, iter_reaches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.blocks.document import Block
    from extractor.blocks.text import SourceText

_ANNOUNCES: Final = re.compile(rf"(?:{find_pattern('contacts', 'announces')})\b", re.IGNORECASE)
"""With these begins a sentence that may ask to turn to somebody, and may not."""
_HEADS: Final = re.compile(
    rf"(?:(?:{find_pattern('contacts', 'heads')})"
    r"(?:\s*[:：–—-]|\s*$|\s(?:in|at|for|à|en|au|pour|para|em|für|у|в|في)\s[^.!?]{1,60}(?:[:：]|$))"
    rf"|(?:{find_pattern('contacts', 'heads_with_colon')})\s*[:：])",
    re.IGNORECASE,
)
"""These stand over contacts, as headings do: alone or before a colon."""
_ASKS: Final = re.compile(
    r"(?:\bplease|\bkindly|[,:])\s+(?:you (?:can|may) )?(?:contact|reach|write to|call|e-?mail|get in touch|speak)\b"
    rf"|(?<!\w)(?:{find_pattern('contacts', 'asks')})(?!\w)",
    re.IGNORECASE,
)
_SENTENCE_START: Final = re.compile(r"(?<=[.!?”\"»])\s+(?=\S)")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_QUOTES: Final = tuple("\"“„«‘'")
_LONGEST_SIGNATURE: Final = 8
_LONGEST_LINE: Final = 40
_LONGEST_REACH_LINE: Final = 100
_FARTHEST: Final = 40
"""So many lines below an announcement, or below an address, may the next address be."""


def find_contact_blocks(blocks: Sequence[Block]) -> list[Block]:
    """The blocks that say whom to ask, each from its announcement on; else the signature at the end; else none."""
    taken: list[Block] = []
    at = 0
    while at < len(blocks):
        block = _take_announced(blocks, at)
        taken += block
        at += len(block) or 1
    return taken or _take_signature(blocks)


def _take_announced(blocks: Sequence[Block], at: int) -> Sequence[Block]:
    """The announcement with what follows up to its last address or number, and the lines under that.

    One short sentence may stand between a colon and the first address ("please contact: … who speaks French.").
    """
    value = blocks[at].value
    announced = _ANNOUNCES.match(value) or _HEADS.match(value)
    if announced is None:
        return []
    asks = announced.re is _ANNOUNCES and _ASKS.search(value, announced.end()) is not None
    end = at + 1 if asks or has_reach(value) else at
    may_list = value.endswith(":") or has_reach(value) or not ends_sentence(value)
    may_tell = value.endswith(":")
    for index in range(at + 1, len(blocks)):
        block = blocks[index]
        if index - max(at, end) > _FARTHEST:
            break
        if has_reach(block.value):
            end, may_list, may_tell = index + 1, True, False
        elif _is_text(block) and may_tell and len(block.value) <= _LONGEST_REACH_LINE:
            may_tell = False
        elif is_byline(block) or _is_text(block):
            break
        elif may_list and end == index:
            end = index + 1
    return blocks[at:end]


def _is_text(block: Block) -> bool:
    """Whether a block without an address or number is no line of a contact: it says something, or somebody says it."""
    value = block.value.rstrip(":")
    return is_prose(value) or value.startswith(_QUOTES) or ends_sentence(value)


def _take_signature(blocks: Sequence[Block]) -> list[Block]:
    """Short lines at the very end with an address or number among them, where nothing announces them.

    A signature has no sentence and is no list.
    """
    taken: list[Block] = []
    for block in reversed(blocks[-_LONGEST_SIGNATURE:]):
        value = block.value
        is_reach = len(value) <= _LONGEST_REACH_LINE and has_reach(value) and not _says_something(value)
        is_line = is_reach or (len(value) <= _LONGEST_LINE and not _is_text(block))
        if not is_line or block.marker or block.box.tag == "li":
            break
        taken.insert(0, block)
    return taken if any(has_reach(block.value) for block in taken) and len(taken) < len(blocks) else []


def _says_something(value: str) -> bool:
    """Whether a line is a sentence beside its addresses and numbers: it ends as one, with two plain words or more."""
    words, at = [], 0
    for reach in iter_reaches(value):
        words += _WORD.findall(value[at : reach.first])
        at = reach.last
    words += _WORD.findall(value[at:])
    return ends_sentence(value) and sum(not word[0].isupper() for word in words) >= 2


def split_contact(paragraph: SourceText) -> tuple[SourceText, SourceText | None]:
    """A paragraph without the sentence at its end that names staff to write to or call, and that sentence."""
    value = paragraph.value
    if not has_reach(value):
        return paragraph, None
    for boundary in _SENTENCE_START.finditer(value):
        announced = _ANNOUNCES.match(value, boundary.end()) or _HEADS.match(value, boundary.end())
        if announced and has_reach(value[boundary.end() :]):
            return paragraph[: boundary.start()], paragraph[boundary.end() :]
    return paragraph, None
