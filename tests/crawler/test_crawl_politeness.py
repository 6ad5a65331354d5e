"""Politeness: robots, pace, Retry-After, the circuit breaker, and what a request says of us: against real sockets."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from contracts.outcomes import Outcome
from crawler.engine.crawl import crawl_site
from crawler.errors import SiteFileError
from crawler.session.politeness import find_contact
from crawler.session.robots import LARGEST_PARSED
from tests.crawler.crawling import MORNING, capture_of, crawl, rows, site_of
from tests.patience import wait_until
from tests.site import faults
from tests.site.routes import html_page, page, site_file
from tests.site.server import Answer, Route, WebServer

GOOD = html_page("A road", "It was mended.")
QUICK = "attempts = 2\ntimeout_seconds = 0.5\n"


def file_of(server: WebServer, paths: list[str], more: str = "", *, delay: str = "0", at_once: int = 1) -> str:
    """A site file that names the pages alone."""
    pages = ", ".join(f'"{server.root}{path}"' for path in paths)
    text = site_file(server.host, more, start=f"[start]\npages = [{pages}]\n")
    text = text.replace("delay_seconds = 0", f"delay_seconds = {delay}")
    text = text.replace("concurrent_requests = 4", f"concurrent_requests = {at_once}")
    return text.replace("timeout_seconds = 5\n", "") if "timeout_seconds" in more else text


@pytest.mark.parametrize(
    "robots",
    [
        Answer(b"", status=500),
        Answer(b"User-agent: *\nAllow: /\n", status=503),
        faults.silence(),
        faults.reset(),
        faults.redirect("/robots.txt"),
        Answer(b"", status=429),
        faults.zipped_twice(b"User-agent: *\nAllow: /\n"),
    ],
    ids=["500", "503", "hangs", "reset", "redirects to itself", "429", "unreadable"],
)
def test_without_a_readable_robots_txt_nothing_is_fetched(robots: Route, tmp_path: Path) -> None:
    with WebServer({"/robots.txt": robots, "/news/a": page(GOOD), "/project/b": page(GOOD)}) as server:
        manifest = crawl(site_of(file_of(server, ["/news/a", "/project/b"], QUICK)), tmp_path)
        assert server.paths() == []
    assert manifest.counts[Outcome.ROBOTS_UNAVAILABLE] == 2
    assert any("robots.txt" in note for note in manifest.notes)


def test_a_robots_txt_without_content_forbids_nothing(tmp_path: Path) -> None:
    with WebServer({"/robots.txt": Answer(status=204), "/news/a": page(GOOD)}) as server:
        crawl(site_of(file_of(server, ["/news/a"])), tmp_path)
        assert server.paths() == ["/news/a"]


def test_two_robots_txt_that_are_one_are_asked_for_once_and_hold_for_both_hosts(tmp_path: Path) -> None:
    robots = Answer(b"User-agent: *\nDisallow: /project/\n", delay=0.3)
    with WebServer({"/robots.txt": robots}) as one, WebServer() as other:
        other.routes["/robots.txt"] = faults.redirect(f"{one.root}/robots.txt")
        paths = ["/news/a", "/project/b"]
        for server in (one, other):
            server.routes.update({path: page(html_page(server.host, path)) for path in paths})
        text = file_of(one, paths).replace("[start]\npages = [", f'[start]\npages = ["{other.root}/news/a", ')
        text = text.replace(f'hosts = ["{one.host}"]', f'hosts = ["{one.host}", "{other.host}"]')
        manifest = crawl(site_of(text.replace("pages = [", f'pages = ["{other.root}/project/b", ')), tmp_path)
        found = {url: row.outcome for url, row in rows(tmp_path, manifest).items()}
        assert [asked.path for asked in one.asked].count("/robots.txt") == 1
    assert manifest.complete
    for server in (one, other):
        assert found[f"{server.root}/news/a"] is Outcome.FETCHED
        assert found[f"{server.root}/project/b"] is Outcome.ROBOTS_DENIED


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_robots_txt_that_is_not_there_forbids_nothing(status: int, tmp_path: Path) -> None:
    with WebServer({"/robots.txt": Answer(b"User-agent: *\nDisallow: /\n", status=status)}) as server:
        server.routes["/news/a"] = page(GOOD)
        crawl(site_of(file_of(server, ["/news/a"])), tmp_path)
        assert server.paths() == ["/news/a"]


def test_robots_txt_is_obeyed_after_redirects_and_kept_in_the_run(tmp_path: Path) -> None:
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: iomdb\nDisallow: /news/private\nAllow: /news/private-not\n"
    with WebServer({"/robots.txt": faults.redirect("/hop"), "/hop": faults.redirect("/rules.txt", 302)}) as server:
        server.routes["/rules.txt"] = Answer(rules, headers=(("Content-Type", "text/plain"),))
        paths = ["/news/private", "/news/private-not", "/news/open"]
        server.routes.update({path: page(GOOD) for path in paths})
        manifest = crawl(site_of(file_of(server, paths)), tmp_path)
        fetched = rows(tmp_path, manifest)
        assert sorted(p for p in server.paths() if p.startswith("/news")) == ["/news/open", "/news/private-not"]
        assert fetched[f"{server.root}/news/private"].outcome is Outcome.ROBOTS_DENIED
    assert [(robots.host, robots.status, robots.body) for robots in manifest.robots] == [
        (server.host, 200, rules.decode())
    ]
    assert capture_of(tmp_path, manifest, fetched[f"{server.root}/rules.txt"]).payload == rules


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        ("User-agent: *\nAllow: /\nUser-agent: iomdb/1.0\nDisallow: /news/a\n", ["/news/b"]),
        ("User-agent: iomdb\nNoindex: /x\nUser-agent: other\nDisallow: /news/a\n", ["/news/b"]),
        ("User-agent: iom\nUser-agent: db\nDisallow: /\n", ["/news/a", "/news/b"]),
    ],
    ids=["our name with a version", "an unknown record between agents", "parts of our name"],
)
def test_the_group_of_robots_txt_that_names_us_binds_us(rules: str, asked: list[str], tmp_path: Path) -> None:
    with WebServer({"/robots.txt": Answer(rules.encode()), "/news/a": page(GOOD), "/news/b": page(GOOD)}) as server:
        crawl(site_of(file_of(server, ["/news/a", "/news/b"])), tmp_path)
        assert sorted(server.paths()) == asked


def test_of_an_endless_robots_txt_the_first_half_megabyte_counts(tmp_path: Path) -> None:
    body = b"User-agent: *\nDisallow: /news/a\n" + b"# noise\n" * (LARGEST_PARSED // 4)
    with WebServer({"/robots.txt": Answer(body), "/news/a": page(GOOD), "/news/b": page(GOOD)}) as server:
        manifest = crawl(site_of(file_of(server, ["/news/a", "/news/b"])), tmp_path)
        assert server.paths() == ["/news/b"]
    assert len(manifest.robots[0].body or "") == LARGEST_PARSED


@pytest.fixture
def sent(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The crawler's own record of each request as it left: when a busy server gets to it is not ours to promise."""
    caplog.set_level(logging.DEBUG, "crawler.engine.download_handler")
    return caplog


