"""What one document costs is measured stage by stage, on the archive that the benchmark generates."""

from __future__ import annotations

import json

from click.testing import CliRunner

from bench.scale import STAGES, main, measure_scale


def test_each_stage_is_measured_by_its_documents() -> None:
    rows = measure_scale(100)
    assert [row["stage"] for row in rows] == list(STAGES)
    assert all(row["cpu_ms"] > 0 and row["memory_mb"] > 10 and row["disk_kb"] > 0 for row in rows)


def test_with_weeks_only_the_derivation_is_measured_by_its_ledger_lines() -> None:
    told = CliRunner().invoke(main, ["100", "--weeks", "3"], catch_exceptions=False)
    first, *_, last = [json.loads(line) for line in told.output.splitlines()]
    assert first["measure"] == "versions from 300 observations of 100 pages"
    assert last["memory_mb"] > 10
