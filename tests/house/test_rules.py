"""Every rule of the reader stands in the record of what pages run; one that nothing runs has a written reason."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.house import ROOT, House
from bench.reading_rules import MENTION, Watch, find_functions, list_register
from bench.rules import Earlier, find_unrun, read_reasons, read_record

AGAIN = "run `make rules` (and commit bench/results/rules.json)"


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    return read_record()


def test_every_rule_stands_in_the_record_and_nothing_else_does(record: dict[str, Any]) -> None:
    rules = {*find_functions(House(ROOT)), *list_register()}
    assert not rules - record["rules"].keys(), f"new rules: {AGAIN}"
    assert not record["rules"].keys() - rules, f"rules that are gone: {AGAIN}"


def test_a_rule_that_nothing_runs_has_a_reason(record: dict[str, Any]) -> None:
    reasons = read_reasons()
    assert not [rule for rule in find_unrun(record) if len(reasons.get(rule, "").split()) < 5]


def test_no_reason_is_kept_for_a_rule_that_runs_or_is_gone(record: dict[str, Any]) -> None:
    assert not read_reasons().keys() - set(find_unrun(record))


def test_of_real_pages_the_record_has_numbers_and_ids_alone(record: dict[str, Any]) -> None:
    assert record["pages"]["real"] > 0
    seen = [counts["real"] for counts in record["rules"].values() if "real" in counts]
    assert len(seen) > 100
    assert all(0 < number <= record["pages"]["real"] and re.fullmatch(r"[0-9a-f]{12}", first) for number, first in seen)


@pytest.mark.slow
def test_seeds_and_golden_pages_run_what_the_record_says(record: dict[str, Any]) -> None:
    words = [sys.executable, "-m", "bench.rules", "--print"]
    answer = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    measured = json.loads(answer)
    assert measured["pages"] == record["pages"], AGAIN
    runs = {rule: counts.keys() - {"real", "lines"} for rule, counts in measured["rules"].items()}
    kept = {rule: counts.keys() - {"real", "lines"} for rule, counts in record["rules"].items()}
    assert runs == kept, AGAIN


READER = '''
def outer(flag):
    def inner():
        return 1
    if flag:
        return inner()
    return [0
            for _ in range(2)]

class Shape:
    LIMIT = max(1, 2)

    def named(self):
        """A shape without a body."""

    def size(self):
        return self.LIMIT
'''


@pytest.fixture
def small_reader(tmp_path: Path) -> House:
    (tmp_path / "extractor").mkdir()
    (tmp_path / "extractor" / "__init__.py").write_text("")
    (tmp_path / "extractor" / "rule.py").write_text(READER)
    (tmp_path / "pyproject.toml").write_text('[tool.importlinter]\nroot_packages = ["extractor"]\n')
    return House(tmp_path)


def test_functions_inside_functions_and_methods_are_rules_and_bodies_of_classes_and_empty_shapes_are_none(
    small_reader: House,
) -> None:
    functions = find_functions(small_reader)
    assert functions.keys() == {
        "extractor.rule:outer",
        "extractor.rule:outer.<locals>.inner",
        "extractor.rule:Shape.size",
    }
    assert functions["extractor.rule:outer"] == {3, 5, 6, 7, 8}


def test_what_runs_is_seen_with_its_lines_once_for_each_time_it_is_asked(small_reader: House) -> None:
    watch = Watch.over(small_reader)
    module: dict[str, Any] = {}
    path = small_reader.modules["extractor.rule"].path
    exec(compile(path.read_text(), str(path), "exec"), module)
    with watch.watching():
        module["outer"](False)
    assert watch.take() >= {"extractor.rule:outer"}
    assert not watch.lines["extractor.rule"] & {4, 6}
    with watch.watching():
        module["outer"](True)
    assert watch.take() == {"extractor.rule:outer", "extractor.rule:outer.<locals>.inner"}
    assert watch.lines["extractor.rule"] >= {3, 4, 5, 6}
    assert watch.take() == set()


def test_what_real_pages_ran_is_found_again_after_a_rule_moved() -> None:
    kept = {"extractor.old:find": {"real": [3, "0123456789ab"]}, "extractor.a:twice": {}, "extractor.b:twice": {}}
    earlier = Earlier({"rules": kept | {f"{MENTION}x": {"real": [1, "0123456789ab"]}}})
    assert earlier.find("extractor.new.home:find") == {"real": [3, "0123456789ab"]}
    assert earlier.find("extractor.c:twice") == {}
    assert earlier.find(f"{MENTION}x")["real"][0] == 1
