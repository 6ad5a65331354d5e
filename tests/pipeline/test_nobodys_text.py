"""One text under many addresses of a site is the content of none of them, whatever its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.stages.publish import rebuild
from tests.pipeline.shores import WALL, find_day, open_shore, wall
from tests.site.pages import make_news, make_project
from tests.site.server import Answer

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("n_walls", "n_pages"), [(19, 40), (3, 8), (8, 8)])
def test_a_wall_in_mid_crawl_is_no_edit_and_rings(n_walls: int, n_pages: int, tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        paths = shore.add_news(n_pages)
        shore.live(0)
        published = shore.live(1, dict.fromkeys(paths[:n_walls], WALL))
        assert shore.list_changes() == []
        assert shore.ask_one("SELECT count(*) FROM v1.news WHERE title LIKE '%gate%'") == 0
        assert shore.find_rings(1) == ["gate:loop:news"]
        assert "one title and text" in shore.find_gate(1)[0].what
        if n_walls < n_pages / 2:
            assert all(one.is_accepted for one in published.verdicts), "the other pages are as good as ever"
            assert "one title and text" in published.describe()
        assert shore.ask_one("SELECT count(*) FROM v1.quarantine") == n_walls
        shore.live(2)
        assert shore.find_rings(2) == []
        assert shore.list_changes() == []
        assert shore.ask("FROM v1.quarantine") == []
        assert rebuild(shore.folder, now=find_day(3), threads=1).content_sha256 == shore.publications[-1].content_sha256


BOT_TEST = wall("Making sure you are not a bot!", "Loading...", "Please wait a moment while we ensure your security.")
CONSENT = wall("We value your privacy", "We and our partners store cookies on your device.", "Accept all", "Reject all")


@pytest.mark.parametrize(
    ("n_pages", "answer"), [(3, WALL), (4, BOT_TEST), (3, CONSENT), (19, WALL)], ids=["3", "bot test", "consent", "19"]
)
def test_a_first_crawl_behind_a_wall_publishes_nothing_and_rings(n_pages: int, answer: Answer, tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        paths = shore.add_news(n_pages)
        shore.live(0, dict.fromkeys(paths, answer))
        assert shore.ask("FROM v1.news") == []
        assert shore.find_rings(0) == ["gate:loop:news"]
        shore.live(1)
        assert shore.count_states() == {"live": n_pages}
        assert shore.list_changes() == []
        assert shore.find_rings(1) == []


def test_a_wall_that_names_request_and_visitor_is_one_text_still(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        paths = shore.add_news(6)
        walls = {
            path: wall(
                "Wait at the gate", f"You asked for {shore.url(path)} at 06:00:{n:02}.", f"Ray 8f3a0b{n:02}c9d1e2."
            )
            for n, path in enumerate(paths)
        }
        shore.live(0, walls)
        assert shore.ask("FROM v1.news") == []


def test_two_pages_of_one_text_are_both_content(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        shore.add_news(6)
        for path in ("/news/first-placeholder", "/news/another-placeholder"):
            shore.pages[path] = WALL
        shore.live(0)
        assert shore.count_states() == {"live": 8}


def test_node_addresses_and_languages_of_one_page_are_not_meant(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        content = make_news(1)
        slug = content.slug
        for path in (
            f"/news/{slug}",
            "/news/node/1",
            "/news/node/2",
            f"/fr/news/{slug}",
            f"/es/news/{slug}",
            f"/news/{slug}-0",
        ):
            shore.add(content, path)
        shore.live(0)
        assert shore.ask_one("SELECT count(*) FROM v1.coverage WHERE state = 'live'") >= 4


def test_a_wall_that_is_known_is_known_on_one_page_too(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        paths = shore.add_news(10)
        shore.live(0)
        shore.live(1, dict.fromkeys(paths[:4], WALL))
        shore.live(2, {paths[7]: WALL})
        assert shore.list_changes() == []
        shore.add_news(1, first=50)
        shore.live(3, {list(shore.pages)[-1]: WALL})
        assert shore.ask_one("SELECT count(*) FROM v1.news") == 10


def test_the_text_of_another_page_is_no_edit_of_this_one(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        paths = shore.add_news(10)
        shore.live(0)
        shore.live(1, {paths[3]: shore.pages[paths[0]]})
        assert shore.list_changes() == []
        assert shore.ask("SELECT page_key LIKE '%' || ?::VARCHAR FROM v1.quarantine".replace("?", f"'{paths[3]}'")) == [
            (True,)
        ]


def test_a_page_that_moved_to_another_slug_keeps_its_text(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        shore.add_news(5)
        content = make_news(60)
        for day, slug in enumerate(("a-slug", "another-slug", "a-third-slug")):
            shore.pages.pop(f"/news/{('', 'a-slug', 'another-slug')[day]}", None)
            shore.add(content, f"/news/{slug}")
            shore.live(day)
        assert shore.ask_one("SELECT count(*) FROM v1.news WHERE url LIKE '%a-third-slug'") == 1


def test_one_project_under_three_addresses_is_a_project(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        for path in ("/project/wells-of-the-delta", "/project/delta-wells", "/project/water-for-the-delta"):
            shore.add(make_project(3), path)
        shore.live(0)
        assert shore.count_states() == {"live": 1}


def test_two_addresses_of_one_page_are_edited_one_after_the_other(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        shore.add_news(5)
        for day, said in enumerate((60, 61, 61)):
            shore.add(make_news(said), "/news/an-address")
            shore.add(make_news(60 if day < 2 else 61), "/news/its-other-address")
            shore.live(day)
        assert shore.list_changes() == [("/news/an-address", "edited"), ("/news/its-other-address", "edited")]
        assert shore.ask("FROM v1.quarantine") == []


def test_a_text_with_other_numbers_is_another_text(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        for number in range(5):
            words = (
                f"In week {number + 10} the boats carried {number * 31 + 400} people over the river to the market town."
            )
            report = wall(f"Situation report {number}", words, f"Of them {number * 7 + 11} stayed; the others went on.")
            shore.pages[f"/news/situation-report-{number}-of-{number + 10}"] = report
        shore.live(0)
        assert shore.count_states() == {"live": 5}


def test_a_site_that_answers_so_with_304_answers_so_still(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        paths = shore.add_news(6)
        shore.live(0)

        def tagged(asked: object) -> Answer:
            is_known = getattr(asked, "headers", {}).get("if-none-match") == '"wall"'
            return (
                Answer(status=304, headers=(("ETag", '"wall"'),))
                if is_known
                else Answer(WALL.body, headers=(*WALL.headers, ("ETag", '"wall"')))
            )

        for day in (1, 2):
            shore.live(day, dict.fromkeys(paths, tagged))
            assert shore.find_rings(day) == ["gate:loop:news"]
            assert shore.list_changes() == []
            assert shore.ask_one("SELECT min(n_captures) FROM v1.quarantine") == day
