"""The invented news: their pages as they first stand, what comes week by week, and what meets them.

Belongs here: pages and events of news. Does not belong here: words and markup (``content``, ``markup``), longer texts
(``story.toml``).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from contracts.outcomes import Outcome
from pipeline.demo.content import (
    DAKAR,
    HAITI,
    LIBERIA,
    MAIN,
    DemoPage,
    Lang,
    copy_news,
    make_news,
    make_project,
    read_words,
)
from pipeline.demo.event import N_WEEKS, PageEvent, add_sentence, day_of, read_story, reword

TRANSLATED: Final[dict[int, Lang]] = {0: "fr", 3: "fr", 1: "es", 4: "es"}
DAKAR_NEWS: Final = (25, 30, 34, 35, 39, 44)
"""Numbers of news whose country is in West Africa."""
LOCAL: Final = {3: 49, 6: 50}
"""News of the office in Liberia that come later: week to number."""


def iter_pages() -> Iterator[DemoPage]:
    """The pages of news as they stand in the first week."""
    for number in range(16):
        published = None if number % 7 == 6 else f"{2019 + number % 7}-0{1 + number % 9}-{10 + number}"
        page = make_news(number, MAIN, "en", published)
        lang = TRANSLATED.get(number)
        if lang is not None:
            other = make_news(number, MAIN, lang, published)
            yield replace(page, alternates={lang: other.url})
            yield replace(other, alternates={"en": page.url})
        else:
            yield page
    for number in range(16, 30):
        site = LIBERIA if number < 23 else HAITI
        page = make_news(number, site, "en", f"{2020 + number % 6}-{1 + number % 12:02d}-{number - 5:02d}")
        if more := read_story()["news"].get(str(number)):
            page = add_sentence(more.format(project=make_project(number).title))(page)
        yield page
        if number in {16, 17, 18, 23, 24}:
            yield copy_news(page, MAIN)
    for month, number in enumerate(DAKAR_NEWS, start=3):
        yield make_news(number, DAKAR, "fr", f"2026-0{month}-15")
    yield from _iter_speeches()


def _iter_speeches() -> Iterator[DemoPage]:
    """News that speak of a programme, and of the fund as a whole."""
    for number, told in enumerate(read_story()["speech"], start=40):
        page = make_news(number, MAIN, "en", told["published"])
        slug = page.url.rpartition("/")[0] + "/" + "-".join(told["title"].lower().split())
        notice = read_words()["notice"]["en"].format(title=told["title"])
        yield replace(page, title=told["title"], url=slug, paragraphs=(*told["paragraphs"], notice))


def iter_events() -> Iterator[PageEvent]:
    """What happens to news."""
    yield from _iter_new_pages()
    yield from _iter_news_events()


def _iter_new_pages() -> Iterator[PageEvent]:
    """News of the week, on the main site every week and in Liberia now and then."""
    for week in range(2, N_WEEKS + 1):
        day = (day_of(week) - timedelta(days=2)).isoformat()
        page = make_news(15 + week, MAIN, "en", day)
        yield PageEvent(week, page.url, page=page)
        if week in LOCAL:
            local = make_news(LOCAL[week], LIBERIA, "en", day)
            yield PageEvent(week, local.url, page=local)
    fresh = make_news(15 + 3, MAIN, "en", None)
    yield PageEvent(4, fresh.url, add_sentence("A correction: the first lorry crossed on a Tuesday, not on a Monday."))


def _iter_news_events() -> Iterator[PageEvent]:
    """Quiet edits of old news, removals, and answers that tell nothing."""
    claim = next(page for page in _iter_speeches() if page.title == "The Fund in Figures")
    yield PageEvent(5, claim.url, reword("60 projects worth USD 9.8 million", "64 projects worth USD 12.4 million"))
    yield PageEvent(4, make_news(2, MAIN, "en", None).url, add_sentence("The figures of this page were corrected."))
    mayor = make_news(16, LIBERIA, "en", None)
    for url in (mayor.url, copy_news(mayor, MAIN).url):
        yield PageEvent(6, url, reword("the Mayor of Upper Gannet, Ms. Ida Marlow", "a clerk of Upper Gannet"))
    yield PageEvent(5, make_news(7, MAIN, "en", None).url, answer=Outcome.GONE)
    vanished = make_news(19, LIBERIA, "en", None).url
    yield PageEvent(3, vanished, answer=Outcome.NOT_FOUND)
    yield PageEvent(5, vanished)
    yield PageEvent(6, make_news(9, MAIN, "en", None).url, answer=Outcome.TIMEOUT)
    yield PageEvent(1, make_news(DAKAR_NEWS[-1], DAKAR, "fr", None).url, answer=Outcome.DNS_ERROR)
    yield PageEvent(8, make_news(12, MAIN, "en", None).url, is_shell=True)
