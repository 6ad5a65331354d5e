"""The date of publication that a page prints beside its title, for machines (``time``) or in words alone.

Belongs here: which of the lines between title and text says when the page was published. Does not belong here: what
elements state by their attributes (``metadata``), the forms of dates (``values.dates``).

Pages print other times there too: when the text was last changed, until when to register, when another story was
published. A date is taken only where nothing around it says that it is another's, and a line whose date was not taken
is left unexplained, so that it is told and not swallowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Final

from extractor.blocks.document import Block, Document
from extractor.blocks.prose_shape import Role
from extractor.blocks.text import SourceText
from extractor.codebooks import join_words
from extractor.head.metadata import TAG, ZONED, read_stated
from extractor.raw import MetadataText
from extractor.unicode import fold
from extractor.values.dates import find_date, find_exact_day, find_readings, weekday_numbers

_PUBLICATION: Final = re.compile(rf"[\W_]*(?:(?:{join_words('frame', 'publication')})\b[\W_]*)*", re.IGNORECASE)
_ANOTHER: Final = re.compile(join_words("frame", "another"), re.IGNORECASE)
_AUTHOR: Final = r"(?:by|von|par|por|di|door)\s"
_BETWEEN: Final = re.compile(
    rf"\s*[|·•]\s*|\s+[-–—]\s+|,?\s+(?={_AUTHOR}|{join_words('frame', 'another')})|(?<=[^\W\d])[,،]\s", re.IGNORECASE
)
_BY: Final = re.compile(rf"{_AUTHOR}|\d{{1,3}}\s", re.IGNORECASE)
_SUBMITTED: Final = re.compile(rf"(?:[^\W\d]+\s)?{_AUTHOR}\D{{1,60}}?\s(?=(?:on|le|el|am|em|il)\s)", re.IGNORECASE)
"""Who wrote it, before the day: Drupal's own byline."""
_MAY_DATE: Final[frozenset[Role | None]] = frozenset([None, "byline", "frame", "aside"])
_YEAR: Final = re.compile(r"\d{4}")
_LONGEST_LINK: Final = 20
_LONGEST_LABEL: Final = 40
_LONGEST_LINE: Final = 120
_MOST_ABOVE: Final = 3
_MOST_AROUND: Final = 3
_MOST_BELOW: Final = 60


def settle_published(document: Document, roles: dict[int, Role], stated: MetadataText | None) -> MetadataText | None:
    """``stated`` where it is a date, else the only date of publication printed beside the title, else ``stated``.

    Where the two differ the printed day counts if nothing but the zone parts them; else neither does: both are given
    as one text that is no date. The line that it stands on becomes a byline; a byline below the title with another date
    loses that role. Raises ``UnplacedError`` where the place of that line can't be proved.
    """
    title = min((index for index, role in roles.items() if role == "title"), default=None)
    body = min((index for index, role in roles.items() if role == "body"), default=None)
    if title is None or body is None or body < title:
        return stated
    below = document.blocks[title + 1 : body]
    known = find_date(stated.text.value) if stated is not None else None
    lines = [*below[:_MOST_BELOW], *_find_above(document.blocks, title)]
    free = [block for block in lines if _may_date(block, roles.get(block.index))]
    found = [(block, one) for block in free for one in _iter_printed(document, block, lines)]
    days = {find_date(one.text.value): (block, one) for block, one in found}
    days = {day: one for day, one in days.items() if day is not None} or days
    if len(days) == 1:
        day, (block, printed) = days.popitem()
        if known is None or day == known:
            known, stated = day, stated if known is not None else printed
            block.find_ranges(0, 0)
            roles[block.index] = "byline"
        elif stated is not None and day is not None:
            block.find_ranges(0, 0)
            known, stated = _choose(stated, known, printed, day)
            roles[block.index] = "byline"
    for block in below:
        if roles.get(block.index) == "byline" and not _is_explained(block.value, known, stated):
            del roles[block.index]
    return stated


def _choose(stated: MetadataText, known: str, printed: MetadataText, day: str) -> tuple[str | None, MetadataText]:
    """Of two dates that differ the printed one, where a zone explains it; else none, and both as one text."""
    first, second = find_exact_day(known), find_exact_day(day)
    if first is None or second is None:
        return known, stated
    if abs(first - second) == timedelta(days=1) and ZONED.search(stated.text.value):
        return day, printed
    return None, MetadataText(SourceText.join(" / ", [stated.text, printed.text]), stated.name)


