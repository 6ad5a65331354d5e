"""The machine-readable date of publication that a page prints above its text.

Belongs here: which ``time`` element says when the page was published. Does not belong here: reading dates
(``extractor``), dates in words (they are the byline's, and no field).

Pages print other times there too: when the text was last changed, until when to register, when another story was
published. A ``time`` is taken only where nothing around it says that it is another's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from extractor.blocks.text import SourceText
from extractor.raw import MetadataText

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from extractor.blocks.document import Block, Document
    from extractor.blocks.prose_shape import Role

_DATETIME: Final = re.compile(r"""<time\b[^<>]{0,400}?\bdatetime\s*=\s*["']([^"'<>]{4,40})["']""")
_PUBLICATION: Final = re.compile(
    r"[\W_]*(?:(?:date|news|press release|story|statement|feature|blog|local|global|posted|published|publication"
    r"|released|issued|on|actualités?|communiqué|de|presse|publiée?|parution|le|noticias?|comunicado|prensa|publicad[oa]|fecha"
    r"|publicación|el|em|veröffentlicht|veröffentlichung|erschienen|datum|stand|am|pressemitteilung|pubblicato|il"
    r"|опубликовано|дата|публикации|опубліковано|نشر|نُشر|تاريخ|النشر|في|بتاريخ|发布|日期|yayın|tarihi)\b[\W_]*)*",
    re.IGNORECASE,
)
_ANOTHER: Final = re.compile(
    r"updat|modif|regist|deadline|clos|until|event|start|mis à jour|mise à jour|actualiza|inscri|aktualisiert|обновл"
    r"|оновл|تحديث|التسجيل",
    re.IGNORECASE,
)
_LONGEST_LINK: Final = 20


def find_printed_time(document: Document, roles: Mapping[int, Role]) -> MetadataText | None:
    """The only date of publication between an article's title and its text; None where there is not just one."""
    title = min((index for index, role in roles.items() if role == "title"), default=None)
    body = min((index for index, role in roles.items() if role == "body"), default=None)
    if title is None or body is None or body < title:
        return None
    above = document.blocks[title + 1 : body]
    found: dict[str, SourceText] = {}
    for block in above:
        if block.times and roles.get(block.index) in {None, "byline"} and _says_published(block, above):
            for start in block.times:
                stated = _DATETIME.match(document.source.text, start)
                if stated is not None:
                    text = SourceText.from_markup(document.source, [stated.span(1)])
                    found.setdefault(text.value, text)
    return MetadataText(next(iter(found.values())), "time") if len(found) == 1 else None


def _says_published(block: Block, above: Sequence[Block]) -> bool:
    """Whether the words around a ``time``, if there are any, are those of publication, and no link stands by it."""
    words = block.read_beside_times()
    if _PUBLICATION.fullmatch(words) is None:
        return False
    around = block.box.parent
    beside = [other for other in above if other is not block and around in {other.box, other.box.parent}]
    if any(other.link_share >= 0.8 and len(other.text) >= _LONGEST_LINK for other in beside):
        return False
    label = next((other.text.value for other in beside if other.index == block.index - 1), "")
    if words or not label or _PUBLICATION.fullmatch(label) is not None:
        return True
    return not label.endswith(":") and _ANOTHER.search(label) is None
