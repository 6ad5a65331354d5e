"""Each attack of the first round is in the table, and is shown by tests that there are."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from pipeline.ground.folders import PROJECT_ROOT
from tests.security.attacks import ATTACKS, HONEST


@pytest.mark.parametrize("tests", [HONEST, *(attack.shown_by for attack in ATTACKS)])
def test_each_attack_and_each_honest_use_is_shown_by_tests_that_there_are(tests: tuple[str, ...]) -> None:
    assert tests
    for shown in tests:
        path, _, name = shown.partition("::")
        tree = ast.parse((PROJECT_ROOT / "tests" / path).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, shown


def test_the_table_has_all_that_was_tried_and_what_the_first_build_did_with_all_that_fell() -> None:
    fell = [one for attack in ATTACKS for one in attack.fell]
    assert (sum(attack.number for attack in ATTACKS), len(fell)) == (354, 45)
    assert len({one.kind for one in fell}) == 14
    assert all(one.tried and one.did for one in fell)
    assert [attack.tried for attack in ATTACKS if len(attack.fell) > attack.number] == []
    assert max(Counter(one.tried for one in fell).values()) == 1, "each that fell is one"
