"""A proof that checks without iomdb: the archived records of one value, its citation, and the program that checks them.

Belongs here: choosing the records and the words, and the ZIP file. Does not belong here: finding the value
(:mod:`pipeline.proof.verify`), and what is checked (:mod:`pipeline.proof.check`, which goes into the bundle as it is).
"""

import tempfile
import zipfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from contracts.charset import decode_page
from contracts.extraction import Evidence
from crawler.archive.reader import ArchivedCapture
from crawler.warc.records import compress_record, encode_record, parse_warc_date, record_id_of
from pipeline.ground.errors import ReadingError
from pipeline.ground.folders import DataFolder
from pipeline.ground.printable import write_instant
from pipeline.proof import check
from pipeline.proof.cite import cite, refuse_rejected
from pipeline.proof.verify import Proof, ProvedValue, prove_capture
from warehouse.read.captures import CapturePlace, find_place
from warehouse.read.published import open_published

_STAMP = (1980, 1, 1, 0, 0, 0)
"""The time of each file in the ZIP: the oldest that it can hold, so that one value gives one file."""

_SAID = (
    "kind", "document_id", "title", "url", "site", "time_basis", "source", "origin", "notice", "capture_id",
    "archive_file", "archive_offset", "payload_sha256", "content_sha256", "tables_sha256",
)  # fmt: skip
"""What ``citation.json`` says as the proof does."""
_README = Path(__file__).with_name("bundle_readme.txt")


def write_bundle(folder: DataFolder, name: str, field: str, at: str | None, target: Path) -> Proof:
    """Write the bundle of one value to ``target``, a path that may be written; what it proves.

    Raises:
        As :func:`pipeline.proof.verify.prove` does.
        ReadingError: the archived page does not agree, or no range of its bytes holds the words.
        WrongUseError: the gate rejected the capture's run, so that nothing is published from it.
    """
    proof, content = prove_capture(folder, name, field, at)
    refuse_rejected(proof)
    (value,) = proof.values
    if value.fault:
        raise ReadingError(f"{field} of {proof.document_id} is not proved: {value.fault}")
    warc = _read_records(folder, proof, content)
    with tempfile.TemporaryDirectory() as scratch:
        files = _write_files(Path(scratch), proof, value, content, warc)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as bundle:
            for path in files:
                bundle.writestr(zipfile.ZipInfo(path.name, _STAMP), path.read_bytes())
    return proof


def _write_files(
    folder: Path, proof: Proof, value: ProvedValue, content: ArchivedCapture, warc: bytes
) -> tuple[Path, ...]:
    """The four files of the bundle, when they pass the check that goes with them."""
    contents = {
        check.README: _README.read_text("utf-8").format(citation=cite(proof, "footnote")).encode(),
        "check.py": Path(check.__file__).read_bytes(),
        check.WARC: warc,
    }
    cited = _describe(proof, value, content)
    cited["files"] = {name: check.sha256(file) for name, file in sorted(contents.items())}
    contents[check.CITATION] = check.seal(cited)
    for name, file in contents.items():
        (folder / name).write_bytes(file)
    try:
        check.check_folder(folder)
    except check.NoProofError as error:
        raise ReadingError(
            f"{value.field} of {proof.document_id} cannot be proved by its page alone: {error}"
        ) from error
    return tuple(folder / name for name in (check.README, "check.py", check.CITATION, check.WARC))


