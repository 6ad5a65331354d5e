"""What each site was asked and answered: by day, by week, in all; and the pages about it, coverage and doubts.

Belongs here: silence told from stillness, the courtesy receipt, the letters to publishers.
Does not belong here: the pages of changes (``lists``), markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contracts.outcomes import OUTCOMES, Host
from crawler.archive.runs import read_manifest
from crawler.errors import CrawlerError
from pipeline.ground.printable import escape
from pipeline.report.addresses import make_name, name_week
from pipeline.report.figures.time import CalendarDay, draw_calendar
from pipeline.report.render import Templates
from pipeline.report.words import ALERTS, CHECKS, ISSUES, name_field, write_day, write_detail

if TYPE_CHECKING:
    from pipeline.report.edition import Edition

Row = dict[str, Any]
MOST = 300
REFUSING = ("blocked", "rate_limited", "robots_denied", "robots_unavailable", "circuit_open")
UNSENT = tuple(name for name, outcome in OUTCOMES.items() if outcome.host is Host.NOT_ASKED)
LONGEST_ROBOTS = 4_000

# A day's answers, by site. A seen page whose run was rejected, or that no reader understood, makes no version: the
# second is found by its captures without a document.
_DAYS = """
WITH judged AS (SELECT run_id, site, bool_or(verdict = 'rejected') AS is_rejected FROM v1.verdicts GROUP BY ALL),
changed AS (
    SELECT site, valid_from::DATE AS day, count(*) AS n FROM (
        SELECT site, valid_from, change_kind FROM v1.project_versions
        UNION ALL SELECT site, valid_from, change_kind FROM v1.news_versions)
    WHERE change_kind NOT IN ('created', 'reparsed') GROUP BY ALL
)
SELECT f.site, f.fetched_at::DATE AS day, count(*) AS asked, count(*) FILTER (f.effect = 'seen') AS seen,
       count(*) FILTER (f.outcome = 'unchanged') AS unchanged, count(*) FILTER (f.effect = 'absent') AS absent,
       count(*) FILTER (f.effect = 'unknown') AS unknown,
       count(*) FILTER (list_contains($refusing::VARCHAR[], f.outcome)) AS refused,
       count(*) FILTER (f.effect = 'seen' AND c.capture_id IS NOT NULL AND c.document_id IS NULL) AS unread,
       coalesce(bool_or(j.is_rejected), false) AS is_rejected, coalesce(any_value(x.n), 0) AS changed
FROM v1.fetches AS f
LEFT JOIN v1.captures AS c USING (capture_id)
LEFT JOIN judged AS j ON j.run_id = f.run_id AND j.site = f.site
LEFT JOIN changed AS x ON x.site = f.site AND x.day = f.fetched_at::DATE
WHERE f.kind IN ('project', 'news', 'other') AND f.fetched_at <= $at
GROUP BY ALL ORDER BY f.site, day DESC
"""
_CHECKS = "SELECT site, checked, count(*) AS n FROM v1.coverage GROUP BY ALL"
# Gaps between what was really asked of one host; what a body would have cost when it was not modified is what it did
# when it came.
_RECEIPTS = """
WITH sent AS (
    SELECT f.site, f.fetched_at, f.outcome, f.bytes_received, f.capture_id,
           epoch(f.fetched_at - lag(f.fetched_at) OVER (
               PARTITION BY f.run_id, regexp_extract(f.url, '^[a-z]+://([^/?#]+)', 1)
               ORDER BY f.fetched_at, f.seq)) AS gap
    FROM v1.fetches AS f SEMI JOIN (SELECT run_id FROM v1.runs WHERE source = 'crawl') USING (run_id)
    WHERE NOT list_contains($unsent::VARCHAR[], f.outcome) AND f.fetched_at <= $at
),
daily AS (SELECT site, fetched_at::DATE AS day, count(*) AS n FROM sent GROUP BY ALL),
saved AS (
    SELECT s.site, sum(o.bytes_received) AS n FROM sent AS s JOIN v1.captures AS c USING (capture_id)
    JOIN v1.fetches AS o ON o.capture_id = c.content_capture_id WHERE s.outcome = 'unchanged' GROUP BY ALL
)
SELECT site, count(*) AS requests, min(gap) AS gap, sum(bytes_received) AS bytes,
       count(*) FILTER (outcome = 'unchanged') AS unmodified,
       count(*) FILTER (list_contains($refusing::VARCHAR[], outcome)) AS refused,
       any_value((SELECT max(n) FROM daily WHERE daily.site = sent.site)) AS most,
       coalesce(any_value((SELECT n FROM saved WHERE saved.site = sent.site)), 0)::BIGINT AS saved
