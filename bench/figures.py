"""``make figures``: the figures of the house beside their bounds, each counted from the code as it stands.

Belongs here: which figures there are, their bounds, and printing. Does not belong here: counting (``house``,
``declarations``, ``one_page``, ``import_laws``). The suite holds each figure to its bound (``tests/house``).

How they are counted: lines are those of Python and SQL in the packages, blank ones and comments too; the bound grows by
the table *capability · lines* of ``docs/architecture.md``. A room is a module (but ``__main__``) or subpackage at a
package's top; the files of a room are the ``.py`` of one folder without ``__init__``. Doubled names are public classes
at the top of modules. -ing counts module stems. Imports inside functions or for the type checker make no cycle. A
function's lines go from ``def`` to its end.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from bench.declarations import find_field_declarations, find_verdict_declarations
from bench.house import ROOT, House, find_cycles
from bench.import_laws import judge, plant_arrows, plant_libraries

LINES_AT_THE_START = 32_500
MOST_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what was counted, the most it may be, and the places that make it up, the worst first."""

    value: int
    bound: int
    places: Sequence[str] = ()

    @property
    def holds(self) -> bool:
        """Whether it keeps its bound."""
        return self.value <= self.bound


def measure_lines(house: House) -> Figure:
    """Source lines, Python and SQL, without tests and bench."""
    lines = house.count_lines()
    return Figure(sum(lines.values()), LINES_AT_THE_START + house.count_capability_lines(), _list_largest(lines))


def measure_rooms(house: House) -> Figure:
    """Rooms of the package that has most."""
    return _largest({package: len(rooms) for package, rooms in house.find_rooms().items()}, 15)


def measure_room_files(house: House) -> Figure:
    """Files of the largest room."""
    return _largest(house.count_folder_files(), 14)


def measure_doubled_names(house: House) -> Figure:
    """Public class names defined twice."""
    return _number((f"{name}: {', '.join(modules)}" for name, modules in house.find_doubled_names().items()), 0)


def measure_ing(house: House) -> Figure:
    """Modules in -ing."""
    return _number(house.find_ing_modules(), 3)


def measure_module_cycles(house: House) -> Figure:
    """Import cycles between modules."""
    return _number((" ↔ ".join(cycle) for cycle in find_cycles(house.find_imports())), 0)


def measure_room_cycles(house: House) -> Figure:
    """Import cycles between rooms of a package."""
    return _number((" ↔ ".join(cycle) for cycle in find_cycles(house.find_room_imports())), 0)


def measure_functions(house: House) -> Figure:
    """Lines of the longest function."""
    return _largest(house.find_functions(), 50)


def measure_files(house: House) -> Figure:
    """Lines of the longest Python file."""
    return _largest(house.find_file_lines(), 300)


def measure_field_declarations(house: House) -> Figure:
    """Declarations of the field that has most."""
    declared = find_field_declarations(house)
    files = Counter(path for paths in declared.values() for path in paths)
    return Figure(max(map(len, declared.values())), 1, [f"{path}: {n} fields" for path, n in files.most_common()])


def measure_verdict_declarations(house: House) -> Figure:
    """Declarations of a verdict."""
    return _number(find_verdict_declarations(house), 1)


def measure_modules_run(house: House, kind: str) -> Figure:
    """Modules run for one page of that kind, from the socket to a column."""
    words = [sys.executable, "-m", "bench.one_page", kind]
    done = subprocess.run(words, cwd=house.root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words[1:])} ended with {done.returncode}: {done.stderr[-1500:]}")
    run: list[str] = json.loads(done.stdout)
    packages = {package: sum(name.startswith(f"{package}.") for name in run) for package in house.packages}
    return Figure(len(run), 105, _list_largest(packages))


def measure_planted(_: House) -> Figure:
    """Planted violations of the import laws that are missed."""
    missed: list[str] = []
    n_planted = 0
    for plant in (plant_libraries, plant_arrows):
        with tempfile.TemporaryDirectory(prefix="iomdb-laws-") as folder:
            judgement = judge(Path(folder), plant)
        n_planted += len(judgement.planted)
        missed += [f"{one.module} → {one.forbidden}" for one in sorted(judgement.planted - judgement.named)]
    return Figure(len(missed), 0, [*missed, f"of {n_planted:,} planted"])


FIGURES: Mapping[str, Callable[[House], Figure]] = {
    "source lines, Python and SQL": measure_lines,
    "rooms of the largest package": measure_rooms,
    "files of the largest room": measure_room_files,
    "public class names defined twice": measure_doubled_names,
    "modules in -ing": measure_ing,
    "import cycles between modules": measure_module_cycles,
    "import cycles between rooms of a package": measure_room_cycles,
    "lines of the longest function": measure_functions,
    "lines of the longest file": measure_files,
    "declarations of a field": measure_field_declarations,
    "declarations of a verdict": measure_verdict_declarations,
    "modules run for one project page": partial(measure_modules_run, kind="project"),
    "modules run for one news page": partial(measure_modules_run, kind="news"),
    "planted violations of the import laws missed": measure_planted,
}
"""What is counted, by its name in the table."""


def _largest(counts: Mapping[str, int], bound: int) -> Figure:
    return Figure(max(counts.values()), bound, _list_largest(counts))


def _list_largest(counts: Mapping[str, int]) -> list[str]:
    return [f"{name} {counts[name]:,}" for name in sorted(counts, key=lambda name: (-counts[name], name))]


def _number(places: Iterable[str], bound: int) -> Figure:
    found = list(places)
    return Figure(len(found), bound, found)


@click.command()
@click.option("--all", "everything", is_flag=True, help="Name every place, not the first few.")
def main(everything: bool) -> None:
    """Print each figure, its bound, whether it holds, and where it comes from; exit code 1 when one does not hold."""
    house = House(ROOT)
    width = max(map(len, FIGURES))
    fail = False
    for name, measure in FIGURES.items():
        figure = measure(house)
        fail = fail or not figure.holds
        mark = "holds" if figure.holds else "BROKEN"
        click.echo(f"{name.ljust(width)}  {figure.value:>7,}  at most {figure.bound:>6,}  {mark}")
        shown = figure.places if everything else figure.places[: MOST_SHOWN if not figure.holds else 1]
        for place in shown:
            click.echo(f"    {place}")
        if len(shown) < len(figure.places) and not figure.holds:
            click.echo(f"    and {len(figure.places) - len(shown):,} more (--all)")
    sys.exit(fail)


if __name__ == "__main__":
    main()
