"""The page for operators says what is so: its settings load, its commands exist, its keys are the doctor's."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from pipeline.alerts.settings import read_alert_settings
from pipeline.cli import COMMANDS
from pipeline.ground.folders import PROJECT_ROOT
from pipeline.health.diagnosis import CHECKS, DEEP_CHECKS, MACHINE_CHECKS

PAGE = (PROJECT_ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def test_the_settings_shown_are_settings(tmp_path: Path) -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "alerts.toml").write_text(shown)
    settings = read_alert_settings(tmp_path / "alerts.toml")
    assert [channel.name for channel in settings.channels] == ["mail", "chat", "ops"]
    assert settings.free_bytes == tomllib.loads(shown)["free_bytes"]


def test_every_command_named_exists() -> None:
    named = set(re.findall(r"iomdb ([a-z]+)\b", re.sub(r"```toml.*?```", "", PAGE, flags=re.DOTALL)))
    assert named - {"for", "user"} <= set(COMMANDS)


def test_every_family_of_problems_has_a_row() -> None:
    rows = {
        family
        for cell in re.findall(r"^\| (`[a-z]+:.*?) \|", PAGE, re.MULTILINE)
        for family in re.findall(r"`([a-z]+):", cell)
    }
    only_notices = {"version", "orphan", "robots"}
    assert rows - {"run"} == set(MACHINE_CHECKS | CHECKS | DEEP_CHECKS) - only_notices


def test_links_within_the_page_lead_somewhere() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lower()).replace(" ", "-")
        for line in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([a-z-]+)\)", PAGE)) <= headings
