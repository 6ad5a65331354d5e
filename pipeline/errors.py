"""Every error the pipeline raises, in one tree. Messages say what happened, where, and the next step."""

from __future__ import annotations


class PipelineError(Exception):
    """The root: the command line prints its text and exits with :attr:`exit_code`."""

    exit_code = 1


class WrongUseError(PipelineError):
    """Raised by commands and settings when what was asked for cannot be done as asked."""

    exit_code = 2


class GateError(PipelineError):
    """Raised by publishing after the good sites are published, when a run was rejected by the gate."""


class LockedError(PipelineError):
    """Raised when another process holds the writer's lock; the text names it."""


class ReadingError(PipelineError):
    """Raised when archived bytes cannot be read at all (not when a page is quarantined: that is a result)."""
