"""Each law of import is seen to fail: a copy of the packages in which everything forbidden stands, judged once.

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
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipeline.ground.folders import PROJECT_ROOT

PYPROJECT: dict[str, Any] = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES: list[str] = PYPROJECT["tool"]["importlinter"]["root_packages"]
NEW_ROOM = "planted_room"
NEW_MODULE = "planted_module"
LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]

OWNERS = {"scrapy": "crawler.engine", "twisted": "crawler.engine", "duckdb": "warehouse", "dagster": "pipeline.defs"}
"""Who alone may import a library."""

FORBIDDEN = [
    *[("contracts", other) for other in PACKAGES if other != "contracts"],
    *[(lower, "pipeline") for lower in ("crawler", "extractor", "warehouse")],
    *[(one, other) for one in ("crawler", "extractor", "warehouse") for other in ("crawler", "extractor", "warehouse")],
]
ARROWS = [(one, other) for one, other in FORBIDDEN if one != other]
"""Which of our packages may not know which."""


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


class Planted(NamedTuple):
    """A module with an import that it must not have."""

    module: str
    forbidden: str


def copy_packages(target: Path) -> Path:
    shutil.copy(PROJECT_ROOT / "pyproject.toml", target)
    for package in PACKAGES:
        shutil.copytree(PROJECT_ROOT / package, target / package, ignore=shutil.ignore_patterns("__pycache__"))
        (target / package / f"{NEW_MODULE}.py").write_text('"""A module that no contract names."""\n')
        (target / package / NEW_ROOM).mkdir()
        (target / package / NEW_ROOM / "__init__.py").write_text('"""A room that no contract names."""\n')
        (target / package / NEW_ROOM / "deep.py").write_text('"""A module inside it."""\n')
    return target


def iter_modules(root: Path) -> Iterator[tuple[str, Path]]:
    """Every module of the packages by its name, the tops included."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def belongs_to(module: str, owner: str) -> bool:
    return module == owner or module.startswith(f"{owner}.")


def plant(path: Path, imported: Iterable[str]) -> None:
    with path.open("a", encoding="utf-8") as module:
        module.writelines(f"\nimport {name}\n" for name in imported)


def lint(folder: Path) -> tuple[int, str]:
    """What ``lint-imports`` says of the packages in that folder, a statement a line."""
    environment = {**os.environ, "COLUMNS": "1000", "NO_COLOR": "1"}
    done = subprocess.run(LINT, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def find_named(output: str) -> set[Planted]:
    """The direct imports that a judgement names."""
    return {Planted(*pair) for pair in re.findall(r"([\w.]+) -> ([\w.]+) \(l\.", output)}


@pytest.fixture(scope="module")
def caught_libraries(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[Planted], set[Planted]]:
    """Planted and named: each module of ours imports each library that is not its own."""
    root = copy_packages(tmp_path_factory.mktemp("libraries"))
    planted: set[Planted] = set()
    for module, path in iter_modules(root):
        foreign = [library for library, owner in OWNERS.items() if not belongs_to(module, owner)]
        plant(path, foreign)
        planted |= {Planted(module, library) for library in foreign}
    code, output = lint(root)
    assert code == 1, output
    return planted, find_named(output)


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_is_caught_in_every_module_outside_the_room_that_owns_it(
    library: str, caught_libraries: tuple[set[Planted], set[Planted]]
) -> None:
    planted, named = caught_libraries
    missed = sorted(one.module for one in planted - named if one.forbidden == library)
    assert not missed, f"nothing forbids {library} in {', '.join(missed)}"


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_is_allowed_in_the_room_that_owns_it(
    library: str, caught_libraries: tuple[set[Planted], set[Planted]]
) -> None:
    _, named = caught_libraries
    assert not [one for one in named if one.forbidden == library and belongs_to(one.module, OWNERS[library])]


@pytest.fixture(scope="module")
def caught_arrows(tmp_path_factory: pytest.TempPathFactory) -> set[Planted]:
    """Named: from the top, a new module and a new room of each package one import of each package it must not know."""
    root = copy_packages(tmp_path_factory.mktemp("arrows"))
    for one, other in ARROWS:
        for place in ("__init__.py", f"{NEW_MODULE}.py", f"{NEW_ROOM}/deep.py"):
            plant(root / one / place, [f"{other}.{NEW_MODULE}"])
    for room, other in FLOORS:
        path = root / room.replace(".", "/")
        plant(path / "__init__.py" if path.is_dir() else path.with_suffix(".py"), [other])
    code, output = lint(root)
    assert code == 1, output
    return find_named(output)


@pytest.mark.parametrize(("one", "other"), ARROWS, ids=[f"{one}-{other}" for one, other in ARROWS])
def test_no_module_may_know_a_package_beside_or_above_its_own(
    one: str, other: str, caught_arrows: set[Planted]
) -> None:
    places = (one, f"{one}.{NEW_MODULE}", f"{one}.{NEW_ROOM}.deep")
    missed = [place for place in places if Planted(place, f"{other}.{NEW_MODULE}") not in caught_arrows]
    assert not missed, f"nothing forbids {other} in {', '.join(missed)}"


@pytest.mark.parametrize("package", sorted({room.partition(".")[0] for room, _ in FLOORS}))
def test_no_room_may_know_a_room_beside_or_above_its_own(package: str, caught_arrows: set[Planted]) -> None:
    planted = {Planted(*pair) for pair in FLOORS if belongs_to(pair[0], package)}
    assert planted, "no floors are laid down"
    assert not planted - caught_arrows


def test_the_ground_may_import_no_library_of_the_project_but_msgspec(tmp_path: Path) -> None:
    root = copy_packages(tmp_path)
    names = {re.split(r"[\[<>=]", one)[0].replace("_", "-").casefold() for one in PYPROJECT["project"]["dependencies"]}
    libraries = {
        library
        for library, distributions in packages_distributions().items()
        if names & {one.replace("_", "-").casefold() for one in distributions}
        and library.isidentifier()
        and not library.startswith("_")
    } - {"msgspec"}
    assert {"bs4", "scrapy", "click", "dagster", "lxml", "pycountry"} <= libraries
    plant(root / "contracts" / f"{NEW_MODULE}.py", sorted(libraries))
    _, output = lint(root)
    caught = {one.forbidden for one in find_named(output) if one.module == f"contracts.{NEW_MODULE}"}
    assert caught == libraries


def test_a_new_room_must_be_given_its_floor(tmp_path: Path) -> None:
    code, output = lint(copy_packages(tmp_path))
    assert code == 1, output
    with_floors = {room.partition(".")[0] for room, _ in FLOORS}
    assert set(re.findall(rf"^- (\w+)\.{NEW_ROOM}$", output, re.MULTILINE)) == with_floors


def test_every_folder_with_code_is_a_package_which_the_laws_can_see() -> None:
    folders = {path.parent for package in PACKAGES for path in (PROJECT_ROOT / package).rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]


def test_every_package_that_is_shipped_is_under_the_laws() -> None:
    assert sorted(PACKAGES) == sorted(PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