def _may_date(block: Block, role: Role | None) -> bool:
    """Whether a line may say when the page was published; one beside the text must begin with words that say so."""
    if role not in _MAY_DATE or not (block.times or any(map(str.isdigit, block.value))):
        return False
    begin = _skip_words(block.value, 0, len(block.value)) if role in {"frame", "aside"} else -1
    return begin < 0 or any(map(str.isalpha, block.value[:begin]))


def _find_above(blocks: Sequence[Block], title: int) -> Sequence[Block]:
    """The few blocks right above the title, in its own box or one of the two around it."""
    around = list(blocks[title].box.iter_up())[:_MOST_AROUND][-1]
    return blocks[max(around.first, title - _MOST_ABOVE) : title]


def _iter_printed(document: Document, block: Block, lines: Sequence[Block]) -> Iterator[MetadataText]:
    """The dates of a line whose other words, and the label over it, are those of publication, a name, or none."""
    around = block.box.parent
    beside = [other for other in lines if other is block or around in {other.box, other.box.parent}]
    label = next((other.value for other in beside if other.index == block.index - 1), "")[: _LONGEST_LABEL + 1]
    is_another = len(label) <= _LONGEST_LABEL and (label.endswith(":") or _ANOTHER.search(label) is not None)
    if any(other.link_share >= 0.8 and len(other.value) >= _LONGEST_LINK for other in beside) or (
        is_another and _PUBLICATION.fullmatch(label) is None
    ):
        return
    times = [stated for start in block.times if (stated := _read_time(document, start)) is not None]
    if times and all(map(_is_of_publication, _BETWEEN.split(block.read_beside_times()))):
        yield from (MetadataText(text, "time") for text in times)
    elif len(block.value) <= _LONGEST_LINE:
        for first, last in _find_dated(block.value):
            day = find_date(block.value[first:last])
            same = [text for text in times if day is not None and find_date(text.value) == day]
            yield MetadataText(same[0], "time") if same else MetadataText(block.text[first:last], "byline")


def _read_time(document: Document, start: int) -> SourceText | None:
    """What a ``time`` element states, unless it says by its attributes that it is the time of something else."""
    tag = TAG.match(document.source.text, start)
    if tag is None or (_ANOTHER.search(tag["attributes"]) and "publish" not in tag["attributes"]):
        return None
    return read_stated(document.source, tag) or None


@lru_cache(maxsize=64)
def _find_dated(line: str) -> tuple[tuple[int, int], ...]:
    """Where in a line a day of publication stands: all of it but words of publication, or a part between signs."""
    by = _SUBMITTED.match(line)
    start = by.end() if by is not None and not _ANOTHER.search(by[0]) else 0
    begin = _skip_words(line, start, len(line))
    if _may_be_day(line[begin:]):
        return ((begin, len(line)),)
    words = [(sign, fold(line[: sign.start()].rpartition(" ")[2])) for sign in _BETWEEN.finditer(line, start)]
    signs = [sign for sign, word in words if word.rstrip(".") not in weekday_numbers()]
    edges = [start, *(edge for sign in signs for edge in sign.span()), len(line)]
    parts = [(first, last, _skip_words(line, first, last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]
    dated = [part for part in parts if _may_be_day(line[part[2] : part[1]])]
    is_named = all(_is_name(line[part[0] : part[1]]) for part in parts if part not in dated)
    return tuple([(begin, last) for first, last, begin in dated if is_named or begin > first])


def _may_be_day(text: str) -> bool:
    return any(map(str.isdigit, text)) and any(map(find_exact_day, find_readings(text)))


def _skip_words(line: str, first: int, last: int) -> int:
    words = _PUBLICATION.match(line, first, last)
    return words.end() if words else first


def _is_of_publication(part: str) -> bool:
    """Whether a part of a line has words of publication alone, or says by whom."""
    return _PUBLICATION.fullmatch(part) is not None or (_BY.match(part) is not None and not _ANOTHER.search(part))


def _is_name(part: str) -> bool:
    """Whether a part of a line says nothing of a date: a name, a place, a word of publication, a count."""
    words = part.split()
    is_name = len(words) == 1 or not any(word[0].islower() for word in words if len(word) > 3)
    return _is_of_publication(part) or (is_name and not _ANOTHER.search(part))


def _is_explained(line: str, known: str | None, stated: MetadataText | None) -> bool:
    """Whether a byline has no date, or the known one, give or take a zone, or the one that nothing could read."""
    if _YEAR.search(line) is None or (stated is not None and stated.text.value in line):
        return True
    day = find_exact_day(known)
    days = [find_exact_day(find_date(line[first:last])) for first, last in _find_dated(line)]
    return day is not None and any(one is not None and abs(one - day) <= timedelta(days=1) for one in days)
