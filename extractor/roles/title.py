"""The title of a page of markup: what most of its witnesses call it.

Belongs here: which text is the title and which blocks show it. Does not belong here: reading metadata (``head``),
titles of text pages (``line_title``), the names of sections in each language (``codebooks/sections.toml``).

The witnesses are the headings, what the head states (for sharing, for the window, in JSON-LD) and the address. None of
them is trusted alone: a heading may be the site's name, a notice or a section; the head adds the site's name; an
address keeps the words of an older title. The text that most of them have is the title; a heading right over the text
weighs more, for it is what readers see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import unquote

from extractor.blocks.document import Block, Box, Document
from extractor.blocks.prose_shape import Role
from extractor.blocks.text import SourceText
from extractor.codebooks import fold_label, join_words, read_codebook
from extractor.raw import PageMetadata
from extractor.roles.boilerplate import is_frame_text
from extractor.roles.teasers import announces_related
from extractor.unicode import remember_short

SEPARATOR: Final = re.compile(r"\s+[|–—·•»«:-]{1,2}\s+|\s\|\s?|\s?\|\s")
_ENDS: Final = " |·•»«–—"
"""Signs of a separator with nothing on its other side."""
_JOINT: Final = re.compile(r"\s*[:|·–—-]+\s+")
_OVER_TEXT: Final = 60
"""In so many blocks below a heading there is running text, or it is over none."""
_OVER: Final = 2.0
_SECOND: Final = 0.5
_LAST: Final = 0.9  # the last part of a heading, behind a kicker; other parts weigh 1
_Heading = tuple[SourceText, float, bool]
"""A text that may be the title, what it weighs, and whether it is several put together."""
_ANCHOR_SIGNS: Final = " ¶§"
"""What a theme sets beside a heading as a link to it."""
_SIGNS: Final = 12
"""By so many characters may two texts of the same words differ: quotes, dashes, blanks."""


@dataclass(slots=True)
class _Candidate:
    """A text that may be the title, how it reads as words, and the weight of the witnesses that have it."""

    text: SourceText
    words: tuple[str, ...]
    weight: float


def find_title(document: Document, metadata: PageMetadata, roles: dict[int, Role], url: str) -> SourceText | None:
    """The title; None where the page has none. Blocks of frame before it and blocks that show it get their roles."""
    candidates = _rate(_Witnesses(document, metadata, url))
    best = max(candidates, key=lambda one: one.weight, default=None)
    title = best.text if best is not None and best.weight > 0 else _find_section_name(document, metadata)
    if title is None:
        return None
    words, shown = split_words(title.value), title.value
    for block in document.blocks:
        value, level = block.value, block.heading_level
        if (level == 1 and (value in shown or shown in value)) or (
            -_SIGNS <= len(value) - len(shown) <= _SIGNS
            and not (level and block.link_share >= 0.8)
            and split_words(value) == words
        ):
            roles[block.index] = "title"
    return title


class _Witnesses:
    """What the witnesses of one page say, as texts."""

    def __init__(self, document: Document, metadata: PageMetadata, url: str) -> None:
        self.url = url
        self.stated = [
            [cut for cut in _iter_cuts(text) if not _names_site(cut.value, metadata)]
            for text in (metadata.og_title, metadata.headline, metadata.page_title)
            if text is not None
        ]
        self.headings = list(_iter_headings(document))
        if all(weight == _SECOND for _, weight, _ in self.headings):
            self.headings += _iter_lines(document, self.stated)
        self.worded = [[split_words(cut.value) for cut in cuts] for cuts in self.stated]
        self.has_two_in_head = metadata.og_title is not None and metadata.page_title is not None
        self.site_words = split_words(metadata.site_name.value) if metadata.site_name is not None else ()

    def weigh(self, words: tuple[str, ...]) -> float:
        """What the statements weigh that have these words: of two in the head the second counts half."""
        said = [0.0 if words not in wordings else 1.0 if words == wordings[0] else 0.9 for wordings in self.worded]
        if self.has_two_in_head and said[0]:
            said[-1] /= 2
        return sum(said)

    def weigh_heading(self, words: tuple[str, ...], weight: float) -> float:
        """What a heading weighs: a second or a last part as the first where a statement, less a name, says so."""
        is_stated = any(words in wordings[: len(wordings) - 1 or 1] for wordings in self.worded)
        return _OVER if is_stated and weight in {_SECOND, _LAST} else weight


def _rate(seen: _Witnesses) -> list[_Candidate]:
    """The candidates, those that win a tie first: whole headings, their parts, then what the head states."""
    elsewhere = {word for cuts in seen.stated for cut in cuts[:1] for word in split_words(cut.value) if len(word) > 3}
    candidates = []
    for heading, weight, is_glued in seen.headings:
        text, words = heading, split_words(heading.value)
        if is_glued:
            text = next((cuts[0] for cuts in seen.stated if cuts and _is_joined(cuts[0].value, heading.value)), heading)
        is_shared = not elsewhere.isdisjoint(words)
        candidates.append(_Candidate(text, words, seen.weigh_heading(words, weight) + 0.4 * is_shared))
    for cuts in seen.stated:
        candidates += [_Candidate(cut, split_words(cut.value), 0.0) for cut in cuts[:1]]
        known = [candidate.words for candidate in candidates]
        candidates += [_Candidate(c, words, 0.0) for c in cuts[1:] if (words := split_words(c.value)) not in known]
    for candidate in candidates:
        candidate.weight += seen.weigh(candidate.words)
        if rate_named(candidate.text.value, seen.url) >= NAMED:
            candidate.weight += 1.25
        if is_section_name(candidate.text.value) or candidate.words == seen.site_words or not candidate.words:
            candidate.weight = -1.0
    return candidates


def _iter_headings(document: Document) -> Iterator[_Heading]:
    """The texts of each heading that may be the title.

    The only ``h1``, right over the text, weighs most, and in it the words that alone are in no element inside. An
    ``h2`` before any text counts where the head says so, or nothing else is: some pages keep ``h1`` for other things.
    """
    inside: dict[Box, list[Block]] = {}
    for block in document.blocks:
        if block.heading_level == 1 and not is_frame_text(block.value):
            heading = next((box for box in block.box.iter_up() if box.tag == "h1"), block.box)
            inside.setdefault(heading, []).append(block)
    for heading, held in inside.items():
        lines = [block for block in held if block.box is heading] or held
        below = document.blocks[lines[-1].index + 1 : lines[-1].index + _OVER_TEXT]
        is_link = all(block.link_share >= 0.8 for block in lines)
        is_over = not is_link and any(block.is_prose and block.link_share < 0.5 for block in below)
        is_only = len(inside) == 1 and not document.outside
        yield from _iter_parts(lines, _OVER if is_over and is_only else 1.0)
    for text in document.outside:
        if not is_frame_text(text.value):
            yield text, _OVER if len(document.outside) == 1 else 1.0, False
    for block in document.blocks:
        if (block.heading_level != 2 and not block.is_prose) or is_frame_text(block.value):
            continue
        if announces_related(block.value) or (block.is_prose and not block.heading_level):
            return
        if block.heading_level == 2 and block.link_share < 0.8:
            yield from _iter_parts([block], _SECOND)


def _iter_lines(document: Document, stated: Sequence[Sequence[SourceText]]) -> Iterator[_Heading]:
    """On a page without ``h1``: a heading, or a line before any text, that is most of a statement, a name aside."""
    prose = next((block.index for block in document.blocks[:_OVER_TEXT] if block.is_prose), _OVER_TEXT)
    for block in document.blocks:
        if (block.heading_level or block.index < prose) and any(_is_most(block.value, s[0].value) for s in stated if s):
            yield block.text, _OVER, False


def _is_most(value: str, whole: str) -> bool:
    """Whether a text is most of another, and stands in it between its separators."""
    signs = [found.span() for found in SEPARATOR.finditer(whole)]
    start = whole.find(value) if len(value) < len(whole) <= 2 * len(value) else -1
    is_begun = start in {0, *(end for _, end in signs)} or whole[: max(start, 0)].endswith(": ")
    return is_begun and start + len(value) in {len(whole), *(first for first, _ in signs)}


def _iter_parts(lines: list[Block], weight: float) -> Iterator[_Heading]:
    pieces = [(run, is_own) for block in lines for run, is_own in block.iter_runs() if run.strip(_ANCHOR_SIGNS)]
    yield SourceText.join(" ", [block.text for block in lines]).strip(_ANCHOR_SIGNS), weight, len(pieces) > 1
    if len(pieces) > 1:
        has_one = sum(is_own for _, is_own in pieces) == 1
        for piece, is_own in pieces:
            most = weight if is_own and has_one else _LAST if piece is pieces[-1][0] else 1.0
            yield piece, min(weight, most), False


def _is_joined(stated: str, glued: str) -> bool:
    """Whether the head sets a sign where the words of a heading's elements would be glued: ``Kicker: title``."""
    return len(stated) > len(glued) and _JOINT.sub(" ", stated) == _JOINT.sub(" ", glued)


