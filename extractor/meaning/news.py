"""A news page's texts to a record: dateline, publication date, event, body.

Belongs here: which rule reads which field. Does not belong here: the rules. The publication date is what the page
states for machines or prints beside its title, else what a listing printed, else a full date in the dateline; a text
without any has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from contracts.fields import NewsRecord
from extractor.blocks.text import SourceText
from extractor.meaning.findings import Findings
from extractor.prose.country_roles import Role
from extractor.prose.datelines import Dateline, find_dateline
from extractor.prose.events import (
    find_event_date,
    find_event_duration,
    find_event_place,
    find_relative_date,
    find_sdg_targets,
    find_wrong_weekdays,
)
from extractor.prose.prose import Prose
from extractor.raw import PageMetadata, PageReading
from extractor.unicode import clean_line, clean_text
from extractor.values.contacts import withhold_contacts
from extractor.values.dates import Order, find_date, find_exact_day

Listing = tuple[str | None, Order | None]
"""The date that a listing printed for the page, and the order of its numbers where the listing's other rows tell."""


class _Published(NamedTuple):
    date: str | None
    source: Any
    raw: str | None
    place: SourceText | None


def _find_published(
    metadata: PageMetadata, listing: Listing, dateline: Dateline | None, opening: SourceText
) -> _Published:
    """The first source that has a readable date.

    A source whose date cannot be read keeps its raw text only when no other has one.
    """
    unread: _Published | None = None
    if metadata.published is not None:
        raw = clean_line(metadata.published.text.value)
        if found := find_date(raw):
            source = "byline" if metadata.published.name == "byline" else "metadata"
            return _Published(found, source, raw, metadata.published.text)
        unread = _Published(None, None, raw, metadata.published.text)
    listing_date, order = listing
    if listing_date:
        if found := find_date(listing_date, order):
            return _Published(found, "listing", clean_line(listing_date), None)
        unread = unread or _Published(None, None, clean_line(listing_date), None)
    if dateline is not None and dateline.date is not None:
        date = dateline.date
        place = opening[date.first : date.last]
        if find_exact_day(date.start) and date.start == date.end:
            return _Published(date.start, "dateline", clean_line(place.value), place)
        unread = unread or _Published(None, None, clean_line(place.value), place)
    return unread or _Published(None, None, None, None)


class _Reader:
    """One news page on its way to a record."""

    def __init__(self, prose: Prose, body: SourceText, findings: Findings) -> None:
        self.prose = prose
        self.body = body
        self.findings = findings
        self.values: dict[str, Any] = {}

    def take(
        self, values: Mapping[str, str | None], first: int, last: int, *, rule: str, interpreted: bool = False
    ) -> None:
        """Keep the values that stand in one place of the body."""
        self.values |= values
        place = self.body[first:last]
        for field, value in values.items():
            if value is not None:
                self.findings.prove(field, value, place, rule=rule, interpreted=interpreted)

    def read_dateline(self) -> Dateline | None:
        """The dateline's fields; its words stay in the body, which is kept as published."""
        found = find_dateline(self.prose.text)
        if not isinstance(found, Dateline):
            if found:
                self.findings.leave_unmapped("dateline", None, found)
            return None
        name, kind, country = found.places[0]
        self.take({"dateline_raw": withhold_contacts(clean_line(found.raw))}, 0, found.last, rule="dateline")
        self.take({"dateline_place": name}, 0, found.last, rule="dateline", interpreted=True)
        known = {"dateline_place_kind": kind, "dateline_country": country}
        self.take(known, 0, found.last, rule="dateline.gazetteer", interpreted=True)
        return found

    def read_published(self, metadata: PageMetadata, listing: Listing, dateline: Dateline | None) -> None:
        """The publication date with its source; a disagreement between sources is the publisher's."""
        published = _find_published(metadata, listing, dateline, self.body)
        self.values |= {
            "published_date": published.date,
            "published_source": published.source,
            "published_raw": withhold_contacts(published.raw) if published.raw else None,
        }
        rule = f"published.{published.source or 'unread'}"
        place = published.place or listing[0] or ""
        for field in ("published_date", "published_source", "published_raw"):
            if self.values[field] is not None:
                self.findings.prove(field, self.values[field], place, rule=rule)
        if dateline and dateline.date and published.source != "dateline" and published.date:
            printed, known = find_exact_day(dateline.date.start), find_exact_day(published.date)
            if printed and known and printed != known:
                self.findings.raise_issue(
                    "dates-disagree", "published_date", f"dateline {printed}, {published.source} {known}"
                )

    def read_event(self, dateline: Dateline | None) -> None:
        """When, where and how long."""
        after = dateline.last if dateline else 0
        event = find_event_date(self.prose, self.values.get("published_date"), after=after)
        if event is not None:
            span, days = (event.first, event.last), {"event_start": event.start, "event_end": event.end}
            self.take({"event_raw": clean_line(self.prose.text[slice(*span)])}, *span, rule=event.rule)
            self.take(days, *span, rule=event.rule, interpreted=event.is_relative)
        if place := find_event_place(self.prose):
            named = {"event_place": clean_line(place.name), "event_country": place.value}
            self.take(named, place.first, place.last, rule="event.held-in", interpreted=True)
        if duration := find_event_duration(self.prose):
            self.take({"event_duration": duration[0]}, *duration[1:], rule="duration.event")
        if relative := find_relative_date(self.prose):
            self.take({"relative_date": relative.word}, relative.first, relative.last, rule="date.relative")
        for wrong in find_wrong_weekdays(self.prose):
            self.findings.raise_issue("weekday-disagrees", "body", wrong)

    def read_body(self) -> None:
        """The text as published, contacts withheld, and what it cites."""
        targets = find_sdg_targets(self.prose)
        self.values["sdg_targets"] = tuple(target for target, _, _ in targets)
        for target, first, last in targets:
            self.findings.prove("sdg_targets", target, self.body[first:last], rule="sdg.target")
        if self.prose.text:
            text = withhold_contacts(clean_text(self.prose.text))
            self.values |= {"body": text, "word_count": len(text.split())}
            self.findings.prove("body", text, self.body, rule="news.body")


def interpret_news(
    page: PageReading, prose: Prose, body: SourceText, *, listing: Listing, findings: Findings
) -> tuple[NewsRecord, tuple[Role, ...]]:
    """The record of a news page, and its dateline's countries; ``prose`` holds the characters of the text ``body``."""
    reader = _Reader(prose, body, findings)
    dateline = reader.read_dateline() if page.news and page.news.paragraphs else None
    reader.read_published(page.metadata, listing, dateline)
    reader.read_event(dateline)
    reader.read_body()
    roles = tuple(
        Role("dateline", place.country_code, 0, dateline.last, "dateline.gazetteer", "interpreted")
        for place in (dateline.places if dateline else ())
        if dateline and place.country_code
    )
    return NewsRecord(**reader.values), roles
