"""The rules for imports alone: what a person should see of what was handed in, beside what crawls have read.

Belongs here: one function a rule, as in ``pipeline.gate.rules``; none of them rejects: what is handed in was chosen.
Does not belong here: rules for crawls, what is compared (``pipeline.gate.baseline``).
"""

from contracts.verdict import Reason, SiteRun
from pipeline.gate.baseline import Baseline
from pipeline.gate.rules import Expectations, Rule


def warn_conflict(run: SiteRun, _baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """An import has answers that the archive had already, and that would be read otherwise: the first reading stays."""
    if not run.conflicts:
        return None
    after = f"{len(run.conflicts)} handed in to be read otherwise (another charset or status); the first reading stays"
    return _reason("conflict", "capture", "answers that are archived", after, run.conflicts[0])


def warn_restated(_run: SiteRun, baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """An import states a budget, a date, a status or a title otherwise than the crawls of that page around it."""
    if not baseline.restated:
        return None
    first = baseline.restated[0]
    names = ", ".join(sorted({one.field for one in baseline.restated}))
    n_pages = len({one.url for one in baseline.restated})
    others = f", the first of {n_pages} pages that crawls read otherwise" if n_pages > 1 else ""
    after = "nothing" if first.after is None else first.after
    before = f"{first.field} {_shorten(first.before)} as crawled"
    return _reason("restated", names, before, f"{_shorten(after)} as handed in{others}", first.url)


def _reason(rule: str, field: str, before: str, after: str, first_url: str) -> Reason:
    return Reason(field, before, after, first_url, f"{field}: {before} → {after}; first: {first_url}", rule=rule)


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


_LONGEST_VALUE = 80

OF_IMPORTS: tuple[Rule, ...] = (warn_conflict, warn_restated)
