"""The rules of the gate: each looks at one way in which a run can be garbage.

Belongs here: one function a rule, from a run and its site's baseline to a reason, or None.
Does not belong here: the order of runs, decisions.

Pages are compared with themselves wherever that is possible: a mix of other pages today is no drop of a field, and a
burst of genuine news is no change of a page. Pages are judged, never rows: of each its last word. An address that was
never seen before is no evidence against a site: what does not answer there never did.
"""

from collections.abc import Callable, Iterable, Mapping, Sized
from dataclasses import dataclass, field

from contracts.verdict import JudgedPage, Reason, SiteRun
from pipeline.gate.baseline import Baseline


@dataclass(frozen=True, slots=True)
class Expectations:
    """What its site file expects of a run: the fewest pages listed, and by field the least share of pages with it.

    ``fault`` says what of the expectations that the run has recorded cannot be read: of that, nothing is expected.
    """

    minimum_pages: int = 0
    fill_rates: Mapping[str, float] = field(default_factory=dict)
    fault: str | None = None


Rule = Callable[[SiteRun, Baseline, Expectations], Reason | None]

FEWEST_PAGES = 3
"""Fewer pages than this prove no pattern: single edits and single broken pages are the publisher's daily life."""
FEWEST_NEW_PAGES = 5
FEWEST_CHANGED_PAGES = 10

USUAL_FILL = 0.9
"""A field that so many of the known pages have is expected of new ones."""
LOST_SHARE = 0.2
BLOCKED_SHARE = 0.5
LISTED_SHARE = 0.7
CHANGED_SHARE = 0.5
ABSENT_SHARE = 0.3
REKEYED_SHARE = 0.1

CONFIRMABLE = frozenset({"absence", "pages_listed"})
"""What a site says of itself: found again a day later, it is so. The others doubt our reading, no better then."""


def check_minimum_pages(run: SiteRun, _baseline: Baseline, expectations: Expectations) -> Reason | None:
    """The site listed fewer pages than its site file expects of every run."""
    if run.n_listed is None or run.n_listed >= expectations.minimum_pages:
        return None
    return _reason("minimum_pages", "pages listed", f"at least {expectations.minimum_pages}", str(run.n_listed), None)


