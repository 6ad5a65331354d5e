"""Extractor releases: which code reads pages, under which number, since when; and what an invented archive adds.

Belongs here: ``releases.toml`` and the hash of the code it vouches for; the notice that all of a demonstration shows,
and its older reader. Does not belong here: reading pages, the invented pages (``pipeline.demo``).

The known clock of every published version is the release's date: change the code and keep the number, and the record
would lie about what was believed when. So the hash of the sources is kept beside the number, and a test compares them.

A demonstration of two releases needs readings by code that never was. They are made of the current release's: the
older one missed what is regional, and where French news are dated from.
"""

import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec

from contracts.extraction import Extraction, ExtractorRelease
from contracts.run import start_of
from extractor.meaning.findings import content_sha256
from pipeline.ground.errors import PipelineError, WrongUseError
from pipeline.ground.folders import PROJECT_ROOT, DataFolder
from warehouse.extracted.reader import iter_rows, list_filled
from warehouse.extracted.writer import write_extraction

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


NOTICE = "INVENTED for the demonstration of iomdb, not IOM's; no page, project, person or amount of it exists"
OLDER = ExtractorRelease(
    0, date(2026, 9, 1), "Invented for the demonstration: a reader that knew no regional projects."
)


def find_notice(folder: DataFolder) -> str | None:
    """What must be said wherever something of the folder is shown; None for an archive of real pages."""
    return NOTICE if folder.invented.exists() else None


def list_releases(folder: DataFolder) -> tuple[ExtractorRelease, ...]:
    """The extractor releases that readings of the folder may be of, by number."""
    known = read_releases()
    return (OLDER, *known) if folder.invented.exists() else known


def write_older_readings(folder: DataFolder) -> None:
    """Write what the older release would have read, where the archive is invented: of the runs before the current one.

    The readings of the current release must be there. A run that archived no new body has none.
    """
    if not folder.invented.exists():
        return
    current = current_release()
    readings = sorted((folder.extracted / str(current.number)).glob("*.parquet"))
    for path in list_filled([path for path in readings if start_of(path.stem).date() < current.released_on]):
        rows = [msgspec.json.encode(_read_as_before(row)) for row in _iter_extractions(path)]
        write_extraction(rows, folder.extracted / str(OLDER.number) / path.name)


def _iter_extractions(path: Path) -> Iterator[Extraction]:
    for text in iter_rows(path):
        row = json.loads(text, parse_float=Decimal)
        yield msgspec.convert(row | {"observed_at": f"{row['observed_at']}Z"}, Extraction)


def _read_as_before(row: Extraction) -> Extraction:
    project, news = row.project, row.news
    if project is not None and project.coverage == "regional":
        project = msgspec.structs.replace(project, coverage=None, coverage_raw=None)
    if news is not None and row.lang == "fr":
        news = msgspec.structs.replace(news, dateline_raw=None, dateline_place=None, dateline_country=None)
    countries = row.countries if news is row.news else tuple(one for one in row.countries if one.role != "dateline")
    stated = project or news
    digest = row.content_sha256
    if stated is not None:
        assert row.kind is not None, "a reading with a record has a kind"
        digest = content_sha256(
            kind=row.kind, title=row.title, record=stated, countries=countries, mentions=row.mentions
        )
    return msgspec.structs.replace(
        row, release=OLDER.number, project=project, news=news, countries=countries, content_sha256=digest
    )


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
