"""Data releases: the public tables as ordered Parquet, described, checksummed, named by their description's hash.

Belongs here: writing, finding and verifying a data release.
Does not belong here: comparing two (:mod:`warehouse.publish.comparison`), or changing the published file.

Its folder holds ``<table>.parquet``, ``datapackage.json`` (with each file's sha256), ``csv/`` (the tables that people
read once more as CSV, a package of its own), ``iomdb.duckdb`` (the published file, which answers every query and macro
as it did), ``changes.csv`` (what to correct since the release before), ``README.md``, ``CITATION.cff`` and
``SHA256SUMS`` (as ``sha256sum -c`` reads it). Its id is the beginning of the sha256 of ``datapackage.json``: one
content, one id, on any machine. Names that people give it are in ``names.json`` beside the releases.
"""

import hashlib
import json
import re
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.connection import check_schema_version, open_scratch, quote_text
from warehouse.errors import NotFoundError, ReleaseError
from warehouse.files import PRIVATE_MARK, clear_leftovers, fsync_path, hash_file, private_beside, put_in_place
from warehouse.publish.corrections import find_corrections, write_changes
from warehouse.publish.csv_tables import write_csv
from warehouse.publish.origin import TablesOrigin, read_origin
from warehouse.publish.package import DESCRIPTION, describe_file, describe_package, write_package
from warehouse.publish.readme import write_citation, write_readme
from warehouse.publish.swap import write_ordered_parquet
from warehouse.read.published import describe_missing
from warehouse.tables import PUBLIC_TABLES, get_table

CHECKSUMS = "SHA256SUMS"
DATABASE = "iomdb.duckdb"
TWIN = "csv"
CHANGES = "changes.csv"
NAMES = "names.json"
_NAME = re.compile(r"(?![0-9a-f]{4,16}$)[A-Za-z0-9][A-Za-z0-9._-]{0,60}")
_LEDGERS = frozenset({"evidence", "captures", "fetches", "runs", "verdicts"})
"""Tables for programs: they have no twin."""
ID_LENGTH = 16
"""Hex digits of the id: 64 bits, no two contents of one house will ever share them."""


@dataclass(frozen=True, slots=True)
class DataRelease:
    """A data release in the folder ``path``; ``id`` is also the folder's name."""

    id: str
    path: Path

    @property
    def tables(self) -> Path:
        """The published file as it was.

        Raises:
            ReleaseError: the release was made before the file was kept in it.
        """
        if not (self.path / DATABASE).is_file():
            raise ReleaseError(f"data release {self.id} has no {DATABASE}; ask its Parquet files in {self.path}")
        return self.path / DATABASE


def write_release(published: Path, releases: Path, name: str | None = None) -> DataRelease:
    """Write the published tables as a data release under ``releases``; an equal one that is there is left alone.

    ``name`` is one more name by which it can be asked for; it moves there from another release that had it.

    Raises:
        ReleaseError: there is no published file, an equal release is there but damaged, or ``name`` is none.
        SchemaVersionError: the published file is of another internal schema.
    """
    if name is not None and not is_name(name):
        raise ReleaseError(f"{name!r} is no name of a data release: letters, digits, dots and hyphens, and no id")
    if not published.is_file():
        raise ReleaseError(describe_missing(published))
    releases.mkdir(parents=True, exist_ok=True)
    private = private_beside(releases / "release")
    clear_leftovers(releases / "release")
    with ExitStack() as undo:
        undo.callback(clear_leftovers, releases / "release")
        release = _write_private(published, private, releases)
        undo.pop_all()
    if name is not None:
        _keep_name(releases, name, release.id)
    return release


def is_name(text: str) -> bool:
    """Whether a data release can be given this name: it could be no id, nor the beginning of one.

    >>> is_name("2026-11"), is_name("../x"), is_name("3f2a9c41")
    (True, False, False)
    """
    return _NAME.fullmatch(text) is not None


