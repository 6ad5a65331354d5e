"""Reading a report as a program does: its pages' elements, links and text.

Belongs here: what several tests ask of a page. Does not belong here: any assertion about what a page says.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CELLS = frozenset({"td", "th", "dt", "dd", "li", "p"})
VOID = frozenset({"meta", "link", "br", "wbr", "input", "img"})


@dataclass
class Page(HTMLParser):
    """A page: its tags and links in order, its text as a person reads it, the documents in its frames."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append((tag, values))
        self.links += [values[name] for name in ("href", "src", "action") if name in values]
        self.frames += [values["srcdoc"]] if "srcdoc" in values else []
        if tag not in VOID:
            self.open.append(tag)
        if tag in CELLS:
            self.pieces.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())


def read_page(path: Path) -> Page:
    """A page, whose elements must close in order."""
    page = Page()
    page.feed(path.read_text("utf-8"))
    page.close()
    assert page.open == [], path
    return page


def read_index(report: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((report / "index.json").read_text("utf-8"))
    return found


def iter_pages(report: Path) -> Iterator[tuple[str, Page]]:
    for name in read_index(report)["pages"]:
        yield name, read_page(report / name)


def is_own(link: str) -> bool:
    return not urlsplit(link).scheme


def follow(report: Path, page: str, link: str) -> Path:
    """The file that a link of a page leads to."""
    return (report / page).parent / unquote(urlsplit(link).path)
