"""The rooms of the house as a table for docs/architecture.md: ``python -m bench.rooms`` prints it.

Belongs here: one line a room, from the first line of its docstring. Does not belong here: what the figures count.
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from bench.house import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = ("contracts", "crawler", "extractor", "warehouse", "pipeline")


def describe_rooms(root: Path = ROOT) -> str:
    """The table in Markdown: each package, then its rooms (folders) and the modules at its top."""
    lines = ["| room | what it is |", "|---|---|"]
    for package in PACKAGES:
        lines.append(f"| **`{package}`** | {_read_zone(root / package / '__init__.py')} |")
        for path in sorted((root / package).iterdir()):
            zone = path / "__init__.py" if path.is_dir() else path
            if zone.suffix == ".py" and zone.exists() and path.name not in {"__init__.py", "__main__.py"}:
                lines.append(f"| `{package}/{path.name}` | {_read_zone(zone)} |")
    return "\n".join(lines) + "\n"


def _read_zone(path: Path) -> str:
    """The first line of a module's docstring: what belongs in it, in one sentence."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").splitlines()[0]


if __name__ == "__main__":
    sys.stdout.write(describe_rooms())
