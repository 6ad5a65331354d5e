"""The report after each publish: built by the way, and never in its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import pytest

from pipeline.defs.instance import open_instance
from pipeline.defs.specs import REPORT, REPORT_CHECK
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import DataFolder
from tests.pipeline.commands import Caller
from tests.pipeline.report.reading import read_index, read_page

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


def find_check(folder: DataFolder) -> dg.AssetCheckEvaluation:
    """What the check of the report said last."""
    with open_instance(folder, now=read_clock()) as instance:
        (run,) = instance.get_runs()
        logs = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    checks = [one.dagster_event.asset_check_evaluation_data for one in logs if one.dagster_event]
    (found,) = [one for one in checks if one.check_name == REPORT_CHECK.name]
    return found


def test_a_publish_is_followed_by_its_report_with_a_preview(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    Caller(folder.root).succeed("run", "--source", "seeds")
    documents = read_index(folder.report)["documents"]
    assert "Technical Support to Improve Border" in read_page(folder.report / documents["QU8-805"]).text
    page = read_page(folder.report / documents["QU8-805"]).text
    assert "received 2026-11-21T00:00:00Z (capture time not known), handed over in the folder seeds" in page
    assert find_check(folder).passed
    with open_instance(folder, now=read_clock()) as instance:
        event = instance.get_latest_materialization_event(REPORT.key)
    assert event is not None
    assert event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    assert metadata["preview"].value == []
    assert metadata["report"].value == str(folder.report / "index.html")


def test_a_report_that_fails_is_a_warning_and_the_tables_are_published(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.report.mkdir(parents=True)
    (folder.report / "thesis.txt").write_text("mine")
    Caller(folder.root).succeed("run", "--source", "seeds")
    assert folder.published.exists()
    assert [path.name for path in folder.report.iterdir()] == ["thesis.txt"]
    check = find_check(folder)
    assert not check.passed
    assert check.severity == dg.AssetCheckSeverity.WARN
    assert "thesis.txt" in (check.description or "")
