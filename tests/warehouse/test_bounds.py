"""Where removals, joins and hand-overs begin: each number that decides them below, at and above its value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.warehouse.archives import Answer, Archive, absent, at, instant, moved, news, project
from tests.warehouse.reading import ask, ask_values
from warehouse.publish.swap import publish_database

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

DAY = 24 * 3600
FIRST = datetime(2026, 1, 5, 6, tzinfo=UTC)
LONG_AGO = -1000 * DAY


@dataclass(frozen=True)
class Rule:
    """What a site file says of removals, and for each page, in seconds, when it answered 404: those that are gone."""

    text: str | None
    gone: tuple[tuple[float, ...], ...]
    still: tuple[tuple[float, ...], ...]


NEARLY = DAY * 9 // 10
"""A tenth of an interval is forgiven: an interval equal to the schedule's would else never be met."""

RULES = {
    "default": Rule(
        None, gone=((0, NEARLY), (0, DAY + 1), (0, 5, DAY)), still=((0,), (0, NEARLY - 1), (0, 5, NEARLY - 1))
    ),
    "of other things": Rule('name = "A site"\n', gone=((0, DAY),), still=((0,), (0, NEARLY - 1))),
    "three": Rule(
        "[removal]\nanswers = 3\n",
        gone=((0, 5, DAY), (0, 50 * DAY, 60 * DAY), (0, 1, 2, DAY)),
        still=((0, DAY), (0, 50 * DAY), (0, 5, NEARLY - 1)),
    ),
    "three at once": Rule("[removal]\nanswers = 3\nhours_apart = 0\n", gone=((0, 1, 2),), still=((0,), (0, 50 * DAY))),
    "two at once": Rule("[removal]\nhours_apart = 0\n", gone=((0, 1), (0, DAY)), still=((0,),)),
    "one": Rule("[removal]\nanswers = 1\nhours_apart = 0\n", gone=((0,),), still=()),
    "half an hour": Rule("[removal]\nhours_apart = 0.5\n", gone=((0, 1800), (0, 1801)), still=((0,), (0, 1619))),
    "a week": Rule(
        "[removal]\nhours_apart = 168\n", gone=((0, 7 * DAY),), still=((0, 7 * NEARLY - 1), (0, DAY, 2 * DAY))
    ),
}


@dataclass(frozen=True)
class Crowd:
    """Pages and mere addresses that lead to one news page: each title is of a page, each number of an address."""

    titles: tuple[str, ...] = ()
    n_addresses: int = 0
    is_joined: bool = True

    def answer(self, name: str) -> list[Answer]:
        target = f"https://www.iom.int/news/{name}"
        return [
            *(
                news(f"{target}-{number}", title=title, canonical_url=target)
                for number, title in enumerate(self.titles)
            ),
            *(moved(f"{target}-old-{number}", target, kind="news") for number in range(self.n_addresses)),
            news(target, title="A"),
        ]


CROWDS = {
    "two-titles": Crowd(("A", "B")),
    "three-titles": Crowd(("A", "B", "C")),
    "four-titles": Crowd(("A", "B", "C", "D"), is_joined=False),
    "five-pages-of-three-titles": Crowd(("A", "B", "C", "B", "C")),
    "nineteen-addresses": Crowd(n_addresses=19),
    "twenty-addresses": Crowd(n_addresses=20),
    "twenty-one-addresses": Crowd(n_addresses=21, is_joined=False),
    "twenty-of-both": Crowd(("A",) * 3, 17),
    "twenty-one-of-both": Crowd(("A",) * 3, 18, is_joined=False),
}


