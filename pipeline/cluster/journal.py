"""An open run, sent to the store while it is written, so that another machine can go on with it.

Belongs here: sending what was added, and putting an open run together again. Does not belong here: mending what was cut
in the middle (``crawler.archive.salvage`` does, as after every kill), sealing.

A run is written by appending alone. Each beat sends what was added to each file since the last one as a part named by
its offset, records before the ledger lines that name them. Who takes a run over sends it anew as a later generation,
for the salvage may have shortened it; a generation counts once it is whole to the first beat.
"""

from dataclasses import dataclass, field
from pathlib import Path

from crawler.archive.runs import LEDGER_NAME, OPEN_SUFFIX, STATE_NAME
from crawler.archive.volumes import VOLUME_PATTERN
from pipeline.cluster.objects import ObjectStore

READY = "ready"
_LARGEST_PART = 1 << 26


@dataclass
class Journal:
    """What one machine sends of one open run."""

    store: ObjectStore
    folder: Path
    run_id: str
    prefix: str
    sent: dict[str, int] = field(default_factory=dict)
    is_ready: bool = False

    @classmethod
    def begin(cls, store: ObjectStore, archive: Path, run_id: str, worker: str) -> "Journal":
        """The next generation of a run's journal."""
        generation = max((one.number for one in find_generations(store, run_id)), default=0) + 1
        return cls(store, archive / (run_id + OPEN_SUFFIX), run_id, f"open/{run_id}/{generation:04d}-{worker}")

    def send(self) -> None:
        """Send what was added since the last time; nothing once the run is sealed.

        Raises:
            StoreError: the store is away; the next call sends what is missing.
        """
        ledger, state = self.folder / LEDGER_NAME, self.folder / STATE_NAME
        try:
            n_ledger, stated = ledger.stat().st_size, state.read_bytes()
            volumes = sorted(self.folder.glob(VOLUME_PATTERN))
        except FileNotFoundError:
            return
        try:
            for volume in volumes:
                self._send_file(volume, volume.stat().st_size)
            self._send_file(ledger, n_ledger)
        except FileNotFoundError:
            return
        self.store.replace(f"{self.prefix}/{STATE_NAME}", stated)
        if not self.is_ready:
            self.store.replace(f"{self.prefix}/{READY}", b"")
            self.is_ready = True

    def _send_file(self, path: Path, size: int) -> None:
        begin = self.sent.get(path.name, 0)
        with path.open("rb") as file:
            while begin < size:
                file.seek(begin)
                part = file.read(min(size - begin, _LARGEST_PART))
                self.store.replace(f"{self.prefix}/{path.name}/{begin:015d}", part)
                begin += len(part)
                self.sent[path.name] = begin


@dataclass(frozen=True, slots=True)
class Generation:
    """One machine's journal of a run: its number, who wrote it, and its objects' keys."""

    number: int
    worker: str
    keys: tuple[str, ...]


def find_generations(store: ObjectStore, run_id: str) -> list[Generation]:
    """The generations of a run's journal that are ready, oldest first."""
    keys: dict[str, list[str]] = {}
    for one in store.list_objects(f"open/{run_id}"):
        keys.setdefault(one.key.split("/")[2], []).append(one.key)
    return [
        Generation(int(name[:4]), name[5:], tuple(parts))
        for name, parts in sorted(keys.items())
        if any(part.endswith(f"/{READY}") for part in parts)
    ]


def restore_run(store: ObjectStore, generation: Generation, folder: Path) -> None:
    """Put an open run together in a folder that is not there yet: each file up to its first missing part."""
    aside = folder.with_name("." + folder.name)
    aside.mkdir(parents=True, exist_ok=True)
    for key in generation.keys:
        name, _, part = "/".join(key.split("/")[3:]).partition("/")
        if name == READY:
            continue
        found = store.find(key)
        path = aside / name
        offset = int(part) if part else 0
        if found is None or (offset != (path.stat().st_size if path.exists() else 0) and part):
            continue
        with path.open("ab" if part else "wb") as file:
            file.write(found[0])
    aside.rename(folder)


def forget_journal(store: ObjectStore, run_id: str) -> None:
    """Remove all that was sent of a run: it is sealed in the store."""
    store.delete([one.key for one in store.list_objects(f"open/{run_id}")])
