"""A site that changes day by day by a script, and what every page truly said on each day.

Belongs here: the pages, their events, the server's routes of a day, the versions that must come out.
Does not belong here: crawling, deriving, checking.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tests.site.pages import Look, NewsContent, ProjectContent, drop_field, make_news, make_project, render_page
from tests.site.routes import page, sitemap, xml
from tests.site.server import Answer, Asked, Route, WebServer

Content = ProjectContent | NewsContent


class Weather(StrEnum):
    """What a whole site is like on a day."""

    FINE = "fine"
    DOWN = "down"
    BLOCKED = "blocked"
    SHELL = "shell"
    FIELD_LOST = "field lost"
    HALF_LISTED = "half listed"
    WALLED = "walled"
    HALF_WALLED = "half walled"
    REWORDED = "reworded"
    SLASHED = "slashed"
    HTTP_LISTED = "http in the sitemap"
    EXODUS = "exodus"
    OVER_BUDGET = "over budget"


@dataclass(slots=True)
class Page:
    """One page: its content by day of change; None from a day on means that it answers 404."""

    path: str
    history: dict[int, Content | None] = field(default_factory=dict)

    def says(self, day: int) -> Content | None:
        """What the page truly says on a day; None where it is not there (yet, or any more)."""
        known = [since for since in self.history if since <= day]
        return self.history[max(known)] if known else None

    def exists_from(self) -> int:
        """The first day on which the page is there."""
        return min(self.history)


@dataclass(slots=True)
class World:
    """All pages, the weather of each day that is not fine, and the theme the site wears from a day on."""

    pages: list[Page]
    weather: dict[int, Weather]
    themes: dict[int, str]
    unreadable: dict[int, str] = field(default_factory=dict)
    """The path of a page that is gone and answers on that day with something that nobody reads."""

    def is_walled(self, page: Page, day: int) -> bool:
        """Whether a wall stands before the page on a day: before all, or from the middle of a crawl on."""
        weather = self.weather_on(day)
        return weather is Weather.WALLED or (weather is Weather.HALF_WALLED and self.pages.index(page) % 3 == 0)

    def weather_on(self, day: int) -> Weather:
        """The day's weather."""
        return self.weather.get(day, Weather.FINE)

    def theme_on(self, day: int) -> str:
        """The theme worn on a day."""
        return self.themes[max(since for since in self.themes if since <= day)]

    def serve(self, server: WebServer, day: int, *, root: str = "", delay: float = 0.0) -> None:
        """Make the server answer as the site does on this day; pages after so many seconds.

        ``root`` is what the site is known under, where that is not the server itself.
        """
        root = root or server.root
        weather = self.weather_on(day)
        there = [page for page in self.pages if page.exists_from() <= day]
        listed = [found for found in there if found.says(day) is not None]
        if weather is Weather.HALF_LISTED:
            listed = listed[: len(listed) // 2]
        slash = "/" if weather is Weather.SLASHED else ""
        named = root.replace("https:", "http:") if weather is Weather.HTTP_LISTED else root
        routes: dict[str, Route] = {
            "/robots.txt": Answer(b"User-agent: *\nDisallow:\n", headers=(("Content-Type", "text/plain"),)),
            "/sitemap.xml": xml(sitemap([named + found.path + slash for found in listed])),
        }
        for found in there:
            content = found.says(day)
            if content is not None:
                body = WALL if self.is_walled(found, day) else self._render(content, day, weather)
                routes[found.path] = slowly(page(body), delay)
                routes[f"{found.path}/"] = Answer(status=301, headers=(("Location", root + found.path),))
        if day in self.unreadable:
            routes[self.unreadable[day]] = Answer(SCRIPT_SHELL)
        if weather is Weather.DOWN:
            routes = dict.fromkeys(routes, Answer(b"<h1>Maintenance</h1>", status=503))
        if weather is Weather.BLOCKED:
            blocked = Answer(BLOCK_PAGE)
            routes = {path: route if path.endswith((".txt", ".xml")) else blocked for path, route in routes.items()}
        server.routes.clear()
        server.routes.update(routes)

    def _render(self, content: Content, day: int, weather: Weather) -> bytes:
        if weather is Weather.SHELL:
            return SCRIPT_SHELL
        if weather is Weather.FIELD_LOST and isinstance(content, ProjectContent):
            content = drop_field(content, "budget")
        if weather is Weather.REWORDED and isinstance(content, ProjectContent):
            content = reword_field(content, "budget", "Funding envelope")
        # The frame differs from day to day: menus, tokens and class names never make a version.
        rendered = render_page(content, Look(theme=self.theme_on(day), frame=day, n_bytes=6_000))
        return rendered.replace(b"</header>", CONSENT + b"</header>", 1) if day >= CONSENT_FROM else rendered


def slowly(route: Callable[[Asked], Answer], delay: float) -> Callable[[Asked], Answer]:
    """The same answers, later."""
    return lambda asked: replace(route(asked), delay=delay)


BLOCK_PAGE = (
    b'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Just a moment...</title></head>'
    b"<body><h1>127.0.0.1</h1><p>Your browser is being checked before you may enter.</p></body></html>"
)
WALL = (
    b'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The harbour office asks you to wait</title>'
    b"</head><body><h1>The harbour office asks you to wait</h1><p>Every visitor of this house is counted at the gate "
    b"before the office opens its books.</p><p>Keep this window open; the clerk will lead you to the page in a moment."
    b"</p></body></html>"
)
CONSENT_FROM = 15
CONSENT = b"<div><p>This house keeps small notes about its visitors; by reading on you let it do so.</p></div>"
SCRIPT_SHELL = (
    b'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>IOM</title>'
    b'<script src="/app.js"></script></head><body><div id="root"></div></body></html>'
)


def make_world(seed: int, n_days: int, n_projects: int, n_news: int) -> World:
    """A quarter of a site: genuine edits, a burst of news, removals, a resurrection, bad days of all kinds, redesigns.

    A third of the projects goes in the twelfth week.
    """
    chance = random.Random(seed)
    pages = [_make_project_page(number, chance, n_days) for number in range(n_projects)]
    pages += [_make_news_page(number, chance, n_days) for number in range(n_news)]
    gone, back = pages[2], pages[3]
    gone.history[40] = None
    back.history[45] = None
    back.history[60] = make_project(3)
    for number in range(30):
        pages.append(Page(f"/news/burst-{number}", {50: make_news(1000 + number)}))
    weather = {
        **dict.fromkeys((12, 13, 33, 66, 67), Weather.DOWN),
        **dict.fromkeys((20, 72), Weather.BLOCKED),
        **dict.fromkeys((27, 28), Weather.SHELL),
        **dict.fromkeys((55, 56), Weather.FIELD_LOST),
        78: Weather.HALF_LISTED,
    }
    if n_days <= EXODUS:
        return World(pages, weather, {0: "drupal9", 30: "redesign", 63: "table"})
    weather |= {
        0: Weather.WALLED,
        18: Weather.SLASHED,
        **dict.fromkeys((22, 23), Weather.REWORDED),
        36: Weather.HALF_WALLED,
        75: Weather.HTTP_LISTED,
        EXODUS: Weather.EXODUS,
        87: Weather.OVER_BUDGET,
    }
    for left in pages[5 : 5 + n_projects // 3 + 1]:
        left.history = {day: says for day, says in left.history.items() if day < EXODUS} | {EXODUS: None}
    return World(pages, weather, {0: "drupal9", 30: "redesign", 63: "table"}, {57: gone.path, 58: gone.path})


EXODUS = 84


def _make_project_page(number: int, chance: random.Random, n_days: int) -> Page:
    content = _finish(make_project(number), status="Active", budget=f"{100 + number}000.00")
    made = Page(f"/project/{content.slug}", {0: content})
    if number % 3 == 0:
        made.history[chance.randrange(5, n_days - 5)] = _finish(content, status="Completed")
    return made


def _make_news_page(number: int, chance: random.Random, n_days: int) -> Page:
    content = make_news(number)
    made = Page(f"/news/{content.slug}", {0: content})
    if number % 4 == 0:
        day = chance.randrange(5, n_days - 10)
        made.history[day] = replace(content, paragraphs=(*content.paragraphs, "A sentence was added to this release."))
        made.history[day + 6] = content
    return made


def reword_field(content: ProjectContent, name: str, label: str) -> ProjectContent:
    """The same project with another word for one of its labels."""
    fields = tuple((one, label if one == name else said, values) for one, said, values in content.fields)
    return replace(content, fields=fields)


def _finish(content: ProjectContent, **values: str) -> ProjectContent:
    """The content with these fields said so; ``status`` and ``budget`` stand on every generated page."""
    fields = tuple((name, label, (values[name],) if name in values else said) for name, label, said in content.fields)
    return replace(content, fields=fields)
