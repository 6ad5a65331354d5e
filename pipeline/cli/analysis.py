"""The analyst's commands by name; each is defined in a module of its kind.

Belongs here: the list. Does not belong here: any command. Nothing heavy is imported: these commands start in under 0.6
s.
"""

from __future__ import annotations

from pipeline.cli.documents import diff, history
from pipeline.cli.outputs import export, release, report
from pipeline.cli.overview import changes, search
from pipeline.cli.show import show
from pipeline.cli.sql import sql

__all__ = ["changes", "diff", "export", "history", "release", "report", "search", "show", "sql"]
