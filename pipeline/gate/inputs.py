"""Verdicts on every run of the archive: what was read, what each run's own site file expects, and the decisions.

Belongs here: bringing them together.
Does not belong here: the rules (``pipeline.gate``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from functools import lru_cache

from contracts.fields import RECORDS
from contracts.outcomes import Outcome
from contracts.verdict import Decision
from crawler.errors import SiteFileError
from crawler.site.file import Expectation
from crawler.site.site import find_unknown_fields, parse_expectations
from pipeline.gate import Expectations, JudgedPage, Judgement, SiteRun, judge_runs
from warehouse.build.site_runs import PageRow, SiteRunRow, read_site_runs
from warehouse.build.sources import Sources


def judge_archive(sources: Sources, decisions: list[Decision]) -> list[Judgement]:
    """A verdict for every (run, site, kind) of the archive, oldest run first.

    Each crawl is held to the site file that it has recorded, not to today's: what is expected from now on says nothing
    of the past. To see a past run otherwise is a decision.
    """
    rows = read_site_runs(sources)
    texts = {row.run_id: row.site_config for row in rows}
    runs = [make_site_run(row) for row in rows]
    return judge_runs(runs, lambda run: find_expectations(texts[run.run_id], run.kind), decisions)


def find_expectations(site_config: str | None, kind: str) -> Expectations:
    """What a run's recorded site file expects of pages of a kind; nothing where it recorded none or names none.

    Where the text cannot be read (it was written for another version), nothing is expected and the fault is reported:
    today's file in its place would let today's edits change old verdicts.
    """
    return Expectations() if site_config is None else _read_expectations(site_config).get(kind, Expectations())


@lru_cache(maxsize=64)
def _read_expectations(site_config: str) -> Mapping[str, Expectations]:
    try:
        found = parse_expectations(site_config)
    except SiteFileError as error:
        return dict.fromkeys(RECORDS, Expectations(fault=str(error)))
    return {str(kind): _expect(kind, one) for kind, one in found.items()}


def _expect(kind: str, recorded: Expectation) -> Expectations:
    """What was recorded, without the names that are no field: another version's, which no page can meet."""
    unknown = find_unknown_fields(kind, recorded)
    return Expectations(
        minimum_pages=recorded.pages_min,
        fill_rates={name: share for name, share in recorded.fill.items() if name not in unknown},
        fault=f"no field of a {kind} page: {', '.join(unknown)}" if unknown else None,
    )


def make_site_run(row: SiteRunRow) -> SiteRun:
    """The gate's view of one row."""
    return SiteRun(
        run_id=row.run_id,
        source=row.source,
        site=row.site,
        kind=row.kind,
        n_listed=row.n_listed,
        n_answered=row.n_answered,
        last_fetched_at=row.last_fetched_at.replace(tzinfo=UTC),
        unchanged=row.unchanged,
        unknown={outcome: n for outcome, n in row.unknown.items() if outcome != Outcome.PURGED},
        absent=row.absent,
        pages=tuple(make_page_reading(page) for page in row.pages),
        first_unknown_url=row.first_unknown_url,
    )


def make_page_reading(page: PageRow) -> JudgedPage:
    """The gate's view of one page."""
    return JudgedPage(
        page_key=page.page_key,
        url=page.url,
        layout=page.layout,
        key=page.key,
        filled=page.filled,
        unread=page.unread,
        content_sha256=page.content_sha256,
        n_unmapped=page.n_unmapped,
        observed_at=page.observed_at.replace(tzinfo=UTC),
    )
