"""The contacts that pages print: kept apart from everything that is published, if they are kept at all.

Belongs here: the switch, and the files of ``private/``. Does not belong here: finding contacts (``extractor.values``).
"""

import tomllib
from pathlib import Path

import msgspec

from contracts.extraction import Contact
from crawler.durable import write_durably
from pipeline.ground.folders import PROJECT_ROOT, DataFolder


def keeps_contacts(path: Path = PROJECT_ROOT / "pipeline" / "privacy.toml") -> bool:
    """The switch of ``privacy.toml``: whether contacts are kept in ``private/`` at all.

    They are never published either way.
    """
    return bool(tomllib.loads(path.read_text(encoding="utf-8"))["keep_contacts"])


def write_contacts(folder: DataFolder, release: int, run_id: str, contacts: list[Contact]) -> None:
    """One line a contact in ``private/<release>/<run_id>.jsonl``; the folders can be entered by their owner only."""
    target = folder.private / str(release)
    folder.private.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.mkdir(mode=0o700, exist_ok=True)
    path = target / f"{run_id}.jsonl"
    if contacts:
        write_durably(path, b"".join(msgspec.json.encode(contact) + b"\n" for contact in contacts))
        path.chmod(0o600)
    else:
        path.unlink(missing_ok=True)
