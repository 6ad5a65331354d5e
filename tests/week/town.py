"""Twenty small sites on loopback, each crawled in its own hour, and what befalls them day by day.

Belongs here: their names, pages and weather. Does not belong here: the daemon that crawls them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.history.due import find_hour
from tests.replay.world import Page, Weather, World
from tests.site.content import make_news, make_project
from tests.site.routes import site_file
from tests.site.server import WebServer

NAMES = (
    "abelmoor", "brenine", "dunden", "geltrin", "harund", "jorden", "lomden",
    "brenara", "caldmere", "dunwick", "farntrin", "harrow", "jorvig", "quildal",
    "estine", "farnund", "kesmere", "merdal", "norrow", "zelvik",
)  # fmt: skip
"""By hour: an id is spread over the day by its digest, and several of these fall on one hour."""

HOURS: Mapping[str, int] = {name: find_hour(name) for name in NAMES}


@dataclass(frozen=True)
class Town:
    """The sites as the day has them."""

    servers: Mapping[str, WebServer]
    worlds: Mapping[str, World]

    def begin_day(self, day: int) -> None:
        """From now on each site answers as it does on this day."""
        for name, server in self.servers.items():
            self.worlds[name].serve(server, day)


def make_world(number: int, weather: Mapping[int, Weather]) -> World:
    """Eight projects and four news pages, of which one gets a sentence more each day."""
    projects = [make_project(100 * number + each) for each in range(8)]
    news = [make_news(100 * number + each) for each in range(4)]
    pages = [Page(f"/project/{project.slug}", {0: project}) for project in projects]
    pages += [Page(f"/news/{story.slug}", {0: story}) for story in news]
    for day in range(1, 8):
        said = tuple(f"On day {each} another boat came in." for each in range(1, day + 1))
        pages[-1].history[day] = replace(news[-1], paragraphs=(*news[-1].paragraphs, *said))
    return World(pages, dict(weather), {0: "drupal9"})


@contextmanager
def open_town(folder: Path, names: tuple[str, ...], weather: Mapping[str, Mapping[int, Weather]]) -> Iterator[Town]:
    """The sites while the block runs, their site files in ``folder``."""
    folder.mkdir()
    with ExitStack() as servers:
        town = Town(
            {name: servers.enter_context(WebServer()) for name in names},
            {name: make_world(NAMES.index(name), weather.get(name, {})) for name in names},
        )
        for name, server in town.servers.items():
            start = f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n'
            (folder / f"{name}.toml").write_text(site_file(server.host, start=start))
        town.begin_day(0)
        yield town
