"""What stands around the content of every page: menus, the sentences on IOM and its office, share links.

Belongs here: the words and sentences of the frame, and where the frame of a text page ends.
Does not belong here: what markup itself sets apart as menu or footer (``region.is_silent``).

The sentences were SEEN on pages of www.iom.int and liberia.iom.int; menus are recognised by their structure (a title
and a panel that begins with it, bullets), and by words only where structure cannot tell.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from extractor.blocks.prose_shape import ends_sentence
from extractor.blocks.text import SourceText
from extractor.codebooks.labels import find_label, is_project_key
from extractor.raw import FrameFact
from extractor.roles.witnesses import NAMED, rate_named
from extractor.values.money import PRINTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from extractor.blocks.document import Block
    from extractor.blocks.text import Source

_MENU: Final = frozenset(
    """who we are|our work|what we do|partnerships|highlights|where we work|take action|work with us|get involved|about
    |data and research|data and resources|2030 agenda|iom global|cross-cutting (global)|home|news|stories|contact us
    |qui nous sommes|notre travail|nos activités|partenariats|agir|où nous travaillons|données et recherche|accueil
    |quiénes somos|nuestro trabajo|qué hacemos|alianzas|actúe|dónde trabajamos|datos e investigación|inicio
    |skip to main content|aller au contenu principal|pasar al contenido principal|main navigation|search|menu|breadcrumb
    |back to top|back to projects|all projects|subscribe|newsletter|follow us|iom|global|global site|terms of use
    |terms and conditions|privacy policy|privacy notice|cookie policy|disclaimer|sitemap|site map|legal notice
    |mentions légales|conditions d’utilisation|conditions d'utilisation|aviso legal|términos de uso""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
_SHARE: Final = re.compile(
    r"(?:share|share this(?: page| article| story)?(?: on| via)?|partager|compartir|facebook|twitter|x|linkedin"
    r"|whatsapp|telegram|instagram|youtube|e-?mail|print|imprimer|imprimir|copy link|copier le lien|copiar enlace|tweet"
    r"|pdf|download pdf|(?:share|partager|compartir)\s+(?:on|via|sur|en|por)\s+\S+)[\s:|·•]*",
    re.IGNORECASE,
)
_CALL: Final = re.compile(
    r"(?:please )?(?:sign up|subscribe|register) (?:now )?(?:to|for|here)\b.{0,60}\b(?:newsletters?|mailing list"
    r"|updates|alerts|bulletin)|(?:we|this (?:web)?site|our (?:web)?site) uses? cookies"
    r"|by (?:continuing|clicking|using|browsing)\b.{0,80}\bcookies"
    r"|(?:inscrivez|abonnez)-vous\b.{0,60}\b(?:newsletter|lettre|bulletin|actualités)"
    r"|(?:nous utilisons|ce site utilise) (?:des|les) cookies"
    r"|(?:suscr[ií]b(?:ase|ete)|inscr[ií]b(?:ase|ete))\b.{0,60}\b(?:bolet[ií]n|newsletter|noticias)"
    r"|(?:utilizamos|este sitio (?:web )?utiliza) cookies|(?:abonnieren sie|melden sie sich)\b.{0,60}\bnewsletter"
    r"|(?:wir verwenden|diese (?:web)?seite verwendet) cookies"
    r"|подпишитесь на\b.{0,60}\bрассылку|اشترك في.{0,60}(?:النشرة|نشرتنا)",
    re.IGNORECASE,
)
_LONGEST_CALL: Final = 400
_AMOUNT: Final = re.compile(rf"(?:USD|US\$|\$)? ?(?:{PRINTED.pattern})")
_LONGEST_ENTRY: Final = 80
_LONGEST_BULLET: Final = 120
_SHORTEST_PANEL: Final = 100
_MAX_STRAYS: Final = 2
_BEGINNING: Final = re.compile(
    r"WHO WE ARE\s*(?:The International Organization|L.Organisation internationale|La Organización Internacional)"
)
_ANCHOR: Final = "promoting since 1951 humane and orderly migration"
_ANCHOR_PATTERN: Final = re.compile(_ANCHOR.replace(" ", r"\s+"))
_SENTENCE_REACH: Final = 1500
_SENTENCE_END: Final = re.compile(r"\n\s*\n|</(?:p|div|li|section)\b")
_FACTS: Final = (
    (re.compile(r"with\s+(\d{2,3})\s+member\s+states", re.IGNORECASE), ("member_states",)),
    (re.compile(r"presence\s+in\s+((?:over\s+|more\s+than\s+)?\d{2,3})\s+countries"), ("presence_countries",)),
    (re.compile(r"presence\s+in\s+([^.<>\d]{2,60}?)\s+since\s+(\d{4})"), ("office_country", "present_since")),
    (re.compile(r"IOM\s+works\s+in\s+the\s+areas\s+of\s+([^.<>]{3,600})\."), ("thematic_areas",)),
)


def is_frame_text(value: str) -> bool:
    """Whether a block says what only the frame says.

    >>> is_frame_text("Our Work"), is_frame_text("Our work in Niger ended in May."), is_frame_text("Share on Facebook")
    (True, False, True)
    """
    if len(value) > 60:
        return _ANCHOR in value or _BEGINNING.match(value) is not None or is_call(value)
    return value.casefold().rstrip(" »›>:") in _MENU or _SHARE.fullmatch(value) is not None or is_call(value)


def is_share_text(value: str) -> bool:
    """Whether a text is a button to send the page on, or the name of where to."""
    return len(value) <= 60 and _SHARE.fullmatch(value) is not None


