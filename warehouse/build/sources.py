"""What a build reads: ledgers, manifests, extractions, extractor releases, verdicts, the codebook of countries.

Belongs here: finding and checking the files, and naming them to the scratch database; what is not already a file that
DuckDB reads becomes one; names (CLDR) and regions (``m49.toml``) by a country's code. Does not belong here: their
shapes (``contracts``), judging or deriving anything from them, the words that pages write (``extractor.codebooks``).
"""

import itertools
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pycountry
from babel import Locale
from duckdb import DuckDBPyConnection
from msgspec import Struct

from contracts.extraction import ExtractorRelease, ProjectType
from contracts.run import RemovalRule, RunManifest
from contracts.verdict import Verdict
from warehouse.errors import SourceError
from warehouse.extracted.writer import write_extraction

LANGUAGES = ("en", "fr", "es", "ar")
_M49 = Path(__file__).parent / "m49.toml"
_KOSOVO = "XK", "XKX"
"""User-assigned in ISO 3166, as CLDR has them."""


class Country(Struct, frozen=True, kw_only=True):
    """A row of ``v1.countries``. ``subregion`` is M49's intermediate region where there is one."""

    country_code: str
    iso3: str
    name_en: str
    name_fr: str
    name_es: str
    name_ar: str
    region: str | None
    subregion: str | None


@cache
def list_countries() -> tuple[Country, ...]:
    """Every country and area of ISO 3166-1, and Kosovo, by code."""
    codes = {str(one.alpha_2): str(one.alpha_3) for one in pycountry.countries} | dict([_KOSOVO])
    regions = _read_regions()
    names = {lang: Locale(lang).territories for lang in LANGUAGES}
    return tuple(
        Country(
            country_code=code,
            iso3=iso3,
            **{f"name_{lang}": str(names[lang][code]) for lang in LANGUAGES},
            region=regions.get(code, (None, None))[0],
            subregion=regions.get(code, (None, None))[1],
        )
        for code, iso3 in sorted(codes.items())
    )


def _read_regions() -> Mapping[str, tuple[str, str]]:
    """Region and subregion by code."""
    listed = tomllib.loads(_M49.read_text(encoding="utf-8"))
    return {
        code: (region, subregion)
        for region, subregions in listed.items()
        for subregion, codes in subregions.items()
        for code in codes.split()
    }


RUN_FILE = "run.json"
LEDGER_FILE = "fetches.jsonl"


@dataclass(frozen=True, slots=True)
class Sources:
    """The places a build reads. ``archive`` and ``extracted`` are folders laid out as docs/contracts.md says.

    ``run_ids`` are the sealed runs that count; None counts all. A run that is sealed while a build is prepared is left
    to the next one, in every step alike. ``project_types`` are the extractor's codebook of them.
    """

    archive: Path
    extracted: Path
    releases: Sequence[ExtractorRelease]
    run_ids: Collection[str] | None = None
    project_types: Sequence[ProjectType] = ()

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
        "site_files_file": _site_rows(manifests),
        "countries_file": list_countries(),
        "project_types_file": sources.project_types,
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
        "notes": manifest.notes,
    }


def _find_newest(manifests: Iterable[RunManifest]) -> list[tuple[str, RunManifest]]:
    """Each site whose file a run carries, with the newest such run; in order."""
    newest: dict[str, RunManifest] = {}
    for manifest in sorted(manifests, key=lambda manifest: (manifest.started_at, manifest.run_id)):
        if manifest.site and manifest.site_config:
            newest[manifest.site] = manifest
    return sorted(newest.items())


def _site_rows(manifests: Iterable[RunManifest]) -> list[dict[str, Any]]:
    """Name, hosts and language of each site, as its newest recorded file has them."""
    rows = []
    for site, manifest in _find_newest(manifests):
        try:
            file = tomllib.loads(manifest.site_config or "")
        except tomllib.TOMLDecodeError as error:
            raise SourceError(f"the site configuration in run {manifest.run_id} is not TOML: {error}") from error
        rows.append(
            {"site": site, "name": file.get("name"), "hosts": file.get("hosts"), "language": file.get("language")}
        )
    return rows


def _removal_rows(manifests: Iterable[RunManifest]) -> list[dict[str, Any]]:
    """The removal rule of each site, from the newest run that carries its site file; None: of all others."""
    rules: list[tuple[str | None, RemovalRule]] = [(None, RemovalRule())]
    for site, manifest in _find_newest(manifests):
        rules.append((site, parse_removal_rule(manifest.site_config, f"run {manifest.run_id}")))
    return [
        {"site": site, "answers": rule.answers, "seconds": rule.least_apart.total_seconds()} for site, rule in rules
    ]


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