def _describe(proof: Proof, value: ProvedValue, content: ArchivedCapture) -> dict[str, Any]:
    """What ``citation.json`` says, its digests left out.

    Raises:
        ReadingError: the page does not state the value in bytes that could be named.
    """
    if value.published is None:
        words = "states it in a way that no rule reads" if value.is_unread or value.raw else "does not state it"
        raise ReadingError(f"there is no {value.field} of {proof.document_id} to prove: the page {words}")
    decoded = decode_page(content.payload, content.charset)
    charset = decoded.charset if decoded else "utf-8"
    is_markup = content.ledger is None or content.ledger.capture is None or content.ledger.capture.reader != "text"
    quotes = [_quote(one, value.published, content.payload, charset, is_markup=is_markup) for one in value.evidence]
    evidence = [one for one in quotes if one]
    if not evidence:
        places = "it is not stated there in these words" if value.evidence else "it follows from others"
        raise ReadingError(f"no bytes of the page hold {value.field} of {proof.document_id}: {places}")
    return {
        "bundle": 1,
        "citation": cite(proof, "footnote"),
        **{name: getattr(proof, name) for name in _SAID},
        "field": value.field,
        "value": value.published,
        "relation": check.relate(value.published, [word for one in evidence for word in one["words"]]),
        "evidence": evidence,
        "charset": charset,
        "is_markup": is_markup,
        "captured_at": write_instant(proof.observed_at),
        "version": _describe_version(proof),
        "gone_from": None if proof.gone_from is None else write_instant(proof.gone_from),
        "content_capture_id": content.record.record_id,
        "extractor_release": proof.published_release,
    }


def _describe_version(proof: Proof) -> dict[str, Any] | None:
    if proof.version is None:
        return None
    told = asdict(proof.version)
    return {name: write_instant(value) if isinstance(value, datetime) else value for name, value in told.items()}


def _quote(one: Evidence, published: str, payload: bytes, charset: str, *, is_markup: bool) -> dict[str, Any] | None:
    """A range of bytes and the words in it that the value came from; None where the words are not there.

    Of a long text, whose evidence quotes its beginning alone, each paragraph that stands in the range as it was
    published; one from which a contact was cut does not.
    """
    if one.start is None or one.end is None:
        return None
    text = check.read_text(payload[one.start : one.end], charset, is_markup=is_markup)
    is_cut = one.raw.endswith("…") and check.fold(published).startswith(check.fold(one.raw[:-1]))
    words = _find_paragraphs(text, published) if is_cut else [one.raw]
    for is_whole in (True, False):
        if words and check.holds_words(text, words, is_whole=is_whole):
            told = {"rule": one.rule, "certainty": one.certainty, "start": one.start, "end": one.end}
            return {**told, "words": words, "is_whole": is_whole}
    return None


def _find_paragraphs(text: str, published: str) -> list[str]:
    found: list[str] = []
    for paragraph in published.split("\n\n"):
        if check.fold(paragraph) and check.holds_words(text, [*found, paragraph], is_whole=False):
            found.append(paragraph)
    return found


def _read_records(folder: DataFolder, proof: Proof, content: ArchivedCapture) -> bytes:
    """The records as they are archived: the capture, the page that it refers to, and that page unpacked if need be."""
    content_id = content.record.record_id
    with open_published(folder.published) as connection:
        own = find_place(connection, proof.capture_id)
        places = [own] if content_id == proof.capture_id else [own, find_place(connection, content_id)]
    warc = b"".join(_read_member(folder.archive, place) for place in places)
    head, body = check.split_http(content.record.headers, content.record.block or b"")
    as_python_has_it = (body, *check.iter_decoded(head, body))
    if proof.payload_sha256 in {check.sha256(payload) for payload in as_python_has_it}:
        return warc
    return warc + _unpack_page(content)


def _read_member(archive: Path, place: CapturePlace) -> bytes:
    with (archive / place.run_id / place.file).open("rb") as volume:
        volume.seek(place.offset)
        return volume.read(place.length)


def _unpack_page(content: ArchivedCapture) -> bytes:
    """A record of the page with its coding undone, for who has no Brotli."""
    record, dated = content.record, parse_warc_date(content.record.headers["warc-date"])
    assert dated is not None, "a record of the archive has a date"
    headers = (
        ("WARC-Target-URI", record.url),
        ("WARC-Refers-To", record.headers["warc-record-id"]),
        ("Content-Type", content.content_type or "text/html"),
    )
    record_id = record_id_of("conversion", record.url, dated, content.payload)
    return compress_record(
        encode_record("conversion", record_id, dated, content.payload, headers, payload_start=0), "portable"
    )
