"""What a build reads: the archive's ledgers, the extractions, the extractor's releases and the gate's verdicts.

Belongs here: their places and shapes, and finding the files. Does not belong here: any SQL over them.
"""

from __future__ import annotations

import itertools
import json
import tomllib
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from warehouse.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

RUN_FILE = "run.json"
LEDGER_FILE = "fetches.jsonl"


@dataclass(frozen=True, slots=True)
class ExtractorRelease:
    """One release of the extractor: the known clock's unit. ``released_on`` never falls as ``number`` grows."""

    number: int
    released_on: date
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's judgement of one run's pages of one site and kind (docs/contracts.md, section 5)."""

    run_id: str
    site: str
    kind: str
    accepted: bool
    by: str = "gate"
    reasons: Sequence[Mapping[str, Any]] = field(default=())

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Verdict:
        """Read one verdict row as the contract writes it.

        Raises:
            SourceError: a key is missing or the verdict is neither ``accepted`` nor ``rejected``.
        """
        try:
            if row["verdict"] not in {"accepted", "rejected"}:
                raise SourceError(f"verdict {row['verdict']!r} of run {row['run_id']} is neither accepted nor rejected")
            return cls(
                run_id=row["run_id"],
                site=row["site"],
                kind=row["kind"],
                accepted=row["verdict"] == "accepted",
                by=row["by"],
                reasons=tuple(row["reasons"]),
            )
        except KeyError as error:
            raise SourceError(f"a verdict lacks the key {error}: {dict(row)!r}") from error


@dataclass(frozen=True, slots=True)
class Sources:
    """The places a build reads. ``archive`` and ``extracted`` are folders laid out as docs/contracts.md says.

    ``run_ids`` are the sealed runs that count; None counts all. A run that is sealed while a build is prepared is left
    to the next one, in every step alike.
    """

    archive: Path
    extracted: Path
    releases: Sequence[ExtractorRelease]
    run_ids: Collection[str] | None = None

    def find_runs(self) -> list[Path]:
        """The sealed runs that count, by name."""
        return [run for run in find_runs(self.archive) if self.run_ids is None or run.name in self.run_ids]


def find_runs(archive: Path) -> list[Path]:
    """The sealed runs, by name. A folder without ``run.json`` or named ``*.open`` is not in the archive."""
    if not archive.is_dir():
        return []
    return sorted(folder for folder in archive.iterdir() if folder.suffix != ".open" and (folder / RUN_FILE).is_file())


def read_manifest(run: Path) -> dict[str, Any]:
    """The sealed manifest of one run.

    Raises:
        SourceError: it is not JSON, or names another run than its folder does.
    """
    path = run / RUN_FILE
    try:
        manifest: dict[str, Any] = json.loads(path.read_bytes())
    except ValueError as error:
        raise SourceError(f"{path} is not JSON ({error}); run `iomdb fsck` to find what damaged it") from error
    if manifest.get("run_id") != run.name:
        raise SourceError(f"{path} says it is run {manifest.get('run_id')!r}; the folder was renamed or mixed up")
    return manifest


def find_extractions(extracted: Path, runs: Iterable[str]) -> list[Path]:
    """The Parquet files ``<release>/<run_id>.parquet`` of the given runs, by release and run."""
    wanted = set(runs)
    return sorted(
        (path for path in extracted.glob("*/*.parquet") if path.stem in wanted and path.parent.name.isdecimal()),
        key=lambda path: (int(path.parent.name), path.stem),
    )


@dataclass(frozen=True, slots=True)
class RemovalRule:
    """When answers of 404 or 410 in a row are a removal: at least ``answers``, the last ``hours`` after the first."""

    answers: int = 2
    hours: float = 24.0


def parse_removal_rule(site_config: str | None, where: str) -> RemovalRule:
    r"""The removal rule in a site file's text (table ``[removal]``: ``answers``, ``hours_apart``), else the default.

    >>> parse_removal_rule("[removal]\nanswers = 3", "a site file")
    RemovalRule(answers=3, hours=24.0)

    Raises:
        SourceError: the text is not TOML, or a value is not a number.
    """
    default = RemovalRule()
    if site_config is None:
        return default
    try:
        rule = tomllib.loads(site_config).get("removal", {})
        return RemovalRule(int(rule.get("answers", default.answers)), float(rule.get("hours_apart", default.hours)))
    except (tomllib.TOMLDecodeError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(f"the site configuration in {where} gives no removal rule: {error}") from error


def check_releases(releases: Sequence[ExtractorRelease]) -> None:
    """Refuse releases whose dates fall as their numbers grow: the known clock would run backwards.

    Raises:
        SourceError: there is no release, a number stands twice, or a date falls.
    """
    if not releases:
        raise SourceError("no extractor release is given; pipeline/releases.toml must name at least one")
    ordered = sorted(releases, key=lambda release: release.number)
    for older, newer in itertools.pairwise(ordered):
        if older.number == newer.number:
            raise SourceError(f"extractor release {newer.number} stands twice in the list of releases")
        if newer.released_on < older.released_on:
            raise SourceError(f"release {newer.number} is dated before release {older.number}; correct releases.toml")