def gaps(sent: pytest.LogCaptureFixture) -> list[float]:
    """Seconds between one request and the next."""
    times = [record.created for record in sent.records if record.name == "crawler.engine.download_handler"]
    return [later - earlier for earlier, later in pairwise(times)]


def test_the_delay_of_the_site_file_lies_between_any_two_requests(
    tmp_path: Path, sent: pytest.LogCaptureFixture
) -> None:
    paths = [f"/news/{n}" for n in range(5)]
    with WebServer({path: page(GOOD) for path in paths}) as server:
        server.routes["/news/1"] = Answer(GOOD, delay=0.5)  # a slow answer must not let the others bunch up behind it
        crawl(site_of(file_of(server, paths, delay="0.2", at_once=4)), tmp_path)
        assert len(server.asked) == len(gaps(sent)) + 1 == 6
        assert min(gaps(sent)) > 0.19


def test_crawl_delay_is_kept_where_it_is_slower(tmp_path: Path, sent: pytest.LogCaptureFixture) -> None:
    paths = [f"/news/{n}" for n in range(3)]
    with WebServer({path: page(GOOD) for path in paths}) as server:
        server.routes["/robots.txt"] = Answer(b"User-agent: *\nCrawl-delay: 0.5\n")
        crawl(site_of(file_of(server, paths, at_once=4)), tmp_path)
        assert len(server.asked) == len(gaps(sent)) + 1 == 4
        assert min(gaps(sent)) > 0.49


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_holds_the_whole_host_to_the_second(form: str, tmp_path: Path) -> None:
    asks = (
        (("Retry-After", "2"),)
        if form == "seconds"
        else (("Date", "Sun, 22 Nov 2026 10:00:00 GMT"), ("Retry-After", "Sun, 22 Nov 2026 10:00:02 GMT"))
    )
    with WebServer({f"/news/{n}": page(GOOD) for n in range(3)}) as server:
        server.routes["/news/0"] = faults.in_turn(Answer(b"", status=503, headers=asks), Answer(GOOD))
        manifest = crawl(site_of(file_of(server, ["/news/0", "/news/1", "/news/2"])), tmp_path)
        refused = next(n for n, asked in enumerate(server.asked) if asked.path == "/news/0")
        assert server.asked[refused + 1].at - server.asked[refused].at > 1.99
        assert [row.attempts for row in rows(tmp_path, manifest).values()] == [1, 2, 1, 1] or len(server.asked) == 5
    assert manifest.counts == {Outcome.FETCHED: 3, Outcome.NOT_FOUND: 1}


