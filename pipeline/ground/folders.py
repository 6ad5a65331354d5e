"""Where things live: the variables of the environment that say so, and the layout under ``IOMDB_DATA``.

Belongs here: paths. Does not belong here: reading or writing what is there.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ARCHIVE_VARIABLE, STORE_VARIABLE = "IOMDB_ARCHIVE", "IOMDB_STORE"
"""Of several machines: the object stores that they share (:mod:`pipeline.cluster`)."""

PROJECT_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The layout of one data folder.

    >>> DataFolder(Path("data")).published.as_posix()
    'data/iomdb.duckdb'
    """

    root: Path

    @property
    def archive(self) -> Path:
        """One folder a run: the truth."""
        return self.root / "archive"

    @property
    def extracted(self) -> Path:
        """``<release>/<run_id>.parquet``: one reading of one run, immutable."""
        return self.root / "extracted"

    @property
    def published(self) -> Path:
        """The DuckDB file that people open; only ever replaced by a rename."""
        return self.root / "iomdb.duckdb"

    @property
    def search_index(self) -> Path:
        """The index of the published file's texts, made anew with it."""
        return self.published.with_suffix(".search")

    @property
    def releases(self) -> Path:
        """``<id>/``: ordered Parquet, datapackage.json, checksums."""
        return self.root / "releases"

    @property
    def private(self) -> Path:
        """Personal contacts cut from published text. Mode 0700."""
        return self.root / "private"

    @property
    def decisions(self) -> Path:
        """``decisions.jsonl``: what people decided, as recorded input."""
        return self.root / "decisions.jsonl"

    @property
    def invented(self) -> Path:
        """There where the archive is invented (``iomdb demo``); whatever is shown of it must say so."""
        return self.root / "INVENTED.txt"

    @property
    def report(self) -> Path:
        """Pages for people."""
        return self.root / "report"

    @property
    def dagster(self) -> Path:
        """The Dagster instance: DAGSTER_HOME of every process we start."""
        return self.root / "dagster"

    @property
    def lock(self) -> Path:
        """The file whose operating-system lock the one writer holds."""
        return self.root / "writer.lock"


def find_data_folder(environ: Mapping[str, str] = os.environ) -> DataFolder:
    """The data folder named by ``IOMDB_DATA``, else ``data`` in the current folder; absolute, not created."""
    return DataFolder(Path(environ.get("IOMDB_DATA") or "data").absolute())


def find_sites_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of site files named by ``IOMDB_SITES``, else the one that ships with the crawler; absolute."""
    return Path(environ.get("IOMDB_SITES") or PROJECT_ROOT / "crawler" / "sites").absolute()


def is_shared(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the archive is an object store that other machines use too."""
    return bool(environ.get(ARCHIVE_VARIABLE))


def find_site_ids(sites_folder: Path) -> list[str]:
    """The ids of all sites, by the names of their files; the files are not read."""
    return sorted(path.stem for path in sites_folder.glob("*.toml"))
