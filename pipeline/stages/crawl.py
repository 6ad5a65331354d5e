"""Running one crawl as a child process that never outlives its caller.

Belongs here: starting ``python -m crawler``, passing on its progress, ending its whole process group, and its report.
Does not belong here: Dagster (pipeline.defs calls :func:`run_crawl`), printing (pipeline.cli), crawling itself.

Why a child process: a crawl that hangs, leaks or crashes takes nothing with it, and Scrapy's global state never meets
Dagster's. Why a pipe on its standard input: the kernel closes it when we die, however we die, and the child stops then.
"""

import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Thread
from typing import IO, Any

import msgspec

from crawler.errors import SiteFileError
from crawler.site.site import Site, load_sites
from pipeline.ground.errors import PipelineError, WrongUseError
from pipeline.ground.folders import PROJECT_ROOT, DataFolder, find_site_ids, hold_lock
from pipeline.history.run_history import estimate_crawl, find_unsettled, require_room

GRACE_SECONDS = 20.0
"""How long the child may take to leave its run in good order after a SIGTERM; then its group is killed."""

Progress = Mapping[str, Any]
"""One line of the child's standard output: ``event`` and what belongs to it (crawler.__main__ documents them)."""


class CrawlError(PipelineError):
    """Raised when a crawl ended without a sealed run; the text has the child's last words. Call again to resume."""


class CrawlReport(msgspec.Struct):
    """What a crawl came to.

    ``counts`` is outcome to rows; ``notes`` say in words what an operator should know (hosts given up, budgets spent);
    ``complete`` says that discovery was whole; ``failed`` that nothing of the site could be seen.
    """

    run_id: str
    complete: bool
    failed: bool
    counts: dict[str, int]
    notes: tuple[str, ...]


def run_crawl(
    site_id: str,
    *,
    sites: Path,
    folder: DataFolder,
    now: datetime,
    on_progress: Callable[[Progress], None],
    on_log: Callable[[str], None],
    on_start: Callable[[Callable[[], None]], None] = lambda _: None,
) -> CrawlReport:
    """Crawl one site to a sealed run; ``now`` is the start of the run, in UTC.

    Pages whose newest answer is no part of what is published in ``folder`` are asked again after a day.

    ``on_progress`` gets each progress line, ``on_log`` each line of the child's log. Whatever they raise, and an
    interrupt, ends the child before it is passed on; its run stays open then, and the next call on the same day
    resumes it. ``on_start`` gets a function that ends the child from any thread.

    Raises:
        DiskError: there is too little room on the disk; nothing was begun.
        WrongUseError: no such site, or a site file that is not as it must be.
        LockedError: another process crawls the site.
        CrawlError: the child ended without sealing its run.
    """
    site = _find_site(site_id, sites)
    if site is not None:
        require_room(folder.archive, estimate_crawl(folder.archive, site), f"a crawl of {site.id}")
    last_words: deque[str] = deque(maxlen=20)
    events: dict[str, Progress] = {}
    with _hold_site(site_id, sites, folder, now), _start(site_id, sites, folder, now) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        listener = Thread(target=_listen, args=(child.stderr, last_words, on_log), daemon=True)
        listener.start()
        on_start(partial(end_group, child))
        try:
            for line in child.stdout:
                progress = json.loads(line)
                events[progress["event"]] = progress
                on_progress(progress)
            code = child.wait()
        finally:
            end_group(child)
            listener.join()
    if "sealed" in events:
        return msgspec.convert(events["sealed"], CrawlReport)
    told = str(events["failed"]["message"]) if "failed" in events else " ".join(last_words)[-1500:]
    if code == WrongUseError.exit_code:
        raise WrongUseError(told)
    raise CrawlError(f"the crawl of {site_id} ended with exit code {code} and no sealed run: {told or 'no last words'}")


def _hold_site(site_id: str, sites: Path, folder: DataFolder, now: datetime) -> AbstractContextManager[object]:
    """The lock of one site's crawl; a site that is not there is for the child to report.

    The child locks its open run as well, but two that start in one second would each see none and begin their own.
    """
    if site_id not in find_site_ids(sites):
        return nullcontext()
    lock = folder.crawl_locks / f"{site_id}.lock"
    return hold_lock(lock, task=f"crawling {site_id}", since=now, wait_seconds=0)


@contextmanager
def _start(site_id: str, sites: Path, folder: DataFolder, now: datetime) -> Iterator[subprocess.Popen[str]]:
    """The child process that crawls; it ends when its standard input does."""
    words = [sys.executable, "-m", "crawler", "--site", site_id, "--sites", str(sites)]
    words += ["--archive", str(folder.archive), "--now", now.isoformat(), "--supervised"]
    unsettled = sorted(find_unsettled(folder.published, site_id))
    with subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=PROJECT_ROOT,
        text=True,
        encoding="utf-8",
        errors="backslashreplace",
        # A group of its own: all of it can be ended, and a terminal's Ctrl-C reaches us alone.
        start_new_session=True,
    ) as child:
        assert child.stdin is not None
        # A child that has ended already says why by its exit code and its last words.
        with suppress(BrokenPipeError):
            child.stdin.write("".join(f"{json.dumps(page)}\n" for page in unsettled) + "\n")
            child.stdin.flush()
        try:
            yield child
        finally:
            with suppress(BrokenPipeError):
                child.stdin.close()


def _find_site(site_id: str, sites: Path) -> Site | None:
    """The site; None of one that is not there, or of a faulty site file, for that is the child's to report."""
    with suppress(SiteFileError):
        return load_sites(sites).by_id.get(site_id)
    return None


def _listen(lines: IO[str], last_words: deque[str], on_log: Callable[[str], None]) -> None:
    for line in lines:
        last_words.append(line.rstrip("\n"))
        on_log(line.rstrip("\n"))


def end_group(child: subprocess.Popen[str]) -> None:
    """End the child and all that it started: asked first, then killed. Does nothing to a child that has ended."""
    if child.poll() is not None:
        return
    os.killpg(child.pid, signal.SIGTERM)
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
