"""Markup that shows as text: literal tags, broken ``mailto`` links. Cut out of a text; all else keeps its place.

Belongs here: debris SEEN in legacy pages. Does not belong here: what markup readers decode by themselves.
"""

from __future__ import annotations

import re
from typing import Final

from extractor.blocks.text import SourceText

# SEEN in seed 003: «"mailto:name@iom.int">name@iom.int», what is left of an anchor whose beginning was lost. Literal
# tags in text were SEEN too (IOM-SITES, "odd content").
_DEBRIS: Final = re.compile(
    r"""(?P<link>(?:<\s*a\s+href\s*=\s*)?["'”“]?mailto:[^\s"'<>”“]{1,200}["'”“]?\s*>)"""
    r"""|</?(?:a|b|em|font|i|o:p|span|strong|sub|sup|u)(?:\s[^<>]{0,300})?/?>"""
    r"""|(?P<line></?(?:br|div|h[1-6]|li|ol|p|table|tbody|td|tr|ul)(?:\s[^<>]{0,300})?/?>)""",
    re.IGNORECASE,
)


def mend_text(text: SourceText) -> SourceText:
    """The text without debris; itself where it has none. What it says is not changed, and stays in its place.

    >>> from extractor.blocks.text import Source
    >>> mend_text(SourceText.from_plain(Source('"mailto:x@iom.int">x@iom.int'), 0, 28)).span()
    (19, 28)
    """
    if ">" not in text.value:
        return text
    lines: list[list[SourceText]] = [[]]
    at = 0
    for found in _DEBRIS.finditer(text.value):
        lines[-1].append(text[at : found.start()])
        if found["line"]:
            lines.append([])
        at = found.end()
    if at == 0:
        return text
    lines[-1].append(text[at:])
    joined = [SourceText.join("", [part for part in line if part]).strip() for line in lines]
    return SourceText.join(" ", [line for line in joined if line])
