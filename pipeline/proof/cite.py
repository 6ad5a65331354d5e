"""A citation: one line by which a published value can be found and proved again, years later, in any copy.

Belongs here: the words of that line. Does not belong here: finding or proving the value (:mod:`pipeline.proof.verify`).
"""

from pipeline.ground.errors import WrongUseError
from pipeline.ground.printable import format_value
from pipeline.proof.verify import Proof, ProvedValue

LONGEST_VALUE = 120


def cite(proof: Proof, release_id: str | None = None) -> str:
    """One line that says who states it, where, when, in which version, and by which bytes it can be proved.

    ``release_id`` is the kept data release of the same tables, if there is one. The same for the same proof: no clock,
    no locale.

    Raises:
        WrongUseError: the gate rejected the capture's run, so that nothing is published from it.
    """
    if not proof.is_accepted:
        raise WrongUseError(f"the run of capture {proof.capture_id} is not accepted: nothing is published from it")
    tables = f"tables sha256:{proof.tables_sha256}" + (f" (data release {release_id})" if release_id else "")
    fields = " ".join(value.field for value in proof.values if len(proof.values) == 1)
    bytes_read = (
        f"{proof.archive_file} at {proof.archive_offset}, payload sha256:{proof.payload_sha256}, "
        f"capture {proof.capture_id}, read by iomdb extractor release {proof.published_release} "
        f"as content sha256:{proof.content_sha256}"
    )
    parts = [
        *([proof.notice] if proof.notice else []),
        f"International Organization for Migration, “{proof.title}”, {proof.document_id}, {proof.url}, "
        + describe_time(proof),
        *(_state(value) for value in proof.values),
        describe_version(proof),
        *([f"gone from the site since {format_value(proof.gone_from)}"] if proof.gone_from else []),
        bytes_read,
        tables,
        f"to check: iomdb verify {proof.capture_id} {fields}".rstrip(),
    ]
    return "; ".join(parts) + "."


def describe_time(proof: Proof) -> str:
    """When the bytes were captured; a hand-over is no capture and says so."""
    when = format_value(proof.observed_at)
    return f"captured {when}" if proof.time_basis == "captured" else f"received {when} (capture time not known)"


def describe_version(proof: Proof) -> str:
    """Which version, and its span of site time; a capture that no version is based on says so."""
    if proof.version is None:
        return "one capture of a page, no version of the record is based on it"
    until = f" until {format_value(proof.version.valid_to)}" if proof.version.valid_to else ""
    word = "the page gone, as it last was, from" if proof.version.is_gone else "valid from"
    return f"version {proof.version.version_no}, {word} {format_value(proof.version.valid_from)}{until}"


def _state(value: ProvedValue) -> str:
    if value.published is None and value.is_unread:
        return f"{value.field}: unread, the page states it in a way that no rule reads"
    if value.published is None:
        words = f"not understood, the page says {_quote(value.raw)}" if value.raw else "not stated"
        return f"{value.field}: {words}"
    if value.is_unread:
        return f"{value.field} = {_quote(value.published)} as last read (unread: the page states it otherwise now)"
    ranges = [f"{one.start}-{one.end}" for one in value.evidence if one.start is not None]
    return f"{value.field} = {_quote(value.published)}" + (f" (bytes {', '.join(ranges)})" if ranges else "")


def _quote(text: str) -> str:
    return f"“{text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + '…'}”"
