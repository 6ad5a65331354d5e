"""Each release comes with a bill of the software that made it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from pipeline.ground.folders import PROJECT_ROOT
from tests.pipeline.commands import Caller
from tests.warehouse.read.eight_weeks import share_eight_weeks


def read_locked() -> dict[str, str]:
    text = (PROJECT_ROOT / "requirements" / "run.txt").read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", text, re.MULTILINE))


def check_bill(bill: dict[str, Any]) -> None:
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    assert bill["metadata"]["component"]["name"] == "iomdb"
    found = {one["name"]: one for one in bill["components"]}
    for name in ("duckdb", "dagster", "scrapy", "lxml"):
        assert found[name]["version"] == read_locked()[name]
        assert found[name]["purl"] == f"pkg:pypi/{name}@{read_locked()[name]}"
    assert "pytest" not in found, "what only tests need is not shipped"
    references = {bill["metadata"]["component"]["bom-ref"], *(one["bom-ref"] for one in bill["components"])}
    assert len(references) == len(bill["components"]) + 1
    for entry in bill["dependencies"]:
        assert {entry["ref"], *entry["dependsOn"]} <= references


def test_the_command_prints_the_same_bill_each_time() -> None:
    words = [sys.executable, "-m", "pipeline.ground.bill"]
    first, second = (subprocess.run(words, capture_output=True, check=True).stdout for _ in range(2))
    assert first == second
    check_bill(json.loads(first))


def test_a_data_release_has_the_bill_beside_it_and_verifies(tmp_path: Path, tmp_path_factory: Any) -> None:
    shutil.copy(share_eight_weeks(tmp_path_factory), tmp_path / "iomdb.duckdb")
    caller = Caller(tmp_path)
    made = json.loads(caller.succeed("release", "--json"))
    check_bill(json.loads((tmp_path / "releases" / f"{made['id']}.cdx.json").read_text()))
    assert "as released" in caller.succeed("release", "--verify", made["id"])
    assert [one["id"] for one in json.loads(caller.succeed("release", "--list", "--json"))] == [made["id"]]
