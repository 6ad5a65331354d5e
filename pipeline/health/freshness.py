"""Freshness: sites that have gone unseen, robots.txt that keeps us away, a published file that is broken or behind.

Belongs here: time. Does not belong here: whether what was seen is any good (``judgement``).
"""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import islice

import msgspec

from crawler.errors import SiteFileError
from crawler.session.politeness import CONTACT_FILE, find_contact
from crawler.site.site import Site
from pipeline.alerts.incidents import read_open_incidents
from pipeline.ground.errors import PipelineError
from pipeline.ground.finding import Finding, Severity, merge_likes
from pipeline.ground.printable import count
from pipeline.health.daemon import InstanceAwayError, find_crawling_since, find_heartbeat, is_alive
from pipeline.health.look import Look, find_daemon_start
from pipeline.history.due import find_longest_unseen, find_unaskable, is_overdue, is_stale
from pipeline.history.published_file import describe_change, find_published_inputs, fingerprint_inputs
from pipeline.history.run_history import SealedRun
from pipeline.stages.releases import current_release
from warehouse.errors import PublishedFileError
from warehouse.read.published import read_everything

UNREAD_CRAWLS = 3
"""A source that fails so many crawls in a row is more than a bad day."""

LONGEST_BEHIND = timedelta(hours=24)
"""A publish follows new captures within hours; a day later something is wrong."""

NOT_CRAWLED = ("daemon:heartbeat", "tick:crawl_due_sites", "disk:data", "settings:sites", "permission:data")
"""What keeps every site from being crawled: one incident, and not one a site."""

NOT_PUBLISHED = (
    "run:publish", "daemon:heartbeat", "tick:publish_new_captures", "disk:data", "decisions:file", "settings:sites",
    "permission:data", "archive:", "record:", "reading:", "orphan:",
)  # fmt: skip
"""What keeps the published file from following the archive."""

CONTACT_REMEDY = "write one line there: an e-mail address, or a page that says who crawls"


def check_sites(look: Look) -> list[Finding] | None:
    """Sites that were not seen, or not crawled, for longer than their schedule allows."""
    if look.sites is None:
        return None
    found = _find_late(look, look.sites)
    never = [site for site in look.sites if look.history.find_newest_crawl(site) is None]
    if never:
        names = ", ".join(never[:4]) + (" …" if never[4:] else "")
        what = f"{len(never)} of {len(look.sites)} sites were never crawled: {names}"
        remedy = f"iomdb daemon crawls each in its hour; one by hand: iomdb crawl --site {never[0]}"
        found.append(Finding("stale:never-crawled", "notice", what, str(look.sites_folder), remedy))
    unread = [
        finding
        for site in look.sites
        for finding in _tell_sources(site, list(islice(look.history.iter_crawls(site), UNREAD_CRAWLS)))
    ]
    return found + merge_likes(unread, "stale:sources", "sources are not read to their end")


def _find_late(look: Look, sites: Mapping[str, Site]) -> list[Finding]:
    """One problem a site; one for all that cannot be asked without a contact, whether late yet or not."""
    overdue = _find_overdue(look, sites)
    judged = {site.id: _judge_site(look, site, is_overdue=site.id in overdue) for site in sites.values()}
    late = {site: finding for site, finding in judged.items() if finding}
    unaskable = find_unaskable(look.sites_folder)
    found = [finding for site, finding in late.items() if site not in unaskable]
    if unaskable:
        found.append(_describe_contact(look, len(unaskable), is_late=not unaskable.isdisjoint(late)))
    return found


def _describe_contact(look: Look, n_sites: int, *, is_late: bool) -> Finding:
    """Why no public site is asked: a problem where one is late, or crawls are made."""
    what = f"{count(n_sites, 'public site')} cannot be crawled: no {CONTACT_FILE} says who asks"
    try:
        find_contact(look.sites_folder)
    except SiteFileError as error:
        what = str(error)
    is_needed = is_late or find_daemon_start(look.folder) or any(run.source == "crawl" for run in look.history.runs)
    severity: Severity = "problem" if is_needed else "notice"
    return Finding("stale:no-contact", severity, what, str(look.sites_folder / CONTACT_FILE), CONTACT_REMEDY)


def _judge_site(look: Look, site: Site, *, is_overdue: bool) -> Finding | None:
    success, newest = look.history.find_last_success(site.id), look.history.find_newest_crawl(site.id)
    key, remedy = f"stale:{site.id}", f"iomdb crawl --site {site.id}"
    because = (f"run:crawl_site:{site.id}", *NOT_CRAWLED)
    if newest is not None and (success is None or is_stale(site, success.started_at, look.now)):
        since = f"since {success.started_at:%Y-%m-%d %H:%M} UTC" if success else "ever"
        hours = find_longest_unseen(site) // timedelta(hours=1)
        what = f"{site.id} was not seen {since} (due every {hours} hours); newest crawl: {_describe(newest)}"
        return Finding(key, "problem", what, newest.run_id, remedy, because)
    if not is_overdue:
        return None
    since = f"not crawled since {newest.started_at:%Y-%m-%d %H:%M} UTC" if newest else "never crawled"
    what = f"{site.id} was {since}, though the daemon lives and two of its daily slots went by"
    return Finding(key, "problem", what, newest.run_id if newest else str(look.sites_folder), remedy, because)


