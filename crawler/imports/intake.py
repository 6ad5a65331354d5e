"""One imported WARC on its way into a run: each capture taken once, beside what the archive has of it already.

Belongs here: the ledger row and the record that an answer becomes, what is left out of a run, and answers that an
earlier import could not explain. Does not belong here: what a record says (``crawler.imports.warc_records``), finding
the originals of revisits (``crawler.imports.warc_originals``), the file as a whole (``crawler.imports.warc``).
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from contracts.charset import decode_page, find_charset
from contracts.outcomes import Effect, Outcome
from contracts.run import PAGE_KINDS, READER_OF, CaptureRef, Fetch, Reader
from crawler.archive.volumes import Exchange, HandedOver, Original
from crawler.archive.writer import RunWriter
from crawler.disk import Scratch
from crawler.imports.door import describe_cut
from crawler.imports.warc_originals import Originals, Referred
from crawler.imports.warc_records import Answer, LeftOut, read_answer
from crawler.site.site import Sites
from crawler.warc.http import bare_media_type
from crawler.warc.members import Record
from crawler.warc.records import capture_id_of, sha256_hex

KNOWN = "captures that the archive has already"


class _Way(NamedTuple):
    """How a capture is read: what its answer says of the page, by which reader, under which declared charset.

    A revisit has no body, so that nothing but what it says counts.
    """

    effect: str
    reader: Reader | None
    charset: str | None
    is_revisit: bool

    def describe(self) -> str:
        if self.effect != Effect.SEEN:
            return f"an answer that says “{self.effect}” of its page"
        return f"{self.reader or 'no page'}, {self.charset or 'no charset'} declared"


class Intake:
    """The captures of one input. ``known_run_id`` is a run that has one of them already, ``n_known`` how many are."""

    def __init__(
        self, writer: RunWriter, scratch: Scratch, *, sites: Sites, latest: datetime | None, received: frozenset[str]
    ) -> None:
        self.n_revisits = 0
        self.known_run_id: str | None = None
        self._writer = writer
        self._scratch = scratch
        self._sites = sites
        self._latest = latest
        self._received = received
        self._left_out: Counter[str] = Counter()
        self._cut: Counter[str] = Counter()
        self._originals = Originals(writer.archive, scratch)
        scratch.write("CREATE TABLE taken (capture_id TEXT PRIMARY KEY, way BLOB) WITHOUT ROWID")

    @property
    def n_known(self) -> int:
        """Captures that the archive has already."""
        return self._left_out[KNOWN]

    def describe_left_out(self) -> Iterator[str]:
        """What is not in the run, or not as it was handed over, and why: one line a reason."""
        for reason, count in sorted(self._left_out.items()):
            yield f"{count} left out: {reason}"
        yield from describe_cut(self._cut)

    def take(self, record: Record) -> None:
        """Take the capture that a record is, or count why it is none."""
        answer = read_answer(record, self._sites, self._latest)
        if isinstance(answer, LeftOut):
            self._left_out[answer.reason] += 1
            return
        self._cut.update(answer.cut)
        referred = self._originals.find(answer) if answer.warc_type == "revisit" else None
        outcome = _revisit_outcome(answer, referred) if answer.warc_type == "revisit" else answer.outcome
        digest = referred.original.payload_sha256 if referred else sha256_hex(answer.payload)
        capture_id = capture_id_of(answer.url, answer.fetched_at, digest)
        if self._is_met(capture_id, answer, outcome) or self._is_known(capture_id, answer, outcome):
            return
        capture = self._write(answer, outcome, referred.original if referred else None)
        if capture is not None and referred is None:
            original = Original(capture.capture_id, answer.url, answer.fetched_at, capture.payload_sha256)
            referred = Referred(original, outcome)
        if referred is not None:
            self._originals.remember(answer, referred)
        self._writer.write_fetch(self._make_row(answer, outcome, capture))

    def settle_earlier(self) -> None:
        """Give a row to each answer of an earlier import that named no original, where one has come with this input.

        A 304 says that the body of before is still valid; only its own head was kept then, in the ledger's columns.
        """
        for row in list(self._originals.iter_unsettled()):
            referred = self._originals.find_last_body(row.url, row.fetched_at)
            if referred is None:
                continue
            lines = ["HTTP/1.1 304 Not Modified"]
            lines += [f"ETag: {row.etag}"] if row.etag else []
            lines += [f"Last-Modified: {row.last_modified}"] if row.last_modified else []
            exchange = Exchange(
                url=row.url,
                fetched_at=row.fetched_at,
                response_head="\r\n".join([*lines, "", ""]).encode("utf-8", "replace"),
                body=b"",
                media_type="text/html",
                reader="html",
            )
            capture = self._writer.write_revisit(exchange, referred.original, not_modified=True)
            detail = "a 304 of an earlier import; the body it refers to came with this one"
            settled = msgspec.structs.replace(row, outcome=Outcome.UNCHANGED, capture=capture, detail=detail)
            self._writer.write_fetch(settled)

    def _is_met(self, capture_id: str, answer: Answer, outcome: Outcome) -> bool:
        """Whether the input has the capture twice; the second is left out, and told where it is read otherwise."""
        way = _find_way(answer, outcome)
        if self._scratch.write(
            "INSERT OR IGNORE INTO taken VALUES (?, ?)", [capture_id, msgspec.msgpack.encode(tuple(way))]
        ):
            return False
        row = self._scratch.find("SELECT way FROM taken WHERE capture_id = ?", [capture_id])
        assert row is not None, "a row that was not inserted is there"
        first = _Way(*msgspec.msgpack.decode(row[0]))
        if _is_read_alike(first, way, answer.payload):
            self._left_out["captures met twice"] += 1
        else:
            self._write_conflict(answer, way, first, "this file")
        return True

    def _is_known(self, capture_id: str, answer: Answer, outcome: Outcome) -> bool:
        """Whether the archive has the capture; it is left out, and told where it would be read otherwise.

        Of a page that was asked for twice in a second the revisit is none of its original.
        """
        known = self._originals.find_known(capture_id)
        place = None if known is None else known.fetch.capture
        if known is None or place is None or (place.warc_type == "revisit") != (answer.warc_type == "revisit"):
            return False
        self.known_run_id = self.known_run_id or known.run_id
        fetch, way = known.fetch, _find_way(answer, outcome)
        is_revisit = place.warc_type == "revisit"
        if not is_revisit:
            original = Original(place.capture_id, fetch.url, fetch.fetched_at, place.payload_sha256)
            self._originals.remember(answer, Referred(original, fetch.outcome))
        charset = None if is_revisit else self._originals.read_known(known).charset
        first = _Way(str(fetch.outcome.effect), place.reader, charset, is_revisit)
        if fetch.kind not in PAGE_KINDS or _is_read_alike(first, way, answer.payload):
            self._left_out[KNOWN] += 1
        else:
            self._write_conflict(answer, way, first, f"run {known.run_id}")
        return True

    def _write_conflict(self, answer: Answer, way: _Way, first: _Way, where: str) -> None:
        detail = f"{where} has this very answer as {first.describe()}; here it is {way.describe()}"
        row = self._make_row(answer, Outcome.CONFLICTING, None)
        self._writer.write_fetch(msgspec.structs.replace(row, detail=detail, final_url=None))

    def _write(self, answer: Answer, outcome: Outcome, original: Original | None) -> CaptureRef | None:
        """Archive the answer; None where there is nothing to archive: a body over the limit, an unknown original."""
        reader = _find_reader(answer, outcome)
        if answer.http is None:
            return self._writer.write_content(
                HandedOver(
                    warc_type="conversion" if answer.warc_type == "conversion" else "resource",
                    url=answer.url,
                    fetched_at=answer.fetched_at,
                    content=answer.payload,
                    content_type=answer.content_type or "text/html",
                    reader=reader,
                    source_record_id=answer.record_id or None,
                    time_basis="received" if answer.record_id in self._received else "captured",
                )
            )
        exchange = Exchange(
            url=answer.url,
            fetched_at=answer.fetched_at,
            response_head=answer.head,
            body=answer.body,
            payload_sha256=sha256_hex(answer.payload),
            media_type=bare_media_type(answer.content_type),
            reader=reader,
            ip_address=answer.ip_address,
            truncated=answer.truncated,
            source_record_id=answer.record_id or None,
        )
        if answer.warc_type == "revisit":
            not_modified = outcome is Outcome.UNCHANGED
            return self._writer.write_revisit(exchange, original, not_modified=not_modified) if original else None
        return None if outcome is Outcome.TOO_LARGE else self._writer.write_exchange(exchange)

    def _make_row(self, answer: Answer, outcome: Outcome, capture: CaptureRef | None) -> Fetch:
        headers = answer.http.headers if answer.http else {}
        return Fetch(
            site=self._sites.site_id(answer.url),
            url=answer.url,
            page_key=self._sites.page_key(answer.url),
            kind=self._sites.kind_of(answer.url),
            outcome=outcome,
            fetched_at=answer.fetched_at,
            time_basis="received" if answer.record_id in self._received else "captured",
            http_status=answer.http.status if answer.http else None,
            final_url=answer.final_url,
            capture=capture,
            discovered_by="warc",
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            bytes_received=len(answer.body or answer.payload),
            detail=answer.detail,
        )


def _find_reader(answer: Answer, outcome: Outcome) -> Reader | None:
    media_type = bare_media_type(answer.content_type)
    return READER_OF.get(media_type or "text/html") if outcome.effect is Effect.SEEN else None


def _find_way(answer: Answer, outcome: Outcome) -> _Way:
    charset = find_charset(answer.content_type)
    return _Way(str(outcome.effect), _find_reader(answer, outcome), charset, answer.warc_type == "revisit")


def _is_read_alike(one: _Way, other: _Way, payload: bytes) -> bool:
    """Whether two answers with one date and the same bytes are read alike, whatever else they say."""
    if one.effect != other.effect:
        return False
    if one.effect != Effect.SEEN or one.is_revisit or other.is_revisit:
        return True
    if one.reader != other.reader:
        return False
    return one.charset == other.charset or decode_page(payload, one.charset) == decode_page(payload, other.charset)


def _revisit_outcome(answer: Answer, referred: Referred | None) -> Outcome:
    """What a revisit says: as much as its own status and the original together."""
    if answer.outcome not in {Outcome.FETCHED, Outcome.UNCHANGED}:
        return answer.outcome
    if referred is None:
        return Outcome.UNRESOLVED_REVISIT
    if referred.outcome.effect is not Effect.SEEN:
        return referred.outcome
    return Outcome.UNCHANGED if answer.outcome is Outcome.UNCHANGED else Outcome.IDENTICAL
