"""Which character set a payload is in, and its text: decided once, for whoever fetches a page and whoever reads it.

Belongs here: byte order marks, declarations, and what the bytes themselves say. Does not belong here: the way from a
character back to its byte (``extractor.blocks.source``), what a text says.

Three witnesses can speak: the bytes, the server, the page. The bytes come first, for little but UTF-8 happens to be
valid UTF-8; after them two witnesses beat one, and what the bytes contradict is no witness.
"""

from __future__ import annotations

import codecs
import re
from typing import Final, NamedTuple


class Decoded(NamedTuple):
    """A text, Python's name of its charset, where in the payload it begins, and how many bytes are no character.

    Such bytes stand in it as lone surrogates: encoded again with ``surrogateescape`` it is the payload from ``start``.
    """

    text: str
    charset: str
    start: int = 0
    n_broken: int = 0


_DECLARED: Final = re.compile(r"\bcharset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE | re.ASCII)
_META: Final = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_.:-]{2,40})""", re.IGNORECASE)
_LARGEST_HEAD: Final = 4096
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# https://encoding.spec.whatwg.org/#names-and-labels: what pages mean by these labels is more than they say.
_MEANT: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
# The standard's charsets in which a character's bytes are the same wherever it stands: in others no text has a place.
# fmt: off
_KNOWN: Final = frozenset([
    "utf-8", "cp866", "cp874", "cp932", "cp949", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256",
    "cp1257", "cp1258", "big5", "euc_jp", "gb18030", "koi8-r", "koi8-u", "mac-roman", "iso8859-2", "iso8859-3",
    "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-10", "iso8859-13", "iso8859-14",
    "iso8859-15", "iso8859-16",
])
# fmt: on
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_BROKEN: Final = re.compile("[\ud800-\udfff]")
_MOST: Final = 4
"""So many characters beyond ASCII for each broken byte prove a charset."""
_FEW: Final = 3
"""Broken bytes that a page which declares UTF-8 may have where little else of it is beyond ASCII."""

# In the languages of Western Europe accented letters stand alone or in pairs ("créée"). Cyrillic, Greek or Arabic bytes
# read as windows-1252 give whole words of them; Polish or Turkish ones give signs and Icelandic letters inside words.
_FOREIGN: Final = re.compile(r"[À-ÖØ-öø-ÿŠšŽžŒœ]{3,}|(?<=[^\W\d_])[³¹º¼¾¿£¥ðþÐÞ](?=[^\W\d_])")
_ACCENTED: Final = re.compile(r"[À-ÖØ-öø-ÿŠšŽžŒœ³¹º¼¾¿£¥]")
_MIN_FOREIGN: Final = 3


def find_charset(content_type: str | None) -> str | None:
    """The charset that a Content-Type declares, as written, or None.

    >>> find_charset('text/html; charset="ISO-8859-1"'), find_charset("text/html")
    ('ISO-8859-1', None)
    """
    found = _DECLARED.search(content_type or "")
    return found[1] if found else None


def decode_page(payload: bytes, declared: str | None) -> Decoded | None:
    r"""The text of a page; ``declared`` is what the server says of it. None where its charset can't be told.

    A few broken bytes leave UTF-8 what it is. A page that declares nothing is windows-1252, as the web has it, unless
    its letters contradict; one whose declarations its bytes all contradict is refused.

    >>> decode_page("é".encode(), "iso-8859-1")
    Decoded(text='é', charset='utf-8', start=0, n_broken=0)
    >>> decode_page(b"caf\xe9", "iso-8859-1").text, decode_page(b"\xe9t\xe9, \xe0 la m\xe8re", "utf-8")
    ('café', None)
    """
    for mark, charset in _MARKS:
        if payload.startswith(mark):
            return _decode_marked(payload, len(mark), charset)
    try:
        return Decoded(payload.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        as_utf8 = _count_broken(payload.decode("utf-8", "surrogateescape"), "utf-8")
    n_whole = len(_BEYOND_ASCII.findall(as_utf8.text)) - as_utf8.n_broken
    if n_whole >= _MOST * as_utf8.n_broken:
        return as_utf8
    found = _META.search(payload, 0, _LARGEST_HEAD)
    labels = [label for label in (declared, found[1].decode("ascii") if found else None) if label]
    names = [_find_codec(label) for label in labels] or ["cp1252"]
    is_likely = n_whole >= as_utf8.n_broken
    for name in names:
        if name is None or name == "utf-8" or (name == "cp1252" and is_likely):
            continue
        decoded = _decode_bytes(payload, name)
        if decoded is not None and (name != "cp1252" or names == [name] * 2 or _is_western(decoded.text)):
            return decoded
    return as_utf8 if is_likely or ("utf-8" in names and as_utf8.n_broken <= _FEW) else None


def _decode_marked(payload: bytes, start: int, charset: str) -> Decoded:
    """What follows a mark. Half a character at the end of UTF-16 is left out: no later text has its place moved."""
    if charset == "utf-8":
        return _count_broken(payload[start:].decode(charset, "surrogateescape"), charset, start)
    return _count_broken(payload[start : len(payload) & ~1].decode(charset, "surrogatepass"), charset, start)


def _count_broken(text: str, charset: str, start: int = 0) -> Decoded:
    return Decoded(text, charset, start, len(_BROKEN.findall(text)))


def _is_western(text: str) -> bool:
    foreign = _FOREIGN.findall(text)
    return len(foreign) < _MIN_FOREIGN or 3 * sum(map(len, foreign)) < len(_ACCENTED.findall(text))


def _find_codec(label: str) -> str | None:
    """Python's name for a charset as pages declare it; None for what no page may be in (``rot13``, ``utf-7``).

    >>> _find_codec("ISO-8859-1"), _find_codec("utf8"), _find_codec("rot13"), _find_codec("none")
    ('cp1252', 'utf-8', None, None)
    """
    try:
        name = codecs.lookup(label.strip()).name
    except (LookupError, ValueError):
        return None
    name = _MEANT.get(name, name)
    return name if name in _KNOWN else None


def _decode_bytes(payload: bytes, charset: str) -> Decoded | None:
    """The text by a declared charset, where that explains the bytes and gives each of them back."""
    text = payload.decode(charset, "surrogateescape")
    try:
        is_exact = text.encode(charset, "surrogateescape") == payload
    except UnicodeEncodeError:
        return None
    decoded = _count_broken(text, charset)
    n_whole = len(_BEYOND_ASCII.findall(text)) - decoded.n_broken
    return decoded if is_exact and n_whole >= _MOST * decoded.n_broken else None
