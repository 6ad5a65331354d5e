"""What repeats over a site's pages is not a page's own: in a script and in words that no list knows."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from bench.inputs import state_input
from contracts.run import Reader
from crawler.archive.volumes import Exchange
from crawler.site.site import load_sites
from extractor.layouts.read_page import read_page, read_texts
from extractor.layouts.repeated import Frame, learn_frame
from extractor.meaning.interpret import interpret_page
from extractor.raw import PageReading
from pipeline.authoring.compare import compare_readings
from pipeline.authoring.dry_run import dry_run_page
from pipeline.proof.verify import prove
from pipeline.purge.purge import purge
from pipeline.stages.extract import extract_missing
from pipeline.stages.frames import find_used
from pipeline.stages.publish import rebuild
from tests.pipeline.foreign_site import FRAME, N_PAGES, RECURRING, SHARE, Article, make_sentence, make_words
from tests.pipeline.houses import House, at_day
from tests.site.pages import THEMES, Look, make_news, make_project, render_page
from warehouse.read.published import run_query

ARTICLES = [Article(number) for number in range(N_PAGES)]
RELEASE = "1"


class TextHouse(House):
    """A house whose site answers in plain text."""

    def _exchange(self, url: str, at: datetime) -> Exchange:
        return dataclasses.replace(super()._exchange(url, at), media_type="text/plain", reader="text")


def build(root: Path, reader: Reader, articles: Sequence[Article] = ARTICLES) -> House:
    house = TextHouse(root) if reader == "text" else House(root)
    house.pages.update((one.url, one.as_text() if reader == "text" else one.as_markup()) for one in articles)
    return house


def list_news(house: House) -> dict[str, tuple[str | None, str]]:
    """The title and body that are published of each page."""
    rows = run_query(house.folder.published, "SELECT url, title, body FROM v1.news").rows
    return {url: (title, body) for url, title, body in rows}


def expect(articles: Sequence[Article]) -> dict[str, tuple[str | None, str]]:
    return {one.url: (one.title, "\n\n".join(one.paragraphs)) for one in articles}


def learn(pages: Sequence[tuple[str, bytes]], reader: Reader = "html") -> Frame:
    return learn_frame([read_texts(payload, reader=reader, url=url) for url, payload in pages])


def list_paragraphs(reading: PageReading) -> list[str]:
    assert reading.news is not None, reading.reason
    return [one.value for one in reading.news.paragraphs]


@pytest.mark.parametrize("reader", ["text", "html"])
def test_a_first_crawl_publishes_titles_and_texts_without_what_repeats(tmp_path: Path, reader: Reader) -> None:
    house = build(tmp_path, reader)
    house.crawl()
    house.publish()
    assert list_news(house) == expect(ARTICLES)
    for one in ARTICLES:
        assert prove(house.folder, one.url).faults == ()
    assert compare_readings(house.folder).fields == {}


@pytest.mark.parametrize("reader", ["text", "html"])
def test_one_page_alone_is_read_by_rules(tmp_path: Path, reader: Reader) -> None:
    house = build(tmp_path, reader)
    house.crawl()
    tried = dry_run_page(
        ARTICLES[0].url, url=None, sites=load_sites(house.sites), archive=house.folder.archive, release=1, now=at_day(1)
    )
    assert tried.extraction.news is not None
    body = tried.extraction.news.body or ""
    assert any(words in body for words in FRAME)


def test_seven_pages_tell_nothing_of_what_repeats(tmp_path: Path) -> None:
    house = build(tmp_path, "text", ARTICLES[:7])
    run_id = house.crawl()
    extract_missing(house.folder)
    assert find_used(house.folder.extracted / RELEASE, run_id) == {}


def grow(house: House) -> list[str]:
    """Three crawls: of two pages that changed, of all, and of two more that changed; their runs."""
    few = [one.url for one in ARTICLES[:2]]
    runs = [house.crawl(0, urls=few), house.crawl(10)]
    for number, url in enumerate(few):
        house.pages[url] = dataclasses.replace(ARTICLES[number], more=(make_sentence(f"more {number}"),)).as_text()
    return [*runs, house.crawl(20, urls=few)]


def test_a_run_of_few_pages_takes_the_frame_of_the_nearest_run(tmp_path: Path) -> None:
    house = build(tmp_path, "text")
    grow(house)
    house.publish()
    more = [dataclasses.replace(ARTICLES[n], more=(make_sentence(f"more {n}"),)) for n in range(2)]
    assert list_news(house) == expect([*more, *ARTICLES[2:]])
    assert prove(house.folder, ARTICLES[0].url).faults == ()


def test_whatever_comes_first_the_archive_gives_one_hash(tmp_path: Path) -> None:
    house = build(tmp_path / "in order", "text")
    runs = grow(house)
    expected = house.publish().content_sha256
    for number, order in enumerate(([2, 0, 1], [1, 2, 0])):
        other = TextHouse(tmp_path / str(number))
        for at in order:
            shutil.copytree(house.folder.archive / runs[at], other.folder.archive / runs[at])
            last = other.publish().content_sha256
        assert last == expected
    assert rebuild(house.folder, now=at_day(30), threads=1).content_sha256 == expected
    assert len(extract_missing(house.folder).runs) == 0


def test_a_nearer_run_that_comes_later_is_read_with_and_only_where_it_tells_something_else(tmp_path: Path) -> None:
    house = build(tmp_path, "text")
    house.crawl(10)
    first = house.crawl(20, urls=[ARTICLES[0].url])
    extract_missing(house.folder)
    house.crawl(19)
    assert len(extract_missing(house.folder).runs) == 1, "the same frame"
    house.pages = {
        url: page.replace(SHARE.encode(), make_words("another", 3).encode()) for url, page in house.pages.items()
    }
    house.crawl(20.1)
    assert [run.run_id for run in extract_missing(house.folder).runs][1:] == [first]


def test_after_a_purge_the_frame_is_that_of_the_pages_that_are_left(tmp_path: Path) -> None:
    house = build(tmp_path, "text", ARTICLES[:8])
    run_id = house.crawl()
    house.publish()
    assert find_used(house.folder.extracted / RELEASE, run_id) != {}
    purge(house.folder, house.sites, ARTICLES[7].url, why="ticket 12", who="me", now=at_day(2))
    assert find_used(house.folder.extracted / RELEASE, run_id) == {}
    published = run_query(house.folder.published, "SELECT title, body FROM v1.news ORDER BY url").rows
    rebuild(house.folder, now=at_day(3), threads=1)
    assert run_query(house.folder.published, "SELECT title, body FROM v1.news ORDER BY url").rows == published


@pytest.mark.parametrize("reader", ["text", "html"])
def test_a_sentence_that_recurs_between_own_paragraphs_stays_text(tmp_path: Path, reader: Reader) -> None:
    articles = [dataclasses.replace(one, more=(RECURRING,)) if one.number < 4 else one for one in ARTICLES]
    house = build(tmp_path, reader, articles)
    house.crawl()
    house.publish()
    assert list_news(house) == expect(articles)


def test_a_title_and_a_lead_that_other_pages_tease_are_the_pages_own() -> None:
    teased = f"<div><h3>{ARTICLES[0].title}</h3><p>{ARTICLES[0].paragraphs[0]}</p></div>".encode()
    pages = [(one.url, one.as_markup().replace(b"</body>", teased + b"</body>")) for one in ARTICLES[1:]]
    pages.append((ARTICLES[0].url, ARTICLES[0].as_markup()))
    frame = learn(pages)
    for (url, payload), one in zip(pages, [*ARTICLES[1:], ARTICLES[0]], strict=True):
        reading = read_page(payload, reader="html", url=url, frame=frame)
        assert reading.title is not None
        assert (reading.title.value, list_paragraphs(reading)) == (one.title, one.paragraphs)


@pytest.mark.parametrize("line", ["Port Haven –", "Port Haven, 5 May 2021 –", "5 May 2021"])
def test_a_dateline_or_date_that_stands_on_many_pages_stays(line: str) -> None:
    pages = [
        (one.url, one.as_text().replace(one.title.encode(), f"{one.title}\n{line}".encode(), 1)) for one in ARTICLES
    ]
    frame = learn(pages, "text")
    for (url, payload), one in zip(pages, ARTICLES, strict=True):
        reading = read_page(payload, reader="text", url=url, frame=frame)
        assert [p for p in list_paragraphs(reading) if p != line] == one.paragraphs
        assert line.endswith("21") or line in list_paragraphs(reading)


@pytest.mark.parametrize("theme", THEMES)
def test_labels_values_and_texts_that_the_rules_read_are_as_without_a_frame(theme: str) -> None:
    pages = [
        (f"https://example.org/{kind}/{kind}-{n}", render_page(make(n), Look(theme=theme, frame=n // 2, n_bytes=3_000)))
        for n in range(12)
        for kind, make in (("project", make_project), ("news", make_news))
    ]
    frame = learn(pages)
    for url, payload in pages:
        alone, framed = (
            interpret_page(state_input(url), read_page(payload, reader="html", url=url, frame=one)).extraction
            for one in (None, frame)
        )
        assert framed == alone


def test_a_label_that_nobody_knows_keeps_its_field_unread_however_many_pages_bear_it() -> None:
    page = (
        "<main><h1>Lamps for harbour {0}</h1><dl><dt>Project Status</dt><dd>Completed</dd><dt>Coverage</dt>"
        "<dd>National</dd><dt>Year</dt><dd>2006</dd><dt>Project Type</dt><dd>Lamps and nets</dd>"
        "<dt>Projects ID</dt><dd>LM.{0:04}</dd><dt>Funding envelope</dt><dd>{0}0,000.00</dd></dl>"
        "<p>In harbour {0} the clerks give out lamps to the boats, {0} a day until all have one.</p></main>"
    )
    pages = [(f"https://example.org/project/harbour-lamps-{n}", page.format(n).encode()) for n in range(1, 13)]
    frame = learn(pages)
    for url, payload in pages:
        alone, framed = (read_page(payload, reader="html", url=url, frame=one) for one in (None, frame))
        assert framed.project is not None
        assert alone.project is not None
        assert "budget" in framed.project.unread
        assert [one.values[0].value for one in framed.project.fields] == [
            one.values[0].value for one in alone.project.fields
        ]


def test_a_page_with_nothing_but_the_frame_is_no_page() -> None:
    pages = [(one.url, one.as_text()) for one in ARTICLES]
    bare = ARTICLES[0].as_text()
    for own in (ARTICLES[0].title, *ARTICLES[0].paragraphs):
        bare = bare.replace(own.encode(), b"")
    reading = read_page(bare, reader="text", url="https://example.org/news/story-77", frame=learn(pages, "text"))
    assert reading.status == "quarantined"


def test_copies_of_one_page_at_many_addresses_are_its_own() -> None:
    pages = [(f"https://example.org/node/{n}", ARTICLES[0].as_markup()) for n in range(4)]
    frame = learn([*pages, *((one.url, one.as_markup()) for one in ARTICLES[1:])])
    reading = read_page(pages[0][1], reader="html", url=pages[0][0], frame=frame)
    assert list_paragraphs(reading) == ARTICLES[0].paragraphs