def _iter_cuts(text: SourceText) -> Iterator[SourceText]:
    """A stated title whole, then without what follows its last separator, its first, and without what precedes it."""
    text = text.strip(_ENDS)
    yield text
    places = [found.span() for found in SEPARATOR.finditer(text.value)]
    if places:
        yield text[: places[-1][0]]
        if len(places) > 1:
            yield text[: places[0][0]]
        yield text[places[0][1] :]


def _names_site(value: str, metadata: PageMetadata) -> bool:
    """Whether a text is the site's name, or a title with the site's name at its end."""
    if is_section_name(value):
        return True
    places = [found.end() for found in SEPARATOR.finditer(value)]
    if not places:
        return False
    end, named = value[places[-1] :], metadata.site_name.value if metadata.site_name is not None else ""
    return ends_with_owner(end) or (named != "" and split_words(end) == split_words(named))


def _find_section_name(document: Document, metadata: PageMetadata) -> SourceText | None:
    """What stands for a title where nothing else does: the name of a section, never that of the site."""
    headings = [text for text, *_ in _iter_headings(document)]
    stated = [cut for text in (metadata.og_title, metadata.page_title) if text is not None for cut in _iter_cuts(text)]
    return next((name for name in (*headings, *stated) if is_section(name.value)), None)


