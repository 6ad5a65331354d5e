"""A quarter of daily ticks over a changing site: every page ends at its true versions, and nothing false is said."""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.archive.check import check_archive
from crawler.archive.runs import iter_open_runs
from crawler.site.site import Site, parse_site
from pipeline.ground.folders import DataFolder
from pipeline.health.diagnosis import examine, send_alerts
from pipeline.history.run_history import find_unsettled
from pipeline.stages.extract import extract_missing
from pipeline.stages.publish import Publication, publish
from tests.crawler.crawling import crawl
from tests.replay.world import Weather, World, make_world
from tests.site.pages import ProjectContent
from tests.site.routes import site_file
from tests.site.schemes import TwoSchemes, open_both_schemes, trust_certificate
from warehouse.read.published import run_query

N_DAYS = 90
FIRST_DAY = datetime(2026, 1, 1, 6, tzinfo=UTC)
KILLED = (10, 41, 70)
DISK_FULL = 25
POWER_LOSS = 65

END_OF_MESSAGE = "-- end of message --"
DAILY = "[recrawl]\nolder_every_days = 1\nfull_every_days = 30\nages = []\n"
VERSIONS = """
SELECT url, change_kind, v.valid_from FROM v1.project_versions AS v JOIN v1.projects USING (project_id)
UNION ALL SELECT url, change_kind, v.valid_from FROM v1.news_versions AS v JOIN v1.news USING (news_id)
ORDER BY url, valid_from
"""
PUBLISH = """
import resource, sys
from datetime import datetime
from pathlib import Path
from pipeline.stages.extract import extract_missing
from pipeline.ground.folders import DataFolder
from pipeline.stages.publish import publish
if sys.argv[3] != "0":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
folder = DataFolder(Path(sys.argv[1]))
extract_missing(folder)
publish(folder, now=datetime.fromisoformat(sys.argv[2]))
"""


Published = dict[int, Publication]
"""What was published, by day."""


@dataclass
class Operation:
    """The operator's machine: one data folder, one site file, one https site it looks at."""

    folder: DataFolder
    sites: Path
    site: Site
    root: str

    def crawl_day(self, day: int, weather: Weather) -> None:
        """A day's crawl; on some days it is killed in its middle first."""
        now = find_tick(day)
        if day in KILLED:
            self.kill_crawl(now, day)
        site = self.site
        if weather is Weather.OVER_BUDGET:
            site = parse_site("loop", f"{site.text}\n[budget]\npages = 20\n", "loop.toml")
        crawl(site, self.folder.archive, now, unsettled=find_unsettled(self.folder.published, site.id))

    def publish_day(self, day: int) -> Publication:
        """What follows new captures: extract, publish, look for trouble and tell of it."""
        now = find_tick(day)
        if day == DISK_FULL:
            assert self.publish_apart(now, most_bytes=200_000).wait() != 0
        if day == POWER_LOSS:
            self.lose_power(now)
        extract_missing(self.folder)
        publication = publish(self.folder, now=now)
        send_alerts(examine(self.folder, self.sites, now=now), self.folder)
        return publication

    def kill_crawl(self, now: datetime, day: int) -> None:
        """Start the day's crawl in a process of its own and kill it somewhere in the middle."""
        words = ["--site", self.site.id, "--sites", str(self.sites), "--archive", str(self.folder.archive)]
        command = [sys.executable, "-m", "crawler", *words, "--now", now.isoformat()]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:
            while child.poll() is None and self.count_open_lines() < 5 + random.Random(day).randrange(15):
                pass
            assert child.poll() is None, "the crawl was over before it could be killed"
            child.send_signal(signal.SIGKILL)

    def count_open_lines(self) -> int:
        """Ledger lines of the run that is being written."""
        return sum(path.read_bytes().count(b"\n") for path in self.folder.archive.glob("*.open/fetches.jsonl"))

    def publish_apart(self, now: datetime, *, most_bytes: int = 0) -> subprocess.Popen[bytes]:
        """Extract and publish in a process of its own, which may write files of so many bytes only (0: any)."""
        words = [str(self.folder.root), now.isoformat(), str(most_bytes)]
        return subprocess.Popen([sys.executable, "-c", PUBLISH, *words], stderr=subprocess.DEVNULL)

    def lose_power(self, now: datetime) -> None:
        """Kill a publish in the middle of building: its private file lies there, the published one still answers."""
        with self.publish_apart(now) as child:
            while child.poll() is None and not self.find_private_files():
                pass
            child.send_signal(signal.SIGKILL)
        assert run_query(self.folder.published, "SELECT count(*) FROM v1.projects").rows[0][0] > 0

    def find_private_files(self) -> list[Path]:
        """What a build leaves beside the published file while it runs."""
        return [path for path in self.folder.root.iterdir() if path.name.startswith(".building-")]


