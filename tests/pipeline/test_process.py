"""A process is told from every later one, also from one that got its number."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipeline.ground.process import identify_process, is_alive


def test_a_child_lives_until_it_is_reaped_or_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        identity = identify_process(child.pid)
        assert is_alive(identity)
        child.kill()
        child.wait()
        assert not is_alive(identity)


def test_a_zombie_is_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", "print()"], stdout=subprocess.PIPE) as child:
        identity = identify_process(child.pid)
        assert child.stdout is not None
        child.stdout.read()
        while is_alive(identity):
            pass
        assert child.returncode is None


def test_another_process_with_the_same_number_is_not_it() -> None:
    boot, pid, ticks = identify_process().split(":")
    assert not is_alive(f"{boot}:{pid}:{int(ticks) + 1}")


@pytest.mark.parametrize("nonsense", ["", "x", "a:b:c", "::"])
def test_nonsense_is_not_alive(nonsense: str) -> None:
    assert not is_alive(nonsense)
