"""What people hand in changes no verdict on a crawl, and what is strange about it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.gate.judgement import Judgement, decide_run
from pipeline.ground.finding import Finding
from pipeline.health.diagnosis import examine
from pipeline.stages.publish import Publication
from tests.pipeline.houses import House, at_day, build_house, copy_house, project_url
from tests.site.pages import Look, drop_field, make_project, render_page
from warehouse.read.published import run_query

N_PAGES = 12
BUDGETS = "SELECT sum(budget_amount)::VARCHAR, count(budget_amount), max(last_seen_at) FROM v1.projects"
LOOK = Look(theme="drupal9", n_bytes=4_000)


def make_old_pages(wording: str = "An older wording of what this grant does.") -> dict[str, bytes]:
    """Every page with another text."""
    pages = {}
    for number in range(N_PAGES):
        content = make_project(number)
        pages[project_url(number)] = render_page(replace(content, description=(wording,)), LOOK)
    return pages


def make_poor_pages() -> dict[str, bytes]:
    """Every page without its budget."""
    return {project_url(n): render_page(drop_field(make_project(n), "budget"), LOOK) for n in range(N_PAGES)}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Two accepted crawls, published."""
    house = build_house(tmp_path_factory.mktemp("crawled") / "house", projects=N_PAGES)
    house.crawl(0)
    house.crawl(3)
    house.publish(at_day(3.1))
    return house


@pytest.fixture
def house(crawled: House, tmp_path: Path) -> House:
    return copy_house(crawled, tmp_path / "house")


def find_verdict(publication: Publication, run_id: str) -> Judgement:
    (verdict,) = [verdict for verdict in publication.verdicts if verdict.run_id == run_id and verdict.kind == "project"]
    return verdict


def find_gate_findings(house: House, day: float) -> list[Finding]:
    return [one for one in examine(house.folder, house.sites, now=at_day(day)).findings if one.family == "gate"]


def test_an_old_archive_that_arrives_late_changes_no_verdict_and_no_current_value(house: House) -> None:
    before = run_query(house.folder.published, BUDGETS).rows
    house.take_in(datetime(2012, 5, 1, tzinfo=UTC), make_old_pages())
    publication = house.publish(at_day(4))
    assert all(verdict.is_accepted for verdict in publication.verdicts)
    assert publication.notices == [], "nothing is strange about an old text of a page that nobody had seen before"
    assert run_query(house.folder.published, BUDGETS).rows == before
    house.crawl(6)
    assert not house.publish(at_day(6.1)).rejected


def test_an_archive_that_was_there_first_is_no_yardstick_for_the_crawl_either(tmp_path: Path) -> None:
    house = build_house(tmp_path / "house", projects=N_PAGES)
    house.take_in(datetime(2012, 5, 1, tzinfo=UTC), make_old_pages())
    house.crawl(0)
    assert not house.publish(at_day(0.1)).rejected


def test_an_archive_between_two_crawls_is_compared_with_the_crawl_before_it(house: House) -> None:
    run_id = house.take_in(at_day(1), make_poor_pages())
    publication = house.publish(at_day(4))
    verdict = find_verdict(publication, run_id)
    assert (verdict.is_accepted, verdict.by) == (True, "import")
    assert "budget_amount" in {reason.field for reason in verdict.reasons}
    assert all(one.is_accepted and one.by == "gate" for one in publication.verdicts if one is not verdict)


def test_a_strange_import_is_told_once_by_publish_and_by_doctor_until_a_person_decides(house: House) -> None:
    run_id = house.take_in(at_day(4), make_poor_pages())
    publication = house.publish(at_day(5))
    publication.raise_if_rejected()
    assert f"{run_id}, example.org project: accepted as handed in; budget_amount: filled on" in publication.describe()
    rows = run_query(
        house.folder.published,
        f"SELECT verdict, judged_by, reasons[1].field FROM v1.verdicts WHERE run_id = '{run_id}'",
    ).rows
    assert rows == [("accepted", "import", "budget_amount")]
    assert house.publish(at_day(5.1)).notices == []
    (finding,) = find_gate_findings(house, 5.2)
    assert (finding.severity, finding.where) == ("notice", run_id)
    assert finding.remedy.startswith(f"iomdb decide reject {run_id} --site example.org --kind project")
    decide_run(house.folder, run_id, accept=False, why="a broken export", who="me", now=at_day(5.3))
    publication = house.publish(at_day(5.4))
    assert "accepted as handed in → rejected by a decision" in publication.describe()
    assert run_query(house.folder.published, BUDGETS).rows[0][1] == N_PAGES
    assert find_gate_findings(house, 5.5) == []


