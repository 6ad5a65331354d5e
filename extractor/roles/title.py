"""The title of a page, with or without an ``h1``.

Belongs here: which text is the title and which blocks show it. Does not belong here: reading metadata (``metadata``).
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from extractor.blocks.prose_shape import ends_with_dash, is_byline, is_prose, is_wrapped
from extractor.blocks.text import SourceText
from extractor.codebooks.labels import find_label, fold_label, is_project_key
from extractor.roles.boilerplate import find_frame_end, is_frame_text, iter_trailing_frame
from extractor.roles.teasers import announces_related

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.blocks.document import Block, Document
    from extractor.blocks.prose_shape import Role
    from extractor.raw import PageMetadata

MAX_TITLE: Final = 300
_MIN_NAMED: Final = 0.5
_MIN_WORDS: Final = 2
_WORD: Final = re.compile(r"[^\W_]+")
_OWNERS: Final = (
    r"International Organi[sz]ation for Migration(?: \(IOM\))?|UN Migration|IOM Development Fund|Organisation"
    r" internationale pour les migrations(?: \(OIM\))?|Organización Internacional para las Migraciones(?: \(OIM\))?"
    r"|Organização Internacional para as Migrações|Internationale Organisation für Migration(?: \(IOM\))?"
    r"|Международная организация по миграции|المنظمة الدولية للهجرة"
)
_SITE_NAME: Final = re.compile(rf"(?:.*\b)?(?:IOM|OIM|{_OWNERS})(?:\b.*)?", re.IGNORECASE)
_SITE_NAME_ALONE: Final = re.compile(rf"IOM|OIM|(?:IOM|OIM),? [^\W\d_]+|{_OWNERS}", re.IGNORECASE)
_SECTION: Final = re.compile(
    r"press ?room|news ?room|newsdesk|media(?: (?:cent(?:re|er)|room))?|press(?: (?:releases?|cent(?:re|er)|office))?"
    r"|news(?: (?:and|&) (?:events|stories|updates|press releases))?|latest(?: news)?|all news|stories|feature stories"
    r"|events|statements|speeches|publications|blog|(?:main |page )?content|updates|highlights"
    r"|actualités|communiqués(?: de presse)?|salle de presse|espace presse|contenu principal|noticias"
    r"|comunicados(?: de prensa)?|sala de prensa|contenido principal|presse(?:mitteilungen)?|nachrichten|aktuelles"
    r"|notícias|الأخبار|новости|новини",
    re.IGNORECASE,
)


def find_title(document: Document, metadata: PageMetadata, roles: dict[int, Role], url: str) -> SourceText | None:
    """The title; None where the page has none. Blocks of frame before it and blocks that show it get their roles."""
    if not document.is_markup:
        return _find_line_title(document.blocks, roles, url)
    stated = _find_stated(metadata)
    title = _find_heading(document, stated) or next(iter(stated), None) or _find_second_heading(document)
    title = title or _find_section_name(document, metadata)
    if title is None or not 0 < len(title) <= MAX_TITLE:
        return None
    for block in document.blocks:
        is_same = block.text.value == title.value and not (block.link_share >= 0.8 and block.heading_level)
        if is_same or (block.heading_level == 1 and block.text.value in title.value):
            roles[block.index] = "title"
    return title


def _find_line_title(blocks: Sequence[Block], roles: dict[int, Role], url: str) -> SourceText | None:
    start = find_frame_end(blocks)
    roles.update(dict.fromkeys(range(start), "frame"))
    roles.update((block.index, "frame") for block in iter_trailing_frame(blocks[start:]))
    lines = list(takewhile(_may_be_title, blocks[start:]))
    chosen = _choose_line(lines, blocks[start + len(lines) :], url) if lines else None
    if chosen is None:
        return None
    following = blocks[chosen.index + 1 :]
    if following and following[0].text.value[:1].islower() and is_wrapped(following):
        return None  # it goes on in the next line: a line of the text, whose title is lost
    roles.update((line.index, "title") for line in lines if line.text == chosen.text)
    return chosen.text


def _may_be_title(block: Block) -> bool:
    value = block.text.value
    if block.marker or len(value) > MAX_TITLE or find_label(value) is not None:
        return False
    return not (len(value) > 160 and is_prose(value))


def _choose_line(lines: list[Block], following: Sequence[Block], url: str) -> Block | None:
    """Of the lines before labels or text, the title: the first, unless the page's address names another one.

    Right above labels it is the last of them: a menu may stand before it, nothing stands between. Where an address in
    words names none of several lines, nothing tells a title from a menu's last entry.
    """
    first = lines[0]
    if following and (following[0].marker or find_label(following[0].text.value) is not None):
        short = [line for line in lines if not is_prose(line.text.value)]
        return short[-1] if len(short) == len(lines) else first
    if len(lines) == 1 or lines[1].text == first.text or _belongs_below_title(lines[1]):
        return first
    if any(is_project_key(line.text.value) for line in lines):
        return first
    named = [(_count_named(line.text.value, url), -line.index, line) for line in lines if not is_prose(line.text.value)]
    best = max(named, key=lambda one: one[:2], default=None)
    if best is None or best[0] < 0:
        return first
    if is_wrapped(lines[1:]):
        return first if best[2] is first or best[0] < _MIN_NAMED else None
    return best[2] if best[0] >= _MIN_NAMED else None


def _belongs_below_title(block: Block) -> bool:
    return is_prose(block.text.value) or is_byline(block) or ends_with_dash(block.text.value)


def _count_named(value: str, url: str) -> float:
    """The share of the words of a page's address that a line has; -1.0 where the address has too few words."""
    slug = url.partition("#")[0].partition("?")[0].rstrip("/").rpartition("/")[2]
    words = [word for word in fold_label(slug).split("-") if len(word) > 2 and not word.isdigit()]
    if len(words) < _MIN_WORDS:
        return -1.0
    shown = set(_WORD.findall(fold_label(value)))
    return sum(word in shown for word in words) / len(words)


