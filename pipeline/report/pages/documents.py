"""The page of one document: its state in words, its facts with their proofs, its archived words, its history.

Belongs here: what such a page says. Does not belong here: reading tables (``dossier``), markup (``templates``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contracts.fields import catalogue, columns_beside
from pipeline.ground.printable import encode_json, escape, format_value
from pipeline.report.addresses import make_name
from pipeline.report.figures.time import Mark, draw_versions
from pipeline.report.pages.citations import cite_document
from pipeline.report.pages.inputs import UNTOLD, hash_inputs
from pipeline.report.quotes import NO_ARCHIVE, Quotation, Quoted, number_evidence, quote_capture, read_record
from pipeline.report.render import Templates
from pipeline.report.sentences import count_quiet_days
from pipeline.report.words import CHANGES, GROUPS, get_direction, name_field, write_amount, write_day, write_field

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.report.edition import DocumentEntry, Edition
    from pipeline.report.pages.dossier import Dossier, Row

SHOWN_VERSIONS = 60
OTHER = {"project": "news", "news": "project"}
SHOWN_TEXT = 40_000
LONG_FIELDS = frozenset({"description", "body"})
NEWS_GROUPS = ("published", "dateline", "event")
_NOT_IN_RECORD = frozenset({"last_seen_at", "last_checked_at", "is_newest", "known_from", "known_to", "valid_to"})


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the table of facts. ``value`` and ``printed`` are None where nothing is stated or none could be read.

    ``columns`` are those whose text in the tables is another than ``value``; ``marks`` the numbers of its proofs.
    """

    name: str
    value: str | None
    printed: str | None
    columns: tuple[tuple[str, str], ...]
    marks: tuple[int, ...]
    is_unread: bool


class DocumentPages:
    """Makes the pages of documents. ``data`` is the data folder that the archive is in, if it is at hand."""

    def __init__(self, edition: Edition, templates: Templates, data: Path) -> None:
        self._edition = edition
        self._templates = templates
        self._data = data

    def find_inputs(self, dossier: Dossier) -> tuple[tuple[str, ...], bytes]:
        """The names of the files of a document, and the digest of all that they are made of."""
        entry, edition = dossier.entry, self._edition
        others = [*self._follow(OTHER[entry.kind], dossier.links), *self._follow(entry.kind, dossier.cluster)]
        place = next(iter(dossier.place), None)
        inputs = hash_inputs(
            read_record(self._data, place) if place else None,
            (
                edition.notice, entry.kind, entry.id, entry.folder, entry.shares, entry.gone_from,
                {name: value for name, value in entry.row.items() if name not in UNTOLD}, describe_state(entry),
                dossier.rows, dossier.capture, edition.runs[dossier.capture.content_run_id],
                edition.events_of.get((entry.kind, entry.id), []),
                [(other.href, other.title, other.row["lang"], other.row["site"]) for _, other in others],
            ),
        )  # fmt: skip
        return (f"{entry.folder}/index.html", f"{entry.folder}/record.json"), inputs

    def make(self, dossier: Dossier) -> Iterator[tuple[str, bytes]]:
        """The files of one document: path and content. What they are made of is all in :meth:`find_inputs`."""
        entry = dossier.entry
        quoted = number_evidence(dossier.evidence)
        paragraphs, is_cut = _split_paragraphs(entry.row["description" if entry.kind == "project" else "body"])
        events = self._edition.events_of.get((entry.kind, entry.id), [])
        place = next(iter(dossier.place), None)
        quotation = quote_capture(self._data, place, quoted) if place else Quotation(missing=NO_ARCHIVE)
        context = {
            "entry": entry, "state": describe_state(entry), "facts": list_facts(entry, quoted, dossier.evidence),
            "paragraphs": paragraphs, "is_cut": is_cut, "quotation": quotation, "place": place,
            "frame": self._make_frame(entry, quotation), "issues": dossier.issues, "countries": dossier.countries,
            "mentions": dossier.mentions, "aliases": dossier.aliases, "disagreements": dossier.disagreements,
            "links": self._follow(OTHER[entry.kind], dossier.links),
            "cluster": self._follow(entry.kind, dossier.cluster), "feed_name": make_name(entry.id),
            "command_id": escape(entry.id), "quiet": list(_find_quiet(events)),
            "citations": cite_document(self._edition, entry, dossier.capture),
            **_list_versions(dossier, events),
        }  # fmt: skip
        path = f"{entry.folder}/index.html"
        yield path, self._templates.render(f"{entry.kind}.html", path, **context)
        yield f"{entry.folder}/record.json", _write_record(dossier)

    def _make_frame(self, entry: DocumentEntry, quotation: Quotation) -> str:
        if quotation.missing:
            return ""
        return self._templates.render_quote(
            quotation=quotation, lang=entry.row["lang"], direction=get_direction(entry.row["lang"])
        )

    def _follow(self, kind: str, rows: list[Row]) -> list[tuple[Row, DocumentEntry]]:
        found = ((row, self._edition.entries.get((kind, row["other"]))) for row in rows)
        return [(row, entry) for row, entry in found if entry is not None]


