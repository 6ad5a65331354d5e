"""What Dagster's UI says of each asset, whoever did the work: its own rows, one table, checks by site, plots."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipeline.defs import defs
from pipeline.defs.instance import open_instance
from pipeline.defs.service import list_locations
from pipeline.ground.clock import read_clock
from pipeline.ground.folders import DataFolder
from tests.pipeline.commands import Caller
from tests.pipeline.uis import Ui, find_free_port, wait_for
from tests.replay.world import make_world
from tests.site.routes import site_file
from tests.site.server import WebServer
from warehouse.tables import PUBLIC_TABLES


@contextmanager
def opened(data: Path) -> Iterator[dg.DagsterInstance]:
    before = dict(os.environ)
    try:
        with open_instance(DataFolder(data), now=read_clock()) as instance:
            yield instance
    finally:
        os.environ.clear()
        os.environ.update(before)


def read_metadata(instance: dg.DagsterInstance, *key: str, partition: str | None = None) -> dict[str, Any]:
    """The metadata of an asset's newest materialisation (of a partition)."""
    records = instance.fetch_materializations(
        dg.AssetRecordsFilter(dg.AssetKey(list(key)), asset_partitions=[partition] if partition else None), limit=1
    ).records
    assert records, f"{key} was never made"
    found = records[0].asset_materialization
    assert found is not None
    return dict(found.metadata)


def test_everything_in_the_graph_says_what_it_is_and_whose() -> None:
    repository = defs.get_repository_def()
    specs = list(defs.resolve_all_asset_specs())
    assert {spec.key.to_user_string() for spec in specs} >= {f"v1/{table.name}" for table in PUBLIC_TABLES}
    assert [
        spec.key for spec in specs if not (spec.description and spec.owners and "documentation" in spec.metadata)
    ] == []
    assert all(Path(spec.metadata["documentation"].path).is_file() for spec in specs)
    checks = repository.asset_checks_defs_by_key
    said = {key: definition.get_spec_for_check_key(key).description for key, definition in checks.items()}
    assert [key for key, description in said.items() if not description] == []
    automata: list[Any] = [*repository.schedule_defs, *repository.sensor_defs]
    assert [one.name for one in automata if not one.description] == []
    ours = [job for job in repository.get_all_jobs() if not job.name.startswith("__")]
    assert [job.name for job in ours if not job.description] == []
    fresh = {spec.key.to_user_string() for spec in specs if spec.freshness_policy}
    assert fresh == {"archived_site", "extracted_records", "published_tables"}


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[Caller]:
    with WebServer() as server:
        make_world(seed=7, n_days=40, n_projects=3, n_news=4).serve(server, 0)
        (tmp_path / "sites").mkdir()
        start = f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n'
        (tmp_path / "sites" / "loop.toml").write_text(site_file(server.host, start=start))
        yield Caller(tmp_path / "data")


@pytest.mark.slow
def test_what_the_command_line_did_is_in_the_instance_table_by_table_and_site_by_site(caller: Caller) -> None:
    sites = str(caller.data.parent / "sites")
    for words in (["crawl", "--site", "loop"], ["extract"], ["publish"]):
        answer = caller.call(*words, IOMDB_SITES=sites)
        assert (answer.code, "note:" in answer.err) == (0, False), answer.err
    with opened(caller.data) as instance:
        crawl = read_metadata(instance, "archived_site", partition="loop")
        assert crawl["answers_seen"].value == 9
        assert crawl["site_file"].path == f"{sites}/loop.toml"
        assert read_metadata(instance, "extracted_records")["read"].value == 7
        assert read_metadata(instance, "v1", "projects")["dagster/row_count"].value == 3
        assert read_metadata(instance, "v1", "news")["dagster/row_count"].value == 4
        columns = read_metadata(instance, "v1", "projects")["dagster/column_schema"].schema.columns
        assert [column.name for column in columns if not column.description] == []
        site = read_metadata(instance, "site_record", partition="loop")
        assert site["pages"].value == 7
        assert 0 <= site["fill_budget_amount"].value <= 1
        assert {"changes_of_7_days", "pages_unread", "fields_unread"} <= site.keys()
        for key in (["archived_site"], ["extracted_records"], ["published_tables"], ["site_record"]):
            (made,) = instance.fetch_materializations(dg.AssetRecordsFilter(dg.AssetKey(key)), limit=1).records
            assert made.asset_materialization is not None
            tables = [
                name
                for name, value in made.asset_materialization.metadata.items()
                if isinstance(value, dg.TableMetadataValue)
            ]
            assert tables == ["summary"], key
        checks = {
            name: instance.event_log_storage.get_asset_check_execution_history(
                dg.AssetCheckKey(dg.AssetKey("archived_site"), name), limit=1
            )
            for name in ("pages_are_seen", "sources_are_whole", "hosts_let_us_in")
        }
        assert {name: record[0].status.value for name, record in checks.items()} == dict.fromkeys(checks, "SUCCEEDED")


@pytest.mark.slow
def test_work_that_cannot_be_recorded_is_done_all_the_same_and_noted(caller: Caller) -> None:
    caller.data.mkdir()
    (caller.data / "dagster").write_text("no folder")
    answer = caller.call("crawl", "--site", "loop", IOMDB_SITES=str(caller.data.parent / "sites"))
    assert answer.code == 0, answer.err
    assert "note: done, but not recorded for Dagster's UI" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.slow
def test_a_ui_without_its_daemon_says_in_one_sentence_what_it_lacks(tmp_path: Path) -> None:
    caller = Caller(tmp_path / "data")
    caller.data.joinpath("dagster").mkdir(parents=True)
    left = json.dumps({"load_from": list_locations(caller.data / "dagster" / "socket")})
    caller.data.joinpath("dagster", "workspace.yaml").write_text(left)
    port = find_free_port()
    process = caller.start("ui", "--port", str(port))
    try:
        wait_for(Ui(port), process, caller.data / "dagster" / "workspace.yaml")
        assert Ui(port).post("{runsOrError{__typename}}")[0] == 200
        assert caller.data.joinpath("dagster", "ui-port").read_text() == str(port), "where the doctor sends people"
    finally:
        process.terminate()
        told = process.communicate(timeout=60)[1]
    assert "note: no daemon runs here" in told
    assert "Stack Trace" not in told