FROM sent GROUP BY site
"""
_NO_RECEIPT = {"requests": 0, "gap": None, "bytes": 0, "unmodified": 0, "refused": 0, "most": 0, "saved": 0}
_REJECTED = """
SELECT v.run_id, v.site, v.kind, r.started_at, v.reasons FROM v1.verdicts AS v JOIN v1.runs AS r USING (run_id)
WHERE v.verdict = 'rejected' AND r.started_at <= $at ORDER BY r.started_at DESC, v.site, v.kind LIMIT 50
"""
_NEWEST_RUNS = """
SELECT site, max_by(run_id, started_at) AS run_id FROM v1.runs
WHERE site IS NOT NULL AND source = 'crawl' AND started_at <= $at GROUP BY site
"""
_QUARANTINE = """
SELECT page_key, url, site, kind, reason, since, n_captures FROM v1.quarantine ORDER BY site, since DESC, page_key
"""
_ABSENCES = """
SELECT a.document_id, c.kind, c.site, c.url, a.seen_at, a.http_status FROM v1.absences AS a
JOIN v1.coverage AS c USING (page_key) WHERE a.ended_at IS NULL ORDER BY a.seen_at DESC, c.url
"""
_SITES = "SELECT site, name FROM v1.sites"
_CODES = """
SELECT code, field, count(DISTINCT document_id) AS documents, min_by(detail, page_key) AS detail,
       min_by(kind, page_key) AS kind, min_by(document_id, page_key) AS document_id
