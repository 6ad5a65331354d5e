"""What people decided that words mean, as TOML with the source of each entry. Not maintained here: what CLDR and ISO already carry.

Belongs here: the files and how they are read. Does not belong here: the rules that use them.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read_codebook(name: str) -> dict[str, Any]:
    """The content of ``codebooks/<name>.toml``; callers treat it as read-only."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
