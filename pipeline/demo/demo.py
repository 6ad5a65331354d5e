"""Making the demonstration: an invented archive in a data folder of its own, read, published and reported.

Belongs here: the order of the work and where it may be done. Does not belong here: what is invented (``script``).
"""

import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.demo.archive import SITES, write_archive
from pipeline.demo.event import N_WEEKS
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import DataFolder
from pipeline.ground.printable import UNWATCHED, Watch
from pipeline.report.build import write_report
from pipeline.stages.publish import rebuild
from pipeline.stages.releases import NOTICE
from warehouse.files import clear_leftovers, private_beside


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A data folder that holds the demonstration. ``is_new`` is False where it was there already."""

    folder: DataFolder
    is_new: bool


def make_demo(root: Path, *, now: datetime, watch: Watch = UNWATCHED) -> Demonstration:
    """Make the demonstration in ``root``, which must be new, empty, or hold the demonstration already.

    It is made beside it and put in place whole. ``now`` only says since when this process works.

    Raises:
        WrongUseError: the folder holds anything else.
    """
    folder = DataFolder(root)
    if folder.invented.exists():
        return Demonstration(folder, is_new=False)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise WrongUseError(f"{root} holds something else already: name a new or empty folder, `iomdb demo DIR`")
    root.parent.mkdir(parents=True, exist_ok=True)
    clear_leftovers(root)
    aside = DataFolder(private_beside(root))
    aside.root.mkdir()
    try:
        aside.invented.write_text(f"{NOTICE}.\n", encoding="utf-8")
        n_runs = N_WEEKS * len(list(SITES.glob("*.toml")))
        for done, _ in enumerate(write_archive(aside.archive), start=1):
            watch.count("inventing crawls", done, n_runs)
        rebuild(aside, now=now, watch=replace(watch, tell=UNWATCHED.tell))
        write_report(aside, aside.report, watch=watch)
        aside.root.rename(root)
    finally:
        shutil.rmtree(aside.root, ignore_errors=True)
    return Demonstration(folder, is_new=True)
