"""The parts of the report: each reads its content from ``v1`` and gives a title, a lead and elements.

Belongs here: what is reported and in which words. Does not belong here: elements, the page's layout, SQL that others
need too.
"""

from dataclasses import dataclass
from datetime import datetime

from babel import Locale

from pipeline.ground.printable import format_value
from pipeline.reporting.markup import Markup, bars, element, link, stack, table
from pipeline.reporting.text_diff import narrow_difference
from warehouse.read.changes import read_changes
from warehouse.read.published import Tables, as_objects, fetch_query

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


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page. ``name`` is its anchor."""

    name: str
    title: str
    lead: str
    parts: list[Markup]


def describe_stock(connection: Tables) -> list[Markup]:
    """What there is, in figures."""
    (stock,) = as_objects(fetch_query(connection, _STOCK))
    if stock["first_capture"] is None:
        return [element("p", "Nothing has been archived yet.")]
    first, last = stock["first_capture"], stock["last_capture"]
    span = f"Dated from {first:%Y-%m-%d} to {last:%Y-%m-%d}, on {_count(stock['sites'], 'site')}."
    if stock["handed_over"]:
        span += f" {_count(stock['handed_over'], 'capture')} by the day of the hand-over: the true time is not known."
    if stock["uncertain"] or stock["gone"]:
        span += (
            f" Counted are documents that their site last answered with: not {stock['gone']:,} that are gone, nor "
            f"{stock['uncertain']:,} that were absent or elsewhere when last asked, which is not confirmed."
        )
    figures = [
        (stock["projects"], "projects on the sites"),
        (stock["works"], "news texts"),
        (stock["pages_of_news"], "pages of news, with copies and translations"),
        (stock["captures"], "archived captures"),
    ]
    return [
        element("p", span, class_="soft"),
        element(
            "div",
            *(element("div", element("b", f"{n:,}"), element("span", what), class_="figure") for n, what in figures),
            class_="figures",
        ),
    ]


def describe_changes(connection: Tables, since: datetime) -> Section:
    """What the sites changed: counts by kind, then the newest changes."""
    changes = as_objects(read_changes(connection, since))
    counts: dict[str, set[tuple[str, str, datetime]]] = {}
    for row in changes:
        counts.setdefault(row["change"], set()).add((row["kind"], row["document_id"], row["changed_at"]))
    lead = ", ".join(f"{len(pages):,} {name}" for name, pages in sorted(counts.items())) or "Nothing changed"
    rows = [
        (
            row["changed_at"].strftime("%Y-%m-%d"),
            element("span", row["change"], class_=f"tag {row['change']}"),
            element("span", row["title"], element("span", row["document_id"], class_="under")),
            row["field"],
            _write_values(row["old"], row["new"]),
        )
        for row in changes[:SHOWN_CHANGES]
    ]
    parts = [table(("day", "change", "document", "field", "old and new"), rows, fixed=("day", "field"))] if rows else []
    if len(changes) > SHOWN_CHANGES:
        parts.append(element("p", f"{len(changes) - SHOWN_CHANGES:,} more: iomdb changes --since {since:%Y-%m-%d}"))
    return Section("changes", "What changed", f"Since {since:%Y-%m-%d}: {lead}.", parts)


def describe_coverage(connection: Tables) -> Section:
    """Which pages are watched, and what is known of them since the newest run."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    newest: dict[tuple[str, str], datetime] = {}
    for row in as_objects(fetch_query(connection, _COVERAGE)):
        place = (row["site"], row["kind"])
        counts.setdefault(place, {})[row["checked"]] = row["n"]
        if row["newest"] is not None:
            newest[place] = max(row["newest"], newest.get(place, row["newest"]))
    rows = [
        (
            site,
            kind,
            sum(checks.values()),
            stack([(check, checks.get(check, 0)) for check in CHECKS]),
            ", ".join(f"{checks[check]:,} {check.replace('_', ' ')}" for check in CHECKS if check in checks),
            format_value(newest.get((site, kind)))[:10],
        )
        for (site, kind), checks in counts.items()
    ]
    lead = "An unchecked page is not an unchanged one: nothing is known of it since the site's newest run."
    columns = ("site", "kind", "pages", "", "since the newest run", "last answer")
    return Section("coverage", "What is covered", lead, [table(columns, rows, numbers=("pages",))])


def describe_doubts(connection: Tables) -> Section:
    """The publisher's inconsistencies, the pages that disagree, and what no rule knows."""
    parts: list[Markup] = []
    issues = fetch_query(connection, _ISSUES).rows
    if issues:
        rows = [(code, field, n, example, link(url, "page")) for code, field, n, example, url in issues]
        parts += [
            element("h3", "The publisher's own inconsistencies"),
            table(("issue", "field", "documents", "example", ""), rows, numbers=("documents",)),
        ]
    disagreements = fetch_query(connection, _DISAGREEMENTS).rows
    if disagreements:
        columns = ("project", "field", "published", "stated by its pages")
        parts += [element("h3", "Pages of one project that disagree"), table(columns, disagreements)]
    unmapped = fetch_query(connection, _UNMAPPED).rows
    if unmapped:
        columns = ("field", "label", "value", "pages")
        parts += [element("h3", "Labels and values that no rule knows"), table(columns, unmapped, numbers=("pages",))]
    lead = "Kept as data and never corrected: the raw text is beside every interpreted value."
    return Section("doubts", "What is doubtful", lead if parts else "Nothing doubtful was found.", parts)


def describe_money(connection: Tables) -> Section:
    """Budgets by country, beside the unsplit total of each currency."""
    parts: list[Markup] = []
    for currency, n_projects, total in fetch_query(connection, _TOTALS).rows:
        rows = [
            (_name_country(country), amount, f"{amount:,.0f}{' est.' if is_estimate else ''}")
            for country, amount, is_estimate in fetch_query(connection, _MONEY, {"currency": currency}).rows
        ]
        heading = f"{total:,.2f} {currency or 'without a stated currency'} in {_count(n_projects, 'project')}"
        parts += [element("h3", heading), bars(rows)]
    lead = (
        "Whole budgets add up to the totals. Over countries a budget is split in equal shares, an estimate of ours "
        "where a project names several countries (est.); the shares add up to the total."
    )
    return Section("money", "Budgets by country", lead if parts else "No budget is stated.", parts)


def describe_runs(connection: Tables) -> Section:
    """The newest runs and the gate's verdicts."""
    rows = [
        (run, started, site, kind, element("span", verdict or "not judged", class_=f"tag {verdict or ''}"), n)
        for run, started, site, kind, verdict, n in fetch_query(connection, _RUNS).rows
    ]
    columns = ("run", "started", "site", "kind", "gate", "fetches")
    lead = "A run that the gate rejects stays in the archive and out of the tables."
    return Section("runs", "The newest runs", lead, [table(columns, rows, numbers=("fetches",))])


def _name_country(code: str | None) -> str:
    """The English name of an alpha-2 code; the code itself where it names no country."""
    return "no country stated" if code is None else str(Locale("en").territories.get(code, code))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _write_values(old: str | None, new: str | None) -> Markup:
    limit = 160
    old, new = (None if value is None else " ".join(str(value).split()) for value in narrow_difference(old, new))
    parts = [
        element(name, format_value(value)[:limit] + ("…" if len(format_value(value)) > limit else ""))
        for name, value in (("del", old), ("ins", new))
        if value is not None
    ]
    return Markup(" → ".join(parts))