def is_section_name(value: str) -> bool:
    """Whether a title names a part of a site, or the site, and no document.

    >>> is_section_name("Press Room"), is_section_name("IOM Liberia"), is_section_name("News of the lamps")
    (True, True, False)
    """
    return _SECTION.fullmatch(value) is not None or _SITE_NAME_ALONE.fullmatch(value) is not None


def _find_heading(document: Document, stated: Sequence[SourceText]) -> SourceText | None:
    """A heading that the metadata repeats, else the first ``h1`` in the content, else one outside it."""
    headings = [text for text in _find_headings(document) if not is_section_name(text.value)]
    for heading in headings:
        if any(heading.value == text.value or _is_most_of(heading.value, text.value) for text in stated):
            return heading
    for text in stated:
        for block in document.blocks:
            if block.heading_level and block.text.value == text.value and block.link_share < 0.8:
                return block.text
    return next(iter(headings), None)


def _find_headings(document: Document) -> list[SourceText]:
    """The texts of all ``h1``, those in the content first."""
    inside: dict[int, list[SourceText]] = {}
    for block in document.blocks:
        if block.heading_level == 1 and not is_frame_text(block.text.value):
            inside.setdefault(block.box.first, []).append(block.text)
    headings = [SourceText.join(" ", lines) for lines in inside.values()]
    return headings + [text for text in document.outside if not is_frame_text(text.value)]


def _is_most_of(heading: str, stated: str) -> bool:
    return heading in stated and len(heading) * 2 > len(stated)


def _find_stated(metadata: PageMetadata) -> list[SourceText]:
    """The titles that the head states, without the site's name; what names no document is none."""
    titles = [strip_site_name(text) for text in (metadata.og_title, metadata.page_title) if text is not None]
    return [title for title in titles if title and not is_section_name(title.value)]


def _find_section_name(document: Document, metadata: PageMetadata) -> SourceText | None:
    """What stands for a title where nothing else does: the name of a section, never that of the site."""
    stated = [strip_site_name(text) for text in (metadata.og_title, metadata.page_title) if text is not None]
    names = [*_find_headings(document), *stated]
    return next((name for name in names if _SECTION.fullmatch(name.value)), None)


def strip_site_name(title: SourceText) -> SourceText:
    """A page's ``title`` without the site's name at its end; bars that belong to the title stay.

    >>> from extractor.blocks.text import Source
    >>> text = "Migration | Development | IOM Development Fund"
    >>> strip_site_name(SourceText.from_plain(Source(text), 0, len(text))).value
    'Migration | Development'
    """
    for separator in (" | ", " – ", " - "):
        at = title.value.rfind(separator)
        if at > 0 and _SITE_NAME.fullmatch(title.value[at + len(separator) :]):
            return title[:at].strip()
    return title


def _find_second_heading(document: Document) -> SourceText | None:
    """The first ``h2`` before any running text, where a theme has no ``h1``."""
    for block in document.blocks:
        if is_prose(block.text.value):
            return None
        value = block.text.value
        if block.heading_level == 2 and block.link_share < 0.8 and not is_frame_text(value):
            return None if announces_related(value) else block.text
    return None
