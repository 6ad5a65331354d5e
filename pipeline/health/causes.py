"""Why a piece of work failed, where that is known: the family of the findings that say it.

Belongs here: which error leads to which finding. Does not belong here: looking for that finding, telling anybody.
"""

import errno

from crawler.errors import ArchiveError, SiteFileError
from pipeline.gate.judgement import DecisionsError
from pipeline.history.published_file import LostRunsError
from pipeline.history.run_history import DiskError
from warehouse.errors import UnreadableReadingError

CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (DiskError, "disk"),
    (ArchiveError, "archive"),
    (LostRunsError, "orphan"),
    (UnreadableReadingError, "reading"),
    (DecisionsError, "decisions"),
    (SiteFileError, "settings"),
)
ERRNO_CAUSES = {
    errno.ENOSPC: "disk",
    errno.EDQUOT: "disk",
    errno.EROFS: "permission",
    errno.EACCES: "permission",
    errno.EPERM: "permission",
}


def find_cause(error: BaseException) -> str | None:
    """The family of the finding that explains the error, or what raised it; None where only the error itself does.

    >>> find_cause(OSError(errno.ENOSPC, "No space left on device"))
    'disk'
    >>> find_cause(ValueError("no")) is None
    True
    """
    for kind, family in CAUSES:
        if isinstance(error, kind):
            return family
    if isinstance(error, OSError) and error.errno in ERRNO_CAUSES:
        return ERRNO_CAUSES[error.errno]
    return find_cause(error.__cause__) if error.__cause__ is not None else None
