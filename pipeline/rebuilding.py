"""Making everything derived anew from the archive: the proof that the archive is enough.

Belongs here: what is thrown away and the order in which it is made again. Does not belong here: the stages.
"""

from __future__ import annotations

import shutil
from datetime import datetime

from pipeline.extraction import extract_missing
from pipeline.extractor import current_release
from pipeline.folders import DataFolder
from pipeline.lock import hold_lock
from pipeline.publishing import Publication, publish


def rebuild(folder: DataFolder, *, now: datetime, threads: int | None = None) -> Publication:
    """Read every archived page again with the current release, derive, judge and publish.

    What older releases of the extractor read stays: only their own code could read it again.
    The published file stays in place until the new one replaces it.

    Raises:
        LockedError: another process writes.
        DamagedRecordError, SourceError, BuildError, PublishError: the published file is as it was; the text says why.
    """
    with hold_lock(folder.lock, task="rebuilding", since=now):
        shutil.rmtree(folder.extracted / str(current_release().number), ignore_errors=True)
        extract_missing(folder)
    return publish(folder, now=now, threads=threads)
