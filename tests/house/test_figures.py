"""The figures of the house keep their bounds: `make figures` prints the same ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.declarations import find_field_declarations, find_verdict_declarations
from bench.figures import FIGURES
from bench.house import ROOT, House, find_cycles, iter_capability_lines

SLOW = ("modules run", "planted")


@pytest.fixture(scope="module")
def house() -> House:
    return House(ROOT)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name.startswith(SLOW) else []) for name in FIGURES]
)
def test_the_figure_keeps_its_bound(name: str, house: House) -> None:
    figure = FIGURES[name](house)
    assert figure.holds, f"{name}: {figure.value:,}, at most {figure.bound:,}\n" + "\n".join(figure.places[:20])


@pytest.fixture
def small_house(tmp_path: Path) -> House:
    """Two packages in which everything that is counted is wrong once."""
    files = {
        "one/__init__.py": "",
        "one/__main__.py": "import one.room.walking\n",
        "one/room/__init__.py": "",
        "one/room/walking.py": "from one.other import Thing\n\nclass Shape:\n    pass\n",
        "one/other.py": "if True:\n    import one.room.walking\n\nclass Thing:\n    def act(self):\n        pass\n",
        "two/__init__.py": "from __future__ import annotations\n",
        "two/quiet.py": "from typing import TYPE_CHECKING\n\n"
        "if TYPE_CHECKING:\n    import two.loud\n\nclass Shape: ...\n",
        "two/loud.py": "import two.quiet\n\ndef call():\n    import one.other\n",
        "two/step.sql": "SELECT 1;\n",
        "pyproject.toml": '[tool.importlinter]\nroot_packages = ["one", "two"]\n',
        "docs/architecture.md": "| capability | lines |\n| --- | ---: |\n"
        "| maps | 1,200 |\n| tides | 34 |\n\n| x | 9 |\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return House(tmp_path)


def test_lines_are_counted_in_python_and_sql_and_capabilities_from_their_table(small_house: House) -> None:
    assert small_house.count_lines() == {"one": 1 + 4 + 6, "two": 1 + 6 + 4 + 1}
    assert small_house.count_capability_lines() == 1234
    assert list(iter_capability_lines("| capability | bytes |\n| maps | 5 |")) == []


def test_rooms_and_their_files_are_counted_without_tops_and_mains(small_house: House) -> None:
    assert small_house.find_rooms() == {"one": ["one.other", "one.room"], "two": ["two.loud", "two.quiet"]}
    assert small_house.count_folder_files() == {"one": 2, "one/room": 1, "two": 2}


def test_names_that_are_doubled_or_end_in_ing_are_found(small_house: House) -> None:
    assert small_house.find_doubled_names() == {"Shape": ["one.room.walking", "two.quiet"]}
    assert small_house.find_ing_modules() == ["one.room.walking"]


def test_a_cycle_is_found_and_imports_inside_functions_or_for_the_type_checker_make_none(small_house: House) -> None:
    assert find_cycles(small_house.find_imports()) == [["one.other", "one.room.walking"]]
    assert find_cycles(small_house.find_room_imports()) == [["one.other", "one.room"]]


def test_functions_are_measured_from_def_to_end(small_house: House) -> None:
    assert small_house.find_functions() == {"one.other.Thing.act": 2, "two.loud.call": 2}


def test_a_shape_of_a_verdict_is_found_in_a_class_a_mapping_and_a_structure_of_sql(small_house: House) -> None:
    root = small_house.root
    (root / "one/gate.py").write_text(
        "class Verdict:\n    run_id: str\n    site: str\n    kind: str\n    accepted: bool\n"
    )
    (root / "one/rows.py").write_text(
        "x = 1\nROW = {'run_id': 1, 'site': 2, 'kind': 3, 'verdict': 4}\nNO = {'run_id': 1}\n"
    )
    (root / "two/step.sql").write_text(
        "FROM read_json(columns = {\n run_id: 'A', site: 'B', kind: 'C', is_accepted: 'D'});\n"
    )
    assert find_verdict_declarations(House(root)) == ["one/gate.py:1", "one/rows.py:2", "two/step.sql:1"]


def test_a_field_is_declared_wherever_a_third_of_its_record_is_spelled_out(small_house: House) -> None:
    root = small_house.root
    (root / "contracts").mkdir()
    (root / "contracts/__init__.py").write_text(
        "class ProjectRecord:\n    title: str\n    status: str\n    budget: str\n"
    )
    (root / "pyproject.toml").write_text('[tool.importlinter]\nroot_packages = ["contracts", "one", "two"]\n')
    (root / "two/step.sql").write_text("-- budget\nSELECT title, status FROM x;\n")
    (root / "one/other.py").write_text('"""The title."""\ndef act(record):\n    return record.budget\n')
    declared = find_field_declarations(House(root))
    assert declared["ProjectRecord.title"] == ["contracts/__init__.py", "two/step.sql"]
    assert declared["ProjectRecord.budget"] == ["contracts/__init__.py"]
