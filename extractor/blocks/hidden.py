"""What a page's markup itself says is no text of it: programs, controls, menus, and what it hides from its readers.

Belongs here: elements and attributes that silence, for both readers of markup (``region``, ``markup``).
Does not belong here: the frame that only its words give away (``frame``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTENT: Final = frozenset(["main", "article"])
"""Elements whose header and footer are content, and not the page's."""

BREAKS: Final = frozenset(["br", "hr"])
"""Elements that end a line without a box of their own."""
# fmt: off
VOID: Final = frozenset([
    "area", "base", "col", "command", "embed", "img", "input", "keygen", "link", "meta", "param", "source", "track",
    "wbr",
])
"""Elements that hold nothing and end no line."""

SILENT: Final = frozenset([
    "audio", "button", "canvas", "datalist", "del", "head", "iframe", "map", "math", "nav", "noscript", "object", "s",
    "script", "select", "strike", "style", "svg", "template", "textarea", "title", "video",
])
# fmt: on
"""Elements whose text is not content wherever they stand: programs, drawings, controls, menus, what is struck out."""

_SILENT_ROLES: Final = frozenset(["navigation", "search", "contentinfo"])
_HIDING_STYLE: Final = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))\b", re.IGNORECASE
)
MAY_HIDE: Final = "[hidden],[style*='display' i],[style*='visibility' i],dialog," + ",".join(
    f"[role~='{role}' i]" for role in sorted(_SILENT_ROLES)
)
"""A selector of the elements that ``is_silent`` may find hidden by what they state."""


def is_silent(tag: str, attributes: Mapping[str, object], *, is_within: bool) -> bool:
    """Whether an element's text is left out: programs, menus, what is hidden, and the page's own footer.

    ``is_within`` says whether a ``main`` or ``article`` is around it: its footer is content. The header of the page is
    the caller's to judge, for it may hold the title. What a reader can open (``details``) or find
    (``hidden="until-found"``) is text.

    >>> is_silent("div", {"style": "color: red; display: none"}, is_within=True), is_silent("p", {}, is_within=True)
    (True, False)
    """
    if tag in SILENT or (tag == "footer" and not is_within) or (tag == "dialog" and "open" not in attributes):
        return True
    if not attributes:
        return False
    if "hidden" in attributes and str(attributes["hidden"] or "").lower() != "until-found":
        return True
    if _HIDING_STYLE.search(str(attributes.get("style") or "")) is not None:
        return True
    return any(role in _SILENT_ROLES for role in str(attributes.get("role") or "").lower().split())
