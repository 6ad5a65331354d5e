"""The units, the container file and the compose file, checked as far as this can be done without running them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import click
import pytest
import yaml  # type: ignore[import-untyped]  # comes with Dagster; its stubs are not in the lock

from pipeline.cli import COMMANDS, main
from pipeline.ground.folders import PROJECT_ROOT

DEPLOY = PROJECT_ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
PROGRAM = re.compile(r"^/opt/iomdb/\.venv/bin/")
HARDENING = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "User": "iomdb",
}


def read_unit(path: Path) -> RawConfigParser:
    unit = RawConfigParser(strict=False, comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's keys are case-sensitive
    unit.read_string(path.read_text())
    return unit


def parse_command(words: list[str]) -> click.Context:
    """The context that ``iomdb`` makes of these words; fails when they are no command of ours."""
    with main.make_context("iomdb", words, resilient_parsing=False) as context:
        assert isinstance(main, click.Group)
        name, command, rest = main.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None
        return command.make_context(name, rest, parent=context)


def test_there_are_units_for_daemon_ui_and_watching() -> None:
    assert [path.name for path in UNITS] == [
        "iomdb-doctor.service", "iomdb-doctor.timer", "iomdb-fsck.service", "iomdb-fsck.timer", "iomdb-ui.service",
        "iomdb.service",
    ]  # fmt: skip


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_each_service_is_confined_and_starts_a_command_that_exists(path: Path) -> None:
    service = read_unit(path)["Service"]
    assert {key: service[key] for key in HARDENING} == HARDENING
    program, *words = shlex.split(service["ExecStart"])
    assert PROGRAM.match(program)
    if program.endswith("/iomdb"):
        assert parse_command(words).command.name in COMMANDS


def test_the_ui_listens_on_this_machine_only() -> None:
    words = shlex.split(read_unit(DEPLOY / "systemd" / "iomdb-ui.service")["Service"]["ExecStart"])
    assert words[words.index("--host") + 1] == "127.0.0.1"


def test_each_timer_has_its_service() -> None:
    for timer in (path for path in UNITS if path.suffix == ".timer"):
        assert timer.with_suffix(".service").exists()
        assert read_unit(timer)["Timer"]["Persistent"] == "yes", "a look that was missed is made up for"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        # The program is not installed where the tests run: systemd would say so, and nothing else is asked here.
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(), flags=re.MULTILINE)
        (tmp_path / path.name).write_text(text)
    copies = [str(path) for path in sorted(tmp_path.iterdir())]
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *copies], check=False, capture_output=True, text=True
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    for service in SERVICES:
        judged = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(tmp_path / service.name)],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert judged.returncode == 0, f"{service.name} is exposed by more than 2.0 of 10: {judged.stdout[-200:]}"


def read_compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return parsed


def test_the_compose_file_publishes_nothing_beyond_this_machine() -> None:
    services = read_compose()["services"]
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:3000:3000"]
    assert "no login" in (DEPLOY / "compose.yaml").read_text()


def test_every_container_is_confined_and_shares_one_named_volume() -> None:
    compose = read_compose()
    known = {
        "image", "restart", "init", "read_only", "cap_drop", "security_opt", "tmpfs", "volumes", "build", "command",
        "stop_grace_period", "mem_limit", "pids_limit", "healthcheck", "depends_on", "entrypoint", "ports",
    }  # fmt: skip
    for service in compose["services"].values():
        assert set(service) <= known, "a key that compose does not know would be an error only where it runs"
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True
        assert [volume.split(":")[0] for volume in service["volumes"]] == list(compose["volumes"])


def test_the_compose_commands_exist() -> None:
    daemon = read_compose()["services"]["daemon"]
    assert parse_command(daemon["command"]).command.name == "daemon"
    assert parse_command(daemon["healthcheck"]["test"][2:]).command.name == "status"


def read_instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines]


def test_the_image_copies_what_there_is_and_all_that_the_program_needs() -> None:
    copied = {word for verb, rest in read_instructions() if verb == "COPY" for word in rest.split()[:-1]}
    assert all((PROJECT_ROOT / name).exists() for name in copied)
    assert {"crawler", "pipeline", "warehouse", "seeds", "dagster.yaml", "pyproject.toml"} <= copied
    allowed = (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
    assert {line.removeprefix("!") for line in allowed if line.startswith("!")} == copied


def test_the_image_is_pinned_to_a_python_hashed_and_not_root() -> None:
    instructions = read_instructions()
    assert ("FROM", "python:3.11-slim-bookworm") in instructions
    users = [rest for verb, rest in instructions if verb == "USER"]
    assert users == ["10001:10001"]
    assert not any(verb == "ADD" for verb, _ in instructions)
    installs = [rest for verb, rest in instructions if verb == "RUN" and "pip install" in rest]
    assert all("--require-hashes" in rest or "--no-deps" in rest for rest in installs)


def test_nothing_names_a_path_of_the_machine_it_was_written_on() -> None:
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            found = re.findall(r"(?<![\w.])/(?:work|root|home|Users)/\S*", path.read_text())
            assert found == [], f"{path.name} names {found}"
