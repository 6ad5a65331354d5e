"""The pages that list: home, weeks, what was removed, countries, types, search.

Belongs here: choosing and ordering what they show. Does not belong here: single documents (``documents``), what was
watched (``looks``), markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipeline.report.addresses import make_name
from pipeline.report.figures.bars import Segment, draw_stack
from pipeline.report.figures.world import Shaded, can_draw, draw_map
from pipeline.report.money import NOTHING, MoneySums, add_up, name_region
from pipeline.report.sentences import count_quiet_days, write_sentence
from pipeline.report.words import CHECKS, NEWS, name_country, name_language, write_amount, write_day

if TYPE_CHECKING:
    from pipeline.report.edition import DocumentEntry, Edition, SiteEvent
    from pipeline.report.pages.looks import Looks
    from pipeline.report.render import Templates

MOST_ON_HOME, MOST_IN_LIST, MOST_IN_WEEK = 8, 300, 200
Page = tuple[str, bytes]
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the tables' instants are UTC without a zone

_GROUPS = (
    ("Gone", lambda event: event.first.change == "removed"),
    ("Back", lambda event: event.first.change == "restored"),
    ("Money", lambda event: _touches(event, {"budget_amount", "budget_currency", "budget_raw"})),
    ("Status", lambda event: _touches(event, {"status", "status_raw"})),
    ("Dates", lambda event: any("date" in (one.field or "") or "year" in (one.field or "") for one in event.changes)),
    ("Countries and keys", lambda event: event.weight == "high"),
    ("Titles, types and other facts", lambda event: event.weight == "medium"),
    ("Text", lambda event: _touches(event, {"body", "description"})),
    ("Other", lambda _: True),
)


def _touches(event: SiteEvent, fields: set[str]) -> bool:
    return any(one.field in fields for one in event.changes)


class ListPages:
    """Makes the pages that list the documents of an edition."""

    def __init__(self, edition: Edition, looks: Looks, templates: Templates) -> None:
        self._edition = edition
        self._looks = looks
        self._templates = templates

    def make(self) -> Iterator[Page]:
        """Every page of this module."""
        yield self._make_home()
        yield self._make_changes()
        yield from self._make_weeks()
        yield self._make_removed()
        yield from self._make_countries()
        yield from self._make_types()

    def _render(self, template: str, path: str, **context: Any) -> Page:
        return path, self._templates.render(template, path, entries=self._edition.entries, **context)

    @cached_property
    def _regions(self) -> dict[str, str]:
        rows = self._edition.ask("SELECT country_code, subregion FROM v1.countries")
        return {row["country_code"]: row["subregion"] for row in rows if row["subregion"]}

    @cached_property
    def _moneys(self) -> list[MoneySums]:
        return add_up(self._edition.projects, self._regions)

    def _make_home(self) -> Page:
        edition = self._edition
        entries = list(edition.entries.values())
        week = next(iter(edition.weeks), None)
        told = [event for event in edition.weeks.get(week or "", []) if event.first.change != "created"]
        earlier = [
            event
            for other, events in edition.weeks.items()
            if other != week
            for event in events
            if event.first.change != "created"
        ]
        latest = _say_once(_most_significant(told))[:MOST_ON_HOME]
        checks = _sum_checks(self._looks.checks.values())
        total = sum(checks.values())
        gone = [
            (row, edition.entries[key])
            for row in edition.removals
            if row["restored_at"] is None and (key := (row["kind"], row["document_id"])) in edition.entries
        ]
        return self._render(
            "home.html", "index.html", edition=edition, n_projects=len(edition.projects), n_news=len(edition.news),
            states={kind: {state: sum(one.kind == kind and one.row["state"] == state for one in entries)
                           for state in ("live", "gone", "unknown")} for kind in ("project", "news")},
            n_gone=sum(one.row["state"] == "gone" for one in entries),
            n_uncertain=sum(one.row["state"] == "unknown" for one in entries),
            n_changes=sum(event.first.change != "created" for event in edition.events),
            week=week, week_state="; ".join(self._looks.list_alerts(week)) if week else "",
            latest=latest, before=_say_once(earlier)[: max(0, MOST_ON_HOME - len(latest))],
            gone=gone[:MOST_ON_HOME], watched=list(checks.items()), watched_total=total,
            watched_figure=draw_stack([Segment(check, n, f"{n:,} {CHECKS[check]}") for check, n in checks.items()],
                                      "Pages by what the newest run learned, listed in the table below"),
            moneys=self._moneys, n_without=sum(not one.shares for one in edition.projects), map=self._draw_map(),
            n_unread=self._looks.count_unread("project"),
        )  # fmt: skip

    def _draw_map(self) -> Any:
        if not self._moneys:
            return None
        currency = self._moneys[0].currency
        sums: dict[str, Decimal] = {}
        for entry in self._edition.projects:
            for share in entry.shares:
                if share.country and share.currency == currency and share.amount > 0:
                    sums[share.country] = sums.get(share.country, NOTHING) + share.amount
        shaded = {
            code: Shaded(
                float(total),
                f"{name_country(code)}: {write_amount(total, currency)}",
                f"country/{make_name(code)}/index.html",
            )
            for code, total in sums.items()
            if can_draw(code)
        }
        return draw_map(shaded, "Budgets by country, listed on the page of countries") if shaded else None

    def _make_changes(self) -> Page:
        rows = []
        for week, events in self._edition.weeks.items():
            counts = {
                kind: sum(event.first.change == kind for event in events) for kind in ("created", "removed", "restored")
            }
            high = _most_significant([event for event in events if event.weight == "high"])
            alerts = self._looks.list_alerts(week)
            rows.append(
                {"week": week, **counts, "edited": len(events) - sum(counts.values()), "high": len(high),
                 "top": high[0] if high else None, "alert": "; ".join(alerts)}
            )  # fmt: skip
        quiet = [
            (days, change, sentence)
            for event in self._edition.events
            for change, sentence in zip(event.changes, event.sentences, strict=True)
            if (days := count_quiet_days(change)) is not None
        ]
        return self._render("changes.html", "changes/index.html", weeks=rows, quiet=quiet)

    def _make_weeks(self) -> Iterator[Page]:
        weeks = list(self._edition.weeks)
        for number, (week, events) in enumerate(self._edition.weeks.items()):
            monday = date.fromisocalendar(int(week[:4]), int(week[6:]), 1)
            told = _most_significant([event for event in events if event.first.change != "created"])
            yield self._render(
                "week.html", f"week/{week}/index.html", week=week, events=told, first=monday.isoformat(),
                span=f"{_write_date(monday)} to {_write_date(monday + timedelta(days=6))}",
                new=[event for event in events if event.first.change == "created"], groups=list(_group(told)),
                looks=self._looks.weeks.get(week, []), alerts=self._looks.list_alerts(week), most=MOST_IN_WEEK,
                newer=weeks[number - 1] if number else None,
                older=weeks[number + 1] if number + 1 < len(weeks) else None,
            )  # fmt: skip

    def _make_removed(self) -> Page:
        found = [
            (row, self._edition.entries[key])
            for row in self._edition.removals
            if (key := (row["kind"], row["document_id"])) in self._edition.entries
        ]
        groups = [
            ("Gone now", [one for one in found if one[0]["restored_at"] is None]),
            ("Gone for a time", [one for one in found if one[0]["restored_at"] is not None]),
        ]
        return self._render("removed.html", "removed/index.html", groups=groups, most=MOST_IN_LIST)

    def _make_countries(self) -> Iterator[Page]:
        projects: dict[str, list[DocumentEntry]] = {}
        for entry in self._edition.projects:
            for code in entry.row["countries"] or ():
                projects.setdefault(code, []).append(entry)
        news = self._read_roles()
        rows = []
        currency = self._moneys[0].currency if self._moneys else None
        for code in sorted({*projects, *news}, key=lambda one: (name_country(one), one)):
            own, told = projects.get(code, []), news.get(code, {})
            moneys = add_up(own, self._regions, lambda share, code=code: share.country == code)  # type: ignore[misc]
            first = next((money for money in moneys if money.currency == currency), None)
            distinct = {entry.id: entry for chosen in told.values() for entry in chosen}
            region = name_region(code, self._regions)
            rows.append(
                {"code": code, "projects": len(own), "news": len(distinct), "region": region,
                 "stated": first.stated if first else NOTHING, "shared": first.shared if first else NOTHING}
            )  # fmt: skip
            keys = {(entry.kind, entry.id) for entry in (*own, *distinct.values())}
            events = [event for key in keys for event in self._edition.events_of.get(key, ())]
            told_events = sorted((one for one in events if one.first.change != "created"), key=_by_time)
            yield self._render(
                "country.html", f"country/{make_name(code)}/index.html", code=code, region=region, projects=own,
                news=list(distinct.values()), roles=list(told.items()), moneys=moneys, role_words=NEWS,
                n_without=sum(not entry.shares for entry in own), events=told_events[:MOST_ON_HOME], most=MOST_IN_LIST,
            )  # fmt: skip
        lost = sum(
            (share.amount for entry in self._edition.projects for share in entry.shares
             if share.country is None and share.currency == currency), NOTHING,
        )  # fmt: skip
        yield self._render("countries.html", "country/index.html", rows=rows, lost=lost, moneys=self._moneys)

    def _read_roles(self) -> dict[str, dict[str, list[DocumentEntry]]]:
        """By country and role the news that names it, in the order of the news."""
        rows = self._edition.ask("SELECT DISTINCT country_code, role, news_id FROM v1.news_countries ORDER BY ALL")
        named: dict[str, list[tuple[str, str]]] = {}
        for row in rows:
            named.setdefault(row["news_id"], []).append((row["country_code"], row["role"]))
        found: dict[str, dict[str, list[DocumentEntry]]] = {}
        for role in NEWS:
            for entry in self._edition.news:
                for code, stated in named.get(entry.id, ()) if entry.row["is_newest"] else ():
                    if stated == role:
                        found.setdefault(code, {}).setdefault(role, []).append(entry)
        return found

    def _make_types(self) -> Iterator[Page]:
        by_code: dict[str | None, list[DocumentEntry]] = {}
        for entry in self._edition.projects:
            by_code.setdefault(entry.row["type_code"], []).append(entry)
        rows = []
        currency = self._moneys[0].currency if self._moneys else None
        for code, entries in sorted(by_code.items(), key=lambda one: (one[0] is None, one[0] or "")):
            words = next((str(one.row["type_name"]) for one in entries if one.row["type_name"]), code)
            moneys = add_up(entries, self._regions)
            total = next((money.total for money in moneys if money.currency == currency), NOTHING)
            stated = words if code else "type not stated, or in no known word"
            rows.append({"code": code, "words": stated, "n": len(entries), "total": total})
            if code:
                yield self._render(
                    "type.html", f"type/{make_name(code)}/index.html", code=code, words=words, projects=entries,
                    moneys=moneys, most=MOST_IN_LIST, n_without=sum(not one.shares for one in entries),
                )  # fmt: skip
        yield self._render("types.html", "type/index.html", rows=rows, moneys=self._moneys)


def list_languages(entries: Iterable[DocumentEntry]) -> list[tuple[str, str]]:
    """The languages of documents, by name."""
    found = {entry.row["lang"] for entry in entries if entry.row["lang"]}
    return sorted(((tag, name_language(tag)) for tag in found), key=lambda one: one[1])


def list_latest(edition: Edition) -> list[str]:
    """Sentences about the newest week in which something changed, the most significant first."""
    for events in edition.weeks.values():
        told = _say_once(_most_significant([event for event in events if event.first.change != "created"]))
        if told:
            return [write_sentence(event.sentences[0]) for event in told[:MOST_ON_HOME]]
    return []


def _most_significant(events: list[SiteEvent]) -> list[SiteEvent]:
    """The events by what they matter: removals, returns, then high, medium and low; the newest first in each."""
    order = {"high": 0, "medium": 1, "low": 2}
    went = {"removed": 0, "restored": 1}
    return sorted(events, key=lambda one: (order[one.weight], went.get(one.first.change, 2), *_by_time(one)))


def _say_once(events: list[SiteEvent]) -> list[SiteEvent]:
    """The events without those that say the same as one before: of copies one is enough on the first page."""
    return list({write_sentence(event.sentences[0]): event for event in reversed(events)}.values())[::-1]


def _by_time(event: SiteEvent) -> tuple[float, str, str]:
    return (-(event.first.changed_at - _EPOCH).total_seconds(), *event.key)


def _group(events: list[SiteEvent]) -> Iterator[tuple[str, list[SiteEvent]]]:
    groups: dict[str, list[SiteEvent]] = {}
    for event in events:
        groups.setdefault(next(title for title, belongs in _GROUPS if belongs(event)), []).append(event)
    yield from ((title, groups[title]) for title, _ in _GROUPS if title in groups)


def _sum_checks(sites: Iterable[dict[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for counts in sites:
        for check, n in counts.items():
            sums[check] = sums.get(check, 0) + n
    return {check: sums[check] for check in CHECKS if check in sums}


def _write_date(day: date) -> str:
    return write_day(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - a day alone
