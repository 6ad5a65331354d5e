"""Which incidents are open, and what was delivered to whom: one small file, changed by one look at a time.

Belongs here: opening, ending, delivering once. Does not belong here: the words (``message``), the ways (``channels``).

Delivered once means: the file remembers every delivery as soon as it was made. A process killed in the moment between a
delivery and its record delivers it again at the next look, under the same message id; nothing is ever lost.
"""

import errno
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from crawler.disk import write_durably
from pipeline.alerts.channels import DeliveryError
from pipeline.alerts.message import Message, Phase, make_message
from pipeline.ground.finding import Finding
from pipeline.ground.folders import hold_lock

WAIT_SECONDS = 20.0
BALLAST_BYTES = 65_536
"""Kept beside the state and given up when the disk is full, so that even this is reported once, not at every check."""


AFTERMATH = timedelta(hours=6)
"""What follows from a trouble may outlast it so long and pass unsaid: sites are crawled in turn after a dead daemon."""


NEWS = "changes"
"""The family of what the sites changed: told once, as no trouble that could be over."""

Tell = Callable[[Collection[str] | None], tuple[list[str], Finding | None]]
"""Given the ids of the changes that were told (None before the first look): those known now, and what is new."""


class Channel(Protocol):
    """A way to a person. ``name`` is unique in the settings and is how incidents remember who was notified."""

    @property
    def name(self) -> str:
        """The channel's name in alerts.toml."""
        ...

    def deliver(self, message: Message) -> None:
        """Deliver one message.

        Raises:
            DeliveryError: it was not delivered.
        """
        ...


class Incident(msgspec.Struct, forbid_unknown_fields=True):
    """One trouble from its opening to its end. ``over_at`` is None while it is open.

    ``delivered_open`` and ``delivered_over`` name the channels that have the message.
    """

    number: int
    finding: Finding
    opened_at: datetime
    over_at: datetime | None = None
    delivered_open: list[str] = msgspec.field(default_factory=list, name="told_open")
    delivered_over: list[str] = msgspec.field(default_factory=list, name="told_over")

    def find_next_phase(self, channel: str) -> Phase | None:
        """What this channel has still to get, in order; None when it has all. What changed is told, and never over."""
        if channel not in self.delivered_open:
            return "open"
        if self.finding.family == NEWS:
            return None
        return "over" if self.over_at is not None and channel not in self.delivered_over else None


class _State(msgspec.Struct, forbid_unknown_fields=True):
    format: Literal[1] = 1
    next_number: int = 1
    incidents: list[Incident] = []
    ended: dict[str, datetime] = {}
    """What is over, by key, for as long as something may still follow from it."""
    changes: list[str] | None = None
    """The ids of the changes that were told."""


@dataclass(slots=True)
class DeliveryReport:
    """What one look came to. ``delivered`` are message ids with their channel; ``faults`` say what was not delivered.

    ``n_open`` counts the incidents that are open now.
    """

    delivered: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    n_open: int = 0


def update_incidents(
    findings: Collection[Finding],
    state_path: Path,
    channels: Sequence[Channel],
    now: datetime,
    *,
    families: Collection[str],
    tell: Tell | None = None,
) -> DeliveryReport:
    """Open an incident for each new problem, end those that are gone, and notify each channel of what is new to it.

    Notices among the ``findings`` are left out; of two with one key the first counts. The file at ``state_path`` is
    made where missing; a damaged one is put aside, and all is reported anew. A channel that fails is tried again at the
    next look. What follows from another problem opens no incident of its own while that one is there, nor for
    :data:`AFTERMATH` after it; one that is open stays. ``families`` were looked at: an incident of another stays as it
    is, for not looking is not seeing it gone. ``tell`` says what the sites changed, where somebody wants to know that.

    Raises:
        LockedError: another process has been notifying for longer than :data:`WAIT_SECONDS`.
    """
    report = DeliveryReport()
    with _alone(state_path, now, report):
        state = _read_state(state_path, report)
        _open_and_end(state, findings, families, now)
        _add_news(state, tell, now)
        _write_state(state_path, state, report)
        for channel in channels:
            _deliver(channel, state, state_path, report)
        state.incidents = [incident for incident in state.incidents if not _is_done(incident, channels)]
        _write_state(state_path, state, report)
    report.n_open = sum(incident.over_at is None for incident in state.incidents)
    return report


