"""The frontier: each URL is claimed once, waits in its order, and leads to its row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.disk import Scratch
from crawler.session.frontier import Found, Frontier, Planned, Waiting
from tests.crawler.crawling import site_of

SITE = site_of('name = "IOM"\nhosts = ["www.iom.int", "iom.int"]\n')
A, B = "https://www.iom.int/news/a", "https://iom.int/news/b"


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    with Scratch(tmp_path) as scratch:
        yield Frontier(scratch, SITE)


def test_a_url_is_claimed_once_and_its_row_is_found_when_it_has_one(frontier: Frontier) -> None:
    assert frontier.claim(A)
    assert not frontier.claim(A)
    assert frontier.find_line(A) is None
    frontier.enter(A, 0)
    frontier.enter(B, 4711)
    assert (frontier.find_line(A), frontier.find_line(B), frontier.find_line("x")) == (0, 4711, None)
    assert not frontier.claim(B), "what has a row is not fetched again"


def test_what_waits_is_claimed_and_comes_in_its_order_host_by_host(frontier: Frontier) -> None:
    frontier.enter(A, 0)
    assert not frontier.add_waiting(Waiting(A, "news", "sitemap"))
    led = Waiting("https://iom.int/news/led", "project", "known", "1 May", led_from=A, is_known=True)
    assert frontier.add_waiting(led)
    pages = [Planned(Found(f"https://iom.int/news/{n}", "feed"), is_known=n % 2 == 0, rank=n) for n in range(200)]
    pages.append(Planned(Found(A, "feed"), is_known=False, rank=-1))
    pages.append(Planned(Found("https://www.iom.int/news/z", "feed", "2 May"), is_known=False, rank=-1))
    assert frontier.plan("news", pages, 1000) == 202
    assert frontier.find_hosts() == ["iom.int", "www.iom.int"]
    assert not frontier.claim("https://iom.int/news/7")
    taken = list(frontier.take_waiting("iom.int"))
    assert taken[0] == led
    assert [page.url.rpartition("/")[2] for page in taken[1:]] == [
        str(n) for n in (*range(1, 200, 2), *range(0, 200, 2))
    ]
    assert [page.is_known for page in taken[1:]] == [False] * 100 + [True] * 100
    assert list(frontier.take_waiting("www.iom.int")) == [
        Waiting("https://www.iom.int/news/z", "news", "feed", "2 May")
    ]
    assert frontier.find_hosts() == []


def test_several_workers_take_from_one_queue_and_none_takes_what_another_has(frontier: Frontier) -> None:
    pages = (Planned(Found(f"https://iom.int/news/{n}", "feed"), is_known=False, rank=n) for n in range(150))
    frontier.plan("news", pages, 1000)
    queue = frontier.take_waiting("iom.int")
    first = [next(queue) for _ in range(70)]
    second = list(frontier.take_waiting("iom.int"))
    rest = list(queue)
    urls = [page.url for page in (*first, *second, *rest)]
    assert len(urls) == len(set(urls)) == 150


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from([None, "1 May", "2 May"])), max_size=30))
def test_one_entry_a_page_in_the_order_of_mention_with_the_first_date(
    tmp_path_factory: pytest.TempPathFactory, named: list[tuple[str, str | None]]
) -> None:
    with Scratch(tmp_path_factory.mktemp("frontier")) as scratch:
        frontier = Frontier(scratch, SITE)
        for slug, date in named:
            frontier.add_found("news", Found(f"https://www.iom.int/news/{slug}", "sitemap", date))
        found = [(key, page.listing_date) for _, key, page in frontier.iter_found("news")]
        assert frontier.count_found("news") == len(found)
        assert frontier.count_found("project") == 0
    slugs = list(dict.fromkeys(slug for slug, _ in named))
    dates = {slug: next((d for s, d in named if s == slug and d), None) for slug in slugs}
    assert found == [(f"iom.int/news/{slug}", dates[slug]) for slug in slugs]
