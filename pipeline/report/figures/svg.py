"""SVG as a tree of elements, never as text: what is written into it cannot become markup.

Belongs here: making and printing elements. Does not belong here: any figure.
"""

from xml.etree import ElementTree as ET

from markupsafe import Markup

from pipeline.ground.printable import escape

Element = ET.Element


def draw(width: int, height: int, label: str, *, name: str, role: str = "img") -> Element:
    """An empty picture of a size in its own units; it grows with the page. ``label`` says what it shows.

    One with links in it is a ``group``: what is an image to a program has nothing inside.
    """
    root = ET.Element("svg", viewBox=f"0 0 {width} {height}", role=role)
    root.set("class", f"figure {name}")
    root.set("aria-label", escape(label))
    return root


def add(parent: Element, tag: str, text: str | None = None, **attributes: object) -> Element:
    """A new element inside another. Names of attributes are written with ``_`` for ``-``; ``kind`` is its class.

    >>> root = draw(10, 10, "ten", name="x")
    >>> _ = add(root, "text", "a<b", x=1.5, text_anchor="end", kind="unit")
    >>> str(show(root)).partition("ten")[2]
    '"><text x="1.5" text-anchor="end" class="unit">a&lt;b</text></svg>'
    """
    element = ET.SubElement(parent, tag)
    for name, value in attributes.items():
        stated = "class" if name == "kind" else name.replace("_", "-")
        element.set(stated, f"{value:g}" if isinstance(value, float) else escape(str(value)))
    if text is not None:
        element.text = escape(text)
    return element


def show(root: Element) -> Markup:
    """The element as text of a page."""
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704 - ElementTree has escaped every text and attribute