def read_open_incidents(state_path: Path) -> list[Finding]:
    """What is open by the last check that reported it; empty where nothing is remembered, or it cannot be read."""
    try:
        state = msgspec.json.decode(state_path.read_bytes(), type=_State)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return []
    return [incident.finding for incident in state.incidents if incident.over_at is None]


def _open_and_end(state: _State, findings: Collection[Finding], families: Collection[str], now: datetime) -> None:
    found: dict[str, Finding] = {}
    for finding in findings:
        if finding.severity == "problem":
            found.setdefault(finding.key, finding)
    is_open = {incident.finding.key for incident in state.incidents if incident.over_at is None}
    for incident in state.incidents:
        if incident.over_at is None and incident.finding.key not in found and incident.finding.family in families:
            incident.over_at = state.ended[incident.finding.key] = now
    state.ended = {key: at for key, at in state.ended.items() if now - at < AFTERMATH}
    causes = found.keys() | is_open | state.ended.keys()
    for key in sorted(found.keys() - is_open):
        if any(found[key].follows_from(cause) for cause in causes - {key}):
            continue
        state.incidents.append(Incident(state.next_number, found[key], now))
        state.next_number += 1


def _add_news(state: _State, tell: Tell | None, now: datetime) -> None:
    if tell is None:
        state.changes = None
        return
    state.changes, finding = tell(state.changes)
    if finding is not None:
        state.incidents.append(Incident(state.next_number, finding, now, now))
        state.next_number += 1


def _deliver(channel: Channel, state: _State, state_path: Path, report: DeliveryReport) -> None:
    for incident in state.incidents:
        while phase := incident.find_next_phase(channel.name):
            message = make_message(
                incident.number, incident.finding, phase, opened_at=incident.opened_at, over_at=incident.over_at
            )
            try:
                channel.deliver(message)
            except DeliveryError as error:
                report.faults.append(str(error))
                return
            (incident.delivered_open if phase == "open" else incident.delivered_over).append(channel.name)
            report.delivered.append((message.id, channel.name))
            _write_state(state_path, state, report)


def _is_done(incident: Incident, channels: Sequence[Channel]) -> bool:
    return incident.over_at is not None and all(incident.find_next_phase(channel.name) is None for channel in channels)


@contextmanager
def _alone(state_path: Path, now: datetime, report: DeliveryReport) -> Iterator[None]:
    """Hold the lock; where the folder cannot be written, go on without: notifying twice is better than not at all."""
    lock = hold_lock(state_path.with_suffix(".lock"), task="notification", since=now, wait_seconds=WAIT_SECONDS)
    with ExitStack() as stack:
        try:
            stack.enter_context(lock)
        except OSError as error:
            fault = f"{state_path.parent} cannot be locked ({error.strerror}): two checks at once may notify twice"
            report.faults.append(fault)
        yield


def _read_state(path: Path, report: DeliveryReport) -> _State:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_State)
    except FileNotFoundError:
        return _State()
    except (msgspec.DecodeError, UnicodeDecodeError):
        damaged = path.with_suffix(".damaged")
        report.faults.append(f"{path} was damaged: it is put aside as {damaged.name}, and all is reported again")
        try:
            path.replace(damaged)
        except OSError as error:
            _note_unwritable(path, error, report)
        return _State()


def _write_state(path: Path, state: _State, report: DeliveryReport) -> None:
    ballast = path.with_suffix(".ballast")
    content = msgspec.json.format(msgspec.json.encode(state), indent=1)
    try:
        try:
            write_durably(path, content)
            if not ballast.exists():
                write_durably(ballast, bytes(BALLAST_BYTES))
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            ballast.with_name(ballast.name + ".tmp").unlink(missing_ok=True)
            ballast.unlink(missing_ok=True)
            write_durably(path, content)
    except OSError as error:
        _note_unwritable(path, error, report)


def _note_unwritable(path: Path, error: OSError, report: DeliveryReport) -> None:
    fault = f"{path} cannot be written ({error.strerror}): what was reported now will be reported again"
    if fault not in report.faults:
        report.faults.append(fault)
