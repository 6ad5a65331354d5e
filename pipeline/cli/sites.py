"""Commands of the one who adds a site: list the sites, draft one, prove its file, try the extractor on a page.

Belongs here: arguments, printing, exit codes. Does not belong here: any work. Nothing here fetches anything.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

import click
import msgspec

from crawler.site.draft import draft_site
from crawler.site.site import Site, Sites, load_sites
from pipeline.cli.format.screen import cut, iter_record, iter_table
from pipeline.cli.format.tables import find_table_width, find_width, has_colour
from pipeline.ground.clock import read_clock
from pipeline.ground.errors import WrongUseError, propose
from pipeline.ground.folders import find_data_folder, find_sites_folder
from pipeline.ground.printable import count, encode_object, escape

if TYPE_CHECKING:
    from pipeline.authoring.dry_run import DryRun

_JSON = click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")


@click.group()
def site() -> None:
    """List, draft and check site files, and try a page.

    Nothing is fetched.
    """


@site.command(name="list")
@_JSON
def list_sites(as_json: bool) -> None:
    r"""Show every site: its hosts, how fast it is asked, and what one run may cost.

    \b
    Examples:
      iomdb site list
    """
    columns = ("site", "name", "hosts", "language", "delay_seconds", "pages", "minutes")
    rows = [
        (
            one.id,
            one.file.name,
            list(one.file.hosts),
            one.file.language,
            one.file.politeness.delay_seconds,
            one.file.budget.pages,
            one.file.budget.minutes,
        )
        for one in load_sites(find_sites_folder()).by_id.values()
    ]
    if as_json:
        for row in rows:
            click.echo(encode_object(dict(zip(columns, row, strict=True))))
        return
    for line in iter_table(columns, rows, width=find_table_width(), colour=has_colour()):
        click.echo(line)


@site.command()
@click.argument("host")
def add(host: str) -> None:
    r"""Draft a site file for HOST. Every line that is not proved says so: read it, then crawl.

    \b
    Examples:
      iomdb site add chad.iom.int
    """
    # What a browser's address line gives is taken too: the host in it counts.
    host = urlsplit(host.strip()).netloc if "://" in host else host.strip().removesuffix("/")
    folder = find_sites_folder()
    site_id, text = draft_site(host)
    owner = load_sites(folder).for_url(f"https://{host.strip().lower()}/")
    if owner is not None:
        raise WrongUseError(f"{host} belongs to {folder / owner.id}.toml already")
    path = folder / f"{site_id}.toml"
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    click.echo(f"{path}: drafted; read it, then: iomdb site check {site_id} && iomdb crawl --site {site_id}")


@site.command()
@click.argument("site_id", metavar="[ID]", required=False)
def check(site_id: str | None) -> None:
    r"""Prove the file of one site, or of all, without fetching: keys, patterns, examples, budgets, field names.

    \b
    Examples:
      iomdb site check liberia.iom.int
      iomdb site check
    """
    sites = load_sites(find_sites_folder())
    for one in [find_site(sites, site_id)] if site_id else sites.by_id.values():
        start = one.file.start
        points = len(start.sitemaps) + len(start.listings) + len(start.feeds) + len(start.pages)
        hours = one.file.budget.pages * one.file.politeness.delay_seconds / 3600
        most = min(hours, one.file.budget.minutes / 60)
        cost = f"at most {one.file.budget.pages} pages and {most:.1f} hours a run"
        click.echo(f"{one.id}: holds; {count(points, 'start point')}, {cost}")
        if not points:
            click.echo(f"{one.id}: no start point: only pages that are known already would be asked for", err=True)


def find_site(sites: Sites, name: str) -> Site:
    """The site of an id, a host or a short name.

    Raises:
        WrongUseError: there is none; the text names those there are.
    """
    found = sites.find(name)
    if found is None:
        near = propose(name, sites.by_id)
        raise WrongUseError(f"there is no site {name!r}; {near or 'there are: ' + ', '.join(sites.by_id)}")
    return found


def find_site_id(name: str, others: Iterable[str] = ()) -> str:
    """The id of a site by its id, a host or its short name; also of a site without a file that is among ``others``.

    Raises:
        WrongUseError: there is none; the text names those there are.
    """
    sites = load_sites(find_sites_folder())
    return name if sites.find(name) is None and name in set(others) else find_site(sites, name).id


@site.command(name="try")
@click.argument("source", metavar="URL-or-FILE", required=False)
@click.option("--url", help="Where a FILE was fetched from; its path gives site, kind and language.")
@click.option("--jsonl", type=click.File("rb"), help="Many saved pages: one JSON object a line (- is stdin).")
@_JSON
def try_source(source: str | None, url: str | None, jsonl: BinaryIO | None, as_json: bool) -> None:
    r"""Show what the extractor makes of a page: record, layout, rules applied, and every block it cannot explain.

    A URL is read from its newest capture in the archive; nothing is fetched. Exit 1 when the page is quarantined.

    With --jsonl each line names a saved page: {"file", "url"}, and "reader" (html or text), "charset" (as declared)
    where they are known; .gz is unpacked. One JSON object a line comes out, in the same order; a page that cannot be
    read is a line with the status quarantined, and the exit code stays 0.

    \b
    Examples:
      iomdb site try seeds/000_b9066ae88c3b8ab5.txt
      iomdb site try saved.html --url https://chad.iom.int/news/a-slug
      iomdb site try --jsonl pages.jsonl
    """
    from pipeline.authoring.dry_run import dry_run_page
    from pipeline.authoring.saved_pages import iter_rows
    from pipeline.stages.releases import current_release

    if (jsonl is None) == (source is None) or (jsonl is not None and url is not None):
        raise WrongUseError("give one page, a file (with --url where known) or a URL, or many with --jsonl FILE")
    sites, release, now = load_sites(find_sites_folder()), current_release().number, read_clock()
    if jsonl is not None:
        for row in iter_rows(jsonl, sites=sites, release=release, now=now):
            click.echo(encode_object(row))
        return
    assert source is not None
    archive = find_data_folder().archive
    dry_run = dry_run_page(source, url=url, sites=sites, archive=archive, release=release, now=now)
    found = dry_run.extraction
    if as_json:
        fields = {
            "source": dry_run.source,
            "url_kind": dry_run.url_kind,
            "url_lang": dry_run.url_lang,
            **msgspec.to_builtins(found),
        }
        click.echo(encode_object({**fields, "unexplained": list(dry_run.unexplained)}))
    else:
        for line in _iter_dry_run_lines(dry_run):
            click.echo(line)
    if found.status == "quarantined":
        sys.exit(1)


def _iter_dry_run_lines(dry_run: DryRun) -> Iterator[str]:
    """The dry run for a person: what was read, by which rule, and what was not understood."""
    found, width, colour = dry_run.extraction, find_width(), has_colour()
    head: dict[str, object] = {"read from": dry_run.source, "url": dry_run.url, "site": dry_run.site}
    head |= {"kind by path": dry_run.url_kind, "lang by address": dry_run.url_lang}
    head |= {name: getattr(found, name) for name in ("status", "reason", "kind", "layout", "lang", "title")}
    yield from iter_record(list(head), list(head.values()), width=width, colour=colour)
    record = found.project or found.news
    if record is not None:
        fields = msgspec.structs.asdict(record)
        yield ""
        yield from iter_record(list(fields), [_plain(v) for v in fields.values()], width=width, colour=colour)
    columns = ("field", "value", "rule", "certainty", "start", "end")
    proofs = [tuple(getattr(proof, column) for column in columns) for proof in found.evidence]
    yield from _iter_section("rules applied", columns, proofs, width, colour=colour)
    roles = ("role", "country_code", "raw", "rule", "certainty")
    countries = [tuple(getattr(country, column) for column in roles) for country in found.countries]
    yield from _iter_section("countries", roles, countries, width, colour=colour)
    unmapped = [(one.field, one.label, one.value) for one in found.unmapped]
    yield from _iter_section(
        "labels and values no rule knows", ("field", "label", "value"), unmapped, width, colour=colour
    )
    issues = [(issue.code, issue.field, issue.detail) for issue in found.issues]
    yield from _iter_section(
        "the page's own inconsistencies", ("code", "field", "detail"), issues, width, colour=colour
    )
    if found.blocks is not None:
        counts = found.blocks
        yield ""
        yield (
            f"{counts.total} blocks: {counts.frame} frame, {counts.explained} explained, "
            f"{counts.unexplained} unexplained{':' if dry_run.unexplained else ''}"
        )
    for text in dry_run.unexplained:
        yield f"  {cut(escape(text), max(20, width - 2))}"


def _plain(value: object) -> object:
    return list(value) or None if isinstance(value, tuple) else value


def _iter_section(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], width: int, *, colour: bool
) -> Iterator[str]:
    if rows:
        yield ""
        yield f"{title}:"
        yield from iter_table(columns, rows, width=width, colour=colour)
