"""``iomdb sql`` as a process: its limits, its outputs, and what else may hold the file."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from tests.pipeline.commands import IOMDB, Answer, Caller
from tests.warehouse.read.eight_weeks import share_eight_weeks


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Caller:
    folder = tmp_path_factory.mktemp("command")
    shutil.copy(share_eight_weeks(tmp_path_factory), folder / "iomdb.duckdb")
    return Caller(folder)


def call_with_peak(caller: Caller, *words: str) -> tuple[Answer, int]:
    """What the command answered, and the most memory that it took, in MB."""
    answer = subprocess.run(
        [sys.executable, "-c", MEASURED, *IOMDB, "sql", *words],
        capture_output=True, text=True, check=False, env=caller.environment,
    )  # fmt: skip
    told, _, peak = answer.stderr.rpartition("peak ")
    return Answer(answer.returncode, answer.stdout, told), int(peak) // 1024


MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print("peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""
"""A small process in between: a child begins with the peak of the process that it is forked from."""


def is_one_sentence(text: str) -> bool:
    return text.startswith("Error: ") and text.count("\n") == 1 and "Traceback" not in text


@pytest.mark.parametrize("statement", [";", "", "  \n", "-- nothing", "/* */ ;;"])
def test_nothing_to_ask_is_one_sentence_and_exit_2(caller: Caller, statement: str) -> None:
    answer = caller.call("sql", statement)
    assert (answer.code, answer.err) == (2, "Error: the statement is empty\n")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT repeat('x', 3000000000)",
        "SELECT repeat(repeat('x', 1000000), 3000)",
        "SELECT list(range) FROM range(1000000000)",
        "SELECT unnest(range(300000000))",
        "SELECT string_agg(range::VARCHAR || repeat('y', 100), '') FROM range(30000000)",
        "SELECT count(*) FROM (SELECT DISTINCT hash(range), range FROM range(60000000))",
    ],
)
def test_a_query_keeps_within_its_memory_and_says_so_in_one_sentence(caller: Caller, statement: str) -> None:
    answer, peak = call_with_peak(caller, statement, "--memory", "100MB", "--json")
    assert answer.code == 1
    assert is_one_sentence(answer.err), answer.err
    assert "needs more than" in answer.err
    assert "--memory" in answer.err
    assert peak < 700, f"{peak} MB"


def test_rows_are_streamed_in_little_memory_up_to_the_limit(caller: Caller) -> None:
    answer, peak = call_with_peak(
        caller, "SELECT range, repeat('x', 100) AS x FROM range(60000000)", "--format", "csv", "--max-rows", "200000"
    )
    assert answer.out.count("\n") == 200_001
    assert (answer.code, is_one_sentence(answer.err)) == (1, True)
    assert "more than 200,000 rows" in answer.err
    assert peak < 500, f"{peak} MB"


@pytest.mark.parametrize("form", ["table", "csv", "json", "jsonl"])
def test_every_format_gives_the_rows_that_it_may_and_then_the_sentence(caller: Caller, form: str) -> None:
    answer = caller.call("sql", "FROM range(10)", "--max-rows", "3", "--format", form)
    assert answer.code == 1
    assert "more than 3 rows" in answer.err
    if form == "json":
        assert [row["range"] for row in json.loads(answer.out)] == [0, 1, 2]
    else:
        assert "2" in answer.out
        assert "3" not in answer.out
    assert caller.call("sql", "FROM range(3)", "--max-rows", "3", "--format", form).code == 0


def test_a_file_is_made_whole_or_not_at_all(caller: Caller, tmp_path: Path) -> None:
    for form in ("csv", "json", "parquet", "table"):
        target = tmp_path / f"out.{form}"
        words = ("sql", "FROM range(10)", "--format", form, "-o", str(target))
        assert caller.call(*words, "--max-rows", "3").code == 1
        assert list(tmp_path.iterdir()) == []
        assert caller.call(*words).code == 0
        target.unlink()


def test_a_size_that_is_none_is_wrong_use(caller: Caller) -> None:
    for size in ("much", "-1GB", "1", "10kB"):
        answer = caller.call("sql", "SELECT 1", "--memory", size)
        assert (answer.code, is_one_sentence(answer.err)) == (2, True), answer.err


@pytest.mark.parametrize("form", ["table", "csv", "json", "jsonl"])
def test_a_full_disk_behind_standard_output_is_one_sentence(caller: Caller, form: str) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*IOMDB, "sql", "FROM range(100000)", "--format", form],
            stdout=full, stderr=subprocess.PIPE, text=True, env=caller.environment, check=False,
        )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr == "Error: standard output took no more: No space left on device; not all was written\n"


@pytest.mark.parametrize("form", ["table", "csv", "json", "jsonl"])
def test_a_reader_that_has_enough_ends_it_well(caller: Caller, form: str) -> None:
    ended = subprocess.run(
        ["bash", "-o", "pipefail", "-c", '"$@" | head -1', "bash", *IOMDB, "sql", "FROM range(300000)",
         "--format", form],
        capture_output=True, text=True, env=caller.environment, check=False,
    )  # fmt: skip
    assert (ended.returncode, "Traceback" in ended.stderr, "Error" in ended.stderr) == (0, False, False), ended.stderr
    assert ended.stdout.count("\n") == 1


def test_a_file_that_another_program_holds_is_told_with_what_to_do(caller: Caller) -> None:
    holder = caller.start_python(
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()",
        str(caller.data / "iomdb.duckdb"),
    )
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "open\n"
        answer = caller.call("sql", "SELECT 1")
    finally:
        holder.communicate("", timeout=60)
    assert (answer.code, is_one_sentence(answer.err)) == (1, True), answer.err
    assert "held by another program" in answer.err
    assert str(holder.pid) in answer.err
    assert "publish" not in answer.err
    assert caller.call("sql", "SELECT 1").code == 0


def test_a_heading_that_a_spreadsheet_would_run_gets_an_apostrophe(caller: Caller) -> None:
    assert caller.succeed("sql", 'SELECT 1 AS "=cmd|calc"', "--format", "csv").splitlines()[0] == "'=cmd|calc"


def test_bytes_that_are_no_text_are_refused_in_one_sentence(caller: Caller) -> None:
    ended = subprocess.run(
        [*IOMDB, "sql", "-"], input=b"SELECT '\xff'", capture_output=True, env=caller.environment, check=False
    )
    assert (ended.returncode, is_one_sentence(ended.stderr.decode())) == (2, True)


def test_a_limit_of_the_process_holds_for_the_query_alone(caller: Caller) -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    words = ["sql", "SELECT repeat('x', 3000000000)", "--memory", "100MB"]
    CliRunner().invoke(main, words, env={"IOMDB_DATA": str(caller.data)})
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
