"""The gate judges pages: the last word of each, and nothing that is no evidence against a site."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.archive.runs import iter_fetches
from tests.pipeline.shores import DAILY, NOT_THERE, open_shore, redirect_to
from tests.site.server import Answer

pytestmark = pytest.mark.slow


def test_one_redirect_before_each_page_is_no_evidence_against_the_site(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        paths = shore.add_news(19)
        shore.listed = [shore.url(f"{path}/") for path in paths]
        hops = {f"{path}/": redirect_to(shore.url(path)) for path in paths}
        for day in range(3):
            assert all(one.is_accepted for one in shore.live(day, hops).verdicts)
            assert shore.find_gate(day) == []
        outcomes = {fetch.outcome for run in shore.folder.archive.iterdir() for fetch in iter_fetches(run)}
        assert "same_page_redirect" in outcomes
        assert shore.count_states() == {"live": 19}


def test_a_query_that_leads_to_the_page_without_it_is_the_same_page(tmp_path: Path) -> None:
    with open_shore(tmp_path, DAILY) as shore:
        paths = shore.add_news(6)
        shore.listed = [shore.url(f"{path}?from=map") for path in paths]
        assert all(one.is_accepted for one in shore.live(0).verdicts)
        assert shore.count_states() == {"live": 6}


def test_pages_beyond_the_budget_are_not_asked_for_and_say_nothing(tmp_path: Path) -> None:
    with open_shore(tmp_path, f"{DAILY}[budget]\npages = 10\n") as shore:
        shore.add_news(20)
        for day in range(3):
            assert all(one.is_accepted for one in shore.live(day).verdicts)
            assert shore.find_gate(day) == []
        assert shore.ask_one("SELECT count(*) FROM v1.fetches WHERE outcome = 'budget_spent'") > 0
        assert shore.count_states() == {"live": 20}, "what was left today is asked for tomorrow"


def test_a_list_of_dead_addresses_ends_for_the_day_and_costs_no_good_page(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        shore.add_news(22)
        dead = [f"/news/never-there-{number:05}" for number in range(3_000)]
        shore.listed = [shore.url(path) for path in [*shore.pages, *dead]]
        for day in range(2):
            asked_before = len(shore.server.asked)
            manifest = shore.crawl(day, dict.fromkeys(dead, NOT_THERE))
            published = shore.publish(day)
            assert len(shore.server.asked) - asked_before < 400
            assert any("are not asked for today" in note for note in manifest.notes), manifest.notes
            assert all(one.is_accepted for one in published.verdicts)
        shore.listed = None
        assert all(one.is_accepted for one in shore.live(2).verdicts), "and a mended sitemap is no loss of pages"
        assert shore.count_states() == {"live": 22}
        assert shore.find_gate(2) == []


def test_a_dead_list_does_not_end_the_good_one_beside_it(tmp_path: Path) -> None:
    with open_shore(tmp_path) as shore:
        good = shore.add_news(5)
        dead = [f"/news/never-there-{number:05}" for number in range(600)]
        index = (
            f"<sitemapindex><sitemap><loc>{shore.url('/dead.xml')}</loc></sitemap>"
            f"<sitemap><loc>{shore.url('/good.xml')}</loc></sitemap></sitemapindex>"
        )
        entries = {
            name: "<urlset>" + "".join(f"<url><loc>{shore.url(path)}</loc></url>" for path in paths) + "</urlset>"
            for name, paths in (("/dead.xml", dead), ("/good.xml", good))
        }
        xml = {
            name: Answer(text.encode(), headers=(("Content-Type", "application/xml"),))
            for name, text in ({"/sitemap.xml": index} | entries).items()
        }
        shore.crawl(0, xml | dict.fromkeys(dead, NOT_THERE))
        shore.publish(0)
        assert shore.count_states() == {"live": 5}
