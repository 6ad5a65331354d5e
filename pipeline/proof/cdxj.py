"""The index of a WACZ: where the captures of an address are in its WARC file, as CDXJ lines in compressed blocks.

Belongs here: keys and lines of the index, its two files. Does not belong here: choosing captures, the ZIP file
(:mod:`pipeline.proof.wacz`).
"""

import json
import re
import zlib
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from crawler.warc.records import sha256_hex

BLOCK_LINES = 3000
"""Lines of one compressed block: what a reader fetches to look up one address."""


def make_line(url: str, captured_at: datetime, **fields: object) -> str:
    """One line: key, instant to the second, and the rest as JSON."""
    told = json.dumps({"url": url, **{name: str(value) for name, value in fields.items()}}, ensure_ascii=False)
    return f"{make_key(url)} {captured_at:%Y%m%d%H%M%S} {told}\n"


def make_key(url: str) -> str:
    """An address in the order in which indexes are sorted (SURT): the host from its end, then the path.

    >>> make_key("https://www.IOM.int/news/a?page=2&b=1")
    'int,iom)/news/a?b=1&page=2'
    """
    parts = urlsplit(re.sub(r"^(https?://)www\d*\.", r"\1", url.lower()))
    host = ",".join(reversed((parts.hostname or "").split(".")))
    port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    query = "?" + "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    # A blank would end the key.
    return f"{host}{port}){parts.path or '/'}{query}".replace(" ", "%20")


def compress_index(lines: Iterable[str], name: str) -> tuple[bytes, bytes]:
    """The lines, sorted, as the compressed file of this name; and the file that says which block begins with what."""
    ordered = sorted(lines)
    blocks, heads, offset = [], ["!meta 0 " + json.dumps({"format": "cdxj-gzip-1.0", "filename": name}) + "\n"], 0
    for first in range(0, len(ordered), BLOCK_LINES):
        packer = zlib.compressobj(wbits=31)
        block = packer.compress("".join(ordered[first : first + BLOCK_LINES]).encode()) + packer.flush()
        place = {"offset": offset, "length": len(block), "digest": f"sha256:{sha256_hex(block)}", "filename": name}
        heads.append(f"{ordered[first].partition(' {')[0]} {json.dumps(place)}\n")
        blocks.append(block)
        offset += len(block)
    return b"".join(blocks), "".join(heads).encode()
