"""Where a command may write what a person asked for (``-o``, ``--save``): nothing is overwritten unasked.

Belongs here: whether a path may be written, the mark of a folder that a command made, putting a finished file there.
Does not belong here: what is written; the pipeline's own files, which have their places in the data folder.
"""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import DataFolder
from warehouse.files import FOLDER_MARK, private_beside


def check_target(target: Path, folder: DataFolder, *, force: bool, is_folder: bool = False) -> None:
    """Refuse to write to ``target`` where anything could be lost by it; the one guard of every ``-o``.

    Refused with and without ``force``: what belongs to the data folder, a link (also one that leads nowhere), a pipe, a
    socket, a device. Refused without ``force``: whatever exists. With it a regular file outside of the data folder may
    be replaced, and, where the command writes a folder (``is_folder``), an empty folder or one that
    :func:`mark_folder` marked and in which nothing else was put since. Call it for each file that is written.

    Raises:
        WrongUseError: says what is there, and what to do; exit code 2.
    """
    parent = target.absolute().parent
    if not parent.is_dir():
        raise WrongUseError(f"the folder {target.parent} does not exist")
    place = Path(os.path.realpath(parent)) / target.name
    if target.name in {"", ".."}:
        raise WrongUseError(f"{target} names no file; give its whole name")
    _refuse_own(target, place, folder)
    try:
        there = place.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(there) and not stat.S_ISDIR(there):
        raise WrongUseError(f"{target} is {_name_kind(there)}: it is never written to; choose another name")
    if not force:
        raise WrongUseError(f"{target} exists; choose another name, or --force to replace it")
    if stat.S_ISDIR(there):
        _refuse_folder(target, place, is_folder=is_folder)
    elif _is_inside(place, folder.root):
        raise WrongUseError(f"{target} is a file of the data folder: it is not replaced; choose a name outside of it")


@contextmanager
def write_target(target: Path, *, force: bool) -> Iterator[Path]:
    """A private file beside ``target`` to write into; it gets its name when the block ends well, and goes otherwise.

    ``target`` has passed :func:`check_target`; what came there meanwhile is not replaced without ``force``, and a link
    that came is replaced, never followed.

    Raises:
        WrongUseError: something is there now.
    """
    private = private_beside(target.absolute())
    private.unlink(missing_ok=True)
    try:
        private.touch(exist_ok=False)
        yield private
        if force:
            private.replace(target)
        else:
            target.hardlink_to(private)
    except FileExistsError as error:
        raise WrongUseError(f"{target} exists; choose another name, or --force to replace it") from error
    finally:
        private.unlink(missing_ok=True)


def mark_folder(path: Path) -> None:
    """Write into a folder, when all of it is there, which files a command of ours put there.

    By this mark :func:`check_target` knows a folder that ``--force`` may replace.
    """
    names = sorted(_list_files(path) - {FOLDER_MARK})
    text = json.dumps({"made_by": "iomdb", "files": names}, indent=1, ensure_ascii=False)
    (path / FOLDER_MARK).write_text(text + "\n", encoding="utf-8")


def _refuse_own(target: Path, place: Path, folder: DataFolder) -> None:
    """By what the folders are, not by how they are spelled: a link or another mount of one is that one.

    In the data folder a person may put a new file beside ours, with a name that no part of ours has.
    """
    trees = (folder.archive, folder.extracted, folder.private, folder.releases, folder.dagster, folder.crawl_locks)
    within = (place, *place.parents)
    inside = any(_is_same(above, tree) for tree in trees for above in within) or any(
        _is_same(above, folder.root) for above in place.parent.parents
    )
    beside = _is_same(place.parent, folder.root) and (
        place.name.lower().startswith((".", folder.published.name))
        or place.name in {path.name for path in (*trees, folder.decisions, folder.lock, folder.search_index)}
        or place.name.endswith(".toml")
    )
    if inside or beside or any(_is_same(place, above) for above in (folder.root, *folder.root.parents)):
        raise WrongUseError(f"{target} belongs to the data folder {folder.root}: choose a name outside of it")


def _refuse_folder(target: Path, place: Path, *, is_folder: bool) -> None:
    if not is_folder:
        raise WrongUseError(f"{target} is a folder: it is not replaced by a file; choose another name")
    try:
        known = set(json.loads((place / FOLDER_MARK).read_bytes())["files"]) | {FOLDER_MARK}
    except FileNotFoundError:
        known = set()
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise WrongUseError(f"{target}: its {FOLDER_MARK} cannot be read, so it is not replaced") from error
    if strange := sorted(_list_files(place) - known):
        raise WrongUseError(
            f"{target} is a folder that holds other files ({strange[0]}): it is not replaced; choose another name"
        )


def _list_files(folder: Path) -> set[str]:
    """Everything in the folder that is no folder, by its path from there; a link is listed and not followed."""
    return {
        (Path(where) / name).relative_to(folder).as_posix()
        for where, below, names in os.walk(folder)
        for name in (*names, *(one for one in below if (Path(where) / one).is_symlink()))
    }


def _is_inside(place: Path, folder: Path) -> bool:
    return any(_is_same(above, folder) for above in place.parents)


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return os.path.realpath(path) == os.path.realpath(other)


def _name_kind(mode: int) -> str:
    kinds = {stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")