def _keep_name(releases: Path, name: str, release_id: str) -> None:
    names = read_names(releases) | {name: release_id}
    private = private_beside(releases / NAMES)
    private.write_text(json.dumps(names, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    put_in_place(private, releases / NAMES)


def read_names(releases: Path) -> dict[str, str]:
    """The names that were given to data releases, and the id that each means."""
    try:
        found: dict[str, str] = json.loads((releases / NAMES).read_bytes())
    except FileNotFoundError:
        return {}
    return found


def _write_private(published: Path, private: Path, releases: Path) -> DataRelease:
    private.mkdir()
    try:
        _write_tables(published, private, releases)
    except duckdb.Error as error:
        raise ReleaseError(f"the tables of {published} could not be written as a data release: {error}") from error
    _write_checksums(private)
    release_id = hash_file(private / DESCRIPTION)[:ID_LENGTH]
    target = releases / release_id
    if target.exists():
        shutil.rmtree(private)
        verify_release(target)
        return DataRelease(release_id, target)
    for path in private.rglob("*"):
        fsync_path(path)
    put_in_place(private, target)
    return DataRelease(release_id, target)


def _write_tables(published: Path, folder: Path, releases: Path) -> None:
    """The tables in each form and their description, then what people read of them."""
    # Copied, never linked: whoever opens the published file with another program may write into it.
    shutil.copyfile(published, folder / DATABASE)
    spilling = tempfile.TemporaryDirectory(prefix=f"{folder.name}-", dir=folder.parent)
    with spilling as spill, open_scratch(Path(spill)) as connection:
        connection.execute(f"ATTACH {quote_text(str(folder / DATABASE))} AS published (READ_ONLY)")
        connection.execute("USE published")
        check_schema_version(connection)
        origin = read_origin(connection)
        described = [describe_file(connection, path, "parquet") for path in write_ordered_parquet(connection, folder)]
        description = write_package(folder, describe_package(origin, described))
        _write_twin(connection, origin, folder / TWIN)
        connection.execute("USE memory")
        before = find_before(releases, description)
        corrections = find_corrections(connection, before.path, folder) if before else []
    write_changes(corrections, folder / CHANGES)
    named = replace(origin, release_id=hash_file(description)[:ID_LENGTH])
    write_readme(folder, named, before.id if before else None, corrections)
    write_citation(folder, named)


def _write_twin(connection: DuckDBPyConnection, origin: TablesOrigin, folder: Path) -> None:
    """The tables that people read as CSV, in a package of their own: programs that check packages take no Parquet."""
    folder.mkdir()
    names = [table.name for table in PUBLIC_TABLES if table.name not in _LEDGERS]
    described = []
    for name in names:
        path = folder / f"{name}.csv"
        write_csv(connection, get_table(name), path)
        described.append(describe_file(connection, path, "csv", among=names))
    write_package(folder, describe_package(origin, described))


def find_before(releases: Path, description: Path) -> DataRelease | None:
    """The newest data release of tables that are no newer than those described, and others; or None."""
    told = json.loads(description.read_bytes())
    release_id = hash_file(description)[:ID_LENGTH]
    known = [
        (_read_age(release.path / DESCRIPTION), release)
        for release in find_releases(releases)
        if release.id != release_id
    ]
    earlier = [(age, release) for age, release in known if age[0] <= (told.get("created") or "")]
    return max(earlier, key=lambda one: one[0])[1] if earlier else None


def _read_age(description: Path) -> tuple[str, int, int]:
    """How new a data release's tables are: by their newest run, then their reader, then when it was made."""
    told = json.loads(description.read_bytes())
    age = told.get("created") or told.get("newest_run_sealed_at") or ""
    return age, int(told.get("extractor_release") or 0), description.stat().st_mtime_ns


def _write_checksums(folder: Path) -> None:
    lines = [f"{hash_file(folder / name)}  {name}\n" for name in _list_files(folder)]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def _list_files(folder: Path) -> list[str]:
    """Every file in the folder but the checksums, by its path from there, in order."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    return sorted(name for name in found if name != CHECKSUMS)


def find_releases(releases: Path) -> list[DataRelease]:
    """Every data release under the folder, by id."""
    if not releases.is_dir():
        return []
    finished = (path for path in sorted(releases.iterdir()) if not path.name.startswith(PRIVATE_MARK))
    return [DataRelease(path.name, path) for path in finished if (path / DESCRIPTION).is_file()]


def find_release_of(releases: Path, content_sha256: str) -> DataRelease | None:
    """The first data release of tables with this content, or None where none is kept."""
    for release in find_releases(releases):
        if json.loads((release.path / DESCRIPTION).read_bytes()).get("content_sha256") == content_sha256:
            return release
    return None


def get_release(releases: Path, beginning: str) -> DataRelease:
    """The one data release of this name, or whose id begins so.

    Raises:
        NotFoundError: none or several do; the text lists what is there.
    """
    known = find_releases(releases)
    stated = read_names(releases).get(beginning, beginning)
    fitting = [release for release in known if stated and release.id.startswith(stated)]
    if len(fitting) != 1:
        there = ", ".join(release.id for release in known) or "none; make one with `iomdb release`"
        raise NotFoundError(f"{len(fitting) or 'no'} data releases begin with {beginning!r}; there are: {there}")
    return fitting[0]


def verify_release(path: Path) -> None:
    """Check every file of a data release against its checksum, and the folder's name against its description.

    Raises:
        ReleaseError: names the first file that is missing, changed or not listed.
    """
    try:
        listed = dict(line.split("  ", 1)[::-1] for line in (path / CHECKSUMS).read_text("utf-8").splitlines())
    except (OSError, ValueError) as error:
        raise ReleaseError(f"release {path.name} has no readable {CHECKSUMS}: {error}") from error
    there = set(_list_files(path))
    for name in sorted(there | listed.keys()):
        if name not in there or name not in listed:
            raise ReleaseError(f"release {path.name}: {name} is {'not listed' if name in there else 'missing'}")
        if hash_file(path / name) != listed[name]:
            raise ReleaseError(f"release {path.name}: {name} is not what was released; take it from a copy")
    if hashlib.sha256((path / DESCRIPTION).read_bytes()).hexdigest()[:ID_LENGTH] != path.name:
        raise ReleaseError(f"release {path.name}: its {DESCRIPTION} belongs to another id")
