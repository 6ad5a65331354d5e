"""The news page: title, paragraphs, contact block.

Belongs here: where the contact block begins and ends, and what is left as the article's text.
Does not belong here: dateline, dates and names (``pipeline.clean``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crawler.pages.body import assign_body_roles
from crawler.pages.debris import mend_text
from crawler.pages.prose import (
    assign_aside_roles,
    assign_line_roles,
    group_lines,
    is_byline,
    is_prose,
    is_wrapped,
    read_paragraphs,
)
from crawler.pages.records import NewsPage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.pages.document import Block, Document
    from crawler.pages.prose import Role
    from crawler.pages.text import SourceText

_CONTACT: Final = re.compile(
    r"for (?:(?:more|further|additional|any) (?:information|details|inquiries|queries)"
    r"|media (?:inquiries|enquiries|queries|requests|contacts?))|(?:media|press|iom) contacts?\b|contacts?\s*:"
    r"|contact information|pour (?:plus d.informations?|de plus amples (?:informations?|renseignements)"
    r"|toute? (?:information|question)|obtenir plus)|contacts? (?:presse|média)"
    r"|para (?:más|mayor(?:es)?|obtener más) información|contactos? de prensa|(?:für )?weitere informationen"
    r"|kontakt\s*:|medienkontakt|para mais informações|ل?لمزيد من المعلومات|за додатковою інформацією"
    r"|для отримання додаткової",
    re.IGNORECASE,
)
_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PHONE: Final = re.compile(r"\+\s?\d[\d\s().-]{6,}\d")
_PHONE_WORD: Final = re.compile(r"\b(?:tel|phone|mobile|tél|هاتف)\b[.:\s]*[+(\d]", re.IGNORECASE)
_ASKS: Final = re.compile(r"contact|kontakt|reach|write to|comun|الاتصال|التواصل|зверта|зв.яз", re.IGNORECASE)
_SENTENCE_START: Final = re.compile(r"(?<=[.!?”\"»])\s+(?=\S)")
_REACH_WITHIN: Final = 8
_MAX_SIGNATURE: Final = 40
_MAX_REACH: Final = 100


@dataclass(frozen=True, slots=True)
class NewsParts:
    """A news page as read, with the role of every block that a rule explained, and whether its lines were wrapped."""

    page: NewsPage
    roles: dict[int, Role]
    is_wrapped: bool


def read_news(document: Document, title: SourceText, roles: dict[int, Role]) -> NewsParts:
    """The article below the title; without paragraphs where the page has no running text."""
    start = max((index + 1 for index, role in roles.items() if role == "title"), default=0)
    blocks = document.blocks
    if document.is_markup:
        assign_aside_roles(blocks, roles)
    contact = find_contact_block([block for block in blocks[start:] if _may_be_contact(block, roles)])
    roles.update(dict.fromkeys((block.index for block in contact), "contact"))
    if document.is_markup:
        assign_body_roles(blocks, roles)
    else:
        assign_line_roles(blocks, roles)
    body = [block for block in blocks if roles.get(block.index) == "body"]
    paragraphs, contacts = [], [block.text for block in contact]
    for paragraph in read_paragraphs(body):
        text, reach = split_contact(mend_text(paragraph))
        if text:
            paragraphs.append(text)
        if reach is not None:
            contacts.insert(0, reach)
    page = NewsPage(title, tuple(paragraphs), tuple(contacts))
    return NewsParts(page, roles, any(map(is_wrapped, group_lines(body))))


def _may_be_contact(block: Block, roles: dict[int, Role]) -> bool:
    """A line of no known role, or one that looks like a share link (``E-mail:``) but stands alone."""
    role = roles.get(block.index)
    return role is None or (role == "frame" and block.text.value.endswith(":") and block.link_share == 0)


def has_reach(value: str) -> bool:
    """Whether a text holds an e-mail address or a telephone number.

    >>> has_reach("Ida, ida@iom.int"), has_reach("Tel. 022 555"), has_reach("Ida of IOM")
    (True, True, False)
    """
    if "@" in value and _EMAIL.search(value) is not None:
        return True
    return ("+" in value and _PHONE.search(value) is not None) or _PHONE_WORD.search(value) is not None


def find_contact_block(blocks: Sequence[Block]) -> list[Block]:
    """The blocks that say whom to ask, from the sentence that asks to do so on; empty where there are none."""
    for at, block in enumerate(blocks):
        found = _CONTACT.match(block.text.value)
        if found is None:
            continue
        ahead = [other.text.value for other in blocks[at : at + _REACH_WITHIN]]
        if any(map(has_reach, ahead)) or _ASKS.search(block.text.value):
            return _take_contact(blocks[at:])
    return _take_signature(blocks)


def _take_signature(blocks: Sequence[Block]) -> list[Block]:
    """Short lines at the very end with an address or number among them, where no sentence announces them."""
    taken: list[Block] = []
    for block in reversed(blocks[-_REACH_WITHIN:]):
        value = block.text.value
        is_short = len(value) <= _MAX_SIGNATURE and not is_prose(value)
        if not is_short and not (len(value) <= _MAX_REACH and has_reach(value)):
            break
        taken.insert(0, block)
    return taken if any(has_reach(block.text.value) for block in taken) and len(taken) < len(blocks) else []


def _take_contact(blocks: Sequence[Block]) -> list[Block]:
    taken = [blocks[0]]
    for block in blocks[1:]:
        value = block.text.value
        if not has_reach(value) and (is_byline(block) or (is_prose(value) and len(value) > 100)):
            break
        taken.append(block)
    return taken


def split_contact(paragraph: SourceText) -> tuple[SourceText, SourceText | None]:
    """A paragraph without the sentence at its end that names staff to write to or call, and that sentence."""
    value = paragraph.value
    if not has_reach(value):
        return paragraph, None
    for boundary in _SENTENCE_START.finditer(value):
        if _CONTACT.match(value, boundary.end()) and has_reach(value[boundary.end() :]):
            return paragraph[: boundary.start()], paragraph[boundary.end() :]
    return paragraph, None
