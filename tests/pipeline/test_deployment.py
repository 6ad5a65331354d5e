"""The units, the container file and the compose file, checked as far as this can be done without running them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from configparser import RawConfigParser
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

import click
import pytest
import yaml  # type: ignore[import-untyped]  # comes with Dagster; its stubs are not in the lock

from pipeline.cli import COMMANDS, main
from pipeline.ground.folders import PROJECT_ROOT

DEPLOY = PROJECT_ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
LOCKS = ("run", "cluster")
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
    assert "--read-only" in words


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


def test_the_compose_commands_exist_and_the_health_check_is_one_that_can_fail() -> None:
    daemon = read_compose()["services"]["daemon"]
    assert daemon["command"][0] == "iomdb"
    assert parse_command(daemon["command"][1:]).command.name == "daemon"
    assert daemon["healthcheck"]["test"][:2] == ["CMD", "iomdb"]
    health = parse_command(daemon["healthcheck"]["test"][2:])
    assert (health.command.name, health.params["alive"]) == ("status", True)


def read_instructions(lock: str = LOCKS[0]) -> list[tuple[str, str]]:
    text = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ")
    # Which lock is an argument: that of one machine, or of several.
    lines = [line.replace("${LOCK}", lock) for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines]


def list_copied() -> set[str]:
    """What the image copies from the checkout, with either lock."""
    return {
        word
        for lock in LOCKS
        for verb, rest in read_instructions(lock)
        if verb == "COPY" and not rest.startswith("--from")
        for word in rest.split()[:-1]
    }


def test_the_image_copies_what_there_is_and_all_that_the_program_needs() -> None:
    copied = list_copied()
    assert all((PROJECT_ROOT / name).exists() for name in copied)
    assert {"crawler", "pipeline", "warehouse", "seeds", "dagster.yaml", "pyproject.toml"} <= copied
    assert {line.removeprefix("!") for line in read_ignored() if line.startswith("!")} == copied


def read_ignored() -> list[str]:
    lines = (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def is_sent(path: str) -> bool:
    """Whether a builder gets the file: of all patterns that fit it or a folder above it, the last one decides."""
    above = [path, *map(str, PurePosixPath(path).parents)][:-1]
    is_ignored = False
    for line in read_ignored():
        pattern = line.removeprefix("!")
        # ** stands for any number of folders, none too; fnmatch's * crosses slashes, and no pattern here hangs on that.
        names = [pattern, pattern.removeprefix("**/")]
        if any(fnmatch(name, one) for name in above for one in names):
            is_ignored = not line.startswith("!")
    return not is_ignored


def test_no_secret_and_no_data_is_sent_to_a_builder() -> None:
    for path in (
        "crawler/sites/contact.txt", "contact.txt", "data/alerts.toml", "data/archive/x/run.json", ".git/config",
        ".venv/bin/python", "crawler/__pycache__/x.pyc", "tests/conftest.py", "alerts.toml", "deploy/compose.yaml",
    ):  # fmt: skip
        assert not is_sent(path), path
    for path in ("crawler/sites/liberia.iom.int.toml", "pipeline/cli/__init__.py", "seeds/manifest.toml", "LICENSE"):
        assert is_sent(path), path


def test_every_file_of_the_repository_that_is_sent_is_one_that_the_image_copies() -> None:
    copied = list_copied()
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("no checkout here")
    sent = [path for path in listed.stdout.split("\n") if path and is_sent(path)]
    assert sent
    assert [path for path in sent if path not in copied and path.split("/")[0] not in copied] == []


def test_the_image_installs_with_the_words_of_the_makefile() -> None:
    def list_options(line: str) -> set[str]:
        return {word for word in line.split() if word.startswith("--") or word.endswith(".txt") or word == "."} - {
            "--quiet", "--no-cache-dir", "--python", "--disable-pip-version-check",
        }  # fmt: skip

    made = [
        line.replace("$*", "run")
        for line in (PROJECT_ROOT / "Makefile").read_text().splitlines()
        if "$(INSTALL)" in line
    ]
    ours = [
        part
        for verb, rest in read_instructions()
        if verb == "RUN"
        for part in rest.split("&&")
        if " install " in part and "pip" in part
    ]
    lock, program = ([line for line in made if word in line][-1] for word in ("requirements/run.txt", "--editable"))
    assert [list_options(line) for line in ours] == [list_options(lock), list_options(program)]


def start_container(folder: Path) -> subprocess.CompletedProcess[str]:
    """The image's entry point, on a volume at ``folder``, with a command that lists what it finds."""
    return subprocess.run(
        [DEPLOY / "entrypoint.sh", "sh", "-c", 'ls "$IOMDB_SITES"'],
        env={"IOMDB_SITES": str(folder / "sites"), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip


def test_the_first_start_fills_the_volume_with_the_site_files_that_ship_and_a_later_one_keeps_yours(
    tmp_path: Path,
) -> None:
    shipped = sorted(path.name for path in (PROJECT_ROOT / "crawler" / "sites").glob("*.toml"))
    assert start_container(tmp_path).stdout.split() == shipped
    (tmp_path / "sites" / shipped[0]).unlink()
    (tmp_path / "sites" / "contact.txt").write_text("ops@example.org\n")
    assert start_container(tmp_path).stdout.split() == sorted([*shipped[1:], "contact.txt"])
    assert [path.name for path in tmp_path.iterdir()] == ["sites"]


def test_the_base_is_pinned_by_digest_and_the_image_is_hashed_not_root_and_keeps_data_and_sites_on_the_volume() -> None:
    instructions = read_instructions()
    base = re.fullmatch(r"BASE=(docker\.io/library/python:3\.11\S*@sha256:[0-9a-f]{64})", instructions[0][1])
    assert base is not None, "a tag may move any day: the base is named by its digest"
    assert [rest.split()[0] for verb, rest in instructions if verb == "FROM"] == ["${BASE}", "${BASE}"]
    assert read_compose()["services"]["daemon"]["build"]["args"]["BASE"] == f"${{IOMDB_BASE_IMAGE:-{base[1]}}}"
    (environment,) = (rest for verb, rest in instructions if verb == "ENV")
    assert {"IOMDB_DATA=/data", "IOMDB_SITES=/data/sites"} <= set(environment.split())
    assert ("VOLUME", "/data") in instructions
    assert ("ENTRYPOINT", '["/opt/iomdb/deploy/entrypoint.sh"]') in instructions
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