@dataclass(frozen=True)
class Change:
    """How the answers of two pages of one project are told: what the record says of it, and since when."""

    answers: tuple[tuple[float, str, str], ...]
    """Seconds, page (or two, of which the first leads to the second), and the budget that it states."""
    told: tuple[tuple[float, str], ...] = ()
    """Seconds and change, after the first reading."""
    slugs: Mapping[str, str] = field(
        default_factory=lambda: {"main": "www.iom.int/project", "mirror": "developmentfund.iom.int/project"}
    )

    def answer(self, name: str) -> Iterator[Answer]:
        for seconds, page, budget in self.answers:
            url, *target = (f"https://{self.slugs.get(one, f'www.iom.int/{one}')}/{name}" for one in page.split())
            lang = "fr" if page.startswith("fr") else "en"
            stated = project(url, projects_id=f"TC.{name}", title=f"Title, {lang}", lang=lang, budget_amount=budget)
            yield at(moved(url, target[0]) if target else stated, moment(seconds))


def moment(seconds: float) -> str:
    return instant(FIRST + timedelta(seconds=seconds))


OLD, NEW = "10000.00", "99000.00"


def after_absence(days: float, page: str = "mirror") -> tuple[tuple[float, str, str], ...]:
    """The main page read once, and another one so many days later for the first time."""
    return ((0, "main", OLD), (days * DAY, page, NEW))


def beside_silence(*days: float) -> tuple[tuple[float, str, str], ...]:
    """Two pages read at once, of which only the mirror is read again, on these days, and says something new then."""
    return ((0, "main", OLD), (0, "mirror", OLD), *((day * DAY, "mirror", NEW) for day in days))


def before_redirect(met: float) -> tuple[tuple[float, str, str], ...]:
    """A page that redirects since the fourth day, where the page that it leads to was met so many seconds after it."""
    return ((0, "main", OLD), (met, "mirror", NEW), (4 * DAY, "main mirror", NEW))


SECOND = 1 / DAY
CHANGES = {
    "30 days less a second": Change(after_absence(30 - SECOND)),
    "30 days": Change(after_absence(30), ((30 * DAY, "edited"),)),
    "31 days": Change(after_absence(31), ((31 * DAY, "edited"),)),
    "30 days, in French": Change(after_absence(30, "fr")),
    "90 days less a second": Change(beside_silence(90 - SECOND)),
    "90 days": Change(beside_silence(90), ((90 * DAY, "edited"),)),
    "90 days and some before": Change(beside_silence(60, 89, 90, 91, 95), ((90 * DAY, "edited"),)),
    "from the first reading after 90 days": Change(beside_silence(89, 91, 95), ((91 * DAY, "edited"),)),
    "met a second nearer to the old page": Change(before_redirect(2 * DAY - 1), ((4 * DAY, "relocated"),)),
    "met half way": Change(before_redirect(2 * DAY), ((4 * DAY, "relocated"),)),
    "met a second nearer to the redirect": Change(before_redirect(2 * DAY + 1), ((2 * DAY + 1, "edited"),)),
}


def lead(source: str, target: str | None, **stated: str) -> Answer:
    """A project page whose markup names another as the one that it is."""
    url = f"https://www.iom.int/project/{source}"
    return project(url, title=f"Title of {source}", canonical_url=target and f"https://www.iom.int/{target}", **stated)


