"""The crawl history: what earlier runs know of a page, out of their ledgers alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from contracts.outcomes import Outcome
from contracts.run import CaptureRef, make_run_id
from crawler.archive.runs import LEDGER_NAME, iter_open_runs, iter_run_ids, read_fetch
from crawler.archive.volumes import Original
from crawler.archive.writer import RunWriter
from crawler.disk import Scratch
from crawler.errors import DamagedRecordError
from crawler.session.history import CrawlHistory, PageHistories, PageHistory, read_history
from tests.crawler.crawling import MORNING, crawl, site_of
from tests.crawler.runs import NOON, make_exchange, make_fetch, page_url
from tests.site.routes import html_page, page, site_file
from tests.site.server import WebServer

SITE = "example.org"
PAGE = page_url(1)


@dataclass(frozen=True)
class Answer:
    """How one URL ended: with the words of page ``words``, as a revisit of ``original``, or with nothing archived."""

    outcome: Outcome
    words: int | None = None
    original: Original | None = None
    etag: str | None = None
    url: str = PAGE


def at_day(day: int) -> datetime:
    return NOON + timedelta(days=day)


def write_run(archive: Path, day: int, *answers: Answer) -> list[Original]:
    """A sealed run of these answers; returns their captures as originals of later revisits."""
    captures: list[Original] = []
    run_id = make_run_id(at_day(day), SITE, b"x")
    with RunWriter.open(archive, run_id, source="crawl", site=SITE, started_at=at_day(day)) as writer:
        for answer in answers:
            exchange = replace(make_exchange(answer.words or 0), url=answer.url, fetched_at=at_day(day))
            capture: CaptureRef | None = None
            if answer.original is not None:
                is_unchanged = answer.outcome is Outcome.UNCHANGED
                capture = writer.write_revisit(exchange, answer.original, not_modified=is_unchanged)
            elif answer.words is not None:
                capture = writer.write_exchange(exchange)
                captures.append(Original(capture.capture_id, answer.url, at_day(day), capture.payload_sha256))
            writer.write_fetch(msgspec.structs.replace(make_fetch(exchange, capture, answer.outcome), etag=answer.etag))
        writer.seal(ended_at=at_day(day), sealed_at=at_day(day), complete=True)
    return captures


@contextmanager
def reading(archive: Path) -> Iterator[CrawlHistory]:
    with Scratch(archive) as scratch:
        yield read_history(archive, SITE, scratch, at_day(1000))


def find_page(archive: Path, url: str = PAGE) -> PageHistory | None:
    with reading(archive) as past:
        return past.pages.find(url)


def test_a_page_is_known_by_its_newest_answers(tmp_path: Path) -> None:
    (first,) = write_run(tmp_path, 0, Answer(Outcome.FETCHED, 1, etag='"1"'))
    write_run(tmp_path, 1, Answer(Outcome.UNCHANGED, original=first, etag='"1"'))
    write_run(tmp_path, 2, Answer(Outcome.TIMEOUT))
    known = find_page(tmp_path)
    assert known is not None
    assert (known.first_seen_at, known.changed_at, known.last_whole_at) == (at_day(0), at_day(0), at_day(0))
    assert known.checked_at == at_day(1), "a timeout is no check"
    assert known.body is not None
    assert (known.body.original, known.etag) == (first, '"1"')
    (second,) = write_run(tmp_path, 3, Answer(Outcome.FETCHED, 2, etag='"2"'))
    write_run(tmp_path, 4, Answer(Outcome.NOT_FOUND))
    known = find_page(tmp_path)
    assert known is not None
    assert (known.first_seen_at, known.changed_at, known.checked_at) == (at_day(0), at_day(3), at_day(4))
    assert known.body is not None
    assert (known.body.original, known.absent_at) == (second, (at_day(4),))


def test_a_page_that_was_never_seen_is_not_known(tmp_path: Path) -> None:
    write_run(tmp_path, 0, Answer(Outcome.NOT_FOUND), Answer(Outcome.TIMEOUT, url=page_url(2)))
    assert find_page(tmp_path) is None
    assert find_page(tmp_path, page_url(2)) is None


def test_validators_of_a_body_that_this_url_never_had_are_not_used(tmp_path: Path) -> None:
    """An imported WARC may say that this URL had another one's content: no 304 may then stand for our old body."""
    (other,) = write_run(tmp_path, 0, Answer(Outcome.FETCHED, 7, url=page_url(7)))
    write_run(tmp_path, 1, Answer(Outcome.FETCHED, 1, etag='"1"'))
    write_run(tmp_path, 2, Answer(Outcome.IDENTICAL, original=other, etag='"7"'))
    known = find_page(tmp_path)
    assert known is not None
    assert (known.body, known.payload_sha256, known.changed_at) == (None, other.payload_sha256, at_day(2))
    write_run(tmp_path, 3, Answer(Outcome.FETCHED, 7, etag='"7"'))
    known = find_page(tmp_path)
    assert known is not None
    assert known.body is not None
    assert known.changed_at == at_day(2), "the same content under another capture is no change"