_OWNERS: Final = join_words("frame", "owner")
_SITE_NAME: Final = re.compile(rf"\b(?:IOM|OIM|{_OWNERS})(?:\b|\Z)", re.IGNORECASE)
_SITE_NAME_ALONE: Final = re.compile(rf"IOM|OIM|(?:IOM|OIM),? [^\W\d_]+|{_OWNERS}", re.IGNORECASE)


@cache
def _read_names() -> dict[str, frozenset[str]]:
    book = read_codebook("sections")
    return {kind: frozenset(fold_label(one) for words in book[kind].values() for one in words) for kind in book}


def is_section(value: str) -> bool:
    """Whether a text names a part of a site.

    >>> is_section("Press Room"), is_section("NEWS & EVENTS"), is_section("News of the lamps")
    (True, True, False)
    """
    return len(value) <= 40 and fold_label(value).replace("&", "and") in _read_names()["section"]


@remember_short(256)
def is_section_name(value: str) -> bool:
    """Whether a text names a part of a site, whom it speaks of, or the site, and no document.

    >>> is_section_name("Новини"), is_section_name("Global"), is_section_name("IOM Liberia")
    (True, True, True)
    """
    return (
        is_section(value)
        or (len(value) <= 40 and fold_label(value) in _read_names()["reach"])
        or _SITE_NAME_ALONE.fullmatch(value) is not None
    )


def ends_with_owner(value: str) -> bool:
    """Whether a text is the name of IOM, or one that has it.

    >>> ends_with_owner("IOM Development Fund"), ends_with_owner("Lamps")
    (True, False)
    """
    return _SITE_NAME.search(value) is not None


NAMED: Final = 0.75
"""A text with so many of the words of an address is what the address names."""

_MIN_WORDS: Final = 2
_WORD: Final = re.compile(r"[^\W_]+")


@remember_short(512)
def split_words(value: str) -> tuple[str, ...]:
    """The words of a text as they are compared: without case, accents and signs.

    >>> split_words("L’État : où ?")
    ('l', 'etat', 'ou')
    """
    return tuple(_WORD.findall(fold_label(value)))


@remember_short(256)
def _read_slug(url: str) -> frozenset[str]:
    """The words of an address's last part that has any, without short ones, numbers and a file's ending."""
    for part in reversed(unquote(url.partition("#")[0].partition("?")[0]).split("/")[3:]):
        name = re.sub(r"\.[a-z]{2,5}$", "", part)
        words = frozenset(word for word in split_words(name) if len(word) > 2 and not word.isdigit())
        if len(words) >= _MIN_WORDS:
            return words
    return frozenset()


def rate_named(value: str, url: str) -> float:
    """The share of the words of a page's address that a text has; -1.0 where the address has too few words.

    >>> rate_named("Fire drill in Nairobi", "https://www.iom.int/news/fire-drill"), rate_named("x", "https://iom.int/12")
    (1.0, -1.0)
    """
    words = _read_slug(url)
    if not words:
        return -1.0
    shown = set(split_words(value))
    return sum(word in shown for word in words) / len(words)
