"""Which charset a payload is in, and its text with every byte accounted for.

Belongs here: byte order marks, declared and sniffed charsets. Does not belong here: the way back to bytes (``text``).
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from extractor.blocks.text import Source

_META: Final = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_.:-]{2,40})""", re.IGNORECASE)
# Charsets of one byte a character, and UTF-8: those that give each byte back when a text is encoded again. WHATWG reads
# Latin-1 and ASCII as windows-1252. https://encoding.spec.whatwg.org/#names-and-labels
_AS_1252: Final = frozenset(["ascii", "iso8859-1", "cp1252"])

# In the languages of Western Europe accented letters stand alone or in pairs ("créée"). Cyrillic, Greek or Arabic bytes
# read as windows-1252 give whole words of them; Polish or Turkish ones give signs and Icelandic letters inside words.
_FOREIGN: Final = re.compile(r"[À-ÖØ-öø-ÿŠšŽžŒœ]{3,}|(?<=[^\W\d_])[³¹º¼¾¿£¥ðþÐÞ](?=[^\W\d_])")
_ACCENTED: Final = re.compile(r"[À-ÖØ-öø-ÿŠšŽžŒœ³¹º¼¾¿£¥]")
_MIN_FOREIGN: Final = 3


def decode_text(payload: bytes) -> Source | None:
    """The source of a text page, which must be UTF-8 (a byte order mark is skipped); None when it is not."""
    start = 3 if payload.startswith(codecs.BOM_UTF8) else 0
    try:
        return Source(payload[start:].decode("utf-8"), base=start, is_exact=True)
    except UnicodeDecodeError:
        return None


def decode_html(payload: bytes, declared_charset: str | None) -> Source | None:
    """The source of an HTML page; None where its charset, or its bytes in it, cannot be told.

    Bytes that are UTF-8 throughout are UTF-8 whatever was declared: other text that happens to be valid UTF-8 does
    not occur in pages of this length. Otherwise the declaration by the server goes before the page's own. What declares
    nothing true is read as windows-1252, and refused where its letters show that this guess is wrong.
    """
    for mark, charset in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if payload.startswith(mark):
            whole = payload[2 : len(payload) - len(payload) % 2]
            return Source(whole.decode(charset, "surrogatepass"), encoding=charset, errors="surrogatepass", base=2)
    source = decode_text(payload)
    if source is not None:
        return source
    found = _META.search(payload, 0, 4096)
    for name in (declared_charset, found.group(1).decode("ascii") if found else None):
        declared = find_charset(name) if name else None
        if declared is not None and declared != "utf-8":
            return _decode_bytes(payload, declared)
        if declared == "utf-8":
            break
    if re.search(rb"[\xc2-\xf4][\x80-\xbf]", payload):
        return Source(payload.decode("utf-8", "surrogateescape"))
    return _guess_western(payload)


def _guess_western(payload: bytes) -> Source | None:
    """The source of a page that declares nothing true: windows-1252, unless its letters show that it is another's."""
    source = _decode_bytes(payload, "cp1252")
    if source is None:
        return None
    foreign = _FOREIGN.findall(source.text)
    if len(foreign) < _MIN_FOREIGN or 3 * sum(map(len, foreign)) < len(_ACCENTED.findall(source.text)):
        return source
    return None


def find_charset(name: str) -> str | None:
    """Python's name for a charset as pages declare them; None for one that Python does not have.

    >>> find_charset("ISO-8859-1"), find_charset("utf8"), find_charset("none")
    ('cp1252', 'utf-8', None)
    """
    try:
        charset = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        return None
    return "cp1252" if charset in _AS_1252 else charset


def _decode_bytes(payload: bytes, charset: str) -> Source | None:
    try:
        text = payload.decode(charset, "surrogateescape")
        is_exact = len(text) == len(payload) and text.encode(charset, "surrogateescape") == payload
    except (UnicodeError, LookupError, AttributeError, TypeError):
        return None
    return Source(text, encoding=charset) if is_exact else None
