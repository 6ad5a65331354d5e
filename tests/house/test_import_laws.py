"""Each law of import is seen to fail: a copy of the packages in which everything forbidden stands, judged once."""

from __future__ import annotations

import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from bench.import_laws import (
    ARROWS,
    FLOORS,
    NEW_MODULE,
    NEW_ROOM,
    OWNERS,
    PACKAGES,
    PYPROJECT,
    Judgement,
    belongs_to,
    copy_packages,
    find_named,
    judge,
    lint,
    plant,
    plant_arrows,
    plant_libraries,
)
from pipeline.ground.folders import PROJECT_ROOT

FLOORED = sorted({room.partition(".")[0] for room, _ in FLOORS})


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Judgement:
    return judge(tmp_path_factory.mktemp("libraries"), plant_libraries)


@pytest.fixture(scope="module")
def arrows(tmp_path_factory: pytest.TempPathFactory) -> Judgement:
    return judge(tmp_path_factory.mktemp("arrows"), plant_arrows)


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_is_caught_in_every_module_outside_the_room_that_owns_it(library: str, libraries: Judgement) -> None:
    planted = {one for one in libraries.planted if one.forbidden == library}
    assert {one.module for one in planted} >= {*PACKAGES} - {OWNERS[library]}
    missed = sorted(one.module for one in planted - libraries.named)
    assert not missed, f"nothing forbids {library} in {', '.join(missed)}"


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_is_allowed_in_the_room_that_owns_it(library: str, libraries: Judgement) -> None:
    named = [one.module for one in libraries.named if one.forbidden == library]
    assert not [module for module in named if belongs_to(module, OWNERS[library])]


@pytest.mark.parametrize(("package", "other"), ARROWS, ids=[f"{package}-{other}" for package, other in ARROWS])
def test_no_module_may_know_a_package_beside_or_above_its_own(package: str, other: str, arrows: Judgement) -> None:
    planted = {one for one in arrows.planted if belongs_to(one.module, package) and belongs_to(one.forbidden, other)}
    assert len(planted) == 3
    assert not planted - arrows.named


@pytest.mark.parametrize("package", FLOORED)
def test_no_room_may_know_a_room_beside_or_above_its_own(package: str, arrows: Judgement) -> None:
    planted = {one for one in arrows.planted if one in FLOORS and belongs_to(one.module, package)}
    assert len(planted) > 20
    assert not planted - arrows.named


def test_the_ground_may_import_no_library_of_the_project_but_msgspec(tmp_path: Path) -> None:
    root = copy_packages(tmp_path)
    names = {_plain(re.split(r"[\[<>=]", one)[0]) for one in PYPROJECT["project"]["dependencies"]}
    known = {
        library
        for library, distributions in packages_distributions().items()
        if names & set(map(_plain, distributions)) and library.isidentifier() and not library.startswith("_")
    } - {"msgspec"}
    assert {"bs4", "scrapy", "click", "dagster", "lxml", "pycountry"} <= known
    plant(root / "contracts" / f"{NEW_MODULE}.py", sorted(known))
    _, output = lint(root)
    assert {one.forbidden for one in find_named(output) if one.module == f"contracts.{NEW_MODULE}"} == known


def _plain(distribution: str) -> str:
    return distribution.replace("_", "-").casefold()


def test_a_new_room_must_be_given_its_floor(tmp_path: Path) -> None:
    code, output = lint(copy_packages(tmp_path))
    assert code == 1, output
    assert sorted(re.findall(rf"^- (\w+)\.{NEW_ROOM}$", output, re.MULTILINE)) == FLOORED


def test_every_folder_with_code_is_a_package_which_the_laws_can_see() -> None:
    folders = {path.parent for package in PACKAGES for path in (PROJECT_ROOT / package).rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]


def test_every_package_that_is_shipped_is_under_the_laws() -> None:
    assert sorted(PACKAGES) == sorted(PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
