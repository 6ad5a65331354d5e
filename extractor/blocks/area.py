"""Which element of a page is its content area: the rules that both readers of markup follow.

Belongs here: choosing the area in a parsed tree, whoever parsed it (``markup``, ``reference``).
Does not belong here: what inside the area is the page's own text (``roles``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_OUTSIDE: Final = 20
"""So many headings outside the content area are looked at."""

_MAX_HEADINGS: Final = 3
_MOST: Final = 0.75


def iter_areas(tree: Any, measure: Callable[[Any], int], *, is_narrow: bool) -> Iterator[Any]:
    """The content area of a page, then those to try where it shows nothing: the only ``main``, the body, the page.

    ``tree`` is what turbohtml or BeautifulSoup made of the page; ``measure`` says how many characters of text an
    element of it holds. ``is_narrow`` takes the smallest element around a
    heading that holds most of the area's paragraphs; not for pages whose fields may be outside of it.
    """
    mains = tree.find_all("main", limit=2)
    body = tree.find("body")
    areas = [*(mains if len(mains) == 1 else ()), *((body,) if body is not None else ())]
    for area in areas:
        yield _narrow(area, measure) if is_narrow else area


def _narrow(area: Any, measure: Callable[[Any], int]) -> Any:
    """The smallest element of an area around one of its first headings that holds most of its paragraphs."""

    def measure_paragraphs(element: Any) -> int:
        return sum([measure(one) for one in element.find_all("p")])

    least = _MOST * measure_paragraphs(area)
    if not least:
        return area
    found = []
    for heading in area.find_all("h1", limit=_MAX_HEADINGS):
        around = heading
        while around is not area and around is not None:
            if measure_paragraphs(around) >= least:
                found.append(around)
                break
            around = around.parent
    return min(found, key=measure, default=area)


def find_outside_headings(tree: Any, area: Any) -> list[Any]:
    """The ``h1`` elements of a page that are not in its content area."""
    inside = area.find_all("h1", limit=MAX_OUTSIDE)
    return [one for one in tree.find_all("h1", limit=MAX_OUTSIDE) if not any(one is other for other in inside)]
