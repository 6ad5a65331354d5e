"""Putting a finished file in its place so that a crash at any moment leaves the old one or the new one, whole.

Belongs here: fsync, rename and clearing of leftovers, the digest of a file. Does not belong here: what the files hold.
"""

import hashlib
import os
import shutil
from pathlib import Path

PRIVATE_MARK = ".building-"
"""Every name this package writes before its final rename contains this mark; nothing else in the data folder does."""

FOLDER_MARK = ".iomdb-made.json"
"""The file by which a folder of an export or report is known for ours; it lists what was put there."""

STAGING_MARK = ".staging-"
"""So begin the folders in which rows wait to be written to a file beside them."""


def hash_file(path: Path) -> str:
    """The sha256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def private_beside(target: Path) -> Path:
    """The private name under which ``target`` is written before it is renamed.

    >>> from pathlib import Path
    >>> private_beside(Path("data/iomdb.duckdb")).name
    '.building-iomdb.duckdb'
    """
    return target.with_name(PRIVATE_MARK + target.name)


def fsync_path(path: Path) -> None:
    """Make the content of a file, or the entries of a folder, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_in_place(private: Path, target: Path) -> None:
    """Fsync ``private``, rename it over ``target`` and fsync the folder: readers see the old file or the new one."""
    fsync_path(private)
    private.replace(target)
    fsync_path(target.parent)


def clear_leftovers(target: Path) -> list[Path]:
    """Remove what a killed build of ``target`` left beside it; return what was removed, in name order."""
    mark = private_beside(target).name
    leftovers = sorted(path for path in target.parent.glob(f"{mark}*"))
    for path in leftovers:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return leftovers
