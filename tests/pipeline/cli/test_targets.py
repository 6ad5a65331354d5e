"""Nothing is overwritten unasked: what every ``-o`` refuses, and what ``--force`` may replace."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pipeline.cli.conftest import Iomdb

WRITERS: dict[str, tuple[str, ...]] = {
    "sql as csv": ("sql", "SELECT 1 AS one", "--format", "csv"),
    "sql as a table": ("sql", "SELECT 1 AS one"),
    "sql as parquet": ("sql", "SELECT 1 AS one", "--format", "parquet"),
    "export of one table": ("export", "--format", "csv", "-t", "projects"),
    "export of a folder": ("export", "--format", "jsonl"),
    "export as sqlite": ("export", "--format", "sqlite"),
    "report": ("report",),
}
OWN = [
    "archive/a-run/run.json",
    "archive/new",
    "extracted/published.json",
    "private/new.jsonl",
    "releases/new.parquet",
    "dagster/dagster.yaml",
    "crawling/new",
    "iomdb.duckdb",
    "iomdb.duckdb.wal",
    "iomdb.duckdb.tmp",
    "iomdb.search",
    "decisions.jsonl",
    "writer.lock",
    "alerts.toml",
    "report/new.html",
    "report/index.html",
    ".purging/new",
    ".iomdb.duckdb.new",
    "IOMDB.DUCKDB",
    "archive",
    "archive/",
    "archive/a-run/",
    "archive/a-run/.",
    ".",
    "..",
    "archive/../iomdb.duckdb",
]


@pytest.fixture
def data(weeks: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for tree in ("archive/a-run", "extracted", "private", "releases", "dagster", "crawling", "report", ".purging"):
        (folder / tree).mkdir(parents=True)
    for name in (
        "archive/a-run/run.json",
        "extracted/published.json",
        "dagster/dagster.yaml",
        "decisions.jsonl",
        "report/index.html",
    ):
        (folder / name).write_text("the truth")
    shutil.copy(weeks / "iomdb.duckdb", folder / "iomdb.duckdb")
    return folder


def take_picture(folder: Path) -> dict[str, bytes | str]:
    """Every path under the folder, with what it holds or where it leads."""
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


@pytest.mark.parametrize("words", WRITERS.values(), ids=WRITERS)
def test_nothing_of_the_data_folder_is_written_to_with_or_without_force(
    iomdb: Iomdb, data: Path, words: tuple[str, ...]
) -> None:
    before = take_picture(data)
    (data.parent / "detour").symlink_to(data / "archive", target_is_directory=True)
    for own in [*(f"data/{name}" for name in OWN), "detour/a-run/run.json", "detour/new"]:
        for more in ((), ("--force",)):
            answer = iomdb(*words, "-o", own, *more, data=data)
            assert answer.exit_code == 2, (own, more, answer.output)
            assert "Traceback" not in answer.output
    assert take_picture(data) == before


@pytest.mark.parametrize("words", WRITERS.values(), ids=WRITERS)
def test_links_pipes_and_devices_are_refused_with_and_without_force(
    iomdb: Iomdb, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "mine.txt")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    before = sorted(path.name for path in tmp_path.iterdir())
    for parent in ("pipe/new", "mine.txt/new", "nowhere/new"):
        assert "does not exist" in iomdb(*words, "-o", parent, "--force").output
    for odd in ("link", "dangling", "pipe", "/dev/null", "/dev/stdout", "/proc/self/fd/1"):
        for more in ((), ("--force",)):
            answer = iomdb(*words, "-o", odd, *more)
            assert (answer.exit_code, "never written to" in answer.output) == (2, True), (odd, answer.output)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("words", WRITERS.values(), ids=WRITERS)
def test_what_exists_is_replaced_with_force_alone_and_a_folder_of_others_never(
    iomdb: Iomdb, tmp_path: Path, words: tuple[str, ...]
) -> None:
    target = tmp_path / "out"
    assert iomdb(*words, "-o", "out").exit_code == 0
    assert iomdb(*words, "-o", "out").exit_code == 2
    assert iomdb(*words, "-o", "out", "--force").exit_code == 0
    if target.is_dir():
        (target / "notes.txt").write_text("mine")
        assert iomdb(*words, "-o", "out", "--force").exit_code == 2
        assert (target / "notes.txt").read_text() == "mine"
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "projects.jsonl").write_text("mine")
    assert iomdb(*words, "-o", "theirs", "--force").exit_code == 2
    assert (theirs / "projects.jsonl").read_text() == "mine"


@pytest.mark.parametrize("words", WRITERS.values(), ids=WRITERS)
def test_a_second_name_of_a_file_of_the_archive_keeps_what_it_had(
    iomdb: Iomdb, data: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    archived = data / "archive/a-run/run.json"
    (tmp_path / "second.csv").hardlink_to(archived)
    iomdb(*words, "-o", "second.csv", "--force", data=data)
    assert archived.read_text() == "the truth"


def test_a_file_of_ones_own_in_the_data_folder_is_made_and_never_replaced(iomdb: Iomdb, data: Path) -> None:
    assert iomdb("sql", "SELECT 1 AS one", "-o", "data/mine.csv", data=data).exit_code == 0
    assert iomdb("sql", "SELECT 1 AS one", "-o", "data/mine.csv", "--force", data=data).exit_code == 2
