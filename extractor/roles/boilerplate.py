"""What stands around the content of a page, or in its way: menus, sentences on IOM, share links, walls, whom to ask.

Belongs here: the words and sentences of the frame; answers that are a log-in, a test for robots, maintenance, told by
most of what they say (``codebooks/walls.toml``: words alone prove nothing, so they are looked for in pages of a few
sentences only); where the lines of a news page that name staff begin and end. Does not belong here: what markup itself
sets apart (``builder``), the frame of a text page (``line_title``), titles that say that a page is not there or refused
(``contracts.page_signs``), what an address or a number looks like and whose it is (``extractor.values``).

The sentences were SEEN on pages of www.iom.int and liberia.iom.int. Text is never given away for a word: a block is
whom to ask where it, or the lines right under it, hold an address or a number, or where it asks the reader to turn to
somebody. What reads as a sentence or a quotation and holds none is text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from extractor.blocks.document import Block
from extractor.blocks.prose_shape import ends_sentence, is_byline, is_prose
from extractor.blocks.source import Source
from extractor.blocks.text import SourceText
from extractor.codebooks import find_pattern, join_words, read_codebook
from extractor.raw import FrameFact
from extractor.values.contact_patterns import find_reaches, has_reach

_MENU: Final = frozenset(read_codebook("frame")["menu"])
_SHARE: Final = re.compile(rf"(?:{join_words('frame', 'share')})[\s:|·•]*", re.IGNORECASE)
_CALL: Final = re.compile(join_words("frame", "call"), re.IGNORECASE)
_LONGEST_CALL: Final = 400
_BEGINNING: Final = re.compile(
    r"WHO WE ARE\s*(?:The International Organization|L.Organisation internationale|La Organización Internacional)"
)
_ANCHOR: Final = "promoting since 1951 humane and orderly migration"
_ANCHOR_PATTERN: Final = re.compile(_ANCHOR.replace(" ", r"\s+"))
_SENTENCE_REACH: Final = 1500
_SENTENCE_END: Final = re.compile(r"\n\s*\n|</(?:p|div|li|section)\b")
_FACTS: Final = (
    (re.compile(r"with\s+(\d{2,3})\s+member\s+states", re.IGNORECASE), ("member_states",)),
    (re.compile(r"presence\s+in\s+((?:over\s+|more\s+than\s+)?\d{2,3})\s+countries"), ("presence_countries",)),
    (re.compile(r"presence\s+in\s+([^.<>\d]{2,60}?)\s+since\s+(\d{4})"), ("office_country", "present_since")),
    (re.compile(r"IOM\s+works\s+in\s+the\s+areas\s+of\s+([^.<>]{3,600})\."), ("thematic_areas",)),
)


def is_frame_text(value: str) -> bool:
    """Whether a block says what only the frame says.

    >>> is_frame_text("Our Work"), is_frame_text("Our work in Niger ended in May."), is_frame_text("Share on Facebook")
    (True, False, True)
    """
    if len(value) > 60:
        return _ANCHOR in value or _BEGINNING.match(value) is not None or is_call(value)
    return _is_frame_line(value)


@lru_cache(maxsize=4096)
def _is_frame_line(value: str) -> bool:
    """The same for a short text, remembered: menus and buttons repeat."""
    return value.casefold().rstrip(" »›>:") in _MENU or _SHARE.fullmatch(value) is not None or is_call(value)


def is_share_text(value: str) -> bool:
    """Whether a text is a button to send the page on, or the name of where to."""
    return len(value) <= 60 and _SHARE.fullmatch(value) is not None


def is_call(value: str) -> bool:
    """Whether a text is the site speaking to its visitors: a newsletter to sign up for, cookies to agree to.

    >>> is_call("Sign up to our newsletter and get a letter a week."), is_call("Clerks sign up to a course on lamps.")
    (True, False)
    """
    return len(value) < _LONGEST_CALL and _CALL.match(value) is not None


def find_frame_facts(source: Source, *, is_markup: bool) -> tuple[FrameFact, ...]:
    """What the sentences on IOM and its office state, wherever on the page they stand; the first of each name."""
    text = source.text
    facts: dict[str, FrameFact] = {}
    begin = text.find("promoting")  # quicker than the pattern, and most pages have none
    for anchor in _ANCHOR_PATTERN.finditer(text, begin) if begin >= 0 else ():
        start = anchor.start()
        end = _find_sentence_end(text, anchor.end(), is_markup=is_markup)
        for pattern, names in _FACTS:
            found = pattern.search(text, start, end)
            for group, name in enumerate(names, 1):
                if found is not None and name not in facts:
                    said = [SourceText.from_markup(source, [found.span(part)]) for part in (group, 0)]
                    facts[name] = FrameFact(name, *said)
    return tuple(facts.values())


def _find_sentence_end(text: str, at: int, *, is_markup: bool) -> int:
    limit = min(len(text), at + _SENTENCE_REACH)
    if not is_markup:
        line_end = text.find("\n", at, limit)
        return line_end if line_end >= 0 else limit
    found = _SENTENCE_END.search(text, at, limit)
    return found.start() if found else limit


_SENTENCES: Final = re.compile(r"(?<=[.!?…؟。])\s+")
_MOST_CHARACTERS: Final = 600


@cache
def _signs() -> re.Pattern[str]:
    kinds = read_codebook("walls").values()
    return re.compile("|".join(sign for kind in kinds for sign in kind["signs"]), re.IGNORECASE)


def find_wall_line(lines: Sequence[str]) -> str | None:
    """Of the lines of a page of a few sentences the first that shows a wall, where most of them do; else None.

    >>> find_wall_line(["Hold tight", "Please confirm that you are a human before you go on."])
    'Please confirm that you are a human before you go on.'
    >>> find_wall_line(["A log-in for clerks", "Each has a password.", "They met.", "Forty came.", "All passed."])
    """
    if sum(map(len, lines)) > _MOST_CHARACTERS:
        return None
    sentences = [sentence for line in lines for sentence in _SENTENCES.split(line) if " " in sentence.strip()]
    signs = [sentence for sentence in sentences if _signs().search(sentence)]
    if not signs or 2 * len(signs) < len(sentences) - 1:
        return None
    return next(line for line in lines if _signs().search(line))


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
    for reach in find_reaches(value):
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
