"""WARC files out of a WACZ: a ZIP file that others made, read in place and never unpacked.

Belongs here: finding the WARC members and giving each as a seekable file within limits. Names inside the ZIP are only
ever printed: no path of it is opened, so none can lead anywhere. Does not belong here: reading WARC.
"""

import errno
import hashlib
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from crawler.errors import BrokenZipError, ImportedWarcError
from crawler.warc.members import Damage, Record, iter_records
from crawler.warc.streams import Limits

LARGEST_MEMBER = 1 << 36
"""Bytes that one WARC member may unpack to: 64 GiB; a ZIP file is no place for more."""
_MOST_PACKED = 100
"""Times its packed size that a member may unpack to: a WARC of text packs to a tenth, a bomb to a thousandth."""
_MOST_MEMBERS = 10_000
_LARGEST_PACKAGE = 1 << 24
_CHUNK = 1 << 20
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


@dataclass(frozen=True, slots=True)
class WarcMember:
    """One WARC file of a WACZ. ``fault`` says how its bytes are not those that the WACZ declares, or is None."""

    name: str
    file: BinaryIO
    fault: str | None

    def iter_records(self, limits: Limits) -> Iterator[Record | Damage]:
        """Its records and the damage between them; in a file with a fault each record must prove itself."""
        return iter_records(self.file, limits, is_doubtful=self.fault is not None)


class _Resource(Struct):
    path: str
    hash: str = ""


class _Package(Struct):
    resources: list[_Resource] = []


def iter_warcs(path: Path, scratch: Path) -> Iterator[WarcMember]:
    """The WARC files of a WACZ, in order of their names; each is only good until the next is asked for.

    ``scratch`` is a folder for the nameless temporary file of one member.

    Raises:
        BrokenZipError: its directory cannot be read.
        ImportedWarcError: encrypted, over the limits, or without a WARC file.
    """
    members = _read_directory(path)
    if len(members) > _MOST_MEMBERS:
        raise ImportedWarcError(f"{path} has {len(members)} members, more than {_MOST_MEMBERS}")
    warcs = sorted((m for m in members if m.filename.lower().endswith((".warc.gz", ".warc"))), key=lambda m: m.filename)
    if any(member.filename.lower().endswith(".wacz") for member in members):
        raise ImportedWarcError(f"{path} holds WACZ files: unpack it (`unzip`) and ingest those")
    if not warcs:
        raise ImportedWarcError(f"{path} holds no WARC file")
    with path.open("rb") as archive:
        declared = _declared_hashes(archive, members)
        for member in warcs:
            yield from _iter_member(path, archive, member, declared.get(member.filename), scratch)


def _read_directory(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as opened:
            return opened.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, struct.error) as error:
        raise BrokenZipError(f"{path} is no WACZ that can be read: {error}") from error
    except OSError as error:
        # A directory that says it begins before the file makes zipfile seek there.
        if error.errno != errno.EINVAL:
            raise
        raise BrokenZipError(f"{path} is no WACZ that can be read: its directory lies about its place") from error


def _iter_member(
    path: Path, archive: BinaryIO, member: zipfile.ZipInfo, declared: str | None, scratch: Path
) -> Iterator[WarcMember]:
    where = f"{path}: {member.filename!r}"
    if member.flag_bits & 1 or member.compress_type not in {_STORED, _DEFLATED}:
        raise ImportedWarcError(f"{where} is encrypted or compressed in a way that is not read here")
    if member.file_size > LARGEST_MEMBER:
        raise ImportedWarcError(f"{where} declares {member.file_size} bytes, more than {LARGEST_MEMBER}")
    if member.file_size > _MOST_PACKED * member.compress_size + _CHUNK:
        raise ImportedWarcError(f"{where} would unpack to more than {_MOST_PACKED} times its size")
    digest = hashlib.sha256()
    with tempfile.TemporaryFile(dir=scratch) as copy:
        fault = None
        try:
            for chunk in _iter_content(archive, member):
                digest.update(chunk)
                copy.write(chunk)
        except (zlib.error, struct.error, ValueError) as error:
            fault = f"{member.filename}: the ZIP member is damaged: {error}"
        if fault is None and declared is not None and digest.hexdigest() != declared:
            fault = f"{member.filename}: its sha256 is not the one that datapackage.json declares"
        copy.flush()
        yield WarcMember(member.filename, copy, fault)


def _iter_content(archive: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's bytes as far as they can be had: Python's own reader keeps back the last when the checksum fails."""
    if member.header_offset < 0:
        raise ValueError("the directory places it before the file")
    archive.seek(member.header_offset)
    signature, name_length, extra_length = _LOCAL_HEADER.unpack(archive.read(_LOCAL_HEADER.size))
    if signature != b"PK\x03\x04":
        raise ValueError("its local header is not where the directory says")
    archive.seek(name_length + extra_length, 1)
    decoder = zlib.decompressobj(-15) if member.compress_type == _DEFLATED else None
    left, unpacked, checksum = member.compress_size, 0, 0
    while left > 0 and (packed := archive.read(min(_CHUNK, left))):
        left -= len(packed)
        for chunk in _unpack(decoder, packed):
            unpacked += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
            if unpacked > member.file_size:
                raise ValueError(f"it unpacks to more than the {member.file_size} bytes it declares")
            yield chunk
    if decoder is not None and (rest := decoder.flush()):
        unpacked += len(rest)
        checksum = zlib.crc32(rest, checksum)
        yield rest
    if unpacked != member.file_size:
        raise ValueError(f"it has {unpacked} bytes, declares {member.file_size}")
    if checksum != member.CRC:
        raise ValueError("its checksum does not hold")


def _unpack(decoder: "zlib._Decompress | None", packed: bytes) -> Iterator[bytes]:
    if decoder is None:
        yield packed
        return
    while packed:
        yield decoder.decompress(packed, _CHUNK)
        packed = decoder.unconsumed_tail


def _declared_hashes(archive: BinaryIO, members: list[zipfile.ZipInfo]) -> dict[str, str]:
    """Member name to sha256, as datapackage.json declares; empty where it is not there or says nothing readable."""
    found = next((member for member in members if member.filename == "datapackage.json"), None)
    if found is None or found.file_size > _LARGEST_PACKAGE:
        return {}
    try:
        package = msgspec.json.decode(b"".join(_iter_content(archive, found)), type=_Package)
    except (msgspec.DecodeError, UnicodeDecodeError, zlib.error, struct.error, ValueError):
        return {}
    hashes = {resource.path: resource.hash.lower() for resource in package.resources}
    return {name: value.removeprefix("sha256:") for name, value in hashes.items() if value.startswith("sha256:")}
