"""Planting what the import laws forbid into a copy of the packages, and asking ``lint-imports`` what it sees.

Belongs here: what is forbidden, where it is planted, reading the judge's answer. Does not belong here: the laws
themselves (``[tool.importlinter]`` of pyproject.toml).

What is planted is enumerated from the folders, so that a room of tomorrow is planted in too, and so is a module that no
contract can have named.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bench.house import ROOT

PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES: list[str] = PYPROJECT["tool"]["importlinter"]["root_packages"]
NEW_ROOM = "planted_room"
NEW_MODULE = "planted_module"
LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]

OWNERS = {"scrapy": "crawler.engine", "twisted": "crawler.engine", "duckdb": "warehouse", "dagster": "pipeline.defs"}
"""Who alone may import a library."""

BESIDE = ("crawler", "extractor", "warehouse")
ARROWS = [
    *[("contracts", other) for other in PACKAGES if other != "contracts"],
    *[(package, other) for package in BESIDE for other in (*BESIDE, "pipeline") if package != other],
]
"""Which of our packages may not know which."""


class Planted(NamedTuple):
    """A module with an import that it must not have."""

    module: str
    forbidden: str


class Judgement(NamedTuple):
    """What was planted, and the direct imports that ``lint-imports`` named."""

    planted: set[Planted]
    named: set[Planted]


def iter_floors() -> Iterator[tuple[str, str]]:
    """Each room of a package whose rooms have floors, with a room beside or above it, which it must not know."""
    for law in PYPROJECT["tool"]["importlinter"]["contracts"]:
        for container in law.get("containers", ()):
            floors = [[room.strip() for room in floor.split("|")] for floor in law["layers"]]
            for number, floor in enumerate(floors):
                for room in floor:
                    above = [other for higher in floors[:number] for other in higher]
                    beside = [other for other in floor if other != room]
                    yield from ((f"{container}.{room}", f"{container}.{other}") for other in above + beside)


FLOORS = list(iter_floors())


def copy_packages(target: Path) -> Path:
    """A copy of the packages in ``target``; each has a room and a module more than here."""
    shutil.copy(ROOT / "pyproject.toml", target)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, target / package, ignore=shutil.ignore_patterns("__pycache__"))
        (target / package / f"{NEW_MODULE}.py").write_text('"""A module that no contract names."""\n')
        (target / package / NEW_ROOM).mkdir()
        (target / package / NEW_ROOM / "__init__.py").write_text('"""A room that no contract names."""\n')
        (target / package / NEW_ROOM / "deep.py").write_text('"""A module inside it."""\n')
    return target


def plant(path: Path, imported: Iterable[str]) -> None:
    """Add imports to a module."""
    with path.open("a", encoding="utf-8") as module:
        module.writelines(f"\nimport {name}\n" for name in imported)


def lint(folder: Path) -> tuple[int, str]:
    """The exit code of ``lint-imports`` in that folder, and what it said, a statement a line."""
    environment = {**os.environ, "COLUMNS": "1000", "NO_COLOR": "1"}
    done = subprocess.run(LINT, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def find_named(output: str) -> set[Planted]:
    """The direct imports that a judgement names."""
    return {Planted(*pair) for pair in re.findall(r"([\w.]+) -> ([\w.]+) \(l\.", output)}


def belongs_to(module: str, owner: str) -> bool:
    """Whether the module is the owner or inside it."""
    return module == owner or module.startswith(f"{owner}.")


def judge(folder: Path, plant_all: Callable[[Path], set[Planted]]) -> Judgement:
    """Plant in a copy in ``folder``, and let it be judged once."""
    root = copy_packages(folder)
    planted = plant_all(root)
    _, output = lint(root)
    return Judgement(planted, find_named(output))


def plant_libraries(root: Path) -> set[Planted]:
    """In each module of ours, each package's top and the new ones too, each library that is not its own."""
    planted: set[Planted] = set()
    for module, path in _iter_modules(root):
        foreign = [library for library, owner in OWNERS.items() if not belongs_to(module, owner)]
        plant(path, foreign)
        planted |= {Planted(module, library) for library in foreign}
    return planted


def plant_arrows(root: Path) -> set[Planted]:
    """At three places of each package each package, and in each room each room, that it must not know.

    The places are its top, a new module, and a module inside a new room.
    """
    planted: set[Planted] = set()
    for package, other in ARROWS:
        for place in (package, f"{package}.{NEW_MODULE}", f"{package}.{NEW_ROOM}.deep"):
            planted.add(Planted(place, f"{other}.{NEW_MODULE}"))
    planted |= {Planted(*pair) for pair in FLOORS}
    for module, forbidden in sorted(planted):
        path = root / module.replace(".", "/")
        plant(path / "__init__.py" if path.is_dir() else path.with_suffix(".py"), [forbidden])
    return planted


def _iter_modules(root: Path) -> Iterator[tuple[str, Path]]:
    """Every module of the packages by its name, the tops included."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path
