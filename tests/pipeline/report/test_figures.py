"""The figures: parts add up, what is there is seen, text stays text."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

from pipeline.report.figures.bars import Column, Segment, draw_bar, draw_columns, draw_stack
from pipeline.report.figures.time import CalendarDay, Mark, draw_calendar, draw_versions
from pipeline.report.figures.world import Shaded, can_draw, choose_limits, draw_map, find_shade

NOON = datetime(2026, 1, 1, 12)  # noqa: DTZ001 - the tables' instants are UTC without a zone
EVIL = "</svg><script>alert(1)</script>\u202e"


def widths(figure: str, tag: str = "rect") -> list[float]:
    return [float(one.get("width", "0")) for one in ET.fromstring(figure).iter(tag)]


def test_the_parts_of_a_bar_are_as_long_as_their_share_of_the_longest() -> None:
    bar = draw_bar([Segment("stated", Decimal(30), "a"), Segment("estimate", Decimal(20), "b")], Decimal(100), "x")
    assert widths(bar) == [60.0, 40.0]


def test_a_stack_fills_its_width_and_shows_the_smallest_part() -> None:
    found = widths(draw_stack([Segment("a", 1, "one"), Segment("b", 99_999, "rest"), Segment("c", 0, "none")], "x"))
    assert len(found) == 2
    assert found[0] == 1.5
    assert round(found[1]) == 480


def test_columns_stand_on_one_floor_and_their_parts_on_each_other() -> None:
    parts = (Segment("stated", 5, "a"), Segment("estimate", 3, "b"))
    figure = ET.fromstring(draw_columns([Column("2020", parts), Column("2021", parts[:1])], "x"))
    boxes = [(float(one.get("y", 0)), float(one.get("height", 0))) for one in figure.iter("rect")]
    (low, low_height), (high, high_height), (other, _) = boxes
    assert low == other
    assert round(high + high_height, 1) == low
    assert abs(low_height / high_height - 5 / 3) < 0.01


def test_no_column_is_an_empty_scale_and_no_error() -> None:
    assert "<rect" not in draw_columns([], "nothing")


def test_two_thousand_versions_are_one_line_with_few_marks() -> None:
    marks = [Mark(NOON + timedelta(hours=n), "edited", is_gone=False, words=str(n)) for n in range(2000)]
    figure = draw_versions(marks, "many")
    assert len(figure) < 60_000
    assert figure.count("<title>") < 200
    assert "<title>1999</title>" in figure


def test_the_line_is_broken_while_the_document_is_gone() -> None:
    days = [("created", False), ("removed", True), ("restored", False)]
    marks = [Mark(NOON + timedelta(days=n), what, gone, what) for n, (what, gone) in enumerate(days)]
    lines = [one.get("class") for one in ET.fromstring(draw_versions(marks, "x")).iter("line")]
    assert lines == ["there", "absent", "there"]


def test_the_calendar_has_the_months_with_a_look_and_marks_days_by_shape() -> None:
    days = {
        date(2026, 2, 2): CalendarDay("changed", "c"),
        date(2026, 3, 31): CalendarDay("refused", "r"),
        date(2026, 3, 1): CalendarDay("unchanged", "u"),
    }
    root = ET.fromstring(draw_calendar(days, "x"))
    texts = [one.text for one in root.iter("text")]
    assert texts == ["Feb", "Mar", "Mon", "Wed", "Fri", "Sun"]
    shapes = {one.get("class"): [path.get("class") for path in one.iter("path")] for one in root.iter("g")}
    signed = ["box", "sign"]
    assert shapes == {
        "day nothing": ["box"], "day changed": signed, "day refused": signed, "day unchanged": ["box"],
    }  # fmt: skip
    assert sorted(one.text or "" for one in root.iter("title")) == ["c", "r", "u"]


def test_days_without_words_are_one_shape_a_state_and_a_year_of_them_is_small() -> None:
    days = {date(2026, 3, 1) + timedelta(days=n): CalendarDay("changed" if n % 2 else "refused") for n in range(365)}
    figure = draw_calendar(days, "x")
    assert len(figure) < 20_000
    root = ET.fromstring(figure)
    squares = {one.get("class"): "".join(path.get("d", "") for path in one).count("h10v10") for one in root.iter("g")}
    assert squares == {"day refused": 183, "day changed": 182}
    assert [one.text for one in root.iter("text")][:12:11] == ["Mar", "Feb"]


def test_the_shades_part_the_countries_evenly_and_the_largest_has_the_last() -> None:
    sizes = [float(n) for n in range(1, 101)]
    limits = choose_limits(sizes)
    counts = [sum(find_shade(size, limits) == shade for size in sizes) for shade in range(1, 6)]
    assert counts == [20, 20, 20, 20, 20]
    assert find_shade(7.0, choose_limits([7.0])) == 5


def test_small_island_states_are_on_the_map() -> None:
    assert all(can_draw(code) for code in ("TV", "NR", "MV", "MH", "XK", "LR", "GP", "SG"))
    assert not can_draw("ZZ")
    figure = draw_map({"TV": Shaded(1.0, "Tuvalu", "country/TV/index.html")}, "x")
    assert "<circle" in figure
    assert 'href="country/TV/index.html"' in figure


def test_words_in_a_figure_cannot_become_markup() -> None:
    for figure in (
        draw_bar([Segment("a", 1, EVIL)], 1, EVIL),
        draw_columns([Column(EVIL, (Segment("a", 1, EVIL),))], EVIL),
        draw_versions([Mark(NOON, "created", is_gone=False, words=EVIL)], EVIL),
        draw_calendar({date(2026, 1, 1): CalendarDay("changed", EVIL)}, EVIL),
        draw_map({"LR": Shaded(1.0, EVIL, "x")}, EVIL),
    ):
        assert "<script" not in figure
        assert "\u202e" not in figure
        ET.fromstring(figure)
