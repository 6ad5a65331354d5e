"""What a build reads: the archive's ledgers and manifests, the extractions, the extractor's releases.

Belongs here: their places, and finding and checking the files. Does not belong here: their shapes
(``contracts``), any SQL over them.
"""

from __future__ import annotations

import itertools
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from contracts.run import RemovalRule, RunManifest
from warehouse.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from contracts.release import ExtractorRelease

RUN_FILE = "run.json"
LEDGER_FILE = "fetches.jsonl"


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


def read_manifest(run: Path) -> RunManifest:
    """The sealed manifest of one run.

    Raises:
        SourceError: it is not as docs/contracts.md has it, or names another run than its folder does.
    """
    path = run / RUN_FILE
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=RunManifest)
    except msgspec.ValidationError as error:
        raise SourceError(
            f"{path} is no manifest of a run: {error}; run `iomdb fsck` to find what damaged it"
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} is not JSON ({error}); run `iomdb fsck` to find what damaged it") from error
    if manifest.run_id != run.name:
        raise SourceError(f"{path} says it is run {manifest.run_id!r}; the folder was renamed or mixed up")
    return manifest


def find_extractions(extracted: Path, runs: Iterable[str]) -> list[Path]:
    """The Parquet files ``<release>/<run_id>.parquet`` of the given runs, by release and run."""
    wanted = set(runs)
    return sorted(
        (path for path in extracted.glob("*/*.parquet") if path.stem in wanted and path.parent.name.isdecimal()),
        key=lambda path: (int(path.parent.name), path.stem),
    )


def parse_removal_rule(site_config: str | None, where: str) -> RemovalRule:
    r"""The removal rule in a site file's text, else the default; keys of another version are passed over.

    >>> parse_removal_rule("[removal]\nanswers = 3", "a site file")
    RemovalRule(answers=3, hours_apart=24.0)

    Raises:
        SourceError: the text is not TOML, or a value is none that the rule takes.
    """
    try:
        return msgspec.convert(tomllib.loads(site_config or "").get("removal", {}), RemovalRule)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SourceError(f"the site configuration in {where} gives no removal rule: {error}") from error


def check_releases(releases: Sequence[ExtractorRelease]) -> None:
    """Refuse releases whose dates fall as their numbers grow: the known clock would run backwards.

    Raises:
        SourceError: there is no extractor release, a number occurs twice, or a date falls.
    """
    if not releases:
        raise SourceError("no extractor release is given; pipeline/releases.toml must name at least one")
    ordered = sorted(releases, key=lambda release: release.number)
    for older, newer in itertools.pairwise(ordered):
        if older.number == newer.number:
            raise SourceError(f"extractor release {newer.number} is twice in the list of releases")
        if newer.released_on < older.released_on:
            raise SourceError(f"release {newer.number} is dated before release {older.number}; correct releases.toml")
