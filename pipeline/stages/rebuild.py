"""Making everything derived anew from the archive: the proof that the archive is enough.

Belongs here: what is thrown away and the order in which it is made again. Does not belong here: the stages.
"""

import shutil
from collections.abc import Collection
from datetime import datetime

from pipeline.ground.folders import DataFolder, hold_lock
from pipeline.ground.printable import UNWATCHED, Watch
from pipeline.history.published_file import require_whole_archive
from pipeline.stages.extract import clear_extraction_leftovers, extract_runs, extraction_path
from pipeline.stages.frames import find_frames_file
from pipeline.stages.invented import write_older_readings
from pipeline.stages.publish import Publication, publish
from pipeline.stages.releases import current_release
from warehouse.files import private_beside, put_in_place


def rebuild(
    folder: DataFolder,
    *,
    now: datetime,
    threads: int | None = None,
    watch: Watch = UNWATCHED,
) -> Publication:
    """Read every archived page again with the current release, derive, judge and publish.

    Readings are made aside and put in the place of the old ones once all are there: a rebuild that is killed, or meets
    a damaged run, loses none. What older releases of the extractor read stays: only their own code could read it again
    (an invented archive's older readings are made anew).
    The published file stays in place until the new one replaces it.

    Raises:
        LockedError: another process writes.
        LostRunsError: runs that were read are not in the archive.
        DamagedRecordError, SourceError, BuildError, PublishError: the published file is as it was; the text says why.
    """
    with hold_lock(folder.lock, task="rebuilding", since=now):
        run_ids = require_whole_archive(folder)
        extract_anew(folder, run_ids, watch=watch)
        write_older_readings(folder)
    return publish(folder, now=now, threads=threads, watch=watch)


def extract_anew(folder: DataFolder, run_ids: Collection[str], *, watch: Watch = UNWATCHED) -> None:
    """Read every run aside by the current release, then put the readings in the place of the old. Under the lock.

    Raises:
        DamagedRecordError: ledgers do not hold, or files are not there; every old reading stays.
    """
    release = current_release().number
    clear_extraction_leftovers(folder)
    aside = private_beside(folder.extracted / str(release))
    try:
        done = extract_runs(folder, run_ids, aside, watch=watch)
        (folder.extracted / str(release)).mkdir(exist_ok=True)
        for run in done:
            target = extraction_path(folder, release, run.run_id)
            put_in_place(aside / target.name, target)
            put_in_place(find_frames_file(aside, run.run_id), find_frames_file(target.parent, run.run_id))
    finally:
        shutil.rmtree(aside, ignore_errors=True)
