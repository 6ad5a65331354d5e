"""A labelled folder: ``truth.jsonl``, a page a line, and ``<id>.html.gz`` beside it.

Belongs here: reading it. Does not belong here: what a reading of a page is worth (``scores``).
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REAL_PAGES: Final = "REAL_PAGES"
"""The variable of the environment that names such a folder for `make bench` and `make rules`."""


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A saved page and what its set says of it; None and an empty tuple are what the set does not say.

    ``wanted`` are texts that must be in its body, ``unwanted`` ones that must not; ``date`` is a whole day.
    """

    id: str
    group: str
    url: str
    is_drupal: bool
    payload: bytes
    title: str | None = None
    date: str | None = None
    body: str | None = None
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()

    @property
    def is_article(self) -> bool:
        """Whether its set says that there is a text to be read."""
        return self.body is not None or bool(self.wanted)

    def address(self) -> str:
        """Where it would stand on a site of ours: the last words of its own address under the site's news.

        >>> LabelledPage("1", "a", "https://example.org/2020/05/lamps-lit?x=1", False, b"").address()
        'https://www.iom.int/news/lamps-lit'
        """
        return f"https://www.iom.int/news/{self.url.partition('?')[0].rstrip('/').rpartition('/')[2]}"


def iter_labelled(folder: Path) -> Iterator[LabelledPage]:
    """The pages in the order of ``truth.jsonl``.

    Raises:
        OSError: a page, or the list, is not there or cannot be unpacked.
        KeyError: a line lacks ``id`` or ``url``.
    """
    for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        yield LabelledPage(
            id=entry["id"],
            group=entry.get("set", ""),
            url=entry["url"],
            is_drupal=entry.get("drupal", False),
            payload=gzip.decompress((folder / f"{entry['id']}.html.gz").read_bytes()),
            title=entry.get("title"),
            date=entry.get("date"),
            body=entry.get("body"),
            wanted=tuple(entry.get("with", ())),
            unwanted=tuple(entry.get("without", ())),
        )
