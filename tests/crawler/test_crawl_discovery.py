"""Discovery against a real site: the union of sources, dates, completeness, and every kind of endlessness."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from contracts.outcomes import Outcome
from contracts.run import Discovery
from tests.crawler.crawling import MORNING, crawl, rows, site_of
from tests.site.routes import (
    NEWS,
    PROJECTS,
    html_page,
    iom_like,
    listing,
    page,
    site_file,
    sitemap,
    sitemap_index,
    xml,
)
from tests.site.server import Answer, Asked, WebServer

GOOD = page(html_page("A school", "It has a roof."))


def test_every_page_of_the_site_is_found_by_the_union_of_its_sources(tmp_path: Path) -> None:
    with WebServer() as server:
        server.routes.update(iom_like(server.root))
        manifest = crawl(site_of(site_file(server.host)), tmp_path)
        found = rows(tmp_path, manifest)
        pages = {url: row for url, row in found.items() if row.kind in {"project", "news"}}
        assert set(pages) == {server.root + path for path in (*PROJECTS, *NEWS)}
        assert {row.kind for url, row in pages.items() if "/project/" in url} == {"project"}
        assert all(row.outcome is Outcome.FETCHED for row in found.values())
        assert manifest.complete
        assert {(d.source, d.found, d.complete) for d in manifest.discovery} == {
            ("sitemap", len(PROJECTS) + 12, True),
            ("listing", len(NEWS) - 1, True),
            ("feed", 3, True),
        }
        kinds = {url.removeprefix(server.root): row.kind for url, row in found.items()}
        assert kinds["/sitemap-news.xml.gz"] == "sitemap"
        assert kinds["/news/rss.xml"] == "feed"
        assert kinds["/news?page=0"] == "listing"
        assert kinds["/robots.txt"] == "robots"


def test_the_date_that_a_listing_or_feed_prints_travels_with_the_page(tmp_path: Path) -> None:
    with WebServer() as server:
        server.routes.update(iom_like(server.root))
        found = rows(tmp_path, crawl(site_of(site_file(server.host)), tmp_path))
        dates = {url.removeprefix(server.root): (row.listing_date, row.discovered_by) for url, row in found.items()}
    assert dates[NEWS[0]] == ("1 Nov 2026", "sitemap")  # found by the sitemap, dated by the listing
    assert dates[NEWS[20]] == ("21 Nov 2026", "listing")
    assert dates[NEWS[-1]] == ("Sun, 03 Nov 2026 09:00:00 +0000", "feed")
    assert dates[PROJECTS[0]] == (None, "sitemap")


def test_one_page_under_several_addresses_is_asked_once(tmp_path: Path) -> None:
    with WebServer(fallback=GOOD) as server:
        urls = [f"{server.root}/news/a{end}" for end in ("", "/", "?page=3", "#top", "?utm_source=x")]
        server.routes["/sitemap.xml"] = xml(sitemap(urls))
        server.routes["/robots.txt"] = Answer(status=404)
        crawl(site_of(site_file(server.host, start=f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n')), tmp_path)
        assert server.paths() == ["/sitemap.xml", "/news/a"]


def test_a_source_that_fails_makes_discovery_incomplete_and_the_others_still_count(tmp_path: Path) -> None:
    with WebServer() as server:
        server.routes.update(iom_like(server.root))
        server.routes["/sitemap-more.xml"] = Answer(b"", status=500)
        manifest = crawl(site_of(site_file(server.host, "attempts = 1\n")), tmp_path)
        news = [url for url, row in rows(tmp_path, manifest).items() if row.kind == "news"]
    assert not manifest.complete
    assert {d.source: d.complete for d in manifest.discovery} == {"sitemap": False, "listing": True, "feed": True}
    assert len(news) == len(NEWS)


def listing_file(server: WebServer, more: str = "", keys: str = "") -> str:
    """A site file whose only source is the listing."""
    start = f'[[start.listings]]\nurl = "{server.root}/news?page={{page}}"\nkind = "news"\n{keys}'
    return site_file(server.host, more, start=start)


def test_a_pager_without_end_is_left_off_by_rule(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Answer:
        return Answer(listing(NEWS[:10], 0))  # the same ten entries on every page

    with WebServer(fallback=GOOD) as server:
        server.routes["/robots.txt"] = Answer(status=404)
        server.routes["/news"] = answer
        manifest = crawl(site_of(listing_file(server)), tmp_path)
        assert server.paths().count("/news?page=2") == 1
        assert "/news?page=3" not in server.paths()
    assert manifest.complete


def test_a_pager_that_always_invents_new_entries_ends_by_budget_and_says_so(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Answer:
        number = int(asked.target.rpartition("=")[2])
        return Answer(listing([f"/news/invented-{number}-{n}" for n in range(10)], 0))

    with WebServer(fallback=GOOD) as server:
        server.routes["/robots.txt"] = Answer(status=404)
        server.routes["/news"] = answer
        manifest = crawl(site_of(listing_file(server, keys="max_pages = 5\n")), tmp_path)
        assert len([path for path in server.paths() if path.startswith("/news?page")]) == 5
    assert manifest.discovery == [Discovery("listing", f"{server.root}/news?page={{page}}", 50, False)]
    assert not manifest.complete


def test_entries_that_drift_while_the_listing_is_read_are_met_once_and_none_is_lost(tmp_path: Path) -> None:
    entries = list(NEWS)
    read: list[str] = []

    def answer(asked: Asked) -> Answer:
        number = int(asked.target.rpartition("=")[2])
        if read:
            entries.insert(0, f"/news/fresh-{len(read)}")  # something is published between any two pages
        read.append(asked.target)
        return Answer(listing(entries, number))

    with WebServer(fallback=GOOD) as server:
        server.routes["/robots.txt"] = Answer(status=404)
        server.routes["/news"] = answer
        crawl(site_of(listing_file(server)), tmp_path)
        pages = [path for path in server.paths() if not path.startswith("/news?")]
    assert sorted(pages) == sorted(NEWS)


def test_sitemaps_without_end_are_left_off_by_rule(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Answer:
        depth = asked.path.count("x")
        return xml(sitemap_index([f"{server.root}/sitemap-{'x' * (depth + 1)}-{n}.xml" for n in range(2)]))

    with WebServer(fallback=answer) as server:
        server.routes["/robots.txt"] = Answer(status=404)
        start = f'[start]\nsitemaps = ["{server.root}/sitemap-x.xml"]\n'
        manifest = crawl(site_of(site_file(server.host, "[budget]\ndepth = 4\n", start=start)), tmp_path)
        assert 5 <= len(server.paths()) <= 2**5
    assert not manifest.complete
    assert any("without end" in note for note in manifest.notes)


def test_a_sitemap_of_junk_costs_no_more_than_the_budget(tmp_path: Path) -> None:
    junk = [f"/news/junk-{n}" for n in range(5000)]
    with WebServer(fallback=GOOD) as server:
        server.routes["/robots.txt"] = Answer(status=404)
        server.routes["/sitemap.xml"] = xml(
            sitemap([*(f"http://elsewhere.example{path}" for path in junk), *(server.root + path for path in junk)])
        )
        start = f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n'
        manifest = crawl(site_of(site_file(server.host, "[budget]\npages = 30\n", start=start)), tmp_path)
        assert len(server.paths()) <= 1 + 30
    assert manifest.counts[Outcome.FETCHED] == 31
    assert manifest.counts[Outcome.BUDGET_SPENT] > 0
    assert sum(manifest.counts.values()) < 200
    assert any("budget of 30 pages" in note for note in manifest.notes)


def test_addresses_of_an_endless_kind_get_a_row_and_no_request(tmp_path: Path) -> None:
    traps = ["/news/a/b/a/b/a/b", "/news/x;jsessionid=7A", "/news/calendar/2031/05", "/news/" + "d/e/f/g/" * 4]
    with WebServer(fallback=GOOD) as server:
        server.routes["/robots.txt"] = Answer(status=404)
        server.routes["/sitemap.xml"] = xml(sitemap([server.root + path for path in (*traps, "/news/fine")]))
        start = f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n'
        manifest = crawl(site_of(site_file(server.host, start=start)), tmp_path)
        assert server.paths() == ["/sitemap.xml", "/news/fine"]
    assert manifest.counts[Outcome.TRAP] == len(traps)


def test_a_sitemap_that_robots_txt_names_is_read_too(tmp_path: Path) -> None:
    with WebServer() as server:
        server.routes["/robots.txt"] = Answer(
            f"Sitemap: {server.root}/hidden.xml\nSitemap: https://elsewhere.example/s.xml\n".encode()
        )
        server.routes["/hidden.xml"] = xml(sitemap([f"{server.root}/news/hidden"]))
        server.routes["/news/hidden"] = server.routes["/news/start"] = GOOD
        crawl(site_of(site_file(server.host, start=f'[start]\npages = ["{server.root}/news/start"]\n')), tmp_path)
        assert sorted(server.paths()) == ["/hidden.xml", "/news/hidden", "/news/start"]


def test_odd_but_seen_addresses_are_asked_as_they_stand_and_have_one_row_each(tmp_path: Path) -> None:
    listed = "/search?type[]=press_release&created=All&page=0"  # seen on iom.int in 2024
    with WebServer(fallback=GOOD) as server:
        server.routes["/robots.txt"] = Answer(status=404)
        server.routes[listed] = Answer(listing(["/news/a//b", "/news/caf%C3%A9", "/news/it's-(ours);x"], 0))
        start = (
            f'[start]\npages = ["{server.root}/news/plain|pipe"]\n'
            f'[[start.listings]]\nurl = "{server.root}/search?type[]=press_release&created=All&page={{page}}"\n'
            'kind = "news"\nmax_pages = 1\n'
        )
        manifest = crawl(site_of(site_file(server.host, start=start)), tmp_path)
        assert sorted(server.paths()) == sorted(
            [listed, "/news/a//b", "/news/caf%C3%A9", "/news/it's-(ours);x", "/news/plain%7Cpipe"]
        )
    assert manifest.counts == {Outcome.FETCHED: 5, Outcome.NOT_FOUND: 1}


def test_how_many_pages_the_sources_named_is_recorded_whether_they_are_due_or_not(tmp_path: Path) -> None:
    with WebServer() as server:
        server.routes.update(iom_like(server.root))
        start = f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\nfeeds = ["{server.root}/news/rss.xml"]\n'
        site = site_of(site_file(server.host, "[recrawl]\nages = []\n", start=start))
        first, second = (crawl(site, tmp_path, MORNING + timedelta(days=day)) for day in (0, 1))
        assert first.listed == second.listed == {"news": 13, "project": 8}
        assert [row.kind for row in rows(tmp_path, second).values() if row.kind in {"news", "project"}] == []


def test_a_listing_that_is_left_off_at_known_entries_says_nothing_of_how_many_it_names(tmp_path: Path) -> None:
    with WebServer() as server:
        server.routes.update(iom_like(server.root))
        site = site_of(site_file(server.host))
        first, second = (crawl(site, tmp_path, MORNING + timedelta(days=day)) for day in (0, 1))
        assert first.listed == {"news": 25, "project": 8}
        assert second.listed == {"project": 8}


def test_a_source_that_gives_no_answer_says_nothing_of_how_many_it_names_and_one_that_is_gone_names_none(
    tmp_path: Path,
) -> None:
    with WebServer() as server:
        server.routes.update(iom_like(server.root))
        site = site_of(site_file(server.host, start=f'[start]\nsitemaps = ["{server.root}/sitemap.xml"]\n'))
        server.routes["/sitemap.xml"] = Answer(b"", status=503)
        assert crawl(site, tmp_path).listed == {}
        server.routes["/sitemap.xml"] = Answer(b"", status=404)
        assert crawl(site, tmp_path, MORNING + timedelta(days=1)).listed == {"news": 0, "project": 0}
        server.routes["/robots.txt"] = Answer(b"", status=503)
        assert crawl(site, tmp_path, MORNING + timedelta(days=2)).listed == {}
