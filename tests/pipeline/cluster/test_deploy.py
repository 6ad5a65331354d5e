"""What ships for several machines: a compose file and values for Kubernetes that name what there is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # comes with Dagster; its stubs are not in the lock

from pipeline.cluster.workers import TAKE_OVER_AFTER, SiteShare, find_code_servers, find_share, may_take_over
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import PROJECT_ROOT

CLUSTER = PROJECT_ROOT / "deploy" / "cluster"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def read_services() -> dict[str, dict[str, Any]]:
    parsed: dict[str, Any] = yaml.safe_load((CLUSTER / "compose.yaml").read_text())
    services: dict[str, dict[str, Any]] = parsed["services"]
    return services


def test_each_worker_has_the_variables_of_the_docs_and_shares_that_cover_every_site() -> None:
    services = read_services()
    workers = [services["one"], services["two"]]
    shares = [find_share(worker["environment"]) for worker in workers]
    assert {(share.number, share.of) for share in shares} == {(1, 2), (2, 2)}
    (server,) = find_code_servers(workers[0]["environment"])
    assert services[server.host]["command"][-1] == str(server.port)
    docs = (PROJECT_ROOT / "docs" / "cluster.md").read_text()
    for name in workers[0]["environment"]:
        assert name in docs, f"{name} is set in compose and explained nowhere"


def test_no_port_leaves_the_machine_and_no_password_stands_in_the_file() -> None:
    text = (CLUSTER / "compose.yaml").read_text()
    assert not any(service.get("ports") for service in read_services().values())
    for line in text.splitlines():
        if "PASSWORD" in line or "SECRET" in line:
            assert re.search(r"\$\{[A-Z_]+:\?|\$\$PASSWORD|^#", line), f"a default password: {line}"


def test_workers_and_one_machine_install_from_locks_with_hashes() -> None:
    lock = (PROJECT_ROOT / "requirements" / "cluster.txt").read_text()
    alone = (PROJECT_ROOT / "requirements" / "run.txt").read_text()
    names = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)
    more = dict(names.findall(lock)).items() - dict(names.findall(alone)).items()
    assert {name for name, _ in more} == {"dagster-postgres", "obstore", "psycopg2-binary"}
    assert lock.count("--hash=sha256:") > alone.count("--hash=sha256:")
    assert read_services()["one"]["build"]["args"]["LOCK"] == "cluster"


def test_the_values_for_kubernetes_start_what_compose_starts() -> None:
    values = yaml.safe_load((CLUSTER / "dagster-k8s.yaml").read_text())
    (deployment,) = values["dagster-user-deployments"]["deployments"]
    assert deployment["codeServerArgs"] == ["--module-name", "pipeline.defs"]
    assert {"IOMDB_ARCHIVE", "IOMDB_DATA", "IOMDB_SITES"} <= {one["name"] for one in deployment["env"]}
    limits = values["dagsterDaemon"]["runCoordinator"]["config"]["queuedRunCoordinator"]["tagConcurrencyLimits"]
    assert limits == [{"key": "iomdb/site", "value": {"applyLimitPerUniqueValue": True}, "limit": 1}]


@pytest.mark.parametrize("text", ["2", "3/2", "0/2", "1/0", "a/b", "1/2/3"])
def test_a_share_that_is_none_is_wrong_use(text: str) -> None:
    with pytest.raises(WrongUseError, match="IOMDB_SHARE"):
        find_share({"IOMDB_SHARE": text})


def test_every_site_is_one_workers_own() -> None:
    sites = [f"site-{number}" for number in range(17)]
    for of in (1, 2, 3, 5):
        for site in sites:
            assert sum(SiteShare(number, of).covers(site, sites) for number in range(1, of + 1)) == 1


def test_what_another_worker_leaves_is_taken_over_and_what_it_did_is_not() -> None:
    slot, long_ago = NOW - TAKE_OVER_AFTER, NOW - timedelta(days=9)
    assert may_take_over(slot, long_ago, now=NOW, working_since=long_ago)
    assert not may_take_over(slot, slot + timedelta(minutes=5), now=NOW, working_since=long_ago)
    assert not may_take_over(slot + timedelta(minutes=1), long_ago, now=NOW, working_since=long_ago)