def test_what_an_archive_tells_later_of_earlier_days_is_no_news_of_the_page(tmp_path: Path) -> None:
    (ours,) = write_run(tmp_path, 10, Answer(Outcome.FETCHED, 1, etag='"1"'))
    # Runs are read in the order of their ids; an import bears the time of its newest capture.
    run_id = make_run_id(at_day(20), "warc", b"x")
    with RunWriter.open(tmp_path, run_id, source="warc", site=None, started_at=at_day(20)) as writer:
        for day, words, outcome in ((3, 2, Outcome.FETCHED), (4, 2, Outcome.NOT_FOUND)):
            exchange = replace(make_exchange(words), url=PAGE, fetched_at=at_day(day))
            writer.write_fetch(make_fetch(exchange, writer.write_exchange(exchange), outcome))
        writer.seal(ended_at=at_day(20), sealed_at=at_day(20), complete=False)
    known = find_page(tmp_path)
    assert known is not None
    assert known.body is not None
    assert (known.body.original, known.etag, known.absent_at) == (ours, '"1"', ())
    assert (known.first_seen_at, known.seen_at) == (at_day(3), at_day(10))


def test_answers_of_the_future_are_passed_over_and_counted(tmp_path: Path) -> None:
    (ours,) = write_run(tmp_path, 1, Answer(Outcome.FETCHED, 1))
    write_run(tmp_path, 400, Answer(Outcome.FETCHED, 2))
    with Scratch(tmp_path) as scratch:
        past = read_history(tmp_path, SITE, scratch, at_day(2))
        known = past.pages.find(PAGE)
    assert past.n_future == 1
    assert known is not None
    assert known.body is not None
    assert (known.body.original, known.checked_at) == (ours, at_day(1))


def test_pages_of_one_key_stand_together(tmp_path: Path) -> None:
    at = NOON
    with Scratch(tmp_path) as scratch:
        pages = PageHistories(scratch)
        kept = [
            PageHistory(f"{scheme}://iom.int/news/{slug}", f"iom.int/news/{slug}", kind, at, at, at, at)
            for slug, kind in (("b", "news"), ("a", "news"), ("c", "project"))
            for scheme in ("https", "http")
        ]
        for page in (*kept, *kept):
            pages.keep(page)
        assert list(pages.iter_keys("news")) == ["iom.int/news/a", "iom.int/news/b"]
        assert [page.url for page in pages.find_all("news", "iom.int/news/a")] == [
            "http://iom.int/news/a",
            "https://iom.int/news/a",
        ]
        assert pages.find_all("project", "iom.int/news/a") == []


def test_a_damaged_past_ends_the_crawl_before_anything_is_asked_and_leaves_no_run(tmp_path: Path) -> None:
    with WebServer({"/news/a": page(html_page("A mill", "It turns."))}) as server:
        site = site_of(site_file(server.host, start=f'[start]\npages = ["{server.root}/news/a"]\n'))
        run_id = crawl(site, tmp_path).run_id
        ledger = tmp_path / run_id / LEDGER_NAME
        assert read_fetch(tmp_path / run_id, 0).seq == 0
        ledger.write_bytes(b"{" + ledger.read_bytes())
        server.asked.clear()
        with pytest.raises(DamagedRecordError, match=r"fetches\.jsonl line 1 cannot be read.*iomdb fsck"):
            crawl(site, tmp_path, MORNING + timedelta(days=1))
        assert server.asked == []
    assert list(iter_open_runs(tmp_path)) == []
    assert list(iter_run_ids(tmp_path)) == [run_id]
