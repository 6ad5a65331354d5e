"""The gate's verdicts and people's decisions: what waits for a person.

Belongs here: standing rejections, decisions that cannot be read, purged pages that came back.
Does not belong here: the gate's rules, recording a decision.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from crawler.archive.tombstones import STAGING
from pipeline.decisions import RecordedDecision
from pipeline.doctor.look import Look
from pipeline.findings import Finding
from pipeline.past import PublishedVerdict, find_standing_rejections
from warehouse.errors import WarehouseError
from warehouse.query import run_query


def check_gate(look: Look) -> list[Finding] | None:
    """Rejected runs without a decision: a problem where nothing later was accepted, else a notice."""
    if look.verdicts is None or look.decisions is None:
        return None
    standing = {(verdict.run_id, verdict.site, verdict.kind) for verdict in find_standing_rejections(look.verdicts)}
    found, passed = [], dict[tuple[str, str], list[PublishedVerdict]]()
    for verdict in look.verdicts:
        if verdict.is_accepted or verdict.judged_by != "gate":
            continue
        if (verdict.run_id, verdict.site, verdict.kind) not in standing:
            if not is_decided(verdict, look.decisions):
                passed.setdefault((verdict.site, verdict.kind), []).append(verdict)
        elif is_decided(verdict, look.decisions):
            what = f"{verdict.site} {verdict.kind}: a decision is recorded and takes effect with the next publish"
            found.append(Finding(_key(verdict), "notice", what, verdict.run_id, "iomdb publish"))
        else:
            why = describe_reasons(verdict.reasons)
            what = f"{verdict.site} {verdict.kind} rejected: {why}; the last good state stays"
            found.append(Finding(_key(verdict), "problem", what, verdict.run_id, _remedy(verdict)))
    for (site, kind), verdicts in sorted(passed.items()):
        what = f"{len(verdicts)} earlier runs of {site} {kind} stay out; a later one was accepted"
        remedy = f"nothing to do, or: {_remedy(verdicts[-1])}"
        found.append(Finding(f"gate:{site}:{kind}:past", "notice", what, verdicts[-1].run_id, remedy))
    return found


def is_decided(verdict: PublishedVerdict, decisions: Sequence[RecordedDecision]) -> bool:
    """Whether a person decided on this run, site and kind."""
    return any(
        decision.decision != "purge"
        and decision.run_id == verdict.run_id
        and decision.site in {None, verdict.site}
        and decision.kind in {None, verdict.kind}
        for decision in decisions
    )


def describe_reasons(reasons: Sequence[Mapping[str, Any]]) -> str:
    """Why, in words: field, before and after of each reason."""
    return "; ".join(str(reason.get("message") or reason.get("field")) for reason in reasons) or "no reason was given"


def check_decisions(look: Look) -> list[Finding]:
    """A file of decisions that cannot be read: nothing is published without it."""
    if fault := look.faults.get("decisions"):
        return [Finding("decisions:file", "problem", fault, str(look.folder.decisions), "restore it from a copy")]
    return []


def check_purged(look: Look) -> list[Finding] | None:
    """Pages that were purged and whose text was captured again since."""
    if look.verdicts is None or look.decisions is None:
        return None
    purged = {decision.url: decision for decision in look.decisions if decision.decision == "purge" and decision.url}
    found = []
    if purged and look.holder is None and (look.folder.root / STAGING).exists():
        last = list(purged.values())[-1]
        what = "a purge was killed before it was done: the page may still be archived, and a run be out of its place"
        remedy = f"iomdb purge {shlex.quote(last.url or '')} --why {shlex.quote(last.why)}"
        found.append(Finding("purge:unfinished", "problem", what, str(look.folder.root / STAGING), remedy))
    for url in sorted(purged):
        try:
            rows = run_query(
                look.folder.published,
                "SELECT run_id FROM v1.captures WHERE url = ? AND kind IN ('project', 'news', 'other') LIMIT 1",
                [url],
            ).rows
        except WarehouseError:
            return None
        if rows:
            what = f"a purged page was captured again: {url}"
            remedy = f"iomdb purge {shlex.quote(url)} --why '…'"
            found.append(Finding(f"purge:{''.join(url.split())}", "problem", what, str(rows[0][0]), remedy))
    return found


def _key(verdict: PublishedVerdict) -> str:
    return f"gate:{verdict.site}:{verdict.kind}"


def _remedy(verdict: PublishedVerdict) -> str:
    part = f"--site {verdict.site} --kind {verdict.kind}"
    return f"iomdb decide accept {verdict.run_id} {part} --why '…' (or reject; or mend the reader and `iomdb extract`)"
