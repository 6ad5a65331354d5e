"""What running text is, what it is made of, and markup that shows as text in it.

Belongs here: telling prose from names, values and bylines, lines into paragraphs, debris SEEN in legacy pages. Does not
belong here: what stands beside the text (``asides``, ``teasers``), which prose is the page's own (``body``), labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import TYPE_CHECKING, Final, Literal

from extractor.blocks.text import SourceText

if TYPE_CHECKING:
    from extractor.blocks.document import Block

Role = Literal["title", "field", "frame", "aside", "caption", "related", "teaser", "byline", "contact", "body"]
"""What a rule says a block is. A block without a role is unexplained."""

_MONTH: Final = r"[^\W\d]{3,12}\.?(?:\s[^\W\d]{3,12})?(?:\s?/\s?[^\W\d]{3,12}(?:\s[^\W\d]{3,12})?)?"
"""A month's name, of two words or with its other name behind a bar as the Levant prints it."""
_DATE: Final = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}"
    rf"|(?:[^\W\d]{{3,12}},?\s+)?\d{{1,2}}(?:\.|er|º|st|nd|rd|th)?\s+(?:de\s+)?{_MONTH},?\s+(?:de\s+)?\d{{4}}"
    r"|(?:[^\W\d]{3,12},?\s+)?[^\W\d]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|\d{4}年\d{1,2}月\d{1,2}日"
)
_DIGIT: Final = re.compile(r"\d")
"""Every date has one: most lines have none, and are not searched."""
_BYLINE: Final = re.compile(
    r"news|press release|press briefing note|story|stories|statement|feature|blog|communiqué(?: de presse)?|noticias?"
    r"|comunicado(?: de prensa)?|(?:date\s+)?(?:posted|published?|publié|publicado|date)\b.{0,80}|by:?\s.{2,60}|local"
    r"|global|(?:project )?(?:description|summary|overview|background)|descripción|resumen|résumé|contexte"
    r"|about the project|submitted\b.{0,80}|tags?:?.{0,80}|updated\b.{0,60}|last updated\b.{0,60}",
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
    has_no_words = not n_gaps and not value.isascii()  # scripts that set no blanks
    return (n_gaps >= 4 or n_characters >= 60 or has_no_words) and ends_sentence(value)


def ends_with_dash(value: str) -> bool:
    """Whether a line ends as a dateline does that stands alone: ``Geneva, 12 May 2021 –``."""
    return len(value) <= 120 and value.endswith(("–", "—", "-"))


def is_date(value: str) -> bool:
    """Whether a text is a date and nothing else.

    >>> [is_date(value) for value in ("5 May 2020", "Feb. 28 2015", "5 نيسان/ أبريل 2022", "By 5 May 2020")]
    [True, True, True, False]
    """
    return (
        len(value) <= 40
        and (value[:1].isdigit() or value[-1:].isdigit())
        and _DATE.fullmatch(value.strip(" |·•–-")) is not None
    )


def states_kind(value: str) -> bool:
    """Whether a text says what kind of text stands beside it, or by whom or when it was published."""
    return len(value) <= 120 and _BYLINE.fullmatch(value) is not None


def is_byline(block: Block) -> bool:
    """Whether a short block above the text says when it was published, by whom or as what."""
    value = block.value
    if len(value) > 120 or ends_with_dash(value):
        return False
    return (_DIGIT.search(value) and _DATE.search(value) is not None) or _BYLINE.fullmatch(value) is not None


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
    if len(lines) < 4:
        return False
    values = [line.value for line in lines]
    if max(map(len, values)) > 90:
        return False
    inner = [value for value in values if not ends_sentence(value)]
    return 30 <= median(map(len, values)) <= 72 and len(inner) >= 0.5 * len(values)


def iter_paragraphs(lines: Sequence[Block]) -> Iterator[SourceText]:
    """The paragraphs of hard-wrapped lines.

    A paragraph ends at an empty line, and where a sentence ends although the next word would still have fitted.
    """
    width = max((len(line.value) for line in lines), default=0)
    paragraph: list[SourceText] = []
    for line in lines:
        if paragraph and (line.n_breaks > 1 or line.marker or _ends_paragraph(paragraph[-1].value, line.value, width)):
            yield SourceText.join(" ", paragraph)
            paragraph = []
        paragraph.append(line.text)
    if paragraph:
        yield SourceText.join(" ", paragraph)


def _ends_paragraph(line: str, following: str, width: int) -> bool:
    if not ends_sentence(line):
        return False
    return len(line) + 1 + len(following.split(" ", 1)[0]) <= width


def share_unexplained(unexplained: Iterable[str], body: str | None) -> float:
    """The characters of running text that no rule explains, as a share of these and the body.

    >>> share_unexplained(["Menu", "The lamps were lit again on the next day."], "Nobody saw the lamps. " * 5)
    0.2715
    """
    prose = sum(len(text) for text in unexplained if is_prose(text))
    total = prose + len(body or "")
    return round(prose / total, 4) if total else 0.0


# SEEN in seed 003: «"mailto:name@iom.int">name@iom.int», what is left of an anchor whose beginning was lost. Literal
# tags in text were SEEN too (IOM-SITES, "odd content").
_DEBRIS: Final = re.compile(
    r"""(?P<link>(?:<\s*a\s+href\s*=\s*)?["'”“]?mailto:[^\s"'<>”“]{1,200}["'”“]?\s*>)"""
    r"""|</?(?:a|b|em|font|i|o:p|span|strong|sub|sup|u)(?:\s[^<>]{0,300})?/?>"""
    r"""|(?P<line></?(?:br|div|h[1-6]|li|ol|p|table|tbody|td|tr|ul)(?:\s[^<>]{0,300})?/?>)""",
    re.IGNORECASE,
)


def mend_text(text: SourceText) -> SourceText:
    """The text without debris; itself where it has none. What it says is not changed, and stays in its place.

    >>> from extractor.blocks.source import Source
    >>> mend_text(SourceText.from_plain(Source('"mailto:x@iom.int">x@iom.int'), 0, 28)).span()
    (19, 28)
    """
    if ">" not in text.value:
        return text
    lines: list[list[SourceText]] = [[]]
    at = 0
    for found in _DEBRIS.finditer(text.value):
        lines[-1].append(text[at : found.start()])
        if found["line"]:
            lines.append([])
        at = found.end()
    if at == 0:
        return text
    lines[-1].append(text[at:])
    joined = [SourceText.join("", [part for part in line if part]).strip() for line in lines]
    return SourceText.join(" ", [line for line in joined if line])
