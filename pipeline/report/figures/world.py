"""A map of the world in which countries bear one of five shades.

Belongs here: shading and drawing. Does not belong here: the shapes (``vendored/world.json``, made by
``bench.vendored``), what is shown of a country.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from pipeline.ground.printable import escape
from pipeline.report.figures.svg import add, draw, show

SHAPES = Path(__file__).parents[1] / "vendored" / "world.json"
N_SHADES = 5
DOT = 4


@dataclass(frozen=True, slots=True)
class Shaded:
    """What the map shows of one country: a positive size, its words, and the page behind it."""

    size: float
    words: str
    href: str


@cache
def _read_world() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SHAPES.read_text("utf-8"))
    return found


def choose_limits(sizes: list[float]) -> list[float]:
    """The upper limits of the shades below the last: as many countries in each, as far as equal sizes allow.

    >>> choose_limits([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    [2, 4, 6, 8]
    """
    ordered = sorted(sizes)
    if len(set(ordered)) <= N_SHADES:
        return sorted(set(ordered))[:-1]
    return sorted({ordered[max(len(ordered) * step // N_SHADES - 1, 0)] for step in range(1, N_SHADES)})


def find_shade(size: float, limits: list[float]) -> int:
    """The shade of a size, from 1; the largest size has the last one."""
    return N_SHADES - len(limits) + sum(size > limit for limit in limits)


def draw_map(countries: Mapping[str, Shaded], label: str) -> Markup:
    """The world; each country of ``countries`` is shaded, named when pointed at, and a link."""
    world = _read_world()
    limits = choose_limits([one.size for one in countries.values()])
    root = draw(world["width"], world["height"], label, name="map", role="group")
    add(root, "path", d="".join(path for code, path in world["paths"].items() if code not in countries), kind="land")
    for code, shown in sorted(countries.items(), key=lambda one: one[0] in world["dots"]):
        anchor = add(root, "a", href=shown.href)
        anchor.set("class", f"shade s{find_shade(shown.size, limits)}")
        anchor.set("aria-label", escape(shown.words))
        add(anchor, "title", shown.words)
        if code in world["paths"]:
            add(anchor, "path", d=world["paths"][code])
        if code in world["dots"]:
            x, y = world["dots"][code]
            add(anchor, "circle", cx=x, cy=y, r=DOT)
    return show(root)


def can_draw(code: str) -> bool:
    """Whether the map has the country."""
    world = _read_world()
    return code in world["paths"] or code in world["dots"]
