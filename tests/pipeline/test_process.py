"""A process is told from every later one, also from one that got its number."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipeline.ground.process import find_life, identify_process


def test_a_child_lives_until_it_is_reaped_or_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        identity = identify_process(child.pid)
        assert find_life(identity) is True
        child.kill()
        child.wait()
        assert find_life(identity) is False


def test_a_zombie_is_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", "print()"], stdout=subprocess.PIPE) as child:
        identity = identify_process(child.pid)
        assert child.stdout is not None
        child.stdout.read()
        while find_life(identity):
            pass
        assert child.returncode is None


def test_another_process_with_the_same_number_is_not_it() -> None:
    boot, namespace, pid, ticks = identify_process().split(":")
    assert find_life(f"{boot}:{namespace}:{pid}:{int(ticks) + 1}") is False


def test_what_another_boot_or_container_runs_cannot_be_seen_from_here() -> None:
    boot, namespace, pid, ticks = identify_process().split(":")
    assert find_life(f"another-boot:{namespace}:{pid}:{ticks}") is None
    assert find_life(f"{boot}:1:{pid}:{ticks}") is None
    assert find_life(f"{boot}:{pid}:{ticks}") is None, "as an older version named it"


@pytest.mark.parametrize("nonsense", ["", "x", "a:b:c", ":::"])
def test_nonsense_is_unknown(nonsense: str) -> None:
    assert find_life(nonsense) is None
