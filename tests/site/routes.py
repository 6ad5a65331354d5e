"""A small IOM-like site as routes: robots, sitemaps (index, gzip, nested), a listing with a pager, a feed, pages.

Belongs here: which addresses there are and how they name each other. Does not belong here: faults (faults.py), sockets.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.site.server import Answer, Asked, Route

PROJECTS = (*(f"/project/water-points-{n}" for n in range(1, 8)), "/project/water-points-1-0")
NEWS = tuple(f"/news/boats-and-bread-{n}" for n in range(1, 26))
PER_LISTING_PAGE = 10


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server offers to compare with."""

    etag: bool = True
    last_modified: bool = True


def html_page(title: str, text: str) -> bytes:
    """A plain page of our own words."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | IOM</title></head>'
        f"<body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
    ).encode()


def page(body: bytes, validators: Validators = Validators()) -> Callable[[Asked], Answer]:
    """A page in gzip that answers 304 to its own validators."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    modified = "Mon, 02 Nov 2026 08:00:00 GMT"
    headers: list[tuple[str, str]] = [("ETag", etag)] if validators.etag else []
    headers += [("Last-Modified", modified)] if validators.last_modified else []
    packed = gzip.compress(body, 6, mtime=0)

    def answer(asked: Asked) -> Answer:
        offered = asked.headers.get("if-none-match")
        since = asked.headers.get("if-modified-since")
        if (validators.etag and offered == etag) or (validators.last_modified and not offered and since == modified):
            return Answer(status=304, headers=tuple(headers))
        coding = (("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"))
        return Answer(packed, headers=(*coding, *headers))

    return answer


def xml(body: str) -> Answer:
    """An XML document."""
    return Answer(body.encode(), headers=(("Content-Type", "application/xml"),))


def sitemap(urls: Sequence[str]) -> str:
    """A sitemap of addresses."""
    return "<urlset>" + "".join(f"<url><loc>{url}</loc></url>" for url in urls) + "</urlset>"


def sitemap_index(urls: Sequence[str]) -> str:
    """A sitemap of sitemaps."""
    return "<sitemapindex>" + "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls) + "</sitemapindex>"


def listing(paths: Sequence[str], number: int) -> bytes:
    """One page of the news listing, with dates and a pager; empty past the end."""
    first = number * PER_LISTING_PAGE
    rows = "".join(
        f'<div class="views-row"><h3><a href="{path}">Bread {n}</a></h3><time>{1 + n} Nov 2026</time></div>'
        for n, path in enumerate(paths[first : first + PER_LISTING_PAGE], start=first)
    )
    pager = f'<nav><a href="?page={number + 1}">Next</a><a href="/project/water-points-1">A project</a></nav>'
    return html_page("News", f"{rows}{pager}")


def feed(root: str, paths: Sequence[str]) -> str:
    """An RSS feed of the newest pages."""
    entries = "".join(
        f"<item><link>{root}{path}</link><pubDate>Sun, {1 + n:02} Nov 2026 09:00:00 +0000</pubDate></item>"
        for n, path in enumerate(paths)
    )
    return f"<rss><channel>{entries}</channel></rss>"


def iom_like(root: str, validators: Validators = Validators()) -> dict[str, Route]:
    """All routes of the small site at ``root`` (scheme and host).

    Half of the news stands in a nested gzip sitemap, the other half in the listing alone; the last one in the feed
    alone.
    """
    routes: dict[str, Route] = {
        "/robots.txt": Answer(b"User-agent: *\nDisallow: /admin\n", headers=(("Content-Type", "text/plain"),)),
        "/sitemap.xml": xml(sitemap_index([f"{root}/sitemap-projects.xml", f"{root}/sitemap-more.xml"])),
        "/sitemap-projects.xml": xml(sitemap([root + path for path in PROJECTS])),
        "/sitemap-more.xml": xml(sitemap_index([f"{root}/sitemap-news.xml.gz"])),
        "/sitemap-news.xml.gz": Answer(
            gzip.compress(sitemap([root + path for path in NEWS[:12]]).encode(), mtime=0),
            headers=(("Content-Type", "application/gzip"),),
        ),
        "/news/rss.xml": xml(feed(root, NEWS[:2] + NEWS[-1:])),
    }
    for number in range(4):
        routes[f"/news?page={number}"] = Answer(listing(NEWS[:-1], number))
    for path in (*PROJECTS, *NEWS):
        routes[path] = page(html_page(f"Page {path}", f"What was built at {path}, and for whom."), validators)
    return routes


def site_file(host: str, more: str = "", *, start: str | None = None) -> str:
    """The site file of a loopback server with the usual start points."""
    root = f"http://{host}"
    usual = (
        f'[start]\nsitemaps = ["{root}/sitemap.xml"]\nfeeds = ["{root}/news/rss.xml"]\n'
        f'[[start.listings]]\nurl = "{root}/news?page={{page}}"\nkind = "news"\n'
    )
    return (
        f'name = "Loopback"\nhosts = ["{host}"]\nprivate_addresses = ["127.0.0.1"]\n'
        f"{usual if start is None else start}"
        f"[politeness]\ndelay_seconds = 0\nconcurrent_requests = 4\ntimeout_seconds = 5\ndeadline_seconds = 10\n{more}"
    )
