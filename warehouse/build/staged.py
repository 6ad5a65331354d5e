"""Staging what is not already a file DuckDB reads: manifests, releases, verdicts, removal rules.

Belongs here: turning them into NDJSON and naming all input files to the scratch database.
Does not belong here: judging or deriving anything from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from contracts.run import RemovalRule
from warehouse.build.sources import (
    LEDGER_FILE,
    Sources,
    check_releases,
    find_extractions,
    parse_removal_rule,
    read_manifest,
)
from warehouse.errors import SourceError
from warehouse.extracted.writer import write_extraction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from contracts.run import RunManifest
    from contracts.verdict import Verdict

RUN_COLUMNS = (
    *("run_id", "source", "site", "started_at", "ended_at", "sealed_at", "complete", "resumed", "listed"),
    *("site_config_sha256", "site_config"),
)
"""What is staged of a manifest as it is."""


def stage_sources(connection: DuckDBPyConnection, sources: Sources, verdicts: Sequence[Verdict], staging: Path) -> None:
    """Write the small inputs into ``staging`` and bind all input files as variables that step 10 reads.

    Raises:
        SourceError: an input does not keep to the contract.
    """
    check_releases(sources.releases)
    runs = sources.find_runs()
    manifests = [read_manifest(run) for run in runs]
    _check_once(verdicts)
    staged: dict[str, Sequence[Any]] = {
        "runs_file": [_run_row(manifest) for manifest in manifests],
        "releases_file": sources.releases,
        "verdicts_file": verdicts,
        "removal_rules_file": _removal_rows(manifests),
    }
    for variable, rows in staged.items():
        path = staging / f"{variable}.ndjson"
        path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
        _bind(connection, variable, str(path))
    ledgers = [str(run / LEDGER_FILE) for run in runs]
    extractions = [str(path) for path in find_extractions(sources.extracted, (run.name for run in runs))]
    _check_known(extractions, sources)
    _bind(connection, "ledger_files", ledgers or [_empty_ledger(staging)])
    _bind(connection, "extraction_files", extractions or [_empty_extraction(staging)])


def _bind(connection: DuckDBPyConnection, variable: str, value: str | list[str]) -> None:
    """Set one variable of the session; its name is a word of ours, its value is bound."""
    connection.execute(f"SET VARIABLE {variable} = ?", [value])


def _check_once(verdicts: Iterable[Verdict]) -> None:
    seen: set[tuple[str, str, str]] = set()
    for verdict in verdicts:
        key = (verdict.run_id, verdict.site, verdict.kind)
        if key in seen:
            raise SourceError(f"two verdicts are given for run {key[0]}, site {key[1]}, kind {key[2]}; give one")
        seen.add(key)


def _check_known(extractions: Iterable[str], sources: Sources) -> None:
    known = {release.number for release in sources.releases}
    for path in extractions:
        number = int(path.rsplit("/", 2)[-2])
        if number not in known:
            raise SourceError(f"{path} is of extractor release {number}, which releases.toml does not name")


def _run_row(manifest: RunManifest) -> dict[str, Any]:
    return {
        **{name: getattr(manifest, name) for name in RUN_COLUMNS},
        "n_fetches": sum(manifest.counts.values()),
        "notes": str(manifest.notes),
    }


def _removal_rows(manifests: Iterable[RunManifest]) -> list[dict[str, Any]]:
    """The removal rule of each site, from the newest run that carries its site file; None: of all others."""
    newest: dict[str, RunManifest] = {}
    for manifest in sorted(manifests, key=lambda manifest: (manifest.started_at, manifest.run_id)):
        if manifest.site and manifest.site_config:
            newest[manifest.site] = manifest
    rules: list[tuple[str | None, RemovalRule]] = [(None, RemovalRule())]
    for site, manifest in sorted(newest.items()):
        rules.append((site, parse_removal_rule(manifest.site_config, f"run {manifest.run_id}")))
    return [{"site": site, "answers": rule.answers, "seconds": rule.hours_apart * 3600} for site, rule in rules]


def _empty_ledger(staging: Path) -> str:
    """A ledger without lines, so that an empty archive builds empty tables."""
    path = staging / "none" / LEDGER_FILE
    path.parent.mkdir()
    path.touch()
    return str(path)


def _empty_extraction(staging: Path) -> str:
    path = staging / "none.parquet"
    write_extraction([], path)
    return str(path)