def test_a_host_that_asks_for_an_hour_is_left_alone_today(tmp_path: Path) -> None:
    with WebServer({f"/news/{n}": page(GOOD) for n in range(4)}) as server:
        server.routes["/news/0"] = Answer(b"", status=429, headers=(("Retry-After", "3600"),))
        manifest = crawl(site_of(file_of(server, [f"/news/{n}" for n in range(4)])), tmp_path)
        assert server.paths() == ["/news/0"]
    assert manifest.counts == {Outcome.NOT_FOUND: 1, Outcome.RATE_LIMITED: 1, Outcome.CIRCUIT_OPEN: 3}
    assert any("3600" in note for note in manifest.notes)


def test_a_host_that_blocks_is_given_up_and_the_other_goes_on(tmp_path: Path) -> None:
    block = Answer(b"<title>Just a moment...</title>", status=403)
    with WebServer(fallback=block) as bad, WebServer(fallback=page(GOOD)) as good:
        good.routes["/robots.txt"] = bad.routes["/robots.txt"] = Answer(b"", status=404)
        pages = ", ".join(f'"{server.root}/news/{n}"' for n in range(20) for server in (bad, good))
        text = site_file(bad.host, start=f"[start]\npages = [{pages}]\n")
        manifest = crawl(site_of(text.replace(f'["{bad.host}"]', f'["{bad.host}", "{good.host}"]')), tmp_path)
        assert len(good.paths()) == 20
        assert len(bad.paths()) <= 3 + 4  # those that were on the wire when the third block page came
    assert manifest.counts[Outcome.FETCHED] == 20
    assert manifest.counts[Outcome.CIRCUIT_OPEN] >= 13
    assert any(bad.host in note and "given up" in note for note in manifest.notes)