LEADS = {
    "two Projects IDs": (
        [
            lead("a-1", "project/a-2"),
            lead("a-2", "project/a-3", projects_id="PX.0001"),
            lead("a-3", None, projects_id="PX.0002"),
        ],
        {"a-1": "PX.0001", "a-2": "PX.0001", "a-3": "PX.0002"},
    ),
    "two Prima IDs": (
        [
            lead("b-1", "project/b-2"),
            lead("b-2", "project/b-3", prima_id="LR10P0001"),
            lead("b-3", None, prima_id="LR10P0002"),
        ],
        {"b-1": "LR10P0001", "b-2": "LR10P0001", "b-3": "LR10P0002"},
    ),
    "two kinds": (
        [lead("c-1", "news/c"), lead("c-2", "news/c"), news("https://www.iom.int/news/c")],
        {"c-1": "iom.int/project/c-1", "c-2": "iom.int/project/c-2"},
    ),
}
"""Pages that a link would join if nothing spoke against it, and the projects that they are."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One archive of all these cases: each has pages of its own, so that none touches another."""
    archive = Archive(tmp_path_factory.mktemp("bounds"))
    for name, rule in RULES.items():
        site = name.replace(" ", "-")
        answers = []
        for series in (*rule.gone, *rule.still):
            url = removal_url(name, series)
            answers += [
                at(project(url, title=url), moment(LONG_AGO)),
                *(at(absent(url), moment(second)) for second in series),
            ]
        answers = [replace(answer, site=site) for answer in answers]
        archive.run("2026-06-01", answers, name=site, site_config=rule.text)
    crowds = [answer for name, crowd in CROWDS.items() for answer in crowd.answer(name)]
    archive.run("2026-06-01", crowds, name="crowds")
    archive.run("2026-06-01", [answer for answers, _ in LEADS.values() for answer in answers], name="leads")
    changes = [answer for number, change in enumerate(CHANGES.values()) for answer in change.answer(f"{number:04}")]
    archive.run("2026-06-01", changes, name="changes")
    archive.extract()
    return publish_database(archive.build(), archive.root / "iomdb.duckdb").path


def removal_url(name: str, series: tuple[float, ...]) -> str:
    return f"https://www.iom.int/project/{name.replace(' ', '-')}-{'-'.join(map(str, series))}"


@pytest.mark.parametrize("name", RULES)
def test_a_page_is_removed_when_its_answers_are_enough_and_far_enough_apart(published: Path, name: str) -> None:
    rule = RULES[name]
    states = dict(ask(published, "SELECT url, state FROM v1.projects"))
    dated = ask_values(published, "SELECT document_id FROM v1.removals")
    for series in (*rule.gone, *rule.still):
        url = removal_url(name, series)
        assert states[url] == ("gone" if series in rule.gone else "unknown"), series
        assert dated.count(url.removeprefix("https://www.")) == (series in rule.gone), series


@pytest.mark.parametrize("name", CROWDS)
def test_more_than_three_titles_or_twenty_addresses_at_one_target_join_nothing_and_are_told(
    published: Path, name: str
) -> None:
    crowd = CROWDS[name]
    mine = f"(url = 'https://www.iom.int/news/{name}' OR regexp_matches(url, '/news/{name}-(old-)?[0-9]+$'))"
    n_pages = len(crowd.titles) + 1
    found = ask(published, f"SELECT count(*), count(DISTINCT document_id) FROM v1.aliases WHERE {mine}")
    assert found == [(n_pages + crowd.n_addresses, 1) if crowd.is_joined else (n_pages, n_pages)]
    told = f"SELECT url FROM v1.data_issues WHERE {mine} AND code = 'many-pages-lead-here'"
    assert ask_values(published, told) == ([] if crowd.is_joined else [f"https://www.iom.int/news/{name}"])


@pytest.mark.parametrize("name", LEADS)
def test_pages_of_two_ids_or_kinds_are_not_joined_and_lend_nothing_to_a_third_page(published: Path, name: str) -> None:
    _, expected = LEADS[name]
    projects = dict(ask(published, "SELECT url, document_id FROM v1.aliases WHERE kind = 'project'"))
    assert {page: projects[f"https://www.iom.int/project/{page}"] for page in expected} == expected


@pytest.mark.parametrize("name", CHANGES)
def test_the_record_passes_to_another_page_from_then_on(published: Path, name: str) -> None:
    sql = f"""SELECT valid_from, change_kind FROM v1.project_versions
              WHERE project_id = 'TC.{list(CHANGES).index(name):04}' AND known_to IS NULL ORDER BY valid_from"""
    (created, *later) = ask(published, sql)
    assert created == (FIRST.replace(tzinfo=None), "created")
    told = [(FIRST.replace(tzinfo=None) + timedelta(seconds=seconds), change) for seconds, change in CHANGES[name].told]
    assert later == told
