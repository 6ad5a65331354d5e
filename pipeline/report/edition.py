"""One edition of the report: what the published file says at an instant, read once for all pages.

Belongs here: reading documents, changes and sums out of ``v1``. Does not belong here: what a page makes of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from pipeline.ground.printable import escape, write_instant
from pipeline.report.addresses import name_documents, name_week
from pipeline.report.changes import Change, make_changes
from pipeline.report.sentences import Sentence, describe_change
from pipeline.report.words import get_direction
from warehouse.read.claims import read_changes
from warehouse.read.published import Tables, as_objects, fetch_query, read_notice

ALWAYS = datetime(9999, 12, 31)  # noqa: DTZ001 - the tables' instants are UTC without a zone
BEGINNING = datetime(1, 1, 1)  # noqa: DTZ001 - as above
SIGNIFICANCE = ("high", "medium", "low")
BATCH = 400
LONGEST_TITLE = 300
NAMESPACE = uuid.UUID("6f6b4f3e-0d0c-5f0a-9f5a-2f0d1b1d6a01")

# A document as the site had it at an instant. What was seen and asked by then follows from the ledger, so that a page
# about the past does not know the future.
_DOCUMENTS = """
WITH seen AS (
    SELECT c.document_id, max(f.fetched_at) FILTER (f.effect = 'seen') AS last_seen_at,
           max(f.fetched_at) FILTER (f.effect <> 'unknown') AS last_checked_at
    FROM v1.fetches AS f JOIN v1.coverage AS c USING (page_key)
    WHERE c.kind = '{kind}' AND c.is_representative AND f.fetched_at <= $at GROUP BY ALL
),
counted AS (
    SELECT {kind}_id, count(*) AS n_versions FROM v1.{kind}_versions WHERE valid_from <= $at
    GROUP BY ALL
)
SELECT v.*, d.url, d.urls, d.first_seen_at, n.n_versions, v.version_no = d.version_no AS is_newest,
       CASE WHEN v.is_gone THEN 'gone' WHEN $at = $always THEN d.state ELSE 'live' END AS state,
       CASE WHEN v.version_no = d.version_no THEN d.unread_fields ELSE [] END AS unread_fields,
       CASE WHEN $at = $always THEN d.last_seen_at ELSE s.last_seen_at END AS last_seen_at,
       CASE WHEN $at = $always THEN d.last_checked_at ELSE s.last_checked_at END AS last_checked_at
FROM v1.{kind}_versions AS v
JOIN v1.{table} AS d USING ({kind}_id)
JOIN counted AS n USING ({kind}_id)
LEFT JOIN seen AS s ON s.document_id = v.{kind}_id
WHERE v.valid_from <= $at AND (v.valid_to IS NULL OR v.valid_to > $at)
ORDER BY d.first_seen_at, v.{kind}_id
"""
_REMOVALS = """
SELECT kind, document_id, last_seen_at, gone_from, confirmed_at,
       CASE WHEN restored_at <= $at THEN restored_at END AS restored_at
