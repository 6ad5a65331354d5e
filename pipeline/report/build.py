"""Building the report: every page, feed and file of it, from the published file.

Belongs here: their order, ``index.json``, what is put into the folder as it is. Does not belong here: any page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from pipeline.ground.folders import DataFolder
from pipeline.ground.printable import UNWATCHED, Watch
from pipeline.report.addresses import make_name
from pipeline.report.edition import Edition
from pipeline.report.feeds import list_feeds, write_atom, write_json_feed
from pipeline.report.folder import OpenFolder, build_folder
from pipeline.report.pages.data_page import DataPage, write_tables
from pipeline.report.pages.documents import DocumentPages
from pipeline.report.pages.dossier import read_dossiers
from pipeline.report.pages.lists import ListPages, list_languages, list_latest
from pipeline.report.pages.looks import Looks
from pipeline.report.render import Templates, read_asset
from pipeline.report.words import name_country
from pipeline.report.words_index import N_SHARDS, make_index
from warehouse.read.published import Tables, fetch_query, open_published

File = tuple[str, bytes]
_CONTENT = "SELECT content_sha256 FROM internal.build"


@dataclass(frozen=True, slots=True)
class Report:
    """What was built: where, of what, how many files, and how many of them are other than before.

    ``latest`` are sentences about the newest week with a change, the most significant first.
    """

    path: Path
    content_sha256: str
    n_documents: int
    n_pages: int
    n_files: int
    n_written: int
    latest: tuple[str, ...]


def write_report(
    folder: DataFolder,
    target: Path,
    *,
    published: Path | None = None,
    at: datetime | None = None,
    base: str | None = None,
    watch: Watch = UNWATCHED,
) -> Report:
    """Write the report of the published file into a folder that replaces ``target``, which must be ours or not there.

    ``published`` is the file, where it is not the data folder's own; ``at`` an instant in UTC without a zone, to show
    the tables as they were; ``base`` the address under which the folder will lie, for the links of feeds. The same file
    and values give the same bytes.

    Raises:
        QueryError: there is no published file, or it has another schema.
    """
    with _open_with_tables(published or folder.published) as (connection, tables), build_folder(target) as made:
        edition = Edition(connection, at)
        notices = (f"{edition.notice}.",) if edition.notice else ()
        templates = Templates(notices)
        for name, content in _make_files(edition, templates, tables, folder.root):
            made.write(name, content)
        _write_documents(edition, made, DocumentPages(edition, templates, folder.root), watch)
        feeds = _write_feeds(edition, templates, made, base, notices)
        pages = sorted(name for name in made.names if name.endswith(".html"))
        index = {
            "content_sha256": edition.content_sha256,
            "documents": {entry.id: entry.href for entry in sorted(edition.entries.values(), key=lambda one: one.id)},
            "feeds": feeds,
            "pages": pages,
        }
        latest = tuple(list_latest(edition))
        made.write("index.json", (json.dumps(index, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace"))
    return Report(
        path=target,
        content_sha256=edition.content_sha256,
        n_documents=len(edition.entries),
        n_pages=len(pages),
        n_files=len(made.names),
        n_written=made.written,
        latest=latest,
    )


@contextmanager
def _open_with_tables(published: Path) -> Iterator[tuple[Tables, dict[str, bytes]]]:
    """The published file, open, and tables of it as Parquet, which can only be written while it is not.

    Where a run publishes in between, both are taken again, so that they are of one file.
    """
    while True:
        with open_published(published) as connection:
            before = fetch_query(connection, _CONTENT).rows
        tables = write_tables(published)
        with open_published(published) as connection:
            if fetch_query(connection, _CONTENT).rows == before:
                yield connection, tables
                return


def _make_files(
    edition: Edition,
    templates: Templates,
    tables: dict[str, bytes],
    data: Path,
) -> Iterator[File]:
    for name in ("style.css", "script.js", "icon.svg"):
        yield name, read_asset(name).encode()
    looks = Looks(edition, data)
    yield from ListPages(edition, looks, templates).make()
    yield from looks.make_coverage(templates)
    yield from looks.make_doubts(templates)
    yield from DataPage(edition, templates, tables).make()
    yield _make_search(edition, templates)
    yield from make_index(edition)
    yield from _make_moved(edition, templates)


def _write_documents(edition: Edition, folder: OpenFolder, pages: DocumentPages, watch: Watch) -> None:
    done = 0
    for kind, batch in edition.iter_batches(list(edition.entries.values())):
        for dossier in read_dossiers(edition, kind, batch):
            folder.write_made(*pages.find_inputs(dossier), partial(pages.make, dossier))
        done += len(batch)
        watch.count("writing pages", done, len(edition.entries))


def _make_moved(edition: Edition, templates: Templates) -> Iterator[File]:
    """A page for each id that gave way, which leads on; none where another document's page lies there."""
    taken = {entry.folder.lower() for entry in edition.entries.values()}
    for former, entry in edition.former_ids:
        folder = f"{entry.kind}/{make_name(former)}"
        if folder.lower() not in taken:
            taken.add(folder.lower())
            path = f"{folder}/index.html"
            yield path, templates.render("moved.html", path, former=former, entry=entry)


def _make_search(edition: Edition, templates: Templates) -> File:
    codes = {code for entry in edition.projects for code in entry.row["countries"] or ()}
    codes |= {entry.row["dateline_country"] for entry in edition.news if entry.row["dateline_country"]}
    years = {entry.row["start_year"] or entry.row["funding_year"] for entry in edition.projects}
    years |= {int(year) for entry in edition.news if (year := (entry.row["published_date"] or "")[:4]).isdecimal()}
    path = "search/index.html"
    return path, templates.render(
        "search.html", path, n=len(edition.entries), n_shards=N_SHARDS,
        languages=list_languages(edition.entries.values()),
        countries=sorted(((code, name_country(code)) for code in codes), key=lambda one: one[1]),
        years=sorted((year for year in years if year), reverse=True),
    )  # fmt: skip


def _write_feeds(
    edition: Edition, templates: Templates, folder: OpenFolder, base: str | None, notices: tuple[str, ...]
) -> list[str]:
    names = []
    for feed in list_feeds(edition):
        folder.write(f"{feed.path}.xml", write_atom(templates, feed, base, notices))
        folder.write(f"{feed.path}.json", write_json_feed(feed, base, notices))
        names += [f"{feed.path}.xml", f"{feed.path}.json"]
    return sorted(names)
