"""Which blocks of a content area are its text, and which are captions, links, teasers, dates and the like.

Belongs here: telling prose from the rest, what stands beside it, and lines into paragraphs.
Does not belong here: which prose is the page's own text (``body``), labels (``fields``), contacts (``news``).
"""

from __future__ import annotations

import re
from statistics import median
from typing import TYPE_CHECKING, Final, Literal

from crawler.pages.frame import is_frame_text
from crawler.pages.text import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.pages.document import Block, Box

Role = Literal["title", "field", "frame", "caption", "related", "byline", "contact", "body"]
"""What a rule says a block is. A block without a role is unexplained."""

_RELATED: Final = re.compile(
    r"(?:related|latest|recent|more|other|top)\s+(?:news|stories|articles?|content|links?|projects?|publications?|items?"
    r"|press releases?|documents?|resources?|statements?|from\b.{0,40}|on\b.{0,40})|related|read (?:more|also|next)"
    r"|see also|you may also like.{0,20}|what.s new"
    r"|(?:actualités|articles|contenus?|projets|documents) (?:liée?s|connexes)"
    r"|à lire aussi|lire aussi|voir aussi|dernières actualités|(?:noticias|contenidos?|artículos|proyectos|documentos)"
    r" relacionad[oa]s|últimas noticias|lea también|ver también|verwandte.{0,30}"
    r"|notícias relacionadas|اقرأ أيضا.{0,20}",
    re.IGNORECASE,
)
_CAPTION: Final = re.compile(
    r"(?:©|\(c\)\s|photos?\s*(?:credits?|by)?\s*:|photo\s*/|crédits?\s*(?:photo)?\s*:|foto\s*:)", re.IGNORECASE
)
_DATE: Final = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}|(?:[^\W\d]{3,12},?\s+)?\d{1,2}(?:\.|er|º|st|nd|rd|th)?\s+(?:de\s+)?"
    r"[^\W\d]{3,12}\.?,?\s+(?:de\s+)?\d{4}|[^\W\d]{3,12}\s+\d{1,2},\s+\d{4}",
)
_BYLINE: Final = re.compile(
    r"(?:news|press release|press briefing note|story|stories|statement|feature|blog|communiqué(?: de presse)?"
    r"|noticias?|comunicado(?: de prensa)?|(?:date\s+)?(?:posted|published?|publié|publicado|date)\b.{0,80}"
    r"|by:?\s.{2,60}|local|global"
    r"|(?:project )?(?:description|summary|overview|background)|descripción|resumen|résumé|contexte|about the project"
    r"|submitted\b.{0,80}|tags?:?.{0,80}|updated\b.{0,60}|last updated\b.{0,60})",
    re.IGNORECASE,
)
_ENDS: Final = tuple(".!?…。؟۔।:")
_CLOSERS: Final = ")]\"'”’»›"


def ends_sentence(value: str) -> bool:
    """Whether a text ends as sentences do, closing quotes and brackets aside.

    >>> ends_sentence("“So be it.”"), ends_sentence("So be it")
    (True, False)
    """
    return value.rstrip(_CLOSERS).endswith(_ENDS)


def is_prose(value: str) -> bool:
    """Whether a block reads like running text rather than like a name, an entry or a value.

    >>> is_prose("The project covers all ports of entry in Haiti."), is_prose("Liberia"), is_prose("Read our report")
    (True, False, False)
    """
    n_characters = len(value)
    if n_characters < 20 or n_characters >= 140:
        return n_characters >= 140
    n_gaps = value.count(" ")
    if n_characters >= 80 and n_gaps >= 11:
        return True
    return (n_gaps >= 4 or n_characters >= 60) and ends_sentence(value)


def assign_aside_roles(blocks: Sequence[Block], roles: dict[int, Role]) -> None:
    """Give the blocks of markup that stand beside the text their roles: links, captions, teasers."""
    for block in blocks:
        if block.index not in roles:
            role = _find_own_role(block)
            if role is not None:
                roles[block.index] = role
    _assign_related(blocks, roles)


def assign_line_roles(blocks: Sequence[Block], roles: dict[int, Role]) -> None:
    """The same for the lines of a text page after its title: all that no rule knows otherwise is its text."""
    start = min((index for index, role in roles.items() if role == "title"), default=-1)
    free = [block for block in blocks if block.index > start and block.index not in roles]
    if is_wrapped([block for block in free if block.text]):
        roles.update((block.index, "body" if block.text else "frame") for block in free)
        return
    prose = [block.index for block in free if is_prose(block.text.value)]
    first, last = min(prose, default=-1), max(prose, default=-1)
    is_related = False
    for block in free:
        is_related |= block.index > last and announces_related(block.text.value)
        role: Role = "byline" if block.index < first and is_byline(block) else "body"
        roles[block.index] = "related" if is_related else _find_own_role(block) or role