FROM v1.removals WHERE gone_from <= $at ORDER BY gone_from DESC, kind, document_id
"""
_MONEY = """
SELECT project_id, country_code, share_amount, budget_currency, is_estimate, method
FROM v1.project_country_money ORDER BY project_id, position
"""
_BUILD = "SELECT content_sha256, schema_version FROM internal.build"
_RUNS = "SELECT run_id, source, notes FROM v1.runs"
_AS_OF = "SELECT min(captured_at), max(captured_at), count(*) FROM v1.captures WHERE captured_at <= $at"


@dataclass(slots=True)
class DocumentEntry:
    """A document as lists show it, and its whole row."""

    kind: str
    id: str
    folder: str
    row: dict[str, Any]
    gone_from: datetime | None = None
    shares: list[Share] = field(default_factory=list)

    @property
    def href(self) -> str:
        """Its page, from the top of the report."""
        return f"{self.folder}/index.html"

    @property
    def whole_title(self) -> str:
        """Its title as safe text."""
        return escape(" ".join((self.row["title"] or "without a title").split()))

    @property
    def title(self) -> str:
        """Its title as headings and lists have it: at most :data:`LONGEST_TITLE` characters."""
        whole = self.whole_title
        return whole if len(whole) <= LONGEST_TITLE else whole[:LONGEST_TITLE].rstrip() + "…"

    @property
    def direction(self) -> str:
        """How its title is written."""
        return get_direction(self.row["lang"])


@dataclass(frozen=True, slots=True)
class Share:
    """The part of one budget that is counted for one country; no country where none could be read."""

    country: str | None
    amount: Any
    currency: str | None
    is_estimate: bool
    method: str


@dataclass(frozen=True)
class SiteEvent:
    """What happened to one document at one instant: its changes of fields, or the change itself where it has none."""

    changes: tuple[Change, ...]
    sentences: tuple[Sentence, ...]

    @property
    def first(self) -> Change:
        """The change that matters most."""
        return self.changes[0]

    @property
    def weight(self) -> str:
        """The greatest significance of its changes."""
        return self.first.weight

    @property
    def key(self) -> tuple[str, str]:
        """Its document."""
        return self.first.kind, self.first.document_id

    @cached_property
    def id(self) -> uuid.UUID:
        """The same over a rebuild, another address of the report, and a newer extractor release."""
        stated = "\n".join((*self.key, write_instant(self.first.changed_at), self.first.change))
        return uuid.uuid5(NAMESPACE, stated)

    @property
    def anchor(self) -> str:
        """Where it stands on a page that tells of it."""
        return f"change-{self.id.hex[:12]}"


class Edition:
    """The published tables at an instant; without ``at`` as they are now."""

    def __init__(self, tables: Tables, at: datetime | None = None) -> None:
        self.tables = tables
        self.stated_at = at
        self.at = at or ALWAYS
        build = self.ask(_BUILD)[0]
        self.content_sha256 = str(build["content_sha256"])
        self.schema_version = build["schema_version"]
        self.notice = read_notice(tables)
        ((self.first_capture, self.last_capture, self.n_captures),) = fetch_query(tables, _AS_OF, {"at": self.at}).rows
        self.entries = self._read_entries()
        self.removals = self.ask_at(_REMOVALS)
        for row in self.removals:
            entry = self.entries.get((row["kind"], row["document_id"]))
            if entry is not None and row["restored_at"] is None:
                entry.gone_from = entry.gone_from or row["gone_from"]
        self._read_money()

    @property
    def is_past(self) -> bool:
        """Whether it shows an earlier instant: then what is known of current pages alone is left out."""
        return self.stated_at is not None

    def ask(self, sql: str, **values: object) -> list[dict[str, Any]]:
        """The rows of one query, as mappings."""
        return as_objects(fetch_query(self.tables, sql, values))

    def ask_at(self, sql: str, **values: object) -> list[dict[str, Any]]:
        """The rows of a query that names ``$at``."""
        return self.ask(sql, at=self.at, **values)

    def _read_entries(self) -> dict[tuple[str, str], DocumentEntry]:
        rows: list[tuple[str, dict[str, Any]]] = []
        for kind, table in (("project", "projects"), ("news", "news")):
            found = self.ask_at(_DOCUMENTS.format(kind=kind, table=table), always=ALWAYS)
            rows += [(kind, row) for row in found]
        folders = name_documents((kind, row[f"{kind}_id"], row["site"]) for kind, row in rows)
        return {
            key: DocumentEntry(kind, key[1], folders[key], row)
            for kind, row in rows
            for key in [(kind, str(row[f"{kind}_id"]))]
        }

    def _read_money(self) -> None:
        """Shares as the tables have them; of earlier versions, which the table does not have, divided alike."""
        for row in self.ask(_MONEY):
            entry = self.entries.get(("project", row["project_id"]))
            if entry is not None and entry.row["is_newest"]:
                currency, is_estimate = row["budget_currency"], bool(row["is_estimate"])
                share = Share(row["country_code"], row["share_amount"], currency, is_estimate, row["method"])
                entry.shares.append(share)
        for entry in self.projects:
            if not entry.row["is_newest"] and entry.row["budget_amount"] is not None:
                entry.shares = divide_budget(entry.row)

    @cached_property
    def projects(self) -> list[DocumentEntry]:
        """All projects, by id."""
        return sorted((entry for entry in self.entries.values() if entry.kind == "project"), key=lambda one: one.id)

    @cached_property
    def news(self) -> list[DocumentEntry]:
        """All news pages, the newest published first, those without a date last."""
        found = sorted((entry for entry in self.entries.values() if entry.kind == "news"), key=lambda one: one.id)
        return sorted(found, key=lambda one: one.row["published_date"] or "", reverse=True)

    @cached_property
    def former_ids(self) -> list[tuple[str, DocumentEntry]]:
        """Ids that gave way to another one, and the document that has it now; none that is an id of its own again."""
        rows = self.ask("SELECT kind, document_id, alias FROM v1.aliases WHERE reason = 'former_id' ORDER BY ALL")
        found = [(str(row["alias"]), row["kind"], self.entries.get((row["kind"], row["document_id"]))) for row in rows]
        return [(old, entry) for old, kind, entry in found if entry is not None and (kind, old) not in self.entries]

    @cached_property
    def runs(self) -> dict[str, dict[str, Any]]:
        """Of each run how its captures came to us, and what is noted of it."""
        return {row["run_id"]: row for row in self.ask(_RUNS)}

    @cached_property
    def sites(self) -> list[str]:
        """The ids of all sites that pages are known of."""
        return [row["site"] for row in self.ask("SELECT DISTINCT site FROM v1.coverage ORDER BY 1")]

    @cached_property
    def events(self) -> list[SiteEvent]:
        """What happened on the sites, newest first."""
        return list_events(self.tables, BEGINNING, self.at + timedelta(microseconds=1) if self.is_past else None)

    @cached_property
    def events_of(self) -> dict[tuple[str, str], list[SiteEvent]]:
        """The events of each document, newest first."""
        found: dict[tuple[str, str], list[SiteEvent]] = {}
        for event in self.events:
            found.setdefault(event.key, []).append(event)
        return found

    @cached_property
    def weeks(self) -> dict[str, list[SiteEvent]]:
        """The events by ISO week, the newest week first; weeks with a look and no change are there too, empty."""
        looked = self.ask_at("SELECT DISTINCT date_trunc('week', fetched_at)::DATE AS day FROM v1.fetches "
                             "WHERE fetched_at <= $at ORDER BY 1 DESC")  # fmt: skip
        found: dict[str, list[SiteEvent]] = {name_week(row["day"]): [] for row in looked}
        for event in self.events:
            found.setdefault(name_week(event.first.changed_at), []).append(event)
        return dict(sorted(found.items(), reverse=True))

    def iter_batches(self, entries: Sequence[DocumentEntry]) -> Iterator[tuple[str, list[DocumentEntry]]]:
        """The entries in batches of one kind, for queries about many documents at once."""
        for kind in ("project", "news"):
            chosen = [entry for entry in entries if entry.kind == kind]
            for start in range(0, len(chosen), BATCH):
                yield kind, chosen[start : start + BATCH]


def _order(change: Change) -> tuple[int, bool, str]:
    """What matters first; a value before the words that it was read from."""
    field = change.field or ""
    return SIGNIFICANCE.index(change.weight), field.endswith("_raw"), field


def list_events(tables: Tables, since: datetime, until: datetime | None = None) -> list[SiteEvent]:
    """What happened on the sites in a span of site time, newest first; ``until`` itself is left out."""
    groups: dict[tuple[object, ...], list[Change]] = {}
    for change in make_changes(as_objects(read_changes(tables, since, until))):
        groups.setdefault((change.changed_at, change.kind, change.document_id, change.change), []).append(change)
    return [_make_event(changes) for changes in groups.values()]


def _make_event(changes: list[Change]) -> SiteEvent:
    """What is told of a type is its name: the code that changes with it says no more."""
    has_name = any(one.field == "type_name" for one in changes)
    ordered = sorted((one for one in changes if not (has_name and one.field == "type_code")), key=_order)
    return SiteEvent(tuple(ordered), tuple(describe_change(one) for one in ordered))


def divide_budget(row: dict[str, Any]) -> list[Share]:
    """The budget of a project version in equal shares to the cent, as ``v1.project_country_money`` divides it.

    >>> [str(one.amount) for one in divide_budget({"budget_amount": 1, "budget_currency": "USD",
    ...     "countries": ["LR", "GH", "TG"]})]
    ['0.34', '0.33', '0.33']
    """
    countries = row["countries"] or [None]
    cents, n = round(row["budget_amount"] * 100), len(countries)
    method = "no_country" if countries == [None] else "equal_shares" if n > 1 else "single_country"
    return [
        Share(code, Decimal(cents // n + (position < cents % n)) / 100, row["budget_currency"], n > 1, method)
        for position, code in enumerate(countries)
    ]
