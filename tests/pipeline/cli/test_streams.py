"""What a shell does to a program's output is no reason for a traceback."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.pipeline.commands import IOMDB, Caller
from tests.pipeline.houses import at_day, build_house


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Caller:
    house = build_house(tmp_path_factory.mktemp("streams") / "house", news=1)
    house.crawl(0)
    house.publish(at_day(0.1))
    return Caller(house.folder.root)


def test_a_closed_output_and_a_narrow_encoding_do_no_harm(caller: Caller, tmp_path: Path) -> None:
    script = tmp_path / "closed.sh"
    script.write_text('exec "$@" >&-')
    closed = subprocess.run(
        ["sh", str(script), *IOMDB, "sql", "SELECT 1"],
        env=caller.environment, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in closed.stderr
    narrow = subprocess.run(
        [*IOMDB, "sql", "SELECT 'frontière → 日本' AS words"],
        env={**caller.environment, "PYTHONIOENCODING": "latin-1"}, capture_output=True, check=True,
    )  # fmt: skip
    assert "frontière ? ??".encode("latin-1") in narrow.stdout


def test_two_formats_at_once_are_wrong_use(caller: Caller) -> None:
    assert caller.call("sql", "SELECT 1", "--json", "--format", "csv").code == 2
