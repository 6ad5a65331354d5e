"""Checks a proof: that an archived page holds, in the bytes named, the words that a published value was read from.

Run it with Python 3.8 or later, on any machine and without a network: ``python3 -I -S check.py``. It needs nothing but
the files beside it and Python's own library. It ends with 0 and the value, or with 1 and the reason why not.

What it checks, in this order: that no byte of the four files has changed since they were made; each record of
``record.warc.gz`` (a WARC file, ISO 28500) against the digests in its own headers; that the record is the capture that
is cited, of that address and time; where the server sent the same page again, the record of the page that it refers
to; the page's digest; and then the words at each range of bytes. iomdb makes this file, and checks with it as well.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import sys
import unicodedata
import zlib
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any

CITATION, WARC, README = "citation.json", "record.warc.gz", "README.txt"
END = b"\r\n\r\n"
REFERRED = "warc-refers-to"
DECODED = "x-decoded-payload-digest"
HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs"}
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n")
MARKUP = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^<>]*>", re.DOTALL | re.IGNORECASE)


class NoProofError(Exception):
    """Why the files do not prove the value."""


def main() -> int:
    """Check the files beside this one, print what came out, and return the exit code."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    lines, faults = [], []
    try:
        lines = check_folder(Path(__file__).resolve().parent)
    except NoProofError as error:
        faults = [f"NO: {error}"]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, zlib.error) as error:
        faults = [f"NO: the files are not what they were: {error!r}"]
    for line in faults or lines:
        print("".join(one if one.isprintable() else ascii(one)[1:-1] for one in line))  # noqa: T201 - it is a program
    # Without a figure: a digit changed in this file could not make a yes of a no.
    return int(bool(faults) or not lines)


def check_folder(folder: Path) -> list[str]:
    """Check the four files of a folder; the lines that say what they prove."""
    contents = {name: (folder / name).read_bytes() for name in (CITATION, WARC, README, "check.py")}
    cited = check_files(contents)
    payload = check_records(cited, contents[WARC])
    quotes = check_words(cited, payload)
    check_files(contents)
    value = cited["value"]
    since = f", gone from the site since {cited['gone_from']}" if cited["gone_from"] else ""
    word = "captured" if cited["time_basis"] == "captured" else "received (capture time not known)"
    return [
        value,
        f"is {cited['field']} of {cited['document_id']}, {word} {cited['captured_at']} from {cited['url']}{since}",
        f"which is {cited['origin']}",
        *quotes,
        f"all in a page of {len(payload)} bytes with sha256 {cited['payload_sha256']}",
        *([cited["notice"]] if cited["notice"] else []),
    ]


def seal(cited: dict[str, Any]) -> bytes:
    """The citation as bytes, with the digest of all else that it says."""
    told = {key: value for key, value in cited.items() if key != "sha256"}
    told["sha256"] = sha256(json.dumps(told, sort_keys=True).encode())
    return json.dumps(told, indent=1, ensure_ascii=False).encode() + b"\n"


def check_files(contents: dict[str, bytes]) -> dict[str, Any]:
    """The citation, when each file is, byte for byte, the one that was made."""
    cited: dict[str, Any] = json.loads(contents[CITATION].decode())
    if seal(cited) != contents[CITATION]:
        raise NoProofError(f"{CITATION} has been changed")
    for name, digest in cited["files"].items():
        if sha256(contents[name]) != digest:
            raise NoProofError(f"{name} has been changed")
    if sorted(cited["files"]) != sorted(name for name in contents if name != CITATION):
        raise NoProofError(f"{CITATION} does not name the files beside it")
    return cited


def check_records(cited: dict[str, Any], warc: bytes) -> bytes:
    """The page, as the record that is cited has it, when each record agrees with its own digests and with the rest."""
    records = {}
    for headers, block in iter_records(warc):
        check_digests(headers, block)
        records[headers["warc-record-id"]] = (headers, block)
    headers, block = find_record(records, cited["capture_id"])
    stated = (headers.get("warc-target-uri"), headers.get("warc-date"))
    if stated != (cited["url"], cited["captured_at"]):
        raise NoProofError(f"the record is of {stated[0]} at {stated[1]}")
    digest = f"sha256:{cited['payload_sha256']}"
    if headers.get(DECODED) != digest:
        raise NoProofError("the record declares another page than is cited")
    if headers["warc-type"] == "revisit":
        if headers.get(REFERRED) != name_record(cited["content_capture_id"]):
            raise NoProofError("the record refers to another page than is cited")
        dated = (headers.get("warc-refers-to-target-uri"), headers.get("warc-refers-to-date"))
        headers, block = find_record(records, cited["content_capture_id"])
        if (headers.get("warc-target-uri"), headers.get("warc-date"), headers.get(DECODED)) != (*dated, digest):
            raise NoProofError("the page that the record refers to is not the one that is here")
    elif cited["content_capture_id"] != cited["capture_id"]:
        raise NoProofError("the record has its own page, another one is cited")
    payload = find_payload(records, headers, block, cited["payload_sha256"])
    if payload is None:
        raise NoProofError("the page does not have the digest that is cited")
    return payload


def iter_records(warc: bytes) -> Iterator[tuple[dict[str, str], bytes]]:
    """Headers (by lower-case name) and block of each record of a WARC file, each a gzip member of its own."""
    while warc:
        unpacker = zlib.decompressobj(31)
        record = unpacker.decompress(warc)
        if not unpacker.eof:
            raise NoProofError(f"{WARC} ends too early")
        warc = unpacker.unused_data
        head, mark, rest = record.partition(END)
        first, *lines = head.decode().split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        size = int(headers["content-length"])
        if not first.startswith("WARC/1.") or not mark or rest[size:] != END:
            raise NoProofError("a record is not whole")
        yield headers, rest[:size]