def _find_overdue(look: Look, sites: Mapping[str, Site]) -> set[str]:
    """Sites that a living daemon leaves uncrawled.

    Where that cannot be told, or the daemon stopped since (which is an incident of its own), it is those told of
    before: that a site is crawled again can be told of no other way than by its crawl.
    """
    told = {finding.key for finding in read_open_incidents(look.folder.incidents)}
    known = {site for site in sites if f"stale:{site}" in told}
    try:
        since, beat = find_crawling_since(look.folder), find_heartbeat(look.folder)
    except (sqlite3.Error, InstanceAwayError, msgspec.DecodeError):
        return known
    if since is None or beat is None:
        return set()
    crawls = {site: look.history.find_newest_crawl(site) for site in (sites if is_alive(beat, look.now) else known)}
    return {
        site
        for site, crawl in crawls.items()
        if is_overdue(site, now=look.now, last_started_at=crawl.started_at if crawl else None, crawling_since=since)
    }


def _tell_sources(site: str, crawls: Sequence[SealedRun]) -> list[Finding]:
    """The sources that none of these crawls read to its end: the gate does not know how many pages they name."""
    if len(crawls) < UNREAD_CRAWLS:
        return []
    unread = [{(row.source, row.url) for row in run.discovery if not row.complete} for run in crawls]
    names = ", ".join(f"{source} {url}" for source, url in sorted(set.intersection(*unread)))
    if not names:
        return []
    what = (
        f"{site}: not read to its end by the last {UNREAD_CRAWLS} crawls: {names}; pages that only it names are missed"
    )
    remedy = f"look at it; where it is gone for good, take it out of {site}.toml"
    return [Finding(f"stale:{site}:sources", "notice", what, crawls[0].run_id, remedy)]


def _describe(run: SealedRun) -> str:
    outcomes = sorted(run.counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{outcome} {n}" for outcome, n in outcomes[:3]) or "no page was scheduled"


def check_robots(look: Look) -> list[Finding] | None:
    """Hosts whose robots.txt did not answer at the newest crawl: nothing else was asked of them that day."""
    if look.sites is None:
        return None
    found = []
    for site in look.sites.values():
        newest = look.history.find_newest_crawl(site.id)
        for robots in newest.robots if newest else ():
            if robots.status is None or robots.status >= 500:
                answer = "did not answer" if robots.status is None else f"answered {robots.status}"
                what = f"robots.txt of {robots.host} {answer}: nothing else was asked of it that day (RFC 9309)"
                remedy = f"nothing to do if it passes; else look at https://{robots.host}/robots.txt"
                found.append(Finding(f"robots:{robots.host}", "notice", what, newest.run_id if newest else "", remedy))
    return merge_likes(found, "robots:several", "hosts kept us away by their robots.txt")


def check_bytes(look: Look) -> list[Finding] | None:
    """A published file that is not the one that was published, by a quick look."""
    what = describe_change(look.folder)
    return [Finding("bytes:published", "problem", what, str(look.folder.published), "iomdb publish")] if what else []


def check_tables(look: Look) -> list[Finding] | None:
    """A published file of which a byte is another, or a part cannot be read. Slow: it reads every byte and value."""
    path = look.folder.published
    if (what := describe_change(look.folder, whole=True)) and describe_change(look.folder) is None:
        return [Finding("table:published", "problem", what, str(path), "iomdb publish")]
    if not path.exists() or "published" in look.faults:
        return None
    try:
        read_everything(path)
    except PublishedFileError as error:
        return [Finding("table:published", "problem", str(error), str(path), "iomdb publish")]
    return []


def check_published(look: Look) -> list[Finding] | None:
    """A published file that cannot be read, is of another schema, or is behind the archive."""
    path = look.folder.published
    if fault := look.faults.get("published"):
        remedy = "iomdb rebuild" if look.needs_rebuild else "iomdb publish"
        return [Finding("published:file", "problem", fault, str(path), remedy)]
    if not look.history.runs:
        return []
    note = find_published_inputs(look.folder)
    if look.verdicts is None or note is None:
        what = "the archive holds runs that were never published" if look.verdicts is None else "made of unknown inputs"
        return [Finding("published:fresh", "notice", what, str(path), "iomdb extract && iomdb publish")]
    try:
        inputs = fingerprint_inputs(look.folder, current_release().number)
    except PipelineError:
        return None
    if inputs == note.inputs_sha256:
        return []
    behind = look.now - max(note.published_at, look.history.runs[-1].sealed_at)
    is_late = behind > LONGEST_BEHIND and look.history.runs[-1].sealed_at > note.published_at
    what = f"published {note.published_at:%Y-%m-%d %H:%M} UTC; there is more in the archive, decisions or site files"
    return [
        Finding(
            "published:fresh",
            "problem" if is_late else "notice",
            what,
            str(path),
            "iomdb extract && iomdb publish",
            NOT_PUBLISHED,
        )
    ]
