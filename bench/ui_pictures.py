"""The pictures of Dagster's UI in the operator's page: ``python -m bench.ui_pictures``, part of ``make screenshots``.

Belongs here: a folder in which a real daemon has crawled two sites on loopback and published them, and which screens of
its UI are kept. Does not belong here: the pages of the report (``bench.screenshots``).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from bench.house import ROOT
from bench.screenshots import keep_picture
from tests.browsers import open_browser, open_page
from tests.pipeline.commands import IOMDB
from tests.pipeline.daemons import Copy, copy_code, count_runs, have_all_ended
from tests.pipeline.uis import Ui, find_free_port, wait_for
from tests.replay.world import make_world
from tests.site.routes import site_file
from tests.site.server import WebServer

TARGET: Final = ROOT / "docs" / "screens"
SITES: Final = ("harbour", "lighthouse")
WIDTH, HEIGHT = 1400, 900
LONGEST_WAIT_MS: Final = 60_000


def main() -> None:
    """Let a daemon do a day's work, then take each screen as WebP."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        copy = copy_code(Path(folder), _write_sites(Path(folder) / "sites", running))
        running.enter_context(copy.run_daemon())
        crawl = _await_the_day(copy)
        ui = running.enter_context(_serve_ui(copy))
        browser = running.enter_context(open_browser())
        page, _ = running.enter_context(open_page(browser, ui.origin, width=WIDTH))
        page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        for name, path, shown in (
            ("ui-graph", "asset-groups", "public_tables"),
            ("ui-asset", "assets/v1/projects", "Columns"),
            ("ui-run", f"runs/{crawl}", "RUN_SUCCESS"),
            ("ui-checks", "assets/archived_site?view=checks", "hosts_let_us_in"),
        ):
            page.goto(f"{ui.origin}/{path}")
            page.get_by_text(shown).first.wait_for(timeout=LONGEST_WAIT_MS)
            page.wait_for_timeout(2_000)
            sys.stdout.write(keep_picture(page, TARGET / f"{name}.webp") + "\n")


def _write_sites(folder: Path, running: ExitStack) -> Path:
    """Two site files, each for a server of its own on loopback."""
    folder.mkdir()
    for number, name in enumerate(SITES):
        server = running.enter_context(WebServer())
        make_world(seed=number, n_days=40, n_projects=12, n_news=20).serve(server, 0)
        start = f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n'
        (folder / f"{name}.toml").write_text(site_file(server.host, start=start))
    return folder


def _await_the_day(copy: Copy) -> str:
    """Until both sites are crawled and published by the daemon; the id of a crawl's run."""
    copy.wait_until(copy.folder.published.exists, 300, "it is published")
    with copy.open_instance() as instance:
        copy.wait_until(lambda: have_all_ended(instance), 120, "every run has ended")
        assert count_runs(instance)["crawl_site", "SUCCESS"] == len(SITES)
        return next(run.run_id for run in instance.get_runs() if run.job_name == "crawl_site")


@contextmanager
def _serve_ui(copy: Copy) -> Iterator[Ui]:
    ui, log = Ui(find_free_port()), copy.code / "ui.log"
    command = [*IOMDB, "ui", "--read-only", "--port", str(ui.port)]
    with (
        log.open("wb") as file,
        subprocess.Popen(command, cwd=copy.code, env=copy.environment, stdout=file, stderr=file) as process,
    ):
        try:
            wait_for(ui, process, log)
            yield ui
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
