"""The gate's verdicts and people's decisions: what waits for a person.

Belongs here: open rejections, decisions that cannot be read, purged pages that came back.
Does not belong here: the gate's rules, recording a decision.
"""

import shlex
from collections.abc import Collection, Sequence

from contracts.verdict import Decision, Reason
from crawler.archive.tombstones import STAGING
from pipeline.gate.verdicts import TOLD, RejectionStreak, find_streaks
from pipeline.ground.finding import Finding, merge_likes
from pipeline.ground.printable import count
from pipeline.health.look import Look
from pipeline.history.run_history import PublishedVerdict
from pipeline.stages.publish import describe_stand
from warehouse.errors import WarehouseError
from warehouse.read.captures import read_captured_again
from warehouse.read.published import open_published

GRAVE = frozenset({"nobodys_text", "unsettled"})
"""Rules whose word on an accepted crawl needs a person."""


def check_gate(look: Look) -> list[Finding] | None:
    """Crawls rejected since the last good one: a problem until somebody decides. Other rejections are notices.

    So are imports that look strange, until somebody decides. An accepted crawl is a problem while many of its pages
    answer with one text, or were not asked again since they did.
    """
    if look.verdicts is None or look.decisions is None:
        return None
    streaks = find_streaks(look.verdicts)
    told = _describe_told(look.verdicts, look.decisions, {(one.newest.site, one.newest.kind) for one in streaks})
    found = [_describe_streak(streak, streaks, look.decisions) for streak in streaks]
    found += [finding for finding in told if finding.severity == "problem"]
    notices = [finding for finding in told if finding.severity == "notice"]
    standing = {id(verdict) for streak in streaks for verdict in streak.rejected}
    open_ones = [verdict for verdict in look.verdicts if not is_decided(verdict, look.decisions)]
    passed = dict[tuple[str, str], list[PublishedVerdict]]()
    for verdict in open_ones:
        if verdict.by == "gate" and not verdict.is_accepted and id(verdict) not in standing:
            passed.setdefault((verdict.site, verdict.kind), []).append(verdict)
    past = []
    for (site, kind), verdicts in sorted(passed.items()):
        n_out = count(len(verdicts), "earlier crawl")
        what = f"{n_out} of {site} {kind} left out; a later one was accepted, or left out by a person"
        remedy = f"nothing to do, or: {_remedy(verdicts[0])}"
        past.append(Finding(f"gate:{site}:{kind}:past", "notice", what, verdicts[0].run_id, remedy))
    imports = []
    for verdict in open_ones:
        if verdict.by == "import" and verdict.reasons:
            what = f"{verdict.site} {verdict.kind} as handed in looks strange, and is published: "
            key = f"{_key(verdict)}:import:{verdict.run_id}"
            remedy = _remedy(verdict, "reject", "accept, where it is right: then it is not reported again")
            imports.append(Finding(key, "notice", what + describe_reasons(verdict.reasons), verdict.run_id, remedy))
    return [
        *found,
        *merge_likes(notices, "gate:told", "accepted, and something is told of it"),
        *merge_likes(past, "gate:past", "earlier crawls were left out"),
        *merge_likes(imports, "gate:imports", "what was handed in looks strange"),
    ]


def _describe_streak(
    streak: RejectionStreak[PublishedVerdict],
    streaks: Sequence[RejectionStreak[PublishedVerdict]],
    decisions: Sequence[Decision],
) -> Finding:
    newest = streak.newest
    if any(is_decided(verdict, decisions) for verdict in streak.rejected):
        what = f"{newest.site} {newest.kind}: a decision is recorded and takes effect with the next publish"
        return Finding(_key(newest), "notice", what, newest.run_id, "iomdb publish")
    what = f"{newest.site} {newest.kind} rejected: {describe_reasons(newest.reasons)}; {describe_stand(streak)}"
    # A crawl that saw nothing is a failed run already, and both kinds of pages of one crawl fail for one reason.
    others = [_key(other.newest) for other in streaks if other.newest.run_id == newest.run_id]
    damaged = f"archive:{newest.run_id}", f"record:{newest.run_id}"
    because = (f"run:crawl_site:{newest.site}", *damaged, *others[: others.index(_key(newest))])
    return Finding(_key(newest), "problem", what, newest.run_id, _remedy(streak.first), because)


