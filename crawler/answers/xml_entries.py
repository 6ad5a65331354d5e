"""The entries of an XML document that names addresses, also where it is not well-formed.

Belongs here: XML that is mended or proved, element by element. Does not belong here: sitemaps and feeds
(``crawler.answers.link_sources``), whether a text is an address.

A parser that recovers from a fault leaves out what it does not understand: of ``/news/r&d-centre`` it makes
``/news/r``, the address of another page. So what can only be meant in one way is mended before (a bare ``&`` or ``<``),
what nothing explains gives nothing, and behind the first fault a text counts only where the document has it, whole,
between its own tags. No entity is expanded, nothing is loaded from outside.
"""

import html
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml import etree

BREAKS_OFF = "it breaks off"
_UNEXPLAINED = b"&unexplained;"
"""An entity that no document declares: an element that has it is not plain text."""
_MENDED = re.compile(
    rb"<!--(?P<comment>.*?)(?:-->|\Z)|<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)"
    rb"|&(?:#(?P<decimal>\d{1,20})|#[xX](?P<hexadecimal>[0-9A-Fa-f]{1,20})|(?P<name>[A-Za-z_:][A-Za-z0-9_.:-]*));"
    rb"|(?P<control>[\x00-\x08\x0b\x0c\x0e-\x1f]|&(?=#))|(?P<bare>&|<(?![A-Za-z_:/!?\x80-\xff]))",
    re.DOTALL,
)
_TEXT = re.compile(r"<([A-Za-z_:][\w.:-]*)(?:\s[^<>]*)?>([^<]*)</\1\s*>")
_HREF = re.compile(r"\shref\s*=\s*(?:\"([^\"<]*)\"|'([^'<]*)')")
_UTF_16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
_DECLARATION = re.compile(r"^\ufeff?<\?xml[^>]*\?>")


class XmlEntries:
    """The elements of these local names in a document of one of these roots, each as it ends.

    Each is emptied once the next is asked for: memory stays flat. The last one of a document that breaks off is not
    given, for it may be cut. ``fault`` says, once all were given, why they may not be all; None where they are.
    """

    def __init__(self, payload: bytes, *, entries: set[str], roots: set[str]) -> None:
        self._payload = _as_ascii_bytes(payload)
        self._entries = entries
        self._roots = roots
        self._proved: set[str] | None = None
        self.fault: str | None = "it was not read to its end"

    def __iter__(self) -> Iterator[etree._Element]:
        n_given = 0
        error: etree.XMLSyntaxError | None = None
        for recover in self._iter_ways():
            try:
                for number, element in enumerate(self._iter_elements(recover=recover)):
                    if number >= n_given:
                        n_given += 1
                        yield element
            except etree.XMLSyntaxError as failed:
                error = failed
            else:
                return
        self.fault = f"it is no XML: {error}"

    def _iter_ways(self) -> Iterator[bool]:
        """The document as it is, mended, and mended as far as it can be read: most need the first alone."""
        if b"&" not in self._payload and b"<!" not in self._payload:
            yield False
        self._payload = _MENDED.sub(_mend, self._payload)
        yield False
        self._proved = set(self._iter_texts())
        yield True

    def find_text(self, element: etree._Element) -> str | None:
        """The element's text without blanks at its ends; None where it is not text alone, or nothing proves it."""
        return None if len(element) else self.prove(element.text or "")

    def prove(self, text: str) -> str | None:
        """A text or an attribute of an element as the document has it; None where it may be the remains of another."""
        text = text.strip()
        is_proved = self._proved is None or not text or text in self._proved
        return text if is_proved and "\ufffd" not in text else None

    def _iter_elements(self, *, recover: bool) -> Iterator[etree._Element]:
        parsed = etree.iterparse(
            BytesIO(self._payload), recover=recover, resolve_entities=False, no_network=True, huge_tree=False
        )
        held: etree._Element | None = None
        for _, element in parsed:
            if name_of(element) not in self._entries:
                continue
            if held is not None:
                yield held
                _empty(held)
            held = element
        self.fault = self._find_fault(parsed)
        if held is not None and self.fault != BREAKS_OFF:
            yield held

    def _find_fault(self, parsed: "etree.iterparse[Any]") -> str | None:
        root = parsed.root
        if root is None:
            return "it is no XML"
        if name_of(root) not in self._roots:
            return f"its root is {name_of(root)[:40]!r}"
        # What follows the root's end takes nothing away; any other error may have cost an entry or a part of one.
        errors = [entry for entry in parsed.error_log if entry.type_name != "ERR_DOCUMENT_END"]
        if any(entry.type_name == "ERR_TAG_NOT_FINISHED" for entry in errors):
            return BREAKS_OFF
        return f"{errors[0].message} (line {errors[0].line})" if errors else None

    def _iter_texts(self) -> Iterator[str]:
        """Every text that stands whole between two tags of one name, and every address in an attribute."""
        text = self._payload.decode("utf-8", "replace")
        for found in _TEXT.finditer(text):
            yield html.unescape(found[2]).strip()
        for found in _HREF.finditer(text):
            yield html.unescape(found[1] or found[2] or "").strip()


def name_of(element: etree._Element) -> str:
    """The local name of an element; empty for what is none."""
    return element.tag.rpartition("}")[2] if type(element.tag) is str else ""  # an entity's tag is a function


def _as_ascii_bytes(payload: bytes) -> bytes:
    """The document in a charset whose ASCII is ASCII, so that its markup can be found in its bytes."""
    charset = _UTF_16.get(payload[:2])
    if charset is None:
        return payload
    return _DECLARATION.sub("", payload.decode(charset, "replace")).encode("utf-8", "replace")


def _mend(found: re.Match[bytes]) -> bytes:
    match found.lastgroup:
        case "comment":
            return b"\n" * found[0].count(b"\n")
        case "cdata":
            content = found["cdata"].replace(b"&", b"&amp;").replace(b"<", b"&lt;")
            return _MENDED.sub(lambda inner: _UNEXPLAINED if inner["control"] else inner[0], content)
        case "decimal" | "hexadecimal":
            digits = found["decimal"] or found["hexadecimal"]
            return found[0] if _is_character(int(digits, 10 if found["decimal"] else 16)) else _UNEXPLAINED
        case "bare":
            return b"&amp;" if found[0] == b"&" else b"&lt;"
        case "control":
            return _UNEXPLAINED
    return found[0]


def _is_character(code: int) -> bool:
    """Whether XML has a character of this number (XML 1.0, 2.2)."""
    return code in {9, 10, 13} or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000


def _empty(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
