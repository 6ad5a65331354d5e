"""Amounts side by side: a bar in a row of a table, a stacked bar of parts, columns over years.

Belongs here: their lengths and places. Does not belong here: which numbers, and their words.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from pipeline.report.figures.svg import Element, add, draw, show
from pipeline.report.words import write_short

Number = int | float | Decimal
BAR_WIDTH, BAR_HEIGHT = 200, 12
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 480, 232, 44, 12, 26
STACK_HEIGHT = 20


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: ``kind`` is its class, ``words`` what it says when pointed at."""

    kind: str
    size: Number
    words: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column over an axis: its name under it and its parts from below."""

    name: str
    parts: tuple[Segment, ...]

    @property
    def size(self) -> float:
        """The whole of its parts."""
        return float(sum(part.size for part in self.parts))


def draw_bar(parts: Sequence[Segment], longest: Number, label: str) -> Markup:
    """One bar of a table's row, as long as its parts are beside the ``longest`` of the table."""
    root = draw(BAR_WIDTH, BAR_HEIGHT, label, name="bar")
    root.set("preserveAspectRatio", "none")
    _lay(root, parts, BAR_WIDTH / float(longest) if longest else 0.0, BAR_HEIGHT)
    return show(root)


def draw_stack(parts: Sequence[Segment], label: str) -> Markup:
    """Parts of one whole, side by side over the full width; parts of nothing are left out.

    >>> str(draw_stack([Segment("a", 1, "one"), Segment("b", 3, "three")], "four")).count("<rect")
    2
    """
    root = draw(WIDTH, STACK_HEIGHT, label, name="stack")
    root.set("preserveAspectRatio", "none")
    total = float(sum(part.size for part in parts))
    _lay(root, parts, WIDTH / total if total else 0.0, STACK_HEIGHT)
    return show(root)


def _lay(root: Element, parts: Sequence[Segment], scale: float, height: int) -> None:
    x = 0.0
    for part in parts:
        width = float(part.size) * scale
        if width > 0:
            # What is there is seen: never thinner than a pixel and a half.
            box = add(root, "rect", x=round(x, 2), y=0, width=round(max(width, 1.5), 2), height=height, kind=part.kind)
            add(box, "title", part.words)
            x += width


def draw_columns(columns: Sequence[Column], label: str) -> Markup:
    """Columns with a scale of round numbers at the left; names that would touch are left out, the last one never.

    Every second name is ``between``: to be left out too where the figure is drawn small.
    """
    root = draw(WIDTH, HEIGHT, label, name="columns")
    top = choose_top(max((column.size for column in columns), default=0.0))
    floor, scale = HEIGHT - BOTTOM, (HEIGHT - BOTTOM - TOP) / top
    for step in range(5):
        y = round(floor - top * step / 4 * scale, 1)
        add(root, "line", x1=LEFT, x2=WIDTH, y1=y, y2=y, kind="grid" if step else "axis")
        add(root, "text", write_short(top * step / 4), x=LEFT - 6, y=y + 4, text_anchor="end", kind="unit")
    room = (WIDTH - LEFT - 4) / max(len(columns), 1)
    width = min(room * 0.72, 44.0)
    every = math.ceil(38 / room) if columns else 1
    for number, column in enumerate(columns):
        x, y = LEFT + 2 + room * number + (room - width) / 2, float(floor)
        for part in column.parts:
            height = float(part.size) * scale
            if height > 0:
                y -= height
                box = add(root, "rect", x=round(x, 1), y=round(y, 1), width=round(width, 1),
                          height=round(max(height, 1.0), 1), kind=part.kind)  # fmt: skip
                add(box, "title", part.words)
        from_last, is_left_out = divmod(len(columns) - 1 - number, every)
        if not is_left_out:
            kind = "unit between" if from_last % 2 else "unit"
            add(root, "text", column.name, x=round(x + width / 2, 1), y=HEIGHT - 8, text_anchor="middle", kind=kind)
    return show(root)


def choose_top(largest: float) -> float:
    """The end of a scale of four steps over a largest value.

    >>> choose_top(0), choose_top(7), choose_top(130_000), choose_top(810_000)
    (1.0, 8.0, 200000.0, 1000000.0)
    """
    if largest <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(largest))
    return next(size * step for step in (1, 2, 4, 8, 10) if size * step >= largest)