def _describe_told(
    verdicts: Sequence[PublishedVerdict], decisions: Sequence[Decision], in_streaks: Collection[tuple[str, str]]
) -> list[Finding]:
    """What is told of the newest crawl of each part, where that was accepted; the grave is a problem, once a part."""
    newest = {(verdict.site, verdict.kind): verdict for verdict in verdicts if verdict.source == "crawl"}
    found: dict[str, Finding] = {}
    for part, verdict in sorted(newest.items()):
        if not verdict.is_accepted or part in in_streaks or is_decided(verdict, decisions):
            continue
        for reason in verdict.reasons:
            what = f"{verdict.site} {verdict.kind}, accepted: {reason.message}"
            if reason.rule in GRAVE:
                remedy = f"they are asked again at each crawl; if it lasts, look at the site, or: {_remedy(verdict)}"
                found.setdefault(_key(verdict), Finding(_key(verdict), "problem", what, verdict.run_id, remedy))
            elif reason.rule in TOLD:
                key = f"{_key(verdict)}:{reason.rule}"
                found[key] = Finding(key, "notice", what, verdict.run_id, "nothing to do")
    return list(found.values())


def is_decided(verdict: PublishedVerdict, decisions: Sequence[Decision]) -> bool:
    """Whether a person decided on this run, site and kind."""
    return any(decision.overrules(verdict.run_id, verdict.site, verdict.kind) for decision in decisions)


def describe_reasons(reasons: Sequence[Reason]) -> str:
    """Why, in words: field, before and after of each reason."""
    return "; ".join(reason.message or reason.field for reason in reasons) or "no reason was given"


def check_decisions(look: Look) -> list[Finding]:
    """A file of decisions that cannot be read: nothing is published without it."""
    if fault := look.faults.get("decisions"):
        return [Finding("decisions:file", "problem", fault, str(look.folder.decisions), "restore it from a copy")]
    return []


def check_purged(look: Look) -> list[Finding] | None:
    """A purge that was killed, and pages that were purged and captured again since."""
    if look.verdicts is None or look.decisions is None:
        return None
    purged = {decision.url: decision for decision in look.decisions if decision.decision == "purge" and decision.url}
    found = []
    if purged and look.holder is None and (look.folder.root / STAGING).exists():
        last = list(purged.values())[-1]
        what = "a purge was killed before it was done: the page may still be archived, and a run be out of its place"
        remedy = f"iomdb purge {shlex.quote(last.url or '')} --why {shlex.quote(last.why)}"
        found.append(Finding("purge:unfinished", "problem", what, str(look.folder.root / STAGING), remedy))
    try:
        with open_published(look.folder.published) as connection:
            again = read_captured_again(connection)
    except WarehouseError:
        return None
    for url, run_id in again:
        what = f"a purged page was captured again, and is left out: {url}"
        remedy = f"iomdb purge {shlex.quote(url)} --why '…'; to publish it: iomdb decide accept {run_id} --why '…'"
        found.append(Finding(f"purge:{''.join(url.split())}", "problem", what, run_id, remedy))
    return found


def _key(verdict: PublishedVerdict) -> str:
    return f"gate:{verdict.site}:{verdict.kind}"


def _remedy(verdict: PublishedVerdict, decision: str = "accept", other: str = "") -> str:
    part = f"--site {verdict.site} --kind {verdict.kind}"
    other = other or "or reject; or mend the reader and `iomdb extract`"
    return f"iomdb decide {decision} {verdict.run_id} {part} --why '…' ({other})"