FROM v1.data_issues GROUP BY code, field ORDER BY documents DESC, code, field
"""
_LETTERS = """
SELECT c.site, i.kind, i.document_id, i.url, i.code, i.field, i.detail FROM v1.data_issues AS i
JOIN v1.coverage AS c USING (page_key) GROUP BY ALL ORDER BY ALL
"""
_DISAGREEMENTS = 'SELECT project_id, field, "values" FROM v1.disagreements ORDER BY project_id, field'
_UNMAPPED = (
    'SELECT field, label, "value", n_pages FROM v1.unmapped ORDER BY n_pages DESC, field, label, "value" LIMIT 300'
)


class Looks:
    """The ledger of an edition. ``data`` is the data folder with the archive, if it is at hand."""

    def __init__(self, edition: Edition, data: Path) -> None:
        self._edition = edition
        self._data = data

    @cached_property
    def days(self) -> list[Row]:
        """A row a site and day, newest first within its site, each with its state."""
        rows = self._edition.ask_at(_DAYS, refusing=list(REFUSING))
        return [row | {"state": judge_day(row)} for row in rows]

    @cached_property
    def weeks(self) -> dict[str, list[Row]]:
        """By week what each site answered: sums of its days, and ``accepted`` or what is wrong with it."""
        found: dict[tuple[str, str], Row] = {}
        for row in self.days:
            sums = found.setdefault((name_week(row["day"]), row["site"]), {"site": row["site"], "is_rejected": False})
            for name in ("asked", "seen", "unchanged", "absent", "unknown", "refused", "unread"):
                sums[name] = sums.get(name, 0) + row[name]
            sums["is_rejected"] |= row["is_rejected"]
        weeks: dict[str, list[Row]] = {}
        for (week, _), row in found.items():
            weeks.setdefault(week, []).append(row | {"state": judge_week(row)})
        return weeks

    def list_alerts(self, week: str) -> list[str]:
        """What of a week must be said in red, a sentence a site."""
        rows = self.weeks.get(week, [])
        return [f"{row['site']}: {ALERTS[row['state']]}" for row in rows if row["state"] != "accepted"]

    @cached_property
    def checks(self) -> dict[str, dict[str, int]]:
        """By site how many pages were checked how, in the order of :data:`CHECKS`; of now alone."""
        if self._edition.is_past:
            return {}
        found: dict[str, dict[str, int]] = {}
        for row in self._edition.ask(_CHECKS):
            found.setdefault(row["site"], {})[row["checked"]] = row["n"]
        return {site: {check: n[check] for check in CHECKS if check in n} for site, n in sorted(found.items())}

    def make_coverage(self, templates: Templates) -> Iterator[tuple[str, bytes]]:
        """The page of what was watched, and the days of each site and year."""
        receipts = self._edition.ask_at(_RECEIPTS, unsent=list(UNSENT), refusing=list(REFUSING))
        by_site = {row["site"]: row for row in receipts}
        names = {row["site"]: row["name"] for row in self._edition.ask(_SITES)}
        runs = {row["site"]: row["run_id"] for row in self._edition.ask_at(_NEWEST_RUNS)}
        sites = []
        for site, found in groupby(self.days, itemgetter("site")):
            days = list(found)
            years = {year: list(rows) for year, rows in groupby(days, lambda row: row["day"].year)}
            about = {"id": site, "name": names.get(site) or site, "years": [*years], "folder": make_name(site)}
            for year, rows in years.items():
                path = f"coverage/{about['folder']}/{year}/index.html"
                figure = _draw_days(rows, f"{site} in {year}, day by day; the days are in the table below")
                yield path, templates.render("days.html", path, site=about, year=year, days=rows, figure=figure)
            newest = _choose_newest(days)
            sites.append(
                about
                | {"first": newest[-1]["day"], "last": newest[0]["day"],
                   "figure": _draw_days(newest, f"{site}, its newest months day by day", has_words=False),
                   "checks": list(self.checks.get(site, {}).items()), "receipt": by_site.get(site, _NO_RECEIPT),
                   "robots": self._read_robots(runs.get(site))}
            )  # fmt: skip
        rejected = self._edition.ask_at(_REJECTED)
        for row in rejected:
            row["why"] = [escape(str(reason["message"])) for reason in row["reasons"] or ()]
        path = "coverage/index.html"
        yield path, templates.render("coverage.html", path, sites=sites, rejected=rejected, **self._list_unseen())

    def count_unread(self, kind: str) -> int:
        """How many pages of a kind answer and cannot be read now; 0 of an earlier day, of which that is not known."""
        return 0 if self._edition.is_past else sum(row["kind"] == kind for row in self._edition.ask(_QUARANTINE))

    def _list_unseen(self) -> dict[str, Any]:
        """Pages that answer and cannot be read, and absences that are not confirmed yet; known of now alone."""
        if self._edition.is_past:
            return {"quarantine": [], "absences": [], "most": MOST}
        entries = self._edition.entries
        absences = [
            row | {"entry": entries.get((row["kind"], row["document_id"]))} for row in self._edition.ask(_ABSENCES)
        ]
        return {"quarantine": self._edition.ask(_QUARANTINE), "absences": absences, "most": MOST}

    def _read_robots(self, run_id: str | None) -> list[Row]:
        """robots.txt as the newest crawl read it; none where the archive is not at hand."""
        if run_id is None:
            return []
        try:
            manifest = read_manifest(self._data / "archive", run_id)
        except (CrawlerError, OSError):
            return []
        return [
            {
                "host": one.host,
                "day": write_day(one.fetched_at),
                "words": "no answer came" if one.status is None else f"status {one.status}",
                "text": (one.body or "")[:LONGEST_ROBOTS],
            }
            for one in manifest.robots
        ]

    def make_doubts(self, templates: Templates) -> Iterator[tuple[str, bytes]]:
        """The page of doubts, and a letter a site."""
        edition = self._edition
        path = "doubts/index.html"
        if edition.is_past:
            yield path, templates.render("doubts.html", path, edition=edition)
            return
        letters: dict[str, dict[str, Row]] = {}
        for row in edition.ask(_LETTERS):
            entry = edition.entries.get((row["kind"], row["document_id"]))
            page = letters.setdefault(row["site"], {}).setdefault(row["url"], {"url": row["url"], "entry": entry})
            page.setdefault("rows", []).append(row | {"words": _describe_issue(row)})
        for site, pages in letters.items():
            yield from _make_letter(templates, site, list(pages.values()))
        codes = [row | {"entry": edition.entries.get((row["kind"], row["document_id"]))} for row in edition.ask(_CODES)]
        disagreements = [
            row | {"entry": edition.entries["project", row["project_id"]]} for row in edition.ask(_DISAGREEMENTS)
        ]
        sites = [(site, sum(len(page["rows"]) for page in pages.values())) for site, pages in letters.items()]
        yield path, templates.render(
            "doubts.html", path, edition=edition, codes=codes, sites=sites, disagreements=disagreements,
            unmapped=edition.ask(_UNMAPPED), most=MOST,
        )  # fmt: skip


def judge_day(row: Row) -> str:
    """What a day is on the calendar: refused, unchecked, changed or unchanged."""
    if row["is_rejected"] or (row["refused"] and not row["seen"]):
        return "refused"
    if not row["seen"] and not row["absent"]:
        return "unchecked"
    return "changed" if row["changed"] else "unchanged"


def judge_week(row: Row) -> str:
    """``accepted``, or why the silence of a site in a week is no stillness."""
    if not row["seen"] and not row["absent"]:
        return "refused" if row["refused"] else "no answer"
    if row["seen"] and row["unread"] >= row["seen"]:
        return "could not be read"
    return "rejected" if row["is_rejected"] else "accepted"


def _choose_newest(days: list[Row]) -> list[Row]:
    """The days of the twelve months that end with the newest day's."""
    year, month = days[0]["day"].year, days[0]["day"].month
    return [row for row in days if (row["day"].year, row["day"].month) > (year - 1, month)]


def _draw_days(rows: list[Row], label: str, *, has_words: bool = True) -> Any:
    told = "{day}: {state}; asked {asked:,}, answered {seen:,}, changed {changed:,}" if has_words else ""
    return draw_calendar({row["day"]: CalendarDay(row["state"], told.format_map(row)) for row in rows}, label)


def _describe_issue(row: Row) -> str:
    """A doubt in the publisher's words, as far as there are any."""
    words = ISSUES.get(row["code"], row["code"].replace("-", " "))
    about = "" if row["code"] in ISSUES or not row["field"] else f" ({name_field(row['field'])})"
    return f"{words}{about}" + (f": {write_detail(row['code'], row['detail'])}" if row["detail"] else "")


def _make_letter(templates: Templates, site: str, pages: list[Row]) -> Iterator[tuple[str, bytes]]:
    folder = f"doubts/{make_name(site)}"
    values = {"site": site, "pages": pages, "n": sum(len(page["rows"]) for page in pages), "most": MOST}
    path = f"{folder}/index.html"
    yield path, templates.render("letter.html", path, **values)
    yield f"{folder}/letter.txt", templates.render_text("letter.txt", **values)
