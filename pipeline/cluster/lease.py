"""Leases: who may do a thing that one machine at a time may do, and until when it counts as alive.

Belongs here: taking, renewing and giving back. Does not belong here: what is done under a lease.

A lease is an object that names its holder. The holder renews it by a conditional put every twenty seconds; one that was
not renewed for two minutes is taken over, again by a conditional put, so that of two takers one wins. Machines' clocks
must agree within a minute (NTP).
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from pipeline.cluster.objects import ObjectStore, StoreError, TakenError
from pipeline.ground.errors import LockedError, PipelineError
from pipeline.ground.folders import hold_lock

RENEW_EVERY = timedelta(seconds=20)
EXPIRES_AFTER = timedelta(minutes=2)
_MARGIN = timedelta(seconds=30)
"""A holder that could not renew stops so long before others may begin."""

Clock = Callable[[], datetime]


@dataclass
class Lease:
    """A lease that is held."""

    store: ObjectStore
    key: str
    holder: str
    task: str
    clock: Clock
    etag: str
    renewed_at: datetime

    @classmethod
    def take(cls, store: ObjectStore, name: str, *, holder: str, task: str, clock: Clock) -> Self:
        """Take it where nobody holds it, or its holder was silent for :data:`EXPIRES_AFTER`.

        Raises:
            LockedError: another machine holds it; the text names it.
        """
        key, now = f"leases/{name}.json", clock()
        found = store.find(key)
        if found is not None:
            held = json.loads(found[0])
            age = now - datetime.fromisoformat(held["renewed_at"])
            if held["holder"] != holder and age < EXPIRES_AFTER:
                raise LockedError(
                    f"{held['task']} is under way on the worker {held['holder']}, alive {age.seconds} seconds ago; "
                    "wait until it ends, or two minutes after it died"
                )
        try:
            etag = store.swap(key, _encode(holder, task, now), found[1] if found else None)
        except TakenError as error:
            raise LockedError(f"another worker has just begun {task}; let it end") from error
        return cls(store, key, holder, task, clock, etag, now)

    def renew(self) -> None:
        """Say that its holder lives.

        Raises:
            TakenError: another machine took it over.
        """
        now = self.clock()
        self.etag = self.store.swap(self.key, _encode(self.holder, self.task, now), self.etag)
        self.renewed_at = now

    def release(self) -> None:
        """Give it back; one that was taken over is left to its new holder."""
        with suppress(StoreError):
            self.renew()
            self.store.delete([self.key])

    @property
    def is_safe(self) -> bool:
        """Whether nobody else can have taken it yet."""
        return self.clock() - self.renewed_at < EXPIRES_AFTER - _MARGIN


@dataclass
class Heartbeat:
    """Renews leases from a thread of its own, and does what is due with each beat."""

    leases: list[Lease]
    on_beat: Callable[[], None]
    on_lost: Callable[[], None] = lambda: None
    fault: StoreError | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Beat until :meth:`stop`; when a lease is lost, or nearly, say so once and end."""
        while not self._stop.wait(RENEW_EVERY.total_seconds()):
            try:
                for lease in self.leases:
                    lease.renew()
                self.on_beat()
            except TakenError as error:
                self._give_up(error)
                return
            except StoreError as error:
                if not all(lease.is_safe for lease in self.leases):
                    self._give_up(error)
                    return

    def stop(self) -> None:
        """End it."""
        self._stop.set()

    def _give_up(self, error: StoreError) -> None:
        self.fault = error
        self.on_lost()


@contextmanager
def hold_leases(
    store: ObjectStore,
    names: list[str],
    *,
    holder: str,
    task: str,
    clock: Clock,
    locks: Path,
    on_beat: Callable[[], None] = lambda: None,
) -> Iterator[Heartbeat]:
    """Hold several leases, all or none, renewed while the block runs. ``on_beat`` is called after each renewal.

    ``locks`` is a folder of this machine's disk, where a lock of the same name keeps its other processes out: a lease
    of this very holder is then one that a dead process left, and is taken at once.

    Raises:
        LockedError: another machine, or another process here, holds one.
        StoreError: the store is away at the start, or was for so long that another may have taken over.
    """
    with ExitStack() as held:
        leases = []
        for name in sorted(names):
            held.enter_context(hold_lock(locks / f"{name}.lock", task=task, since=clock()))
            lease = Lease.take(store, name, holder=holder, task=task, clock=clock)
            held.callback(lease.release)
            leases.append(lease)
        heartbeat = Heartbeat(leases, on_beat)
        thread = threading.Thread(target=heartbeat.run, name=f"leases of {task}", daemon=True)
        thread.start()
        try:
            yield heartbeat
        except PipelineError as error:
            # What was ended because a lease was lost says that it was ended; why is what a person has to know.
            raise heartbeat.fault or error from error
        finally:
            heartbeat.stop()
            thread.join()
        if heartbeat.fault is not None:
            raise heartbeat.fault


def _encode(holder: str, task: str, now: datetime) -> bytes:
    return json.dumps({"holder": holder, "task": task, "renewed_at": now.isoformat()}).encode()
