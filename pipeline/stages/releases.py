"""Releases of the extractor: which code reads pages, under which number, since when.

Belongs here: ``releases.toml`` and the hash of the code it vouches for. Does not belong here: reading pages.
The known clock of every published version is the release's date: change the code and keep the number, and the record
would lie about what was believed when. So the hash of the sources stands beside the number, and a test compares them.
"""

from __future__ import annotations

import hashlib
import re
import sys
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.ground.errors import PipelineError, WrongUseError
from pipeline.ground.folders import PROJECT_ROOT

RELEASES_FILE = PROJECT_ROOT / "pipeline" / "releases.toml"
SOURCES = ("contracts/extraction.py", "contracts/page_signs.py", "extractor")
SOURCE_SUFFIXES = frozenset({".py", ".toml"})


class ReleaseError(PipelineError):
    """Raised when ``releases.toml`` cannot be read, or does not vouch for the code that is here."""


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """One release. ``code_sha256`` is :func:`hash_code` of the sources it was made from."""

    number: int
    released_on: date
    code_sha256: str
    summary: str


def hash_code(root: Path = PROJECT_ROOT) -> str:
    """SHA-256 over the names and bytes of all sources that decide what a page means, in the order of their names."""
    digest = hashlib.sha256()
    for source in SOURCES:
        for path in sorted([root / source, *(root / source).rglob("*")], key=lambda path: path.as_posix()):
            if path.suffix in SOURCE_SUFFIXES and path.is_file():
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def read_releases(path: Path = RELEASES_FILE) -> tuple[Release, ...]:
    """Every release, by number.

    Raises:
        ReleaseError: the file is not as docs/contracts.md section 6 has it.
    """
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["release"]
        releases = tuple(sorted(Release(**row) for row in rows))
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ReleaseError(f"{path.name} cannot be read: {error}; see docs/contracts.md, section 6") from error
    if not releases:
        raise ReleaseError(f"{path.name} names no release; it must name at least one")
    return releases


def current_release(path: Path = RELEASES_FILE) -> Release:
    """The release with the greatest number: the one that this code claims to be."""
    return read_releases(path)[-1]


def restamp(path: Path = RELEASES_FILE, root: Path = PROJECT_ROOT) -> str:
    """Write the code's hash into the newest release, which nobody may have published with; return the hash."""
    newest = current_release(path)
    code = hash_code(root)
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(re.escape(f'"{newest.code_sha256}"'), f'"{code}"', text), encoding="utf-8")
    return code


def main(arguments: list[str]) -> int:
    """``python -m pipeline.stages.releases [restamp]``.

    Say whether the newest release vouches for this code, or make it so.
    """
    if arguments not in ([], ["restamp"]):
        raise WrongUseError("use: python -m pipeline.stages.releases [restamp]")
    if arguments:
        restamp()
    newest, code = current_release(), hash_code()
    agrees = newest.code_sha256 == code
    sys.stdout.write(
        f"release {newest.number}: {newest.code_sha256}\nthis code: "
        f"{code}\n{'they agree' if agrees else 'they differ'}\n"
    )
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
