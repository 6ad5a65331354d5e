"""What an open run must remember over a kill besides its records and its ledger.

Belongs here: ``state.json`` of an open run. Does not belong here: a sealed run; sealing takes the state into run.json.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from contracts.fetch import Instant
from contracts.run import Discovery, RobotsAnswer, RunManifest, Source
from crawler.archive.open_run import STATE_NAME
from crawler.archive.runs import MANIFEST_NAME
from crawler.durable import write_durably
from crawler.errors import ArchiveError


class RunState(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The part of the manifest that is known before the end. ``site_config`` is the site file's text, or None."""

    run_id: str
    source: Source
    site: str | None
    started_at: Instant
    site_config: str | None
    software: dict[str, str]
    robots: list[RobotsAnswer] = []
    discovery: list[Discovery] = []
    listed: dict[str, int] = {}
    resumed: int = 0
    notes: list[str] = []


def write_state(folder: Path, state: RunState) -> None:
    """Write the state so that it is whole or the old one."""
    write_durably(folder / STATE_NAME, msgspec.json.encode(state))


def find_state(folder: Path) -> RunState | None:
    """The state of an open run; of one that was sealed but not yet renamed when it was killed, out of its manifest.

    None when the folder is not there, or was killed before the state was first written.

    Raises:
        ArchiveError: the state is there and cannot be read.
    """
    path = folder / STATE_NAME
    try:
        if path.exists():
            return msgspec.json.decode(path.read_bytes(), type=RunState)
        if (folder / MANIFEST_NAME).exists():
            return _state_of(msgspec.json.decode((folder / MANIFEST_NAME).read_bytes(), type=RunManifest))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ArchiveError(f"{folder} cannot be resumed, its state is damaged: {error}; move it away") from error
    return None


def _state_of(manifest: RunManifest) -> RunState:
    return RunState(**{name: getattr(manifest, name) for name in RunState.__struct_fields__})
