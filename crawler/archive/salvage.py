"""Mending an open run that was killed: what is whole stays, what is cut goes, and the ledger agrees with the records.

Belongs here: everything between a kill and the next record. Does not belong here: damage in sealed runs, which is never
mended but reported (``check``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crawler.archive.ledger import CaptureRef, Fetch


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What was found in an open run. ``notes`` say in words what was dropped; empty when all was whole.

    ``orphans`` are archived responses that no ledger line names, by target URL: the kill fell between record and line. A
    resumed crawl judges them again (``reader.read_place``) rather than fetching them again.
    """

    fetches: Sequence[Fetch] = ()
    records_by_file: Mapping[str, int] = field(default_factory=dict)
    orphans: Mapping[str, CaptureRef] = field(default_factory=dict)
    notes: Sequence[str] = ()


def salvage_run(folder: Path) -> Salvaged:
    """Mend the open run in ``folder`` in place; an empty folder gives an empty result.

    Raises:
        OSError: the folder cannot be read or written.
    """
    raise NotImplementedError(folder)
