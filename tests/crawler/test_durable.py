"""Files that survive: the old one stands until the new one is whole. Locks: one holder, and they end with it."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.disk import append_durably, replace_durably, try_lock, write_durably

HOLD = """
import os, sys, time
from crawler.disk import try_lock
print(try_lock(os.open(sys.argv[1], os.O_RDONLY)), flush=True)
time.sleep(600)
"""


def write_on_a_full_disk(path: Path) -> None:
    """Write more than the process may: what comes through is half of it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, hard))
    try:
        write_durably(path, b"new and too long")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_is_the_old_one_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_durably(path, b"old")
    with replace_durably(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path], "nothing is left beside it"


def test_a_file_stays_as_it_was_when_writing_the_new_one_fails(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_durably(path, b"old")
    with pytest.raises(OSError, match="File too large"):
        write_on_a_full_disk(path)
    assert path.read_bytes() == b"old"
    write_durably(path, b"new")
    assert path.read_bytes() == b"new"


def test_what_is_appended_follows_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    for line in (b"one\n", b"two\n"):
        append_durably(path, line)
    assert path.read_bytes() == b"one\ntwo\n"


def test_what_is_written_is_forced_to_the_disk_before_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced: list[tuple[str, bool]] = []
    path = tmp_path / "state.json"
    fsync = os.fsync

    def note(number: int) -> None:
        forced.append((Path(f"/proc/self/fd/{number}").readlink().name, path.exists()))
        fsync(number)

    monkeypatch.setattr(os, "fsync", note)
    write_durably(path, b"new")
    assert forced == [("state.json.tmp", False), (tmp_path.name, True)]
    append_durably(path, b"er")
    assert forced[2:] == [("state.json", True)], "the name of a file that was there is safe already"


@pytest.mark.parametrize("is_folder", [True, False])
def test_a_lock_is_refused_while_another_process_lives_that_holds_it(tmp_path: Path, *, is_folder: bool) -> None:
    path = tmp_path if is_folder else tmp_path / "lock"
    if not is_folder:
        path.touch()
    descriptor = os.open(path, os.O_RDONLY)
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "True\n"
            assert not try_lock(descriptor)
        finally:
            holder.kill()
    assert try_lock(descriptor)
    os.close(descriptor)
