"""Verdicts on every run of the archive: what was read, the site files and the decisions, brought before the gate.

Belongs here: bringing them together, and the verdict rows a build takes.
Does not belong here: the rules (``pipeline.gate``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crawler.outcomes import Outcome
from crawler.site import Sites
from pipeline.decisions import RecordedDecision, gate_decisions
from pipeline.gate import Expectations, PageReading, SiteRun, Verdict, judge_runs
from warehouse.site_runs import PageRow, SiteRunRow, read_site_runs
from warehouse.sources import Sources


def judge_archive(sources: Sources, sites: Sites, decisions: list[RecordedDecision]) -> list[Verdict]:
    """A verdict for every (run, site, kind) of the archive, oldest run first."""
    runs = [make_site_run(row) for row in read_site_runs(sources)]
    return judge_runs(runs, lambda site, kind: find_expectations(sites, site, kind), gate_decisions(decisions))


def find_expectations(sites: Sites, site: str, kind: str) -> Expectations:
    """What the site file expects of each run; nothing for a site without a file, or a kind it does not name."""
    known = sites.by_id.get(site)
    expectation = {str(name): value for name, value in known.file.expect.items()}.get(kind) if known else None
    if expectation is None:
        return Expectations()
    return Expectations(minimum_pages=expectation.pages_min, fill_rates=expectation.fill)


def make_site_run(row: SiteRunRow) -> SiteRun:
    """The gate's view of one row. A folder or foreign archive lists nothing, so its listing is None."""
    return SiteRun(
        run_id=row.run_id,
        source=row.source,
        site=row.site,
        kind=row.kind,
        n_listed=row.n_listed if row.source == "crawl" else None,
        unchanged=row.unchanged,
        unknown={outcome: n for outcome, n in row.unknown.items() if outcome != Outcome.PURGED},
        absent=row.absent,
        pages=tuple(make_page_reading(page) for page in row.pages),
        first_unknown_url=row.first_unknown_url,
    )


def make_page_reading(page: PageRow) -> PageReading:
    """The gate's view of one page."""
    return PageReading(
        page_key=page.page_key,
        url=page.url,
        layout=page.layout,
        key=page.key,
        filled=page.filled,
        content_sha256=page.content_sha256,
        n_unmapped=page.n_unmapped,
    )


def make_verdict_rows(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """The rows that :func:`warehouse.build.build_database` takes (docs/contracts.md, section 5)."""
    return [
        {
            "run_id": verdict.run_id,
            "site": verdict.site,
            "kind": verdict.kind,
            "verdict": "accepted" if verdict.is_accepted else "rejected",
            "by": verdict.by,
            "reasons": [
                {
                    "field": reason.field,
                    "before": reason.before,
                    "after": reason.after,
                    "first_url": reason.first_url,
                    "message": reason.message,
                }
                for reason in (*verdict.reasons, *verdict.warnings)
            ],
        }
        for verdict in verdicts
    ]
