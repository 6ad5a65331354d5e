"""Where tables come from, as each file that is handed on says it: source, licence, content, release.

Belongs here: the words for it, read from the file itself. Does not belong here: any format.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from duckdb import DuckDBPyConnection

TITLE = "The public record of IOM's projects and news"
ABSTRACT = (
    "What the websites of the International Organization for Migration say about projects and news: archived, "
    "versioned on two clocks, each value with its place in the archived bytes."
)
PUBLISHER = "International Organization for Migration (IOM)"
PUBLISHER_URL = "https://www.iom.int"
LICENCE_NAME = "IOM-informational-use"
LICENCE = (
    "IOM keeps the rights in its texts and asks for informational use, with the source named; "
    "the makers of this record claim none in it"
)


@dataclass(frozen=True, slots=True)
class TablesOrigin:
    """Which tables these are. ``content_sha256`` names what they hold, on any machine.

    ``newest_run_at`` is when the newest run in them was sealed (None: there is none). ``notice`` is what must be said
    of all of them (they are invented), or None. ``release_id`` is the data release that keeps the same tables, or None.
    """

    content_sha256: str
    schema_version: int
    extractor: int | None
    newest_run_at: datetime | None
    notice: str | None
    release_id: str | None = None

    @property
    def version(self) -> str:
        """The version of the tables: the day of their newest run and the beginning of their content's hash."""
        day = f"{self.newest_run_at:%Y.%m.%d}" if self.newest_run_at else "0"
        return f"{day}+{self.content_sha256[:8]}"

    @property
    def created(self) -> str | None:
        """When the newest run ended, as RFC 3339 has it. No clock enters: equal tables are equally old."""
        return f"{self.newest_run_at:%Y-%m-%dT%H:%M:%SZ}" if self.newest_run_at else None

    def describe(self) -> Mapping[str, str]:
        """What a person needs to know and to cite, by its name, in order."""
        kept = f"data release {self.release_id}" if self.release_id else f"content sha256:{self.content_sha256}"
        return {
            "title": TITLE,
            **({"note": self.notice} if self.notice else {}),
            "source": f"{PUBLISHER}, {PUBLISHER_URL}",
            "licence": LICENCE,
            "data release": self.release_id or "none keeps these tables (iomdb release does)",
            "content sha256": self.content_sha256,
            "date": self.created or "no run",
            "extractor release": str(self.extractor or "none"),
            "to cite": f"{PUBLISHER}, projects and news as archived by iomdb, version {self.version}, {kept}",
        }


def read_origin(connection: DuckDBPyConnection, release_id: str | None = None) -> TablesOrigin:
    """The origin of the open file's tables; ``release_id`` is the data release that keeps them, if one does."""
    row: Any = connection.execute(
        "SELECT content_sha256, schema_version, (SELECT max(release) FROM internal.release), "
        "(SELECT max(sealed_at) FROM internal.run), notice FROM internal.build"
    ).fetchone()
    assert row is not None, "a built file has one row of internal.build"
    content_sha256, schema_version, extractor, newest_run_at, notice = row
    return TablesOrigin(content_sha256, schema_version, extractor, newest_run_at, notice, release_id)
