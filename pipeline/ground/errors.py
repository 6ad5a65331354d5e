"""Every error the pipeline raises, in one tree. Messages say what happened, where, and the next step."""

import difflib
import re
from collections.abc import Iterable

from crawler.errors import SiteFileError, UrlError
from warehouse.errors import AmbiguousNameError, InstantError, NotFoundError


class PipelineError(Exception):
    """The root: the command line prints its text and exits with :attr:`exit_code`."""

    exit_code = 1


class WrongUseError(PipelineError):
    """Raised by commands and settings when what was asked for cannot be done as asked."""

    exit_code = 2


_WRONG_USE = (SiteFileError, UrlError, NotFoundError, AmbiguousNameError, InstantError)


def find_exit_code(error: BaseException) -> int:
    """The exit code of a command that an error ended: 2 for wrong use (an argument, a site file, a setting), else 1."""
    if isinstance(error, PipelineError):
        return error.exit_code
    return WrongUseError.exit_code if isinstance(error, _WRONG_USE) else 1


class NothingToWriteError(PipelineError):
    """Raised when there is nothing of what was asked for; no file is written."""


class GateError(PipelineError):
    """Raised by publishing after the good sites are published, when a run was rejected by the gate."""


class LockedError(PipelineError):
    """Raised when another process holds the writer's lock; the text names it."""


class ReadingError(PipelineError):
    """Raised when archived bytes cannot be read at all (not when a page is quarantined: that is a result)."""


def propose(name: str, known: Iterable[str]) -> str:
    """The names that somebody may have meant, as a question to end a message with; empty where none is near.

    Where no whole name is near, one of a name's words may be.

    >>> propose("buget_amount", ["title", "budget_amount", "budget_currency"])
    'did you mean budget_amount?'
    >>> propose("haitii", ["haiti.iom.int", "iom.int"]), propose("budgt", ["title", "budget_amount"])
    ('did you mean haiti.iom.int?', 'did you mean budget_amount?')
    """
    folded = {one.lower(): one for one in known}
    near = (
        difflib.get_close_matches(name.lower(), folded, n=3, cutoff=0.7)
        or [one for one in folded if difflib.get_close_matches(name.lower(), re.split("[._]", one), cutoff=0.7)][:3]
    )
    return f"did you mean {' or '.join(folded[one] for one in near)}?" if near else ""
