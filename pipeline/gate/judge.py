"""Judging all runs: each crawl against the accepted crawls before it, each import against what was known at its time.

Belongs here: order, what is compared with what, what a run's own site file expects, decisions. Does not belong here:
what makes a run bad (rules), what a later crawl says of an earlier one (series), reading what the runs saw (warehouse).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from contracts.fields import RECORDS
from contracts.verdict import Decision, SiteRun
from crawler.errors import SiteFileError
from crawler.site.file import Expectation
from crawler.site.site import find_unknown_fields, parse_expectations
from pipeline.gate.baseline import ImportBaseline
from pipeline.gate.judgement import Judgement, find_decision, judge_import
from pipeline.gate.rules import Expectations
from pipeline.gate.series import Case, CrawlSeries
from warehouse.build.site_runs import read_site_runs
from warehouse.build.sources import Sources

Part = tuple[str, str]
"""Site and kind: what has a baseline of its own."""


def judge_runs(
    runs: Iterable[SiteRun],
    expect: Callable[[SiteRun], Expectations],
    decisions: Sequence[Decision] = (),
) -> list[Judgement]:
    """A verdict for every (run, site, kind), in the order given.

    What is imported is never part of the baseline that a crawl is judged against: an old capture that arrives late
    changes no verdict on a crawl.

    ``runs`` are in the order in which they started; verdicts on crawls depend on it. ``expect`` says what the site file
    that a crawl used expects of it. ``decisions`` are the oldest first; the newest that covers a run overrules the
    gate.
    """
    ordered = list(runs)
    verdicts: dict[int, Judgement] = {}
    every_series: defaultdict[Part, CrawlSeries] = defaultdict(lambda: CrawlSeries(decisions))
    imports = [(number, run) for number, run in enumerate(ordered) if run.is_import]
    for _, run in imports:
        every_series[run.site, run.kind].baseline.set_aside(run)
    for number, run in enumerate(ordered):
        if not run.is_import:
            every_series[run.site, run.kind].judge(Case(number, run, expect(run)))
    import_baselines: defaultdict[Part, ImportBaseline] = defaultdict(ImportBaseline)
    for part, series in every_series.items():
        verdicts |= series.verdicts
        for run in series.accepted:
            import_baselines[part].add(run)
    for _, run in imports:
        decision = find_decision(run, decisions)
        if decision is None or decision.decision == "accept":
            import_baselines[run.site, run.kind].add(run)
    for number, run in imports:
        verdicts[number] = judge_import(run, import_baselines[run.site, run.kind], decisions)
    return [verdicts[number] for number in range(len(ordered))]


def judge_archive(sources: Sources, decisions: list[Decision]) -> list[Judgement]:
    """A verdict for every (run, site, kind) of the archive, oldest run first.

    Each crawl is held to the site file that it has recorded, not to today's: what is expected from now on says nothing
    of the past. To see a past run otherwise is a decision.
    """
    return judge_runs(read_site_runs(sources), lambda run: find_expectations(run.site_config, run.kind), decisions)


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