def describe_state(entry: DocumentEntry) -> str:
    """The state of a document in one sentence; nothing in it changes by a look that finds nothing new."""
    row = entry.row
    if row["state"] == "gone":
        seen = f", last seen {write_day(row['last_seen_at'])}" if row["last_seen_at"] else ""
        return f"Gone since {write_day(entry.gone_from or row['valid_from'])}{seen}. What follows is what it last said."
    since = "as handed over on" if row["time_basis"] == "received" else "as seen since"
    if row["state"] == "unknown":
        what = "Uncertain: its newest answer was neither the page nor its absence"
        return f"{what}. What follows is {since} {write_day(row['valid_from'])}."
    return f"On the site. What follows is {since} {write_day(row['valid_from'])}."


def list_facts(entry: DocumentEntry, quoted: list[Quoted], evidence: list[Row]) -> list[Fact]:
    """The facts of a document in the order of its columns; fields that are one statement are one fact."""
    words = {row["field"]: row["raw"] for row in reversed(evidence)}
    groups: dict[str, list[str]] = {}
    for name, field in catalogue(entry.kind).items():
        if name not in LONG_FIELDS:
            prefix = name.partition("_")[0]
            group = field.label or (prefix if entry.kind == "news" and prefix in NEWS_GROUPS else name)
            groups.setdefault(group, []).append(name)
    return [_make_fact(entry, group, columns, quoted, words) for group, columns in groups.items()]


def _make_fact(
    entry: DocumentEntry, group: str, columns: list[str], quoted: list[Quoted], words: Mapping[str, str | None]
) -> Fact:
    row, named = entry.row, entry.row["unread_fields"] or ()
    unread = {beside for name in named for beside in columns_beside(entry.kind, name)}
    printed = next((row[name] for name in columns if name.endswith("_raw") and row[name]), None)
    printed = printed or next((words[name] for name in columns if words.get(name)), None)
    stated = [name for name in columns if not name.endswith("_raw")]
    value = _write_value(row, group, stated)
    known = [(name, format_value(row[name])) for name in stated if row[name] not in (None, [])]
    marks = [one.number for one in quoted if set(one.fields) & set(columns)]
    return Fact(
        name=GROUPS.get(group) or name_field(stated[0] if stated else group),
        value=value,
        printed=printed,
        columns=tuple((name, text) for name, text in known if text != value),
        marks=tuple(marks),
        is_unread=bool(unread & set(columns)),
    )


def _write_value(row: Mapping[str, Any], group: str, stated: list[str]) -> str | None:
    if group == "budget":
        return None if row["budget_amount"] is None else write_amount(row["budget_amount"], row["budget_currency"])
    if group == "event":
        parts = [write_field(name, row[name]) for name in stated if row[name] not in (None, [])]
        return ", ".join(dict.fromkeys(parts)) or None
    if group == "dateline":
        stated = ["dateline_place", "dateline_country"]
        return ", ".join(write_field(name, row[name]) for name in stated if row[name]) or None
    name = "type_name" if group == "type" else stated[0]
    return None if row[name] in (None, []) else write_field(name, row[name])


def _split_paragraphs(text: str | None) -> tuple[list[str], bool]:
    if not text:
        return [], False
    shown = text[:SHOWN_TEXT]
    return [" ".join(part.split()) for part in shown.split("\n\n") if part.strip()], len(text) > SHOWN_TEXT


def _list_versions(dossier: Dossier, events: list[Any]) -> dict[str, Any]:
    """The versions, newest first, those with a difference beside it, and the line of all."""
    rows = dossier.versions
    by_instant = {event.first.changed_at: event for event in events}
    marks = [_make_mark(row) for row in reversed(rows)]
    shown = [(row, by_instant.get(row["valid_from"])) for row in rows[:SHOWN_VERSIONS]]
    return {
        "versions": rows,
        "shown": shown,
        "n_hidden": len(rows) - len(shown),
        "line": draw_versions(marks, f"{len(rows)} versions in time, listed in the table below"),
    }


def _make_mark(row: Row) -> Mark:
    words = f"{write_day(row['valid_from'])}: {CHANGES[row['site_change']]}"
    return Mark(row["valid_from"], row["site_change"], row["is_gone"], words)


def _find_quiet(events: list[Any]) -> Iterator[tuple[int, Any]]:
    for event in events:
        for change in event.changes:
            days = count_quiet_days(change)
            if days is not None:
                yield days, change


def _write_record(dossier: Dossier) -> bytes:
    """The record as JSON: its row, countries, mentions and addresses; when it was last looked at is left out."""
    entry = dossier.entry
    record = {
        "kind": entry.kind,
        "id": entry.id,
        "record": {name: value for name, value in entry.row.items() if name not in _NOT_IN_RECORD},
        "countries": dossier.countries,
        "mentions": dossier.mentions,
        "urls": [row["url"] for row in dossier.aliases],
        "versions": dossier.versions,
    }
    return (json.dumps(record, ensure_ascii=False, default=encode_json) + "\n").encode("utf-8", "replace")