def find_tick(day: int) -> datetime:
    """When the crawl of a day starts."""
    return FIRST_DAY + timedelta(days=day)


def live_through(world: World, root: Path, both: TwoSchemes) -> tuple[Operation, Published]:
    """Every day of the quarter, in a folder of its own."""
    folder, sites = DataFolder(root / "data"), root / "sites"
    folder.root.mkdir()
    sites.mkdir()
    command = json.dumps(["/bin/sh", "-c", f"cat >> {root / 'told'}; echo {END_OF_MESSAGE} >> {root / 'told'}"])
    (folder.root / "alerts.toml").write_text(f"free_bytes = 0\n[[command]]\nname = 'file'\nwords = {command}\n")
    server, address = both.settle("https"), f"https://{both.port.host}"
    text = site_file(both.port.host, DAILY, start=f'[start]\nsitemaps = ["{address}/sitemap.xml"]\n')
    (sites / "loop.toml").write_text(text)
    operation = Operation(folder, sites, parse_site("loop", text, "loop.toml"), address)
    publications: Published = {}
    for day in range(N_DAYS):
        world.serve(server, day, root=address, delay=0.02 if day in KILLED else 0.0)
        operation.crawl_day(day, world.weather_on(day))
        if is_publishing_day(world, day):
            publications[day] = operation.publish_day(day)
    return operation, publications


def is_publishing_day(world: World, day: int) -> bool:
    """Every third day, each day that is or follows a bad one, and the days on which something breaks."""
    is_bad = any(world.weather_on(near) is not Weather.FINE for near in (day - 1, day))
    return is_bad or day % 3 == 0 or day in {DISK_FULL, POWER_LOSS, N_DAYS - 1}


def is_accepted(weather: Weather, kind: str) -> bool:
    """Whether a day's run may be published for a kind of page. Half a listing is half of the news here.

    A wall reads as news, whose text is nobody's; under the address of a project it reads as nothing at all.
    """
    if weather in {Weather.FIELD_LOST, Weather.EXODUS, Weather.HALF_WALLED}:
        return kind == "news"
    if weather is Weather.HALF_LISTED:
        return kind == "project"
    return weather not in {Weather.DOWN, Weather.BLOCKED, Weather.SHELL, Weather.WALLED}


def is_believed(weather: Weather, kind: str) -> bool:
    """Whether a day's run is part of the record in the end: pages that are gone are gone on the next day too."""
    return weather is Weather.EXODUS or is_accepted(weather, kind)


def count_bad_spells(world: World, kind: str) -> int:
    """How many times days begin on which something rings for a kind of page.

    Where one crawl is rejected for both kinds, it is for one reason: that of the news rings, and while it does, that of
    the projects is its consequence, which opens nothing by itself.
    """
    n_spells, is_open = 0, False
    for weather in map(world.weather_on, range(N_DAYS)):
        is_told = kind == "news" and weather is Weather.HALF_WALLED
        is_bad = is_told or not is_accepted(weather, kind)
        is_consequence = kind == "project" and not is_accepted(weather, "news")
        n_spells += is_bad and not is_open and not is_consequence
        is_open = is_bad and (is_open or not is_consequence)
    return n_spells


