"""The image as it ships, built and started: only where buildah is and the base image can be had.

Belongs here: what needs a builder. Does not belong here: what the container file says, line by line
(test_deployment.py).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from crawler.site.site import SHIPPED_SITES
from pipeline.ground.folders import PROJECT_ROOT

ENTRYPOINT = "/opt/iomdb/deploy/entrypoint.sh"
BUILD_SECONDS = 1500


def call_builder(*words: str, seconds: float = BUILD_SECONDS) -> subprocess.CompletedProcess[str]:
    """What buildah answers to these words; ``STORAGE_DRIVER`` and ``BUILDAH_ISOLATION`` are yours to set."""
    return subprocess.run(
        ["buildah", *words], cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=seconds, check=False
    )


@dataclass(frozen=True)
class Container:
    """A container of the image; each command is begun as the shipped one is, by the entry point and as its user."""

    name: str

    def call(self, *words: str, seconds: float = 300) -> subprocess.CompletedProcess[str]:
        return call_builder("run", self.name, "--", ENTRYPOINT, *words, seconds=seconds)


@pytest.fixture(scope="module")
def container() -> Iterator[Container]:
    if shutil.which("buildah") is None:
        pytest.skip("no buildah here: the image is not built")
    base = os.environ.get("IOMDB_BASE_IMAGE")
    if base is None:
        pytest.skip("IOMDB_BASE_IMAGE names no base image that can be had here: the image is not built")
    file = ("-f", "deploy/Containerfile", "--ignorefile", "deploy/Containerfile.dockerignore")
    built = call_builder("bud", *file, "--build-arg", f"BASE={base}", "-t", "iomdb-tested", ".")
    assert built.returncode == 0, built.stderr[-2000:]
    name = call_builder("from", "iomdb-tested").stdout.strip()
    yield Container(name)
    call_builder("rm", name)
    call_builder("rmi", "iomdb-tested")


@pytest.mark.slow
@pytest.mark.timeout(BUILD_SECONDS + 600)
def test_the_image_works_as_it_ships_and_its_health_check_can_fail(container: Container) -> None:
    assert container.call("id", "-u").stdout.strip() == "10001"
    assert container.call("iomdb", "status", "--alive").returncode == 1, "no daemon yet"
    filled = container.call("sh", "-c", "ls $IOMDB_SITES").stdout.split()
    assert filled == sorted(path.name for path in SHIPPED_SITES.glob("*.toml")), "the shipped sites, nobody's contact"
    worked = container.call("iomdb", "run", "--source", "seeds")
    assert "4 documents (1 project, 3 news pages)" in worked.stdout, worked.stderr
    doctor = container.call("iomdb", "doctor")
    assert (doctor.returncode, "0 problems" in doctor.stdout) == (0, True), doctor.stdout
    lives = "timeout 120 iomdb daemon >&2 & until iomdb status --alive; do sleep 1; done; kill $!; wait"
    assert "the daemon is alive" in container.call("sh", "-c", lives).stdout
