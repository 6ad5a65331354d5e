"""A page that leaves one site of ours for another: a move, told in the ledger and never followed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from contracts.outcomes import Effect, Outcome
from contracts.run import Fetch
from crawler.archive.runs import iter_fetches, iter_run_ids
from tests.site import faults
from tests.site.routes import site_file
from tests.site.server import Answer, WebServer

PAGE = Answer(b"<html><head><title>A ferry</title></head><body><main><p>The ferry runs again.</p></main></body></html>")


def crawl_old_site(folder: Path, old: WebServer, new: WebServer, start: str) -> dict[str, Fetch]:
    """One crawl, as the pipeline starts it, of the old of two sites; its rows by path."""
    sites = folder / "sites"
    sites.mkdir()
    (sites / "old.toml").write_text(site_file(old.host, start=start))
    (sites / "new.toml").write_text(site_file(new.host))
    words = ["--site", "old", "--sites", str(sites), "--archive", str(folder / "archive")]
    subprocess.run([sys.executable, "-m", "crawler", *words], check=True, capture_output=True, timeout=60)
    (run_id,) = iter_run_ids(folder / "archive")
    return {row.url.removeprefix(old.root): row for row in iter_fetches(folder / "archive" / run_id)}


def test_a_page_that_redirects_to_another_site_of_ours_has_moved_and_nobody_is_asked_there(tmp_path: Path) -> None:
    with WebServer(fallback=PAGE) as new, WebServer() as old:
        old.routes["/news/a"] = faults.redirect(f"{new.root}/news/b")
        old.routes["/news/off"] = faults.redirect("http://elsewhere.example/news/b")
        rows = crawl_old_site(tmp_path, old, new, f'[start]\npages = ["{old.root}/news/a", "{old.root}/news/off"]\n')
        assert new.paths() == []
    moved, off = rows["/news/a"], rows["/news/off"]
    assert (moved.outcome, moved.effect, moved.final_url) == (Outcome.REDIRECTED, Effect.MOVED, f"{new.root}/news/b")
    assert moved.detail == "to a page of the site new, not followed"
    assert (off.outcome, off.effect) == (Outcome.REDIRECTED_OFF_SITE, Effect.UNKNOWN)


def test_a_source_of_addresses_that_leaves_for_another_site_has_told_nothing(tmp_path: Path) -> None:
    with WebServer(fallback=PAGE) as new, WebServer() as old:
        old.routes["/sitemap.xml"] = faults.redirect(f"{new.root}/sitemap.xml")
        rows = crawl_old_site(tmp_path, old, new, f'[start]\nsitemaps = ["{old.root}/sitemap.xml"]\n')
        assert new.paths() == []
    assert rows["/sitemap.xml"].effect is Effect.UNKNOWN
