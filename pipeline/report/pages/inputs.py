"""What the files of a document are made of, as one digest: equal inputs make equal files, which need not be made again.

Belongs here: how that is hashed. Does not belong here: which inputs there are, making the files (``documents``),
keeping what the last report has (``folder``).
"""

from __future__ import annotations

import hashlib
import unicodedata
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import msgspec

from pipeline.ground.folders import PROJECT_ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

SOURCES = ("contracts", "crawler/archive", "crawler/warc", "extractor", "pipeline", "warehouse")
SUFFIXES = frozenset({".py", ".toml", ".html", ".css"})
LIBRARIES = ("babel", "jinja2", "markupsafe", "turbohtml")
UNTOLD = frozenset({"last_seen_at", "last_checked_at"})
"""Columns that change by a look that finds nothing new: no file of a document has them but in words, which are here."""


@cache
def hash_maker() -> bytes:
    """The digest of the code that makes the files, and of what it makes them with."""
    digest = hashlib.sha256(unicodedata.unidata_version.encode())
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    for source in SOURCES:
        for path in sorted((PROJECT_ROOT / source).rglob("*"), key=lambda path: path.as_posix()):
            if path.suffix in SUFFIXES and path.is_file():
                digest.update(
                    path.relative_to(PROJECT_ROOT).as_posix().encode() + hashlib.sha256(path.read_bytes()).digest()
                )
    return digest.digest()


def hash_inputs(record: bytes | None, inputs: Iterable[object]) -> bytes:
    """The digest of a document's inputs: its archived record, and rows and shapes that are written as they are."""
    digest = hashlib.sha256(hash_maker() + hashlib.sha256(record or b"").digest())
    digest.update(msgspec.msgpack.encode(list(inputs)))
    return digest.digest()
