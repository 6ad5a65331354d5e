"""The report: what it reads from ``v1``, and the page made of it by ``page.html``.

Belongs here: its SQL and its order. Does not belong here: words and elements (``page.html``, ``macros.html``), SQL that
others need too.
"""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawler.durable import write_durably
from pipeline.ground.printable import count, format_value
from pipeline.reporting.text_diff import narrow_difference
from warehouse.read.changes import read_changes
from warehouse.read.published import Tables, as_objects, fetch_query, open_published

SHOWN_CHANGES = 100
CHECKS = ("new", "changed", "unchanged", "unread", "absent", "moved", "gone", "unchecked", "never_answered")

_STOCK = """
SELECT (SELECT count(*) FROM v1.projects WHERE state = 'live') AS projects,
       (SELECT count(*) FROM v1.news WHERE state = 'live') AS pages_of_news,
       (SELECT count(*) FROM (SELECT state FROM v1.projects UNION ALL SELECT state FROM v1.news)
        WHERE state = 'unknown') AS uncertain,
       (SELECT count(*) FROM (SELECT state FROM v1.projects UNION ALL SELECT state FROM v1.news)
        WHERE state = 'gone') AS gone,
       (SELECT count(DISTINCT coalesce(c.cluster_id, n.news_id)) FROM v1.news AS n
        LEFT JOIN v1.clusters AS c ON c.kind = 'news' AND c.document_id = n.news_id WHERE n.state = 'live') AS works,
       (SELECT count(*) FROM v1.captures) AS captures,
       (SELECT count(DISTINCT site) FROM v1.coverage) AS sites,
       (SELECT count(*) FROM v1.captures WHERE time_basis = 'received') AS handed_over,
       (SELECT min(captured_at) FROM v1.captures) AS first_capture,
       (SELECT max(captured_at) FROM v1.captures) AS last_capture
"""
_COVERAGE = """
SELECT site, kind, checked, count(*) AS n, max(last_checked_at) AS newest FROM v1.coverage GROUP BY ALL ORDER BY ALL
"""
_ISSUES = """
SELECT code, field, count(DISTINCT document_id) AS documents, min(detail) AS example, min(url) AS url
FROM v1.data_issues GROUP BY code, field ORDER BY documents DESC, code, field LIMIT 25
"""
_DISAGREEMENTS = """
SELECT project_id, field, published_value, [coalesce(said.lang, '?') || ': ' || said."value" for said in "values"]
FROM v1.disagreements ORDER BY project_id, field LIMIT 25
"""
_UNMAPPED = (
    'SELECT field, label, "value", n_pages FROM v1.unmapped ORDER BY n_pages DESC, field, label, "value" LIMIT 25'
)
_MONEY = """
SELECT country_code AS country, sum(share_amount)::DOUBLE AS amount, bool_or(is_estimate) AS is_estimate
FROM v1.project_country_money WHERE budget_currency IS NOT DISTINCT FROM $currency
GROUP BY ALL ORDER BY amount DESC, country LIMIT 25
"""
_TOTALS = """
SELECT budget_currency, count(*) AS n, sum(budget_amount) AS total FROM v1.projects
WHERE budget_amount IS NOT NULL GROUP BY budget_currency ORDER BY total DESC, budget_currency
"""
_RUNS = """
SELECT run_id, started_at, site, kind, verdict, n_fetches FROM v1.runs
ORDER BY started_at DESC, run_id, site, kind LIMIT 25
"""
_BUILD = "SELECT content_sha256, schema_version, notice FROM internal.build"


def write_report(published: Path, target: Path, *, since: datetime) -> None:
    """Write the report of the published file as one self-contained page; an older one is replaced by a rename.

    Changes are listed from ``since`` on, an instant in UTC without a zone.

    Raises:
        QueryError: there is no published file.
    """
    with open_published(published) as connection:
        page = make_page(connection, since)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_durably(target, page.encode("utf-8"))


def make_page(connection: Tables, since: datetime) -> str:
    """The whole page. It has no time of its own making: the same tables and ``since`` give the same page."""

    def read(query: str) -> list[dict[str, Any]]:
        return as_objects(fetch_query(connection, query))

    changes = as_objects(read_changes(connection, since))
    n_changes: dict[str, set[tuple[str, str, datetime]]] = {}
    for row in changes:
        n_changes.setdefault(row["change"], set()).add((row["kind"], row["document_id"], row["changed_at"]))
    return (
        load_templates()
        .get_template("page.html")
        .render(
            stock=read(_STOCK)[0],
            since=since,
            n_changes={name: len(pages) for name, pages in sorted(n_changes.items())},
            changes=[row | _write_values(row["old"], row["new"]) for row in changes[:SHOWN_CHANGES]],
            n_more=max(0, len(changes) - SHOWN_CHANGES),
            coverage=_read_coverage(connection),
            issues=read(_ISSUES),
            disagreements=fetch_query(connection, _DISAGREEMENTS).rows,
            unmapped=fetch_query(connection, _UNMAPPED).rows,
            money=[(*total, _read_shares(connection, total[0])) for total in fetch_query(connection, _TOTALS).rows],
            runs=read(_RUNS),
            build=read(_BUILD)[0],
        )
    )


@cache
def load_templates() -> Environment:
    """The templates of this folder. Every value is shown as :func:`format_value` writes it, and escaped."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: value if hasattr(value, "__html__") else format_value(value),
    )
    templates.filters |= {"counted": count, "cut": _cut, "day": _write_day, "thousands": "{:,}".format}
    templates.tests["web_address"] = lambda url: url is not None and urlsplit(url).scheme in {"http", "https"}
    return templates


def _read_coverage(connection: Tables) -> list[tuple[str, str, datetime | None, list[tuple[str, int]]]]:
    """Site, kind, newest answer, and how many pages were checked how, in the order of :data:`CHECKS`."""
    checks: dict[tuple[str, str], dict[str, int]] = {}
    newest: dict[tuple[str, str], datetime] = {}
    for site, kind, check, n, last in fetch_query(connection, _COVERAGE).rows:
        checks.setdefault((site, kind), {})[check] = n
        if last is not None:
            newest[site, kind] = max(last, newest.get((site, kind), last))
    return [
        (*place, newest.get(place), [(check, found[check]) for check in CHECKS if check in found])
        for place, found in checks.items()
    ]


def _read_shares(connection: Tables, currency: str | None) -> list[tuple[str, float, str]]:
    """Country, amount, and the amount in words."""
    names = Locale("en").territories
    return [
        (
            names.get(code, code) if code else "no country stated",
            amount,
            f"{amount:,.0f}{' est.' if is_estimate else ''}",
        )
        for code, amount, is_estimate in fetch_query(connection, _MONEY, {"currency": currency}).rows
    ]


def _write_values(old: str | None, new: str | None) -> dict[str, str | None]:
    narrowed = zip(("old", "new"), narrow_difference(old, new), strict=True)
    return {name: None if value is None else " ".join(str(value).split()) for name, value in narrowed}


def _cut(value: object, longest: int = 300) -> str:
    """The value as text, at most so long: the whole text is one query away."""
    text = format_value(value)
    return text if len(text) <= longest else text[:longest] + "…"


def _write_day(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d}" if instant else ""
