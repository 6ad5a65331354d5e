"""Feeds: what happened, for readers of Atom and JSON Feed 1.1.

Belongs here: entries, their ids, both forms. Does not belong here: sentences (``sentences``), choosing events.

An entry's id is made of document, instant of the version and kind of change alone: it stays the same over a rebuild,
another address of the report, and a newer extractor release, so that nothing comes twice.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pipeline.ground.printable import write_instant
from pipeline.report.addresses import link, make_name, name_week
from pipeline.report.changes import write_sides
from pipeline.report.edition import NAMESPACE
from pipeline.report.render import cut
from pipeline.report.sentences import write_sentence
from pipeline.report.words import NOT_STATED, name_country, name_field

if TYPE_CHECKING:
    from pipeline.report.edition import Edition, SiteEvent
    from pipeline.report.render import Templates

MOST_ENTRIES = 200
LONGEST_VALUE = 600


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed. ``path`` is the page of its document, ``week`` that of its week, from the top."""

    id: str
    title: str
    text: str
    updated: str
    path: str
    week: str
    source: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportFeed:
    """A feed: its path without an ending, its title and its items, newest first."""

    path: str
    title: str
    home: str
    items: tuple[Item, ...]


def list_feeds(edition: Edition) -> Iterator[ReportFeed]:
    """Every feed of an edition."""
    items = {id(event): _make_item(edition, event) for event in edition.events}

    def collect(events: Sequence[SiteEvent]) -> tuple[Item, ...]:
        return tuple(items[id(event)] for event in events[:MOST_ENTRIES])

    events = edition.events
    yield ReportFeed("feeds/all", "All changes", "changes/index.html", collect(events))
    high = [event for event in events if event.weight == "high"]
    yield ReportFeed("feeds/high", "Changes of high significance", "changes/index.html", collect(high))
    went = [event for event in events if event.first.change in {"removed", "restored"}]
    yield ReportFeed("feeds/removals", "Removals and returns", "removed/index.html", collect(went))
    for site in edition.sites:
        own = [event for event in events if event.first.site == site]
        yield ReportFeed(f"feeds/site/{make_name(site)}", f"Changes on {site}", "coverage/index.html", collect(own))
    for code, chosen in sorted(_by_country(edition).items()):
        name = make_name(code)
        home, title = f"country/{name}/index.html", f"Changes about {name_country(code)}"
        yield ReportFeed(f"feeds/country/{name}", title, home, collect(chosen))
    for entry in edition.projects:
        own = edition.events_of.get((entry.kind, entry.id), [])
        yield ReportFeed(f"feeds/project/{make_name(entry.id)}", f"Changes of {entry.title}", entry.href, collect(own))


def _by_country(edition: Edition) -> dict[str, list[SiteEvent]]:
    named: dict[tuple[str, str], set[str]] = {}
    for entry in edition.projects:
        named[entry.kind, entry.id] = set(entry.row["countries"] or ())
    for row in edition.ask("SELECT DISTINCT news_id, country_code FROM v1.news_countries"):
        if ("news", row["news_id"]) in edition.entries:
            named.setdefault(("news", row["news_id"]), set()).add(row["country_code"])
    found: dict[str, list[SiteEvent]] = {code: [] for codes in named.values() for code in codes}
    for event in edition.events:
        for code in named.get(event.key, ()):
            found[code].append(event)
    return found


def _make_item(edition: Edition, event: SiteEvent) -> Item:
    first = event.first
    entry = edition.entries.get(event.key)
    lines = []
    for change, sentence in zip(event.changes, event.sentences, strict=True):
        lines.append(write_sentence(sentence))
        if change.field:
            before, after = (cut(side or NOT_STATED, LONGEST_VALUE) for side in write_sides(change))
            lines += [f"{name_field(change.field)} before: {before}", f"after: {after}"]
    return Item(
        id=event.id.urn,
        title=write_sentence(event.sentences[0]),
        text="\n".join(lines),
        updated=write_instant(first.changed_at),
        path=entry.href if entry else "changes/index.html",
        week=f"week/{name_week(first.changed_at)}/index.html#{event.anchor}",
        source=entry.row["url"] if entry else None,
        tags=(first.change, first.kind, f"{event.weight} significance"),
    )


def write_atom(templates: Templates, feed: ReportFeed, base: str | None, notices: Sequence[str]) -> bytes:
    """A feed as Atom (RFC 4287). Without a base address its links are relative to the feed."""
    feed_id, point = f"urn:uuid:{uuid.uuid5(NAMESPACE, feed.path)}", partial(_point, feed, base=base)
    return templates.render_text("atom.xml", feed=feed, id=feed_id, subtitle=_describe(notices), point=point)


def write_json_feed(feed: ReportFeed, base: str | None, notices: Sequence[str]) -> bytes:
    """A feed as JSON Feed 1.1, its items in the same order under the same ids."""
    items = [
        {
            "id": item.id,
            "url": _point(feed, item.path, base),
            **({"external_url": item.source} if item.source else {}),
            "title": item.title,
            "content_text": item.text,
            "date_published": item.updated,
            "date_modified": item.updated,
            "tags": list(item.tags),
        }
        for item in feed.items
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": _describe(notices),
        "home_page_url": _point(feed, feed.home, base),
        "feed_url": _point(feed, f"{feed.path}.json", base),
        "authors": [{"name": "iomdb"}],
        "language": "en",
        "items": items,
    }
    return (json.dumps(document, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _describe(notices: Sequence[str]) -> str:
    return " ".join(("What IOM’s websites changed, as iomdb saw it.", *notices))


def _point(feed: ReportFeed, target: str, base: str | None) -> str:
    if base is None:
        return link(feed.path.rpartition("/")[0], target)
    return f"{base.rstrip('/')}/{target}"
