"""A crawl as a child process: its report, its failures, and that it never outlives its caller."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from crawler.__main__ import read_unsettled
from crawler.archive.runs import iter_open_runs, iter_run_ids
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import DataFolder
from pipeline.stages.crawl import CrawlError, Progress, run_crawl
from tests.patience import wait_until
from tests.site import faults
from tests.site.routes import iom_like, site_file
from tests.site.server import WebServer

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WebServer]:
    """The small site, and a site file for it in ``tmp_path / "sites"``."""
    with WebServer() as running:
        running.routes.update(iom_like(running.root))
        (tmp_path / "sites").mkdir()
        (tmp_path / "sites" / "loop.toml").write_text(site_file(running.host))
        yield running


def crawl(folder: Path, events: list[dict[str, Any]], site: str = "loop") -> Any:
    def take(progress: Progress) -> None:
        events.append(dict(progress))

    return run_crawl(
        site, sites=folder / "sites", folder=DataFolder(folder), now=NOW, on_progress=take, on_log=lambda line: None
    )


def test_a_crawl_reports_its_run_its_counts_and_its_progress(server: WebServer, tmp_path: Path) -> None:
    events: list[dict[str, Any]] = []
    report = crawl(tmp_path, events)
    assert list(iter_run_ids(tmp_path / "archive")) == [report.run_id]
    assert report.counts == {"fetched": 43}
    assert (report.complete, report.failed, report.notes) == (True, False, ())
    assert [event["event"] for event in events if event["event"] != "progress"] == [
        "started",
        "discovered",
        "discovered",
        "sealed",
    ]


def test_an_unknown_site_is_wrong_use_and_names_those_there_are(server: WebServer, tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match=r"no nowhere\.toml; the sites there are: loop"):
        crawl(tmp_path, [], "nowhere")


def test_a_crawl_of_a_dead_site_is_sealed_and_has_failed(server: WebServer, tmp_path: Path) -> None:
    server.routes.clear()
    server.fallback = faults.hang_up()
    text = (tmp_path / "sites" / "loop.toml").read_text()
    (tmp_path / "sites" / "loop.toml").write_text(text + "attempts = 1\n")
    report = crawl(tmp_path, [])
    assert report.failed
    assert report.counts["connection_error"] == 1


def test_an_archive_that_cannot_be_written_is_an_error_with_the_reason(server: WebServer, tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file where a folder should be")
    with pytest.raises(CrawlError, match="archive"):
        crawl(tmp_path, [])


def test_whatever_the_caller_raises_ends_the_child_and_leaves_the_run_open(server: WebServer, tmp_path: Path) -> None:
    class StopItError(Exception):
        pass

    server.routes["/sitemap.xml"] = faults.silence()

    def stop(progress: Progress) -> None:
        raise StopItError

    with pytest.raises(StopItError):
        run_crawl(
            "loop",
            sites=tmp_path / "sites",
            folder=DataFolder(tmp_path),
            now=NOW,
            on_progress=stop,
            on_log=lambda line: None,
        )
    assert [child for child in psutil.Process().children() if "crawler" in child.cmdline()] == []
    assert len(list(iter_open_runs(tmp_path / "archive"))) == 1
    server.routes.update(iom_like(server.root))
    assert crawl(tmp_path, []).counts == {"fetched": 43}


CALLER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from pipeline.ground.folders import DataFolder
from pipeline.stages.crawl import run_crawl
folder = Path(sys.argv[1])
run_crawl("loop", sites=folder / "sites", folder=DataFolder(folder), now=datetime(2026, 11, 22, tzinfo=UTC),
          on_progress=lambda progress: print(progress["event"], flush=True), on_log=print)
"""


def test_a_crawl_ends_with_its_caller_even_when_that_is_killed(server: WebServer, tmp_path: Path) -> None:
    server.routes["/sitemap.xml"] = faults.silence()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = os.environ | {"TMPDIR": str(temporary)}
    words = [sys.executable, "-c", CALLER, str(tmp_path)]
    caller = subprocess.Popen(words, stdout=subprocess.PIPE, env=environment)
    assert caller.stdout is not None
    assert caller.stdout.readline() == b"started\n"
    (child,) = psutil.Process(caller.pid).children()
    os.kill(caller.pid, signal.SIGKILL)
    caller.wait()
    caller.stdout.close()
    wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "the end of the crawl")
    assert list(temporary.iterdir()) == []


def test_pages_to_ask_again_are_named_up_to_an_empty_line_and_none_is_needed() -> None:
    assert read_unsettled(['["news", "a b"]\n', '["project", "é"]\n', "\n", "never read"]) == {
        ("news", "a b"),
        ("project", "é"),
    }
    assert read_unsettled([]) == read_unsettled(["\n"]) == frozenset()