def test_a_request_says_who_asks_and_nothing_else(tmp_path: Path) -> None:
    cookie = (("Set-Cookie", "track=1; Path=/"),)
    with WebServer({"/news/a": Answer(GOOD, headers=cookie)}) as server:
        server.routes["/news/b"] = faults.redirect("/news/c")
        server.routes["/news/c"] = page(GOOD)
        site = site_of(file_of(server, ["/news/a", "/news/b"]))
        asyncio.run(crawl_site(site, tmp_path, MORNING, lambda event: None, "https://example.org/who"))
        assert len(server.asked) == 4
        for asked in server.asked:
            assert set(asked.headers) == {"host", "user-agent", "accept", "accept-encoding", "accept-language"}
            assert asked.headers["user-agent"] == "iomdb/0.1.0 (+https://example.org/who)"


def test_a_public_site_is_not_crawled_by_nobody(tmp_path: Path) -> None:
    public = site_of('name = "IOM"\nhosts = ["www.iom.int"]\n')
    with pytest.raises(SiteFileError, match=r"contact\.txt"):
        asyncio.run(crawl_site(public, tmp_path, MORNING, lambda event: None))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "me", "a b@c.org", "https://x.org\nCookie: a=1", "see https://x.org", "é@x.org"])
def test_a_contact_is_one_line_that_leads_somewhere(text: str, tmp_path: Path) -> None:
    assert find_contact(tmp_path) is None
    (tmp_path / "contact.txt").write_text(text)
    with pytest.raises(SiteFileError, match=r"contact\.txt: write one line"):
        find_contact(tmp_path)
    for good in ("archive@example.org", "mailto:archive@example.org", "https://example.org/crawler?x=1"):
        (tmp_path / "contact.txt").write_text(f" {good}\n")
        assert find_contact(tmp_path) == good


def test_a_crawl_listens_on_no_socket(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with WebServer({"/news/a": faults.silence()}) as server:
        text = file_of(server, ["/news/a"], "attempts = 1\n")
        (tmp_path / "sites" / "loop.toml").write_text(text)
        words = ["--site", "loop", "--sites", str(tmp_path / "sites"), "--archive", str(tmp_path / "archive")]
        child = subprocess.Popen([sys.executable, "-m", "crawler", *words], stdout=subprocess.DEVNULL)
        try:
            wait_until(server.paths, "the first page")
            assert server.paths() == ["/news/a"]
            open_sockets = psutil.Process(child.pid).net_connections("inet")
        finally:
            child.kill()
            child.wait()
    assert [c.status for c in open_sockets] == ["ESTABLISHED"]


def test_a_public_host_has_one_request_at_a_time_and_a_slow_answer_is_still_obeyed(tmp_path: Path) -> None:
    slow = Answer(b"", status=503, headers=(("Retry-After", "1"),), delay=0.6)
    paths = [f"/news/{n}" for n in range(4)]
    with WebServer({path: page(GOOD) for path in paths}) as server:
        server.routes["/news/0"] = faults.in_turn(slow, Answer(GOOD))
        crawl(site_of(file_of(server, paths, delay="0.1")), tmp_path)
        refused = next(n for n, asked in enumerate(server.asked) if asked.path == "/news/0")
        # While the answer was on its way the turns of others came: none of them may be used before it has been read.
        assert server.asked[refused + 1].at - server.asked[refused].at > 1.59


@pytest.mark.parametrize(("frame", "most"), [(b"", 6), (b"<nav>menus of the site</nav>" * 300, 9)])
def test_a_bare_403_is_the_hosts_refusal_and_a_framed_one_the_pages(frame: bytes, most: int, tmp_path: Path) -> None:
    paths = [f"/news/{n}" for n in range(9)]
    withdrawn = Answer(b"<title>Access denied | IOM</title><h1>Access denied</h1>" + frame, status=403)
    with WebServer(dict.fromkeys(paths, withdrawn)) as server:
        manifest = crawl(site_of(file_of(server, paths)), tmp_path)
        asked = len(server.paths())
    # One more may be on the wire while the fifth answer is judged.
    assert most - 1 <= asked <= most
    assert manifest.counts[Outcome.CLIENT_ERROR] == asked
    assert manifest.counts.get(Outcome.CIRCUIT_OPEN, 0) == len(paths) - asked