def find_record(records: dict[str, tuple[dict[str, str], bytes]], record_id: str) -> tuple[dict[str, str], bytes]:
    """The record of an id; there is one."""
    found = records.get(name_record(record_id))
    if found is None:
        raise NoProofError(f"there is no record {record_id}")
    return found


def name_record(record_id: str) -> str:
    """An id as WARC headers write it."""
    return f"<urn:uuid:{record_id}>"


def check_digests(headers: dict[str, str], block: bytes) -> None:
    """Compare a record with the digests in its own headers: the block's, and the payload's where it has one."""
    digests = [("warc-block-digest", block)]
    if "warc-payload-digest" in headers or headers["warc-type"] not in ("revisit", "warcinfo"):
        digests.append(("warc-payload-digest", split_http(headers, block)[1]))
    for name, content in digests:
        if headers.get(name) != f"sha256:{sha256(content)}":
            raise NoProofError(f"a record does not have the {name} that it declares")


def split_http(headers: dict[str, str], block: bytes) -> tuple[bytes, bytes]:
    """The HTTP head of a record, empty where it has none, and its payload."""
    if not headers.get("content-type", "").startswith("application/http"):
        return b"", block
    found = re.search(rb"\r?\n\r?\n", block)
    return (block[: found.end()], block[found.end() :]) if found else (block, b"")


def find_payload(
    records: dict[str, tuple[dict[str, str], bytes]], headers: dict[str, str], block: bytes, digest: str
) -> bytes | None:
    """The page with this digest: the record's payload as it is, or with the codings of HTTP undone; else None.

    A coding that Python's own library cannot undo (Brotli) was undone when the proof was made: its result is a record
    of its own, which the digest in the headers of the page's record proves.
    """
    head, body = split_http(headers, block)
    for payload in (body, *iter_decoded(head, body)):
        if sha256(payload) == digest:
            return payload
    for other, content in records.values():
        if other.get(REFERRED) == headers["warc-record-id"] and other["warc-type"] == "conversion":
            return content if sha256(content) == digest else None
    return None


def iter_decoded(head: bytes, body: bytes) -> Iterator[bytes]:
    """The body without its chunks, and without those and its compression, as far as either can be undone."""
    if re.search(rb"(?im)^transfer-encoding:.*chunked", head) and CHUNK.match(body):
        whole, position = b"", 0
        while (found := CHUNK.match(body, position)) and int(found[1], 16):
            whole += body[found.end() : found.end() + int(found[1], 16)]
            position = found.end() + int(found[1], 16) + 2
        body = whole
        yield body
    for bits in (47, -15):  # gzip or zlib by its head; deflate without one
        try:
            yield zlib.decompress(body, bits)
        except zlib.error:
            continue


def check_words(cited: dict[str, Any], payload: bytes) -> list[str]:
    """Look up the words at each range of bytes; a line on each, as a person may read it."""
    if not cited["evidence"]:
        raise NoProofError("no range of bytes is named")
    lines = []
    for one in cited["evidence"]:
        start, end = one["start"], one["end"]
        if not 0 <= start < end <= len(payload):
            raise NoProofError(f"the bytes {start}-{end} lie outside of the page")
        text = read_text(payload[start:end], cited["charset"], is_markup=cited["is_markup"])
        if not one["words"] or not holds_words(text, one["words"], is_whole=one["is_whole"]):
            raise NoProofError(f"the bytes {start}-{end} do not hold the words {one['words']!r}")
        shown = " … ".join(one["words"])
        shown = shown if len(shown) <= 200 else shown[:199] + "…"
        lines.append(f"read from “{shown}” at bytes {start}-{end}, by the rule {one['rule']} ({one['certainty']})")
    words = [word for one in cited["evidence"] for word in one["words"]]
    if relate(cited["value"], words) != cited["relation"]:
        raise NoProofError("the value is not in these words as it was")
    return lines


def read_text(content: bytes, charset: str, *, is_markup: bool) -> str:
    """What a person reads in a piece of a page: in markup tags are left out and references like &amp; resolved."""
    text = content.decode(charset, "replace")
    return html.unescape(MARKUP.sub(" ", text)) if is_markup else text


def holds_words(text: str, words: list[str], *, is_whole: bool) -> bool:
    """Whether the words stand in the text one after the other; with ``is_whole`` they are all of it."""
    rest, all_words = fold(text), [fold(one) for one in words]
    if is_whole:
        return rest == "".join(all_words)
    for word in all_words:
        _, found, rest = rest.partition(word)
        if not found:
            return False
    return True


def relate(value: str, words: list[str]) -> str:
    """How a value follows from the words: it stands in them, its figures do, or it needs a rule of iomdb's."""
    text = fold("".join(words))
    if fold(value) in text:
        return "verbatim"
    figures = re.sub(r"\D", "", value.partition(".")[0])
    return "figures" if figures and figures in re.sub(r"\D", "", text) else "rule"


def fold(text: str) -> str:
    """A text without blanks and characters that nobody sees, in one form for characters."""
    text = unicodedata.normalize("NFC", text)
    return "".join(one for one in text if not one.isspace() and unicodedata.category(one) not in HIDDEN)


def sha256(content: bytes) -> str:
    """The sha256 of bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
