"""Which element of a page is its content area: the rules that both readers of markup follow.

Belongs here: choosing the area in a parsed tree, whoever parsed it (``markup``, ``reference``).
Does not belong here: what inside the area is the page's own text (``roles``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Final

from extractor.codebooks.labels import list_key_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_OUTSIDE: Final = 20
"""So many headings outside the content area are looked at."""

_MAX_HEADINGS: Final = 3
_KEY: Final = re.compile("|".join(map(re.escape, list_key_labels())))
_MOST: Final = 0.75


def iter_areas(tree: Any, read: Callable[[Any], str], *, may_hold_fields: bool) -> Iterator[Any]:
    """The content area of a page, then those to try where it shows nothing: the only ``main``, the body, the page.

    ``tree`` is what turbohtml or BeautifulSoup made of the page; ``read`` gives the text of an element of it. A page
    whose address or text shows that it may hold a project's fields keeps the whole area; of any other the smallest
    element around a heading that holds most of the area's paragraphs is taken.
    """
    mains = tree.find_all("main", limit=2)
    body = tree.find("body")
    areas = [*(mains if len(mains) == 1 else ()), *((body,) if body is not None else ())]
    for area in areas:
        narrow = area if may_hold_fields else _narrow(area, read)
        yield area if narrow is not area and _names_key(read(area)) else narrow


def _names_key(text: str) -> bool:
    """Whether a text has the label of a project's key."""
    return _KEY.search(text) is not None


def _narrow(area: Any, read: Callable[[Any], str]) -> Any:
    """The smallest element of an area around one of its first headings that holds most of its paragraphs."""

    def measure_paragraphs(element: Any) -> int:
        return sum([len(read(one)) for one in element.find_all("p")])

    headings = area.find_all("h1", limit=_MAX_HEADINGS)
    least = _MOST * measure_paragraphs(area) if headings else 0
    if not least:
        return area
    found = []
    for heading in headings:
        around, element = [], heading
        while element is not area and element is not None:
            around.append(element)
            element = element.parent
        at = bisect_left(around, least, key=measure_paragraphs)  # the further out, the more of them
        found += around[at : at + 1]
    return min(found, key=lambda one: len(read(one)), default=area)


def find_outside_headings(tree: Any, area: Any) -> list[Any]:
    """The ``h1`` elements of a page that are not in its content area."""
    inside = area.find_all("h1", limit=MAX_OUTSIDE)
    return [one for one in tree.find_all("h1", limit=MAX_OUTSIDE) if not any(one is other for other in inside)]
