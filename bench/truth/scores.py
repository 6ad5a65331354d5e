"""What one reading of a labelled page is worth, and the figures of many.

Belongs here: comparing texts, titles and days. Does not belong here: reading (``readers``), printing.

A reader that refuses a page has no title, no day and no text: its title counts as ``refused``, its day as ``null``,
its body as 0 in precision, recall and F1, its wanted and unwanted texts as not kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Final, Literal

from bench.truth.folder import LabelledPage

TitleVerdict = Literal["exact", "part", "wrong", "none", "refused"]
DateVerdict = Literal["right", "null", "wrong"]
RUN: Final = 4
"""Words of a run."""

_QUOTES: Final = str.maketrans(dict.fromkeys("‘’‚‛′´`", "'") | dict.fromkeys("“”„‟″«»", '"'))
_WORD: Final = re.compile(r"\w+")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_FOR_MACHINES: Final = re.compile(r"publi|pubdate|created|datetime|dc\W?(?:terms)?\W?date|issued", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """What a reader makes of a page; ``reason`` says why it refused."""

    is_read: bool
    title: str | None = None
    date: str | None = None
    body: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Of the runs that were read, the share that is true; of the true ones, the share that was read; and F1."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Score:
    """One page's worth; None where its set does not say. ``wanted`` and ``unwanted``: texts kept, of how many."""

    id: str
    is_read: bool
    is_article: bool
    title: TitleVerdict | None
    date: DateVerdict | None
    is_date_for_machines: bool
    body: Overlap | None
    wanted: tuple[int, int]
    unwanted: tuple[int, int]


def fold(text: str) -> str:
    r"""A text as two are compared: NFKC, plain quotes, single blanks, nothing unseen; case stays.

    >>> fold("“A  lamp’s\u00ad light” …")
    '"A lamp\\'s light" ...'
    """
    plain = unicodedata.normalize("NFKC", text.translate(_QUOTES))
    return " ".join("".join(char for char in plain if unicodedata.category(char) != "Cf").split())


def judge_title(found: str | None, true: str) -> TitleVerdict:
    """Equal but for what ``fold`` takes away, part of each other whatever their case, or neither.

    >>> judge_title("Lamps  lit", "Lamps lit"), judge_title("Lamps | IOM", "LAMPS"), judge_title("News", "Lamps")
    ('exact', 'part', 'wrong')
    """
    if not found or not fold(found):
        return "none"
    ours, theirs = fold(found), fold(true)
    if ours == theirs:
        return "exact"
    ours, theirs = ours.casefold(), theirs.casefold()
    return "part" if ours in theirs or theirs in ours else "wrong"


def judge_date(found: str | None, true: str) -> DateVerdict:
    """By whole days: a month or a year that holds the day states no day, and counts as none.

    >>> [judge_date(found, "2020-05-01") for found in ("2020-05-01T10:00", "2020-05", "2019")]
    ['right', 'null', 'wrong']
    """
    day = (found or "")[:10]
    if day == true:
        return "right"
    return "null" if not _DAY.fullmatch(day) and true.startswith(day) else "wrong"


def measure_overlap(found: str | None, true: str) -> Overlap:
    """Precision, recall and F1 over the runs of four words, each run as often as it stands (a multiset).

    A text of fewer words is one run.

    >>> measure_overlap("one two three four five", "zero one two three four")
    Overlap(precision=0.5, recall=0.5, f1=0.5)
    """
    ours, theirs = _count_runs(found or ""), _count_runs(true)
    common = (ours & theirs).total()
    if not common:
        return Overlap(0.0, 0.0, 0.0)
    precision, recall = common / ours.total(), common / theirs.total()
    return Overlap(precision, recall, 2 * precision * recall / (precision + recall))


def _count_runs(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(fold(text).casefold())
    starts = range(max(1, len(words) - RUN + 1)) if words else ()
    return Counter(tuple(islice(words, start, start + RUN)) for start in starts)


def count_kept(texts: Sequence[str], body: str | None) -> tuple[int, int]:
    """How many of the texts stand in the body, and how many there are."""
    folded = fold(body or "")
    return sum(fold(text) in folded for text in texts), len(texts)


def is_for_machines(payload: bytes, day: str) -> bool:
    """Whether the markup itself states the day: in an attribute or a pair of JSON that is named for a publication.

    >>> [is_for_machines(page, "2020-05-01") for page in (b'<time datetime="2020-05-01T10:00">', b"2020-05-01")]
    [True, False]
    """
    markup = payload.decode("latin-1")
    for place in re.finditer(re.escape(day), markup):
        before = re.split(r"[<>]", markup[max(0, place.start() - 100) : place.start()])[-1]
        after = re.split(r"[<>]", markup[place.end() : place.end() + 100])[0]
        if _FOR_MACHINES.search(f"{before} {after}"):
            return True
    return False


def score(page: LabelledPage, found: Found) -> Score:
    """What this reading of the page is worth."""
    title = None if page.title is None else judge_title(found.title, page.title)
    return Score(
        id=page.id,
        is_read=found.is_read,
        is_article=page.is_article,
        title="refused" if title is not None and not found.is_read else title,
        date=None if page.date is None else judge_date(found.date, page.date),
        is_date_for_machines=page.date is not None and is_for_machines(page.payload, page.date),
        body=None if page.body is None else measure_overlap(found.body, page.body),
        wanted=count_kept(page.wanted, found.body),
        unwanted=count_kept(page.unwanted, found.body),
    )


def summarise(scores: Sequence[Score]) -> dict[str, int | float | None]:
    """The figures of a set of pages: numbers and, of these, shares; None is the share of nothing.

    Titles, days, bodies and texts are shares of the pages (or texts) of which the set says them; precision, recall and
    F1 are the means over these pages.
    """
    titles = [one.title for one in scores if one.title is not None]
    dates = [one.date for one in scores if one.date is not None]
    stated = [one.date for one in scores if one.is_date_for_machines]
    bodies = [one.body for one in scores if one.body is not None]
    articles = [one for one in scores if one.is_article]
    figures: dict[str, int | float | None] = {"pages": len(scores)}
    figures["read"] = _share(one.is_read for one in scores)
    figures["articles refused"] = _share(not one.is_read for one in articles)
    figures["titles"] = len(titles)
    figures |= {f"titles {verdict}": _share(one == verdict for one in titles) for verdict in _TITLES}
    figures["dates"] = len(dates)
    figures |= {f"dates {verdict}": _share(one == verdict for one in dates) for verdict in _DATES}
    figures |= {"dates for machines": len(stated), "of these right": _share(one == "right" for one in stated)}
    figures["bodies"] = len(bodies)
    for name in asdict(Overlap(0, 0, 0)):
        figures[f"body {name}"] = _mean([getattr(one, name) for one in bodies])
    figures["wanted kept"] = _share_kept(one.wanted for one in scores)
    figures["unwanted kept"] = _share_kept(one.unwanted for one in scores)
    return figures


_TITLES: Final[tuple[TitleVerdict, ...]] = ("exact", "part", "wrong", "none", "refused")
_DATES: Final[tuple[DateVerdict, ...]] = ("right", "null", "wrong")


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _share(marks: Iterable[bool]) -> float | None:
    return _mean([float(mark) for mark in marks])


def _share_kept(counts: Iterable[tuple[int, int]]) -> float | None:
    pairs = list(counts)
    total = sum(n_all for _, n_all in pairs)
    return round(sum(n_kept for n_kept, _ in pairs) / total, 4) if total else None