def is_call(value: str) -> bool:
    """Whether a text is the site speaking to its visitors: a newsletter to sign up for, cookies to agree to.

    >>> is_call("Sign up to our newsletter and get a letter a week."), is_call("Clerks sign up to a course on lamps.")
    (True, False)
    """
    return len(value) < _LONGEST_CALL and _CALL.match(value) is not None


def find_frame_facts(source: Source, *, is_markup: bool) -> tuple[FrameFact, ...]:
    """What the sentences on IOM and its office state, wherever on the page they stand; the first of each name."""
    text = source.text
    facts: dict[str, FrameFact] = {}
    for anchor in _iter_anchors(text):
        start = anchor.start()
        end = _find_sentence_end(text, anchor.end(), is_markup=is_markup)
        for pattern, names in _FACTS:
            found = pattern.search(text, start, end)
            for group, name in enumerate(names, 1):
                if found is not None and name not in facts:
                    facts[name] = FrameFact(name, _take(source, *found.span(group)), _take(source, *found.span()))
    return tuple(facts.values())


def _iter_anchors(text: str) -> Iterator[re.Match[str]]:
    at = text.find("promoting")
    while at >= 0:
        anchor = _ANCHOR_PATTERN.match(text, at)
        if anchor is not None:
            yield anchor
        at = text.find("promoting", at + 1)


def _find_sentence_end(text: str, at: int, *, is_markup: bool) -> int:
    limit = min(len(text), at + _SENTENCE_REACH)
    if not is_markup:
        line_end = text.find("\n", at, limit)
        return line_end if line_end >= 0 else limit
    found = _SENTENCE_END.search(text, at, limit)
    return found.start() if found else limit


def _take(source: Source, start: int, end: int) -> SourceText:
    return SourceText.from_markup(source, [(start, end)])


def find_frame_end(blocks: Sequence[Block], url: str) -> int:
    """How many blocks at the beginning of a text page are its frame: menus in any language, told by their structure.

    A stray line or two between menus is theirs: no title has a menu right behind it. What the address names is no menu.
    """
    end = at = 0
    while at < len(blocks) and at - end <= _MAX_STRAYS and rate_named(blocks[at].value, url) < NAMED:
        size = _measure_menu(blocks, at) if at > end else _measure_menu(blocks, at) or _measure_entry(blocks, at)
        if size:
            end = at = at + size
        elif find_label(blocks[at].value) is not None or len(blocks[at].value) > _LONGEST_ENTRY:
            break
        else:
            at += 1
    return end


def _measure_menu(blocks: Sequence[Block], at: int) -> int:
    """How many blocks a menu with its panel has that begins at ``at``; 0 where none does.

    An entry, then the same again, alone or with the panel's sentence set right behind (``Our WorkAs the …``); or two
    entries, then a panel, with more of the frame behind it.
    """
    lead = 1 if blocks[at].marker and not blocks[at].value else 0
    entry, *others = [block.value for block in blocks[at + lead : at + lead + 3]] or [""]
    if not entry or len(entry) > _LONGEST_ENTRY or any(block.marker for block in blocks[at + lead : at + lead + 2]):
        return 0
    if find_label(entry) is not None or ends_sentence(entry):
        return 0
    if others and _repeats(entry, others[0]):
        return 0 if _is_title_twice(blocks, at + lead) else lead + 2
    if lead and len(others) == 2 and len(others[0]) <= _LONGEST_ENTRY and len(others[1]) >= _SHORTEST_PANEL:
        behind = at + lead + 3
        is_framed = behind < len(blocks) and (blocks[behind].marker != "" or _measure_menu(blocks, behind) > 0)
        return lead + 3 if is_framed else 0
    return 0


def _measure_entry(blocks: Sequence[Block], at: int) -> int:
    """How many blocks of an entry without a panel begin at ``at``: a bullet with its words, words of the frame."""
    block = blocks[at]
    value = block.value
    following = blocks[at + 1] if at + 1 < len(blocks) else None
    if block.marker and value:
        return 1 if len(value) <= _LONGEST_BULLET and find_label(value) is None and not ends_sentence(value) else 0
    if block.marker:
        return 0 if following is None or find_label(following.value) is not None else 1
    return 1 if is_frame_text(value) else 0


def _repeats(entry: str, panel: str) -> bool:
    """Whether ``panel`` is the same words again, alone or with a sentence glued to them, in any script."""
    if not panel.casefold().startswith(entry.casefold()):
        return False
    glued = panel[len(entry) :]
    return not glued or (glued[0].isalpha() and not glued[0].islower())


def _is_title_twice(blocks: Sequence[Block], at: int) -> bool:
    """Whether a doubled line is the title (old host) and not the last menu: content follows it, and no other title."""
    value = blocks[at].value
    ahead = [block for block in blocks[at + 2 : at + 22] if block.marker or block.value]
    if value != blocks[at + 1].value or is_frame_text(value) or not ahead:
        return False
    first = ahead[0]
    if first.marker:
        return len(ahead) > 1 and find_label(first.value or ahead[1].value) is not None
    bare = takewhile(lambda block: not block.marker and find_label(block.value) is None, ahead)
    if any(is_project_key(block.value) or _AMOUNT.fullmatch(block.value) for block in bare):
        return not (len(ahead) > 1 and _repeats(first.value, ahead[1].value))
    return find_label(first.value) is not None or len(first.value) > 160


def iter_trailing_frame(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks at the end of a text page that are its frame, last first."""
    for block in reversed(blocks):
        is_entry = bool(block.marker) and not block.value
        if not is_entry and not is_frame_text(block.value):
            return
        yield block