def _find_own_role(block: Block) -> Role | None:
    value = block.text.value
    if not value:
        return "frame"
    if _is_in_figure(block) or (len(value) < 300 and _CAPTION.match(value)):
        return "caption"
    if is_frame_text(value) or (block.link_share >= 0.8 and len(value) < 200 and "@" not in value):
        return "frame"
    return None


def _is_in_figure(block: Block) -> bool:
    box: Box | None = block.box
    for _ in range(3):
        if box is None or box.tag in {"figure", "figcaption"}:
            return box is not None
        box = box.parent
    return False


def _assign_related(blocks: Sequence[Block], roles: dict[int, Role]) -> None:
    """Teasers of other pages: what a heading announces as related, and boxes with a heading that is a link."""
    offset = blocks[0].index if blocks else 0
    covered = 0
    for block in blocks:
        if block.index < covered:
            continue
        if announces_related(block.text.value) and _is_heading(block):
            zone = _find_zone(block)
        elif block.heading_level >= 2 and block.link_share >= 0.8:
            zone = _find_teaser(block)
        else:
            continue
        covered = zone[1]
        for index in range(max(block.index, zone[0]), zone[1]):
            if roles.get(index) not in {"title", "field"} and index - offset < len(blocks):
                roles[index] = "related"


def announces_related(value: str) -> bool:
    """Whether a line is what stands over teasers of other pages.

    >>> announces_related("Related News"), announces_related("Related work began in May")
    (True, False)
    """
    return len(value) <= 60 and _RELATED.fullmatch(value.rstrip(" :")) is not None


def _is_heading(block: Block) -> bool:
    return block.heading_level > 0 or block.box.tag not in {"p", "li", "td"}


def _find_zone(heading: Block) -> tuple[int, int]:
    """The blocks that a heading is over: its box when it begins one, else what follows it in the box around."""
    box: Box = heading.box
    while box.parent is not None and (box.last - box.first <= 1 or box.first >= heading.index):
        if box.parent.first < heading.index and box.last - box.first > 1:
            break
        box = box.parent
    return heading.index, box.last


def _find_teaser(heading: Block) -> tuple[int, int]:
    """The blocks of the smallest box that holds the heading and more, if it is small; else the heading alone."""
    for box in heading.box.iter_up():
        if box.last - box.first > 1:
            if box.first == heading.index and box.last - box.first <= 5:
                return box.first, box.last
            break
    return heading.index, heading.index + 1


def ends_with_dash(value: str) -> bool:
    """Whether a line ends as a dateline does that stands alone: ``Geneva, 12 May 2021 –``."""
    return len(value) <= 120 and value.endswith(("–", "—", "-"))


def is_byline(block: Block) -> bool:
    """Whether a short block above the text says when it was published, by whom or as what."""
    value = block.text.value
    if ends_with_dash(value):
        return False
    return len(value) <= 120 and (_DATE.search(value) is not None or _BYLINE.fullmatch(value) is not None)


def group_lines(blocks: Sequence[Block]) -> list[list[Block]]:
    """Blocks that only line breaks part, together: the lines of a text page, or of one box of markup."""
    groups: list[list[Block]] = []
    for block in blocks:
        if not groups or block.n_breaks == 0 or block.index != groups[-1][-1].index + 1:
            groups.append([])
        groups[-1].append(block)
    return groups


def read_paragraphs(blocks: Sequence[Block]) -> list[SourceText]:
    """The paragraphs of body blocks: one a block, but hard-wrapped lines are put together again."""
    paragraphs: list[SourceText] = []
    for group in group_lines(blocks):
        paragraphs += iter_paragraphs(group) if is_wrapped(group) else [block.text for block in group]
    return paragraphs


def is_wrapped(lines: Sequence[Block]) -> bool:
    """Whether lines are the pieces of hard-wrapped text (legacy pages: about 67 or 47 columns), not paragraphs."""
    values = [line.text.value for line in lines]
    if len(values) < 4 or max(map(len, values)) > 90:
        return False
    inner = [value for value in values if not ends_sentence(value)]
    return 30 <= median(map(len, values)) <= 72 and len(inner) >= 0.5 * len(values)


def iter_paragraphs(lines: Sequence[Block]) -> Iterator[SourceText]:
    """The paragraphs of hard-wrapped lines.

    A paragraph ends at an empty line, and where a sentence ends although the next word would still have fitted.
    """
    width = max((len(line.text.value) for line in lines), default=0)
    paragraph: list[SourceText] = []
    for line in lines:
        if paragraph and (
            line.n_breaks > 1 or line.marker or _ends_paragraph(paragraph[-1].value, line.text.value, width)
        ):
            yield SourceText.join(" ", paragraph)
            paragraph = []
        paragraph.append(line.text)
    if paragraph:
        yield SourceText.join(" ", paragraph)


def _ends_paragraph(line: str, following: str, width: int) -> bool:
    if not ends_sentence(line):
        return False
    return len(line) + 1 + len(following.split(" ", 1)[0]) <= width
