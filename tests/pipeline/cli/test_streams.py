"""What a shell does to a program's output is no reason for a traceback."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.crawler.disks import full_disk
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


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "sqlite", "xlsx", "iati", "wacz"])
def test_an_export_into_an_unwritable_place_is_one_sentence(caller: Caller, form: str) -> None:
    answer = caller.call("export", "--format", form, "-o", "/proc/out")
    assert answer.code == 1
    assert answer.err.startswith("Error: ")
    assert "/proc/" in answer.err
    assert len(answer.err.splitlines()) == 1


def test_a_disk_that_fills_under_an_export_is_one_sentence(caller: Caller, tmp_path: Path) -> None:
    for form in ("parquet", "sqlite", "xlsx"):
        target = tmp_path / f"out.{form}"
        with full_disk(20_000):
            answer = caller.call("export", "--format", form, "-t", "data_dictionary", "-o", str(target))
        assert (answer.code, answer.err.count("\n")) == (1, 1), answer.err
        assert not target.exists()


def test_bytes_that_are_no_text_are_wrong_use(caller: Caller, tmp_path: Path) -> None:
    for words, data in [
        (("history", "IB\udcff"), {}),
        (("sql", "SELECT 1"), {"IOMDB_DATA": str(tmp_path / "d\udcff")}),
    ]:
        answer = caller.call(*words, **data)
        assert (answer.code, answer.err.count("\n")) == (2, 1), answer.err
        assert "not UTF-8" in answer.err


def test_two_formats_at_once_are_wrong_use(caller: Caller) -> None:
    assert caller.call("sql", "SELECT 1", "--json", "--format", "csv").code == 2
