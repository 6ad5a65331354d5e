"""HTML from values: every text is escaped unless it is markup that this module made.

Belongs here: elements. Does not belong here: what the page says.
"""

from collections.abc import Iterable, Sequence
from html import escape as escape_html
from urllib.parse import urlsplit

from pipeline.ground.printable import escape, format_value

MAX_CELL = 300
"""Longer texts are cut in the page's tables; the whole text is one query away."""


class Markup(str):
    """Text that is HTML already: it came out of this module, never out of the archive."""

    __slots__ = ()


def element(name: str, *children: object, **attributes: object) -> Markup:
    """One element. ``class_`` and ``data_sort`` are ``class`` and ``data-sort``; None attributes are left out.

    >>> element("td", "1 < 2", class_="number")
    '<td class="number">1 &lt; 2</td>'
    """
    stated = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape_html(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(child if isinstance(child, Markup) else write_text(child) for child in children)
    return Markup(f"<{name}{stated}>{inner}</{name}>")


def write_text(value: object) -> Markup:
    """A value as escaped text; control and bidirectional characters are shown, not obeyed."""
    return Markup(escape_html(format_value(value)))


def link(url: str | None, text: str) -> Markup:
    """A link, for http and https addresses only; else the text alone.

    >>> link("javascript:alert(1)", "page")
    'page'
    """
    if url is None or urlsplit(url).scheme not in {"http", "https"}:
        return write_text(text)
    return element("a", text, href=escape(url), rel="noreferrer")


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Sequence[str] = (), fixed: Sequence[str] = ()
) -> Markup:
    """A table; the columns named in ``numbers`` are set to the right, those in ``fixed`` are never broken."""
    head = element("tr", *(element("th", name, class_="number" if name in numbers else None) for name in columns))
    body = (
        element(
            "tr",
            *(
                element("td", _cut(value), class_="number" if name in numbers else "fixed" if name in fixed else None)
                for name, value in zip(columns, row, strict=True)
            ),
        )
        for row in rows
    )
    return element("div", element("table", element("thead", head), element("tbody", *body)), class_="wide")


def bars(rows: Sequence[tuple[str, float, str]]) -> Markup:
    """Bars of the given label, size and wording, the largest as wide as the page."""
    largest = max((size for _, size, _ in rows), default=0) or 1
    lines = (
        element(
            "div",
            element("span", label, class_="label"),
            element("span", element("i", style=f"width:{size / largest * 100:.2f}%"), class_="track"),
            element("span", wording, class_="value"),
            class_="bar",
        )
        for label, size, wording in rows
    )
    return element("div", *lines, class_="bars")


def stack(parts: Sequence[tuple[str, int]]) -> Markup:
    """One bar in parts; each part's name is its class and is shown on hover."""
    total = sum(size for _, size in parts) or 1
    pieces = (
        element("i", class_=name, style=f"width:{size / total * 100:.2f}%", title=f"{name}: {size:,}")
        for name, size in parts
        if size
    )
    return element("span", *pieces, class_="track stack")


def _cut(value: object) -> object:
    if isinstance(value, Markup):
        return value
    text = format_value(value)
    return text if len(text) <= MAX_CELL else text[:MAX_CELL] + "…"
