"""The house by its source: lines, rooms, names, cycles, lengths. Each count names what it counted.

Belongs here: what can be told from the text of the modules. Does not belong here: bounds and printing (``figures``),
declarations of one fact in several places (``declarations``), anything that has to run.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[1]
ARCHITECTURE = Path("docs") / "architecture.md"
_CAPABILITIES = re.compile(r"^\|\s*capability\s*\|\s*lines\s*\|\s*$", re.IGNORECASE)
_CAPABILITY = re.compile(r"^\|[^|]*\|\s*([\d,]+)\s*\|\s*$")


@dataclass(frozen=True)
class Module:
    """One Python file of the packages under its dotted name; ``is_package`` where it is a folder's ``__init__``."""

    name: str
    path: Path
    is_package: bool

    @property
    def package(self) -> str:
        """The package it belongs to."""
        return self.name.partition(".")[0]

    @property
    def room(self) -> str:
        """The module or subpackage at its package's top that holds it; the package's own name for its top."""
        return ".".join(self.name.split(".")[:2])

    @cached_property
    def text(self) -> str:
        """The source."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """The source, parsed."""
        return ast.parse(self.text, str(self.path))


class House:
    """The packages of one checkout."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        self.packages: list[str] = project["tool"]["importlinter"]["root_packages"]
        self.modules = {module.name: module for module in self._iter_modules()}

    def _iter_modules(self) -> Iterator[Module]:
        for path in self.iter_files(".py"):
            parts = path.relative_to(self.root).with_suffix("").parts
            is_package = parts[-1] == "__init__"
            yield Module(".".join(parts[:-1] if is_package else parts), path, is_package)

    def iter_files(self, suffix: str) -> Iterator[Path]:
        """Files of the packages that end so, in order."""
        for package in self.packages:
            yield from sorted((self.root / package).rglob(f"*{suffix}"))

    def count_lines(self) -> dict[str, int]:
        """Lines of Python and SQL a package, blank ones and comments too."""
        lines: dict[str, int] = defaultdict(int)
        for path in (*self.iter_files(".py"), *self.iter_files(".sql")):
            lines[path.relative_to(self.root).parts[0]] += path.read_bytes().count(b"\n")
        return dict(lines)

    def count_capability_lines(self) -> int:
        """The sum of the table *capability · lines* of the architecture page; 0 without one."""
        page = self.root / ARCHITECTURE
        return sum(iter_capability_lines(page.read_text(encoding="utf-8"))) if page.exists() else 0

    def find_rooms(self) -> dict[str, list[str]]:
        """Package to its rooms: modules (but ``__main__``) and subpackages at its top."""
        rooms: dict[str, set[str]] = {package: set() for package in self.packages}
        for module in self.modules.values():
            if module.name != module.package and not module.name.endswith(".__main__"):
                rooms[module.package].add(module.room)
        return {package: sorted(names) for package, names in rooms.items()}

    def count_folder_files(self) -> dict[str, int]:
        """Folder to its Python files, ``__init__`` left out."""
        files: dict[str, int] = defaultdict(int)
        for module in self.modules.values():
            if not module.is_package:
                files[module.path.parent.relative_to(self.root).as_posix()] += 1
        return dict(files)

    def find_doubled_names(self) -> dict[str, list[str]]:
        """Public classes at the top of modules whose name is defined more than once, with their modules."""
        places: dict[str, list[str]] = defaultdict(list)
        for module in self.modules.values():
            for node in module.tree.body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places[node.name].append(module.name)
        return {name: modules for name, modules in sorted(places.items()) if len(modules) > 1}

    def find_ing_modules(self) -> list[str]:
        """Modules whose stem ends in -ing; the names of folders are not stems."""
        return sorted(m.name for m in self.modules.values() if not m.is_package and m.name.endswith("ing"))

    def find_functions(self) -> dict[str, int]:
        """Functions and methods by dotted name, with their lines from ``def`` to their end."""
        return {
            f"{module.name}.{name}": (node.end_lineno or node.lineno) - node.lineno + 1
            for module in self.modules.values()
            for name, node in iter_functions(module.tree)
        }

    def find_file_lines(self) -> dict[str, int]:
        """Python files with their lines."""
        return {str(m.path.relative_to(self.root)): m.text.count("\n") for m in self.modules.values()}

    def find_imports(self) -> dict[str, set[str]]:
        """Module to those of ours that it imports when it is imported itself."""
        return {
            module.name: {found for name in iter_imported(module) if (found := self._find(name))} - {module.name}
            for module in self.modules.values()
        }

    def _find(self, name: str) -> str | None:
        """The module that a dotted name stands in."""
        while name and name not in self.modules:
            name = name.rpartition(".")[0]
        return name or None

    def find_room_imports(self) -> dict[str, set[str]]:
        """The same between rooms of one package."""
        rooms: dict[str, set[str]] = defaultdict(set)
        for name, imported in self.find_imports().items():
            module = self.modules[name]
            others = {self.modules[other] for other in imported}
            rooms[module.room] |= {o.room for o in others if o.package == module.package and o.room != module.room}
        return dict(rooms)


def iter_capability_lines(page: str) -> Iterator[int]:
    """The figures of the table *capability · lines* of a Markdown page."""
    is_inside = False
    for line in page.splitlines():
        is_inside = bool(_CAPABILITIES.match(line)) or (is_inside and line.startswith("|"))
        found = _CAPABILITY.match(line) if is_inside else None
        if found:
            yield int(found[1].replace(",", ""))


def iter_functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function of a tree by its qualified name, those inside classes and functions too."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{node.name}", node
            yield from iter_functions(node, f"{prefix}{node.name}.<locals>.")
        elif isinstance(node, ast.ClassDef):
            yield from iter_functions(node, f"{prefix}{node.name}.")
        else:
            yield from iter_functions(node, prefix)


def iter_imported(module: Module) -> Iterator[str]:
    """Dotted names that a module imports at its top; not those inside functions or for the type checker alone."""
    parts = module.name.split(".") if module.is_package else module.name.split(".")[:-1]
    for node in _iter_at_import(module.tree.body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = parts[: len(parts) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def _iter_at_import(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _iter_at_import(node.orelse)
            continue
        yield node
        for part in ("body", "orelse", "finalbody"):
            yield from _iter_at_import(getattr(node, part, ()))
        for handler in getattr(node, "handlers", ()):
            yield from _iter_at_import(handler.body)


def find_cycles(edges: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Groups of names each of which leads to all others of its group."""
    reached = {name: _reach(name, edges) for name in edges}
    groups = {
        tuple(sorted(other for other in reached[name] if name in reached.get(other, ())))
        for name in edges
        if name in reached[name]
    }
    return [list(group) for group in sorted(groups)]


def _reach(start: str, edges: Mapping[str, Iterable[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(edges.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += edges.get(name, ())
    return reached