def derive_expected(world: World, root: str) -> list[tuple[str, str, datetime]]:
    """The versions that a patient observer with daily visits on acceptable days would write down."""
    expected = []
    for page in world.pages:
        kind = "project" if page.path.startswith("/project/") else "news"
        days = [
            day
            for day in range(page.exists_from(), N_DAYS)
            if is_believed(world.weather_on(day), kind) and not world.is_walled(page, day)
        ]
        before, was_there = None, False
        for place, day in enumerate(days):
            says = page.says(day)
            if says is None:
                if was_there and page.says(days[place + 1]) is None:
                    expected.append((root + page.path, "removed", find_tick(day)))
                    was_there = False
                continue
            if not was_there:
                expected.append((root + page.path, "created" if before is None else "restored", find_tick(day)))
            elif says != before:
                expected.append((root + page.path, "edited", find_tick(day)))
            before, was_there = says, True
    return sorted(expected)


def check_every_page_has_its_true_versions(
    operation: Operation, publications: dict[int, Publication], world: World
) -> None:
    found = [
        (url, kind, at.replace(tzinfo=UTC)) for url, kind, at in run_query(operation.folder.published, VERSIONS).rows
    ]
    day_of = [(url, kind, at.replace(hour=6, minute=0, second=0, microsecond=0)) for url, kind, at in found]
    assert day_of == derive_expected(world, operation.root)


def check_the_last_state_is_what_the_site_says(
    operation: Operation, publications: dict[int, Publication], world: World
) -> None:
    rows = run_query(
        operation.folder.published, "SELECT url, title, budget_amount::VARCHAR, state FROM v1.projects"
    ).rows
    published = {url: (title, budget, state) for url, title, budget, state in rows}
    for page in world.pages:
        says = page.says(N_DAYS)
        if isinstance(says, ProjectContent):
            budget = next(values[0] for name, _, values in says.fields if name == "budget")
            assert published[operation.root + page.path] == (says.title, budget, "live")
        elif page.path.startswith("/project/"):
            assert published[operation.root + page.path][2] == "gone"


def check_each_bad_day_was_stopped_and_no_good_one(
    operation: Operation, publications: dict[int, Publication], world: World
) -> None:
    for day, publication in publications.items():
        rejected = {verdict.kind for verdict in publication.rejected}
        expected = {kind for kind in ("project", "news") if not is_accepted(world.weather_on(day), kind)}
        assert rejected == expected, f"day {day}, {world.weather_on(day)}"


def check_each_incident_was_told_once_and_when_it_was_over(
    operation: Operation, publications: dict[int, Publication], world: World
) -> None:
    messages = (operation.folder.root.parent / "told").read_text().split(f"{END_OF_MESSAGE}\n")[:-1]
    opened, over = Counter[str](), Counter[str]()
    for message in messages:
        (incident,) = re.findall(r"^Incident (\d+ \(\S+\))", message, flags=re.MULTILINE)
        (over if message.startswith("iomdb: over: ") else opened)[incident] += 1
    assert opened == over
    assert set(opened.values()) == {1}
    bad_spells = Counter(incident.partition(" ")[2] for incident in opened)
    assert bad_spells["(gate:loop:news)"] == count_bad_spells(world, "news")
    assert bad_spells["(gate:loop:project)"] == count_bad_spells(world, "project")


def check_nothing_is_stuck_or_damaged(operation: Operation, publications: Published, world: World) -> None:
    assert run_query(operation.folder.published, "SELECT page_key, reason FROM v1.quarantine").rows == []
    assert find_unsettled(operation.folder.published, operation.site.id) == frozenset()
    assert list(iter_open_runs(operation.folder.archive)) == []
    assert check_archive(operation.folder.archive) == []
    assert operation.find_private_files() == []


@pytest.mark.slow
@pytest.mark.timeout(2700)  # minutes where the machine is idle
def test_a_quarter_of_daily_ticks_ends_at_the_truth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(seed=2026, n_days=N_DAYS, n_projects=14, n_news=14)
    with open_both_schemes(tmp_path) as both:
        trust_certificate(tmp_path, monkeypatch)
        operation, publications = live_through(world, tmp_path, both)
        for check in CHECKS:
            check(operation, publications, world)


CHECKS = (
    check_every_page_has_its_true_versions,
    check_the_last_state_is_what_the_site_says,
    check_each_bad_day_was_stopped_and_no_good_one,
    check_each_incident_was_told_once_and_when_it_was_over,
    check_nothing_is_stuck_or_damaged,
)
