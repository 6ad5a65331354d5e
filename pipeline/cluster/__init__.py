"""More than one machine: the archive, the readings and the published file in an object store that all of them share.

Belongs here: what passes between a machine's own disk and the store, leases, what a dead machine left. Does not belong
here: the stages, which work on the machine's own disk as they always do. Where ``IOMDB_ARCHIVE`` is not set nothing of
this is imported, and ``obstore`` in ``objects`` alone (the extra ``iomdb[cluster]``). Whatever asks the store raises
:class:`pipeline.cluster.objects.StoreError` where it is away.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Literal

from pipeline.ground.folders import DataFolder, is_shared

Work = Literal["collect", "publish", "purge", "look", "read", "prove"]
"""What is done to a data folder, by what of it is fetched before and sent after: ``collect`` adds to it, ``publish``
derives from it, alone, ``purge`` changes what is sealed, ``look`` reads ledgers, ``read`` the published file, ``prove``
that and the archive."""


def share(folder: DataFolder, work: Work) -> AbstractContextManager[object]:
    """Do work on a data folder as one of several machines; on a machine that is alone, nothing more than the work.

    Raises:
        LockedError: another machine publishes.
        StoreError: the store is away; what was done stays on this machine, and is sent by the next call.
    """
    if not is_shared():
        return nullcontext()
    from pipeline.cluster.shared import share_work

    return share_work(folder, work)
