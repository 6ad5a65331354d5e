"""Extractor releases: which code reads pages, under which number, since when.

Belongs here: ``releases.toml`` and the hash of the code it vouches for. Does not belong here: reading pages.
The known clock of every published version is the release's date: change the code and keep the number, and the record
would lie about what was believed when. So the hash of the sources is kept beside the number, and a test compares them.
"""

import hashlib
import re
import sys
import tomllib
from pathlib import Path

import msgspec

from contracts.extraction import ExtractorRelease
from pipeline.ground.errors import PipelineError, WrongUseError
from pipeline.ground.folders import PROJECT_ROOT

RELEASES_FILE = PROJECT_ROOT / "pipeline" / "releases.toml"
SOURCES = ("contracts/charset.py", "contracts/extraction.py", "contracts/page_signs.py", "extractor")
SOURCE_SUFFIXES = frozenset({".py", ".toml"})


class ReleasesFileError(PipelineError):
    """Raised when ``releases.toml`` cannot be read, or does not vouch for the code that is here."""


def hash_code(root: Path = PROJECT_ROOT) -> str:
    """SHA-256 over the names and bytes of all sources that decide what a page means, in the order of their names."""
    digest = hashlib.sha256()
    for source in SOURCES:
        for path in sorted([root / source, *(root / source).rglob("*")], key=lambda path: path.as_posix()):
            if path.suffix in SOURCE_SUFFIXES and path.is_file():
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def read_releases(path: Path = RELEASES_FILE) -> tuple[ExtractorRelease, ...]:
    """Every release, by number.

    Raises:
        ReleasesFileError: the file is not as docs/contracts.md section 6 has it.
    """
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["release"]
        releases = tuple(sorted(msgspec.convert(rows, list[ExtractorRelease])))
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, msgspec.ValidationError) as error:
        raise ReleasesFileError(f"{path.name} cannot be read: {error}; see docs/contracts.md, section 6") from error
    if not releases:
        raise ReleasesFileError(f"{path.name} names no release; it must name at least one")
    if bare := [str(one.number) for one in releases if not (one.code_sha256 and one.summary)]:
        raise ReleasesFileError(
            f"{path.name} cannot be read: release {bare[0]} lacks its code_sha256 or summary; see docs/contracts.md, "
            "section 6"
        )
    return releases


def current_release(path: Path = RELEASES_FILE) -> ExtractorRelease:
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
        f"extractor release {newest.number}: {newest.code_sha256}\nthis code: "
        f"{code}\n{'they agree' if agrees else 'they differ'}\n"
    )
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