def check_listing(run: SiteRun, baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """The site listed far fewer pages than it usually does: half a sitemap is not a smaller site."""
    usual = baseline.find_usual_listing()
    if usual is None or run.n_listed is None:
        return None
    if run.n_listed >= LISTED_SHARE * usual or usual - run.n_listed < FEWEST_PAGES:
        return None
    return _reason("pages_listed", "pages listed", str(usual), str(run.n_listed), None)


def check_reach(run: SiteRun, baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """Nothing was learnt of most pages: blocked, down, or robots unavailable. Once any page is known, those count."""
    known = baseline.pages.keys()
    unknown = {
        outcome: {page_key: url for page_key, url in urls.items() if not known or page_key in known}
        for outcome, urls in run.unknown.items()
    }
    n_unknown = sum(map(len, unknown.values()))
    n_pages = n_unknown + len(run.answered & known if known else run.answered)
    if n_unknown < max(FEWEST_PAGES, BLOCKED_SHARE * n_pages):
        return None
    ordered = sorted(
        ((outcome, len(urls)) for outcome, urls in unknown.items() if urls), key=lambda one: (-one[1], one[0])
    )
    after = f"{n_unknown} of {n_pages} pages said nothing: {', '.join(f'{n} {outcome}' for outcome, n in ordered)}"
    first = min(url for urls in unknown.values() for url in urls.values())
    return _reason("reach", "pages", "pages answered", after, first)


def check_nobodys(run: SiteRun, baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """Most pages answer with one text: a wall, whatever its words."""
    nobodys, n_pages = _find_nobodys(run, baseline)
    return _tell_nobodys(nobodys, n_pages) if _is_pattern(nobodys, n_pages, BLOCKED_SHARE) else None


def check_reading(run: SiteRun, baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """Pages that used to read no longer do, or most new pages do not: a script-only shell, a redesign.

    Pages that answered as unchanged read still, so they count. What does not read publishes nothing by itself.
    """
    pages = [page for page in run.pages if not page.is_nobodys]
    known = [page for page in pages if baseline.pages.get(page.page_key)]
    unread, n_known = [page for page in known if not page.is_read], len(known) + run.n_unchanged
    if _is_pattern(unread, n_known, LOST_SHARE):
        after = _share(unread, n_known, "unreadable")
        return _reason("reading", "layout", _name_layouts(unread, baseline), after, unread[0].url)
    new = [page for page in pages if baseline.pages.get(page.page_key) is None]
    unread = [page for page in new if not page.is_read]
    fewest = FEWEST_NEW_PAGES if baseline.pages else FEWEST_PAGES
    if len(unread) >= fewest and len(unread) > BLOCKED_SHARE * len(new):
        return _reason("reading", "layout", "readable pages", _share(unread, len(new), "unreadable"), unread[0].url)
    return None


def check_fields(run: SiteRun, baseline: Baseline, expectations: Expectations) -> Reason | None:
    """Pages lost a field, or new pages lack what nearly all have, or the site file's share is missed."""
    read = [page for page in run.pages if page.is_read]
    for name in sorted(
        {name for page in baseline.pages.values() for name in page.filled} | set(expectations.fill_rates)
    ):
        reason = _check_field(name, read, baseline, expectations.fill_rates.get(name))
        if reason:
            return reason
    return None


def check_changes(run: SiteRun, baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """Half of the known pages say something new at once: more likely our reading than their editors.

    A page of which other fields are unread than before says nothing new by that alone.
    """
    known = [(page, before) for page in run.pages if page.is_read and (before := baseline.pages.get(page.page_key))]
    comparable = [(page, before) for page, before in known if page.unread == before.unread]
    changed = [page for page, before in comparable if page.content_sha256 != before.content_sha256]
    n_seen = len(known) + run.n_unchanged
    if len(changed) < FEWEST_CHANGED_PAGES or len(changed) < CHANGED_SHARE * n_seen:
        return None
    return _reason(
        "changes", "content", "mostly unchanged pages", f"{len(changed)} of {n_seen} pages changed", changed[0].url
    )


def check_keys(run: SiteRun, baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """Pages show another project's id than they did."""
    keyed = [
        (page, before)
        for page in run.pages
        if page.key and (before := baseline.pages.get(page.page_key)) is not None and before.key
    ]
    rekeyed = [(page, before) for page, before in keyed if page.key != before.key]
    if not _is_pattern([page for page, _ in rekeyed], len(keyed), REKEYED_SHARE):
        return None
    page, before = rekeyed[0]
    after = f"{page.key} ({len(rekeyed)} of {len(keyed)} pages have another id)"
    return _reason("keys", "project id", str(before.key), after, page.url)


def check_absence(run: SiteRun, baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """Many of the pages that were there vanished in one run: more likely a fault of the site than a clear-out."""
    gone, n_there = baseline.find_gone(run), len(baseline.pages) - len(baseline.absent)
    if not _is_pattern(gone, n_there, ABSENT_SHARE):
        return None
    before = f"{n_there} known pages"
    return _reason("absence", "pages", before, f"{len(gone)} answered 404 or 410", baseline.pages[gone[0]].url)


def is_clearance(run: SiteRun, baseline: Baseline) -> bool:
    """Whether most of the pages that were there are gone: nobody but a person believes that."""
    return len(baseline.find_gone(run)) > BLOCKED_SHARE * (len(baseline.pages) - len(baseline.absent))


def warn_nobodys(run: SiteRun, baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """Some pages answer with one text, or with another page's: they are unknown today, and the others are not."""
    nobodys, n_pages = _find_nobodys(run, baseline)
    if not nobodys or _is_pattern(nobodys, n_pages, BLOCKED_SHARE):
        return None
    return _tell_nobodys(nobodys, n_pages)


def warn_unsettled(run: SiteRun, baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """Pages that an earlier crawl found in a state that is in doubt were not asked again, or did not answer."""
    doubted = sorted(baseline.doubted.keys() - run.answered)
    if len(doubted) < FEWEST_PAGES:
        return None
    first = baseline.doubted[doubted[0]]
    return _reason("unsettled", "pages", f"in doubt since {first}", f"{len(doubted)} were not seen again", None)


def find_unsettled(reasons: Iterable[Reason]) -> Reason | None:
    """The reason that says that an accepted crawl leaves open what an earlier one found."""
    return next((reason for reason in reasons if reason.rule == "unsettled"), None)


def warn_unmapped(run: SiteRun, baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """Pages show labels or values that no rule knows and did not before. Nothing is lost, but a person should look."""
    known = [page for page in run.pages if page.is_read and baseline.pages.get(page.page_key)]
    worse = [page for page in known if page.n_unmapped > baseline.pages[page.page_key].n_unmapped]
    if not _is_pattern(worse, len(known), LOST_SHARE):
        return None
    return _reason(
        "unmapped", "labels and values", "known to a rule", _share(worse, len(known), "with new ones"), worse[0].url
    )


def warn_unread(run: SiteRun, baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """Pages state a field in a way that no rule reads and did not before. Its values stay, but a person should look."""
    known = [(page, before) for page in run.pages if page.is_read and (before := baseline.pages.get(page.page_key))]
    for name in sorted({name for page, _ in known for name in page.unread}):
        had = [page for page, before in known if name in before.filled - before.unread]
        unread = [page for page in had if name in page.unread]
        if _is_pattern(unread, len(had), LOST_SHARE):
            after = _share(unread, len(had), "state it in a way that no rule reads; the last read value stays")
            return _reason("unread", name, f"read on {len(had)} of these pages", after, unread[0].url)
    return None


def warn_layout(run: SiteRun, baseline: Baseline, _expectations: Expectations) -> Reason | None:
    """Pages moved to another layout that reads: a redesign. Nothing is lost, but a person should look."""
    known = [page for page in run.pages if page.is_read and baseline.pages.get(page.page_key)]
    moved = [page for page in known if page.layout != baseline.pages[page.page_key].layout]
    if not _is_pattern(moved, len(known), LOST_SHARE):
        return None
    return _reason(
        "layout", "layout", _name_layouts(moved, baseline), f"{moved[0].layout} on {len(moved)} pages", moved[0].url
    )


def warn_expectations(_run: SiteRun, _baseline: Baseline, expectations: Expectations) -> Reason | None:
    """The expectations that the run has recorded cannot be read, so nothing was expected of it."""
    if expectations.fault is None:
        return None
    return _reason("expectations", "site file", "expectations as recorded", f"unreadable: {expectations.fault}", None)


REJECTING: tuple[Rule, ...] = (
    check_minimum_pages,
    check_listing,
    check_reach,
    check_nobodys,
    check_reading,
    check_fields,
    check_changes,
    check_keys,
    check_absence,
)
WARNING: tuple[Rule, ...] = (
    warn_nobodys,
    warn_unsettled,
    warn_unmapped,
    warn_unread,
    warn_layout,
    warn_expectations,
)


def _check_field(name: str, read: list[JudgedPage], baseline: Baseline, expected: float | None) -> Reason | None:
    had = [page for page in read if (before := baseline.pages.get(page.page_key)) and name in before.filled]
    lost = [page for page in had if name not in page.filled | page.unread]
    if _is_pattern(lost, len(had), LOST_SHARE):
        rate = f"filled on {len(had)} of these pages"
        return _reason("field_lost", name, rate, _share(lost, len(had), "without it"), lost[0].url)
    new = [page for page in read if baseline.pages.get(page.page_key) is None]
    empty = [page for page in new if name not in page.filled]
    usual = baseline.measure_fill(name)
    if usual >= USUAL_FILL and len(empty) >= FEWEST_NEW_PAGES and len(empty) > BLOCKED_SHARE * len(new):
        rate = f"filled on {usual:.0%} of known pages"
        return _reason("field_lost", name, rate, _share(empty, len(new), "without it"), empty[0].url)
    if expected is None or len(read) < FEWEST_NEW_PAGES:
        return None
    lacking = [page for page in read if name not in page.filled]
    # One division: the nearest double to a share is the one that the site file's decimal reads as; a difference is not.
    if (len(read) - len(lacking)) / len(read) >= expected:
        return None
    rate = f"the site file expects {expected:.0%}"
    return _reason("fill_rate", name, rate, _share(lacking, len(read), "without it"), lacking[0].url)


def _find_nobodys(run: SiteRun, baseline: Baseline) -> tuple[list[JudgedPage], int]:
    """The pages whose text is nobody's, without those that a person accepted so; and how many pages have a text."""
    pages = [page for page in run.pages if page.page_key not in baseline.tolerated]
    return [page for page in pages if page.is_nobodys], len(pages) + run.n_unchanged


def _tell_nobodys(nobodys: list[JudgedPage], n_pages: int) -> Reason:
    rule = "nobodys_text" if _is_pattern(nobodys, n_pages, LOST_SHARE) else "few_nobodys"
    after = _share(nobodys, n_pages, "answer with one title and text, or with another page's: the content of none")
    return _reason(rule, "text", "own texts", after, nobodys[0].url)


def _is_pattern(part: Sized, n_whole: int, share: float) -> bool:
    return len(part) >= FEWEST_PAGES and len(part) >= share * n_whole


def _share(part: list[JudgedPage], n_whole: int, what: str) -> str:
    return f"{len(part)} of {n_whole} {what}"


def _name_layouts(pages: Iterable[JudgedPage], baseline: Baseline) -> str:
    return ", ".join(sorted({str(baseline.pages[page.page_key].layout) for page in pages}))


def _reason(rule: str, field: str, before: str, after: str, first_url: str | None) -> Reason:
    where = f"; first: {first_url}" if first_url else ""
    return Reason(field, before, after, first_url, f"{field}: {before} → {after}{where}", rule=rule)
