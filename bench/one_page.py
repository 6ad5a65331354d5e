"""``python -m bench.one_page``: the modules of ours that one page runs through, from the socket to a column, as JSON.

Belongs here: one real run in one process, and watching it. Does not belong here: the bound (``figures``).

A loopback site with one page of a kind is crawled, read, judged and published. A module counts when the body of one of
its functions runs between the request and the published column; what runs while modules are imported does not, nor do
methods that a library has made (the constructors of dataclasses).
"""

from __future__ import annotations

import inspect
import json
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType, FrameType

from bench.house import House
from crawler.__main__ import main as crawl
from pipeline.ground.folders import DataFolder
from pipeline.stages.extract import extract_missing
from pipeline.stages.publish import publish
from tests.site.content import NewsContent, ProjectContent, make_news, make_project
from tests.site.pages import Look, render_page
from tests.site.routes import page, site_file, sitemap, xml
from tests.site.server import WebServer
from warehouse.read.published import run_query

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@contextmanager
def watch_calls(note: Callable[[CodeType], object]) -> Iterator[None]:
    """Note the code of each function that begins to run, in every thread that starts meanwhile too."""

    def see(frame: FrameType, event: str, _: object) -> None:
        # The bodies of modules and classes have no optimised locals: they run when they are imported.
        if event == "call" and frame.f_code.co_flags & inspect.CO_OPTIMIZED:
            note(frame.f_code)

    threading.setprofile(see)
    sys.setprofile(see)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def find_modules_run(house: House, path: str, content: ProjectContent | NewsContent) -> list[str]:
    """The modules that run for that page.

    Raises:
        RuntimeError: its title did not arrive in its column.
    """
    codes: set[CodeType] = set()
    with tempfile.TemporaryDirectory(prefix="iomdb-one-page-") as name, WebServer() as server:
        root = Path(name)
        server.routes[path] = page(render_page(content, Look()))
        server.routes["/sitemap.xml"] = xml(sitemap([f"{server.root}{path}"]))
        (root / "sites").mkdir()
        start = f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n'
        (root / "sites" / "loop.toml").write_text(site_file(server.host, start=start))
        folder = DataFolder(root / "data")
        words = ["--site", "loop", "--sites", str(root / "sites"), "--archive", str(folder.archive)]
        with watch_calls(codes.add), redirect_stdout(sys.stderr):
            crawl([*words, "--now", NOW.isoformat()])
            extract_missing(folder)
            publish(folder, now=NOW, threads=1)
        table = "projects" if isinstance(content, ProjectContent) else "news"
        titles = [row[0] for row in run_query(folder.published, f"SELECT title FROM v1.{table}").rows]
    if titles != [content.title]:
        raise RuntimeError(f"the page did not arrive: v1.{table} has the titles {titles}")
    files = {code.co_filename for code in codes}
    return sorted(module.name for module in house.modules.values() if str(module.path) in files)


def main() -> None:
    """Print what each kind of page runs through; each kind needs a process of its own, for a reactor runs once."""
    house = House()
    path, content = ("/news/lamps", make_news(1)) if sys.argv[1:] == ["news"] else ("/project/lamps", make_project(1))
    json.dump(find_modules_run(house, path, content), sys.stdout)


if __name__ == "__main__":
    main()
