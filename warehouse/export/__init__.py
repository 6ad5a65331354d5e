"""Handing the public tables out as files that other programs open.

Belongs here: which formats there are, and a module each. Does not belong here: data releases (``publish``), what the
tables hold (``build``).
"""

from typing import Literal, get_args

Format = Literal["csv", "jsonl", "parquet", "sqlite", "xlsx"]
FORMATS: tuple[Format, ...] = get_args(Format)
"""Said here, where reading it costs a command nothing: writing Excel takes long to load."""
