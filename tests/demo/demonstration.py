"""The demonstration, made once in a session of tests by the command that a user calls; read it only."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tests.pipeline.commands import Answer, Caller

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def share_demo(factory: pytest.TempPathFactory) -> Path:
    """The data folder of the demonstration."""
    root, answer = _make_once(factory.getbasetemp())
    assert answer.code == 0, answer.err
    return root


def share_answer(factory: pytest.TempPathFactory) -> Answer:
    """What ``iomdb demo`` said when it made that folder."""
    return _make_once(factory.getbasetemp())[1]


@lru_cache(maxsize=1)
def _make_once(base: Path) -> tuple[Path, Answer]:
    root = base / "demonstration" / "demo"
    return root, Caller(root.parent / "elsewhere").call("demo", str(root))
