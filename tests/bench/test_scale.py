"""What one document costs is measured stage by stage, on the archive that the benchmark generates."""

from __future__ import annotations

from bench.scale import STAGES, measure_scale


def test_each_stage_is_measured_by_its_documents() -> None:
    rows = measure_scale(100)
    assert [row["stage"] for row in rows] == list(STAGES)
    assert all(row["cpu_ms"] > 0 and row["memory_mb"] > 10 and row["disk_kb"] > 0 for row in rows)
