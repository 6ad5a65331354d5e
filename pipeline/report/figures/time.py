"""Time as a figure: the versions of one document on a line, and the looks at one site as squares.

Belongs here: where instants and days stand. Does not belong here: what happened then.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from pipeline.report.figures.svg import Element, add, draw, show
from pipeline.report.words import MONTHS

LINE_WIDTH, LINE_HEIGHT, EDGE, TAIL = 480, 56, 12, 60
SQUARE, GAP, MARGIN, HEAD = 10, 2, 30, 16
SCALE, LEAST_WEEKS = 1.5, 8
BOX = f"h{SQUARE}v{SQUARE}h-{SQUARE}z"
SIGNS = {"changed": "m5 2l3 3l-3 3l-3 -3z", "refused": "m2.5 2.5l5 5m0 -5l-5 5"}
CLOSEST = 3.0
"""Marks nearer than this many units to the one before are not drawn: two thousand versions make one line."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A version on the line: ``change`` is its class, ``is_gone`` whether the document is gone from then on."""

    at: datetime
    change: str
    is_gone: bool
    words: str


def draw_versions(marks: Sequence[Mark], label: str) -> Markup:
    """The life of a document by its versions, given in order of time; while it is gone the line is broken.

    It runs on a little after the last version: how long that has been true is no matter of the document.
    """
    root = draw(LINE_WIDTH, LINE_HEIGHT, label, name="versions")
    first, last = marks[0].at, marks[-1].at
    span = (last - first).total_seconds()
    room = LINE_WIDTH - 2 * EDGE - TAIL

    def place(at: datetime) -> float:
        return round(EDGE + (room * (at - first).total_seconds() / span if span else 0.0), 1)

    starts = [mark for before, mark in zip([None, *marks], marks, strict=False)
              if before is None or before.is_gone != mark.is_gone]  # fmt: skip
    stops = [*(place(mark.at) for mark in starts[1:]), place(last) + TAIL]
    for mark, stop in zip(starts, stops, strict=True):
        add(root, "line", x1=place(mark.at), x2=stop, y1=20, y2=20, kind="absent" if mark.is_gone else "there")
    reached = -CLOSEST
    for number, mark in enumerate(marks):
        x = place(mark.at)
        if x - reached >= CLOSEST or number == len(marks) - 1:
            _draw_mark(root, x, 20, mark)
            reached = x
    add(root, "text", f"{first:%Y-%m-%d}", x=2, y=48, kind="unit")
    if last.date() != first.date():
        add(root, "text", f"{last:%Y-%m-%d}", x=max(place(last), 190.0), y=48, text_anchor="middle", kind="unit")
    return show(root)


def _draw_mark(root: Element, x: float, y: float, mark: Mark) -> None:
    """A ring for what came, a diamond for what changed, a cross for what went: told apart without colour."""
    shape = add(root, "g", kind=f"mark {mark.change}")
    add(shape, "title", mark.words)
    if mark.change == "removed":
        add(shape, "path", d=f"M{x - 5:g} {y - 5:g}l10 10m0 -10l-10 10")
    elif mark.change in {"created", "restored"}:
        add(shape, "circle", cx=x, cy=y, r=5)
    else:
        add(shape, "path", d=f"M{x:g} {y - 6:g}l6 6l-6 6l-6 -6z")


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """What a day of looks at a site is shown as: ``state`` is unchanged, changed, unchecked or refused."""

    state: str
    words: str = ""


def draw_calendar(days: Mapping[date, CalendarDay], label: str) -> Markup:
    """The months from the first look to the last, as columns of weeks, Monday above; days without a look are faint.

    A changed day has a diamond, a refused one a cross. Days that are shown alike are one shape: without words a year of
    them takes little room.
    """
    first, end = min(days).replace(day=1), max(days)
    last = end.replace(day=monthrange(end.year, end.month)[1])
    start = first - timedelta(days=first.weekday())
    step = SQUARE + GAP
    width, height = MARGIN + max((last - start).days // 7 + 1, LEAST_WEEKS) * step, HEAD + 7 * step
    root = draw(width, height, label, name="calendar")
    root.set("width", f"{width * SCALE:g}")
    root.set("height", f"{height * SCALE:g}")
    places = {
        day: (MARGIN + (day - start).days // 7 * step, HEAD + day.weekday() * step)
        for day in (first + timedelta(days=number) for number in range((last - first).days + 1))
    }
    for day, (x, _) in places.items():
        if day.day == 1:
            add(root, "text", MONTHS[day.month - 1][:3], x=x, y=10, kind="unit")
    for row, name in ((0, "Mon"), (2, "Wed"), (4, "Fri"), (6, "Sun")):
        add(root, "text", name, x=MARGIN - 6, y=HEAD + row * step + 9, text_anchor="end", kind="unit")
    alike: dict[CalendarDay | None, list[tuple[int, int]]] = {}
    for day, place in places.items():
        alike.setdefault(days.get(day), []).append(place)
    for shown, found in alike.items():
        _draw_days(root, found, shown)
    return show(root)


def _draw_days(root: Element, places: Sequence[tuple[int, int]], shown: CalendarDay | None) -> None:
    group = add(root, "g", kind=f"day {shown.state if shown else 'nothing'}")
    if shown and shown.words:
        add(group, "title", shown.words)
    for kind, shape in (("box", BOX), ("sign", SIGNS.get(shown.state) if shown else None)):
        if shape:
            add(group, "path", d="".join(f"M{x} {y}{shape}" for x, y in places), kind=kind)