def test_pages_that_are_all_gone_in_an_import_are_told(house: House) -> None:
    run_id = house.take_in(at_day(4), dict.fromkeys(make_old_pages(), b"<h1>Not here</h1>"), status="404 Not Found")
    assert [reason.rule for reason in find_verdict(house.publish(at_day(5)), run_id).reasons] == ["absence"]


def test_imports_are_compared_with_each_other_in_the_order_of_their_captures(tmp_path: Path) -> None:
    house = build_house(tmp_path / "house", projects=N_PAGES)
    poor = house.take_in(datetime(2021, 2, 1, tzinfo=UTC), make_poor_pages())
    good = house.take_in(datetime(2021, 1, 1, tzinfo=UTC), house.pages)
    publication = house.publish(at_day(0))
    assert "budget_amount" in {reason.field for reason in find_verdict(publication, poor).reasons}
    assert find_verdict(publication, good).reasons == ()


def test_an_import_does_not_end_a_rejection(house: House) -> None:
    house.pages.update(make_poor_pages())
    rejected = house.crawl(6)
    house.take_in(at_day(7), make_old_pages())
    publication = house.publish(at_day(8))
    assert [verdict.run_id for verdict in publication.rejected] == [rejected]
    (finding,) = [one for one in find_gate_findings(house, 8) if one.severity == "problem"]
    assert finding.where == rejected


def test_accepting_the_first_rejected_crawl_heals_those_after_it_and_both_say_so(house: House) -> None:
    house.pages.update(make_poor_pages())
    first, second, third = (house.crawl(day) for day in (6, 7, 8))
    publication = house.publish(at_day(8.1))
    (streak,) = publication.streaks
    assert [verdict.run_id for verdict in streak.rejected] == [first, second, third]
    with pytest.raises(Exception, match=f"decide accept {first} .*that is about the 2 after it too"):
        publication.raise_if_rejected()
    (finding,) = find_gate_findings(house, 8.2)
    assert "the last good state stays; 2 crawls before it rejected too" in finding.what
    assert finding.remedy.startswith(f"iomdb decide accept {first} ")
    decide_run(house.folder, first, accept=True, why="the site dropped budgets", who="me", now=at_day(8.3))
    (finding,) = find_gate_findings(house, 8.4)
    assert finding.what.endswith("takes effect with the next publish")
    publication = house.publish(at_day(8.5))
    assert publication.rejected == []
    assert [(one.run_id, one.before, one.after) for one in publication.notices] == [
        (first, "rejected by the gate", "accepted by a decision"),
        (second, "rejected by the gate", "accepted by the gate"),
        (third, "rejected by the gate", "accepted by the gate"),
    ]
    assert find_gate_findings(house, 8.6) == []


def test_rejections_that_a_good_crawl_ended_are_told_as_passed(house: House) -> None:
    good = dict(house.pages)
    house.pages.update(make_poor_pages())
    rejected = house.crawl(6)
    house.pages.update(good)
    house.crawl(7)
    house.publish(at_day(7.1))
    (finding,) = find_gate_findings(house, 7.2)
    assert (finding.severity, finding.where) == ("notice", rejected)
    assert finding.what.startswith("1 earlier crawl of example.org project left out; a later one was accepted")


def test_a_page_that_still_says_what_an_import_archived_is_known_from_the_crawl_on(tmp_path: Path) -> None:
    house = build_house(tmp_path / "house", projects=N_PAGES)
    run_id = house.take_in(at_day(-30), house.pages)
    house.crawl_unchanged(0, since=run_id)
    house.pages.update(make_poor_pages())
    house.crawl(1)
    (verdict,) = house.publish(at_day(1.1)).rejected
    assert "budget_amount" in {reason.field for reason in verdict.reasons}
