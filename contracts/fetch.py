"""One scheduled URL and its one outcome: the row of ``fetches.jsonl`` (docs/contracts.md, section 2).

Belongs here: the shape of a fetch and of the place of its capture. Does not belong here: deciding an outcome, reading
and writing ledgers (``crawler.archive.runs``).
"""

from datetime import UTC, datetime
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from contracts.fields import DocumentKind
from contracts.outcomes import Effect, Outcome

PageKind = Literal[DocumentKind, "other"]
PAGE_KINDS: tuple[PageKind, ...] = get_args(PageKind)
"""The kinds of what is fetched for its own sake; the others lead to pages, or say what may be asked for."""
Kind = Literal[PageKind, "listing", "sitemap", "feed", "robots"]

Reader = Literal["text", "html"]
TimeBasis = Literal["captured", "received"]
DiscoveredBy = Literal["sitemap", "listing", "feed", "known", "start", "folder", "warc"]
WarcType = Literal["response", "revisit", "conversion", "resource"]
READER_OF: dict[str, Reader] = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}
"""The page reader that takes a media type; none takes another."""

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Instant = Annotated[datetime, Meta(tz=True)]


class CaptureRef(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the bytes of a fetch are. ``file``, ``offset`` and ``length`` are of the compressed record in its run.

    ``payload_sha256`` is of the decoded payload; of a revisit it is the original's. ``media_type`` is the bare type in
    lower case, or None where none was declared. ``reader`` is None where no page reader takes it (a sitemap, a PDF).
    ``content_capture_id`` names the capture whose body this one has: itself, or the one a revisit refers to.
    """

    capture_id: str
    warc_type: WarcType
    file: str
    offset: Annotated[int, Meta(ge=0)]
    length: Annotated[int, Meta(gt=0)]
    payload_sha256: Sha256
    media_type: str | None
    reader: Reader | None
    content_capture_id: str


class Fetch(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One scheduled URL and its one outcome. Every instant is UTC. The writer numbers ``seq``.

    ``effect`` may be left out: it is the outcome's own. ``attempts`` counts requests sent (0: never sent);
    ``bytes_received`` is of bodies as on the wire.
    """

    seq: Annotated[int, Meta(ge=0)] = 0
    site: str
    url: str
    page_key: str
    kind: Kind
    outcome: Outcome
    effect: Effect = Effect.UNKNOWN
    fetched_at: Instant
    time_basis: TimeBasis = "captured"
    http_status: int | None = None
    final_url: str | None = None
    capture: CaptureRef | None = None
    listing_date: str | None = None
    discovered_by: DiscoveredBy
    etag: str | None = None
    last_modified: str | None = None
    attempts: Annotated[int, Meta(ge=0)] = 1
    bytes_received: Annotated[int, Meta(ge=0)] = 0
    detail: str | None = None

    def numbered(self, seq: int) -> "Fetch":
        """This fetch as the writer stores it: numbered, with the effect of its outcome, its time in UTC."""
        return msgspec.structs.replace(
            self, seq=seq, effect=self.outcome.effect, fetched_at=self.fetched_at.astimezone(UTC)
        )
