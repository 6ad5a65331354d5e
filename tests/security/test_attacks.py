"""Each attack of the list is shown by tests that there are."""

from __future__ import annotations

import ast

import pytest

from pipeline.ground.folders import PROJECT_ROOT
from tests.security.attacks import ATTACKS, Attack


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.tried)
def test_each_attack_is_shown_by_tests_that_there_are(attack: Attack) -> None:
    for shown in attack.shown_by:
        path, _, name = shown.partition("::")
        tree = ast.parse((PROJECT_ROOT / "tests" / path).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, shown
