"""``python -m crawler``: one crawl of one site as a process, to be supervised (pipeline.stages.crawl).

Belongs here: arguments, progress lines, signals, exit codes. Does not belong here: the crawl (crawler.engine.crawl).

Progress is one JSON object a line on standard output, each with an ``event``: ``started`` (run_id, resumed, rows),
``discovered`` (kind, found, due), ``progress`` (rows, counts, url; at most one a second), ``sealed`` (run_id, complete,
failed, counts, notes), ``failed`` (message), ``stopped`` (why). The log is on standard error.

Exit codes: 0 the run is sealed, 1 it failed, 2 wrong use, 3 stopped; after 1 and 3 the next call on the same day
resumes.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

from crawler.engine.crawl import Crawled, crawl_site
from crawler.errors import CrawlerError, SiteFileError
from crawler.session.politeness import CONTACT_FILE, find_contact
from crawler.site.site import Site, Sites, load_sites

FAILED, WRONG_USE, STOPPED = 1, 2, 3


class ProgressLines:
    """Writes events as lines; of the many ``fetched`` events one ``progress`` line a second."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._rows = 0
        self._last = time.monotonic()

    def __call__(self, event: Mapping[str, object]) -> None:
        """Take one event of the session."""
        if event["event"] != "fetched":
            self.write(event)
            return
        outcome = str(event["outcome"])
        self._counts[outcome] = self._counts.get(outcome, 0) + 1
        self._rows += 1
        if time.monotonic() - self._last >= 1.0:
            self._last = time.monotonic()
            self.write({"event": "progress", "rows": self._rows, "counts": self._counts, "url": event["url"]})

    @staticmethod
    def write(event: Mapping[str, object]) -> None:
        """Write one line and flush it."""
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()


def parse_arguments(words: list[str]) -> argparse.Namespace:
    """The arguments; wrong ones end the process with exit code 2."""
    parser = argparse.ArgumentParser(prog="python -m crawler", description="Crawl one site into the archive.")
    parser.add_argument("--site", required=True, help="id of the site: the stem of its file")
    parser.add_argument("--sites", required=True, type=Path, help="folder of site files")
    parser.add_argument("--archive", required=True, type=Path, help="folder of runs")
    parser.add_argument("--now", type=_parse_instant, default=None, help="start of the run, ISO 8601 with an offset")
    parser.add_argument(
        "--supervised",
        action="store_true",
        help="standard input names pages to ask again, [kind, key] a line, then an empty line; stop when it is closed",
    )
    return parser.parse_args(words)


def _parse_instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no offset from UTC")
    return instant.astimezone(UTC)


def find_site(sites: Sites, site_id: str, folder: Path) -> Site:
    """The site of this id, host or short name.

    Raises:
        SiteFileError: there is none.
    """
    found = sites.find(site_id)
    if found is None:
        raise SiteFileError(f"{folder} has no {site_id}.toml; the sites there are: {', '.join(sites.by_id) or 'none'}")
    return found


async def run(arguments: argparse.Namespace, site: Site, sites: Sites, report: ProgressLines) -> Crawled:
    """Crawl, until the end or until a signal stops it."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, signal.Signals(number).name)
    unsettled = read_unsettled(sys.stdin) if arguments.supervised else frozenset()
    if arguments.supervised:
        loop.add_reader(sys.stdin.fileno(), _read_stdin)
    now = arguments.now or datetime.now(UTC).replace(microsecond=0)
    return await crawl_site(
        site,
        arguments.archive,
        now,
        report,
        find_contact(arguments.sites),
        contact_file=arguments.sites / CONTACT_FILE,
        sites=sites,
        unsettled=unsettled,
    )


def read_unsettled(lines: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Kind and key of each page that the lines name, up to an empty one."""
    named = takewhile(str.strip, lines)
    return frozenset((str(kind), str(page_key)) for kind, page_key in map(json.loads, named))


def _read_stdin() -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        stop("the end of standard input")


def stop(why: str) -> None:
    """End the process at once: each record and row is with the operating system before the next request is sent.

    Waiting for answers would gain nothing: the run stays open, and the next call on this day asks for what is missing.
    """
    try:
        ProgressLines.write({"event": "stopped", "why": why})
    finally:
        os._exit(STOPPED)  # also when nobody reads our output any more


def main(words: list[str] | None = None) -> int:
    """Run one crawl; returns the exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    arguments = parse_arguments(sys.argv[1:] if words is None else words)
    report = ProgressLines()
    try:
        sites = load_sites(arguments.sites)
        site = find_site(sites, arguments.site, arguments.sites)
        crawled = asyncio.run(run(arguments, site, sites, report))
    except SiteFileError as error:
        report.write({"event": "failed", "message": str(error)})
        return WRONG_USE
    except CrawlerError as error:
        report.write({"event": "failed", "message": str(error)})
        return FAILED
    manifest = crawled.manifest
    sealed: dict[str, Any] = {"event": "sealed", "run_id": manifest.run_id, "complete": manifest.complete}
    report.write({**sealed, "failed": crawled.has_failed, "counts": manifest.counts, "notes": manifest.notes})
    return 0


if __name__ == "__main__":
    sys.exit(main())
