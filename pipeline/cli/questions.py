"""Commands that ask all documents: changes, search.

Belongs here: arguments, printing, exit codes. Does not belong here: any question's SQL (:mod:`warehouse.read`).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby

import click

from pipeline.cli.format.rows import TABLE_ROWS, format_option, json_option, open_tables, print_heading, print_rows
from pipeline.cli.format.tables import find_table_width
from pipeline.ground.clock import read_clock
from pipeline.ground.errors import WrongUseError, propose
from pipeline.ground.folders import find_data_folder
from pipeline.ground.printable import format_value
from pipeline.report.differences import narrow_difference
from warehouse.errors import QueryError
from warehouse.read.claims import CHANGE_KINDS, SITE_CHANGES, read_changes
from warehouse.read.published import QueryResult, Tables, as_objects, fetch_query, parse_instant, select_columns
from warehouse.read.search import parse_terms
from warehouse.read.search import search as search_documents

kind_option = click.option("--kind", type=click.Choice(["project", "news"]), help="Only projects, or only news.")
site_option = click.option("--site", metavar="ID", help="Only this site: its id, host or short name.")


def _find_site(connection: Tables, name: str | None) -> str | None:
    """The id of the site named; a site without a file counts where the tables hold it."""
    if name is None:
        return None
    from pipeline.cli.sites import find_site_id

    return find_site_id(
        name, (site for (site,) in fetch_query(connection, "SELECT DISTINCT site FROM v1.fetches").rows)
    )


@click.command()
@click.option("--since", required=True, metavar="T", help="From here on: 2026-11-21, 2026-11-21T09:00Z, 7d, 12h, 2w.")
@click.option("--until", metavar="T", help="Up to here, itself left out.")
@kind_option
@site_option
@click.option(
    "--change", "kinds", multiple=True, type=click.Choice(CHANGE_KINDS), help="Only this kind of change (repeatable)."
)
@format_option()
@json_option
def changes(
    *,
    since: str,
    until: str | None,
    kind: str | None,
    site: str | None,
    kinds: tuple[str, ...],
    form: str,
    as_json: bool,
) -> None:
    r"""List what changed on the sites: old and new, or gone, or back.

    Pages that came, went or came back, and each changed field, old and new. Versions that only differ because a newer
    extractor release reads the page otherwise are no changes of the site; they are listed with --change reparsed. A
    relocated document has since been read from another of its pages: its old page moved, is gone or is no longer read,
    and the other one says something else.

    \b
    Examples:
      iomdb changes --since 7d
      iomdb changes --since 2026-01-01 --until 2026-02-01 --kind project --format csv
      iomdb changes --since 2w --change removed --json
    """
    now = read_clock()
    start = parse_instant(since, now)
    end = None if until is None else parse_instant(until, now)
    if end is not None and end < start:
        raise WrongUseError(f"--until {until} is before --since {since}")
    with open_tables() as connection:
        site = _find_site(connection, site)
        result = read_changes(connection, start, end, kind=kind, site=site, changes=kinds or SITE_CHANGES)
    result = _add_sentences(result)
    form = "json" if as_json else form
    if form == "table":
        if not result.rows:
            click.echo(f"nothing changed since {start:%Y-%m-%dT%H:%M:%SZ}", err=True)
            return
        result = select_columns(result, ("changed_at", "change", "document_id", "field", "old", "new", "sentence"))
        result = replace(result, rows=[(*row[:4], *narrow_difference(row[4], row[5]), *row[6:]) for row in result.rows])
        if width := find_table_width():
            for _, group in groupby(result.rows[:TABLE_ROWS], key=lambda row: row[:3]):
                _print_changes(list(group), width)
            if (hidden := len(result.rows) - TABLE_ROWS) > 0:
                click.echo(f"{hidden:,} more changes are not shown; --format csv gives all", err=True)
            return
    print_rows(result, form, what="changes")


def _print_changes(rows: Sequence[Sequence[object]], width: int) -> None:
    """What changed at once, on a screen: when, what, where; of each field old and new as in the tables, a sentence."""
    from pipeline.cli.format.screen import NULL, wrap

    print_heading(*map(format_value, rows[0][:3]))
    for *_, field, old, new, sentence in rows:
        values = " → ".join(NULL if value is None else format_value(value) for value in (old, new))
        for text in ((f"{field}: {values}",) if field is not None else ()) + (format_value(sentence),):
            for line in wrap(text, width - 2):
                click.echo(f"  {line}")


def _add_sentences(result: QueryResult) -> QueryResult:
    """The rows with the sentence of each at the end."""
    from pipeline.report.changes import make_changes
    from pipeline.report.sentences import describe_change, write_sentence

    told = [write_sentence(describe_change(change)) for change in make_changes(as_objects(result))]
    rows = [(*row, sentence) for row, sentence in zip(result.rows, told, strict=True)]
    return QueryResult((*result.columns, "sentence"), (*result.types, "VARCHAR"), rows)


@click.command()
@click.argument("words", nargs=-1, required=True)
@kind_option
@site_option
@click.option("--lang", metavar="TAG", help="Only pages in this language: en, fr, es, ar …")
@click.option("--any", "any_word", is_flag=True, help="Pages that hold some of the words, not all.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many at most.")
@format_option()
@json_option
def search(
    *,
    words: tuple[str, ...],
    kind: str | None,
    site: str | None,
    lang: str | None,
    any_word: bool,
    limit: int,
    form: str,
    as_json: bool,
) -> None:
    r"""Find documents by words of their titles and texts, best first.

    In all languages; accents and case do not matter. A word between the quotation marks of the shell, with a blank
    inside, is a phrase. title: or text: before a word or phrase says where it must be.

    \b
    Examples:
      iomdb search border management
      iomdb search "border management" haiti --kind news
      iomdb search frontière sénégal --lang fr --json
      iomdb search title:returns reintegration
    """
    quote = partial(re.compile("^(title:|text:)?(.*)$", re.DOTALL).sub, r'\1"\2"')
    text = " ".join(quote(word) if " " in word and '"' not in word else word for word in words)
    try:
        parse_terms(text)
    except QueryError as error:
        raise WrongUseError(str(error)) from error
    if site is not None:
        with open_tables() as connection:
            site = _find_site(connection, site)
    published = find_data_folder().published
    result = search_documents(published, text, kind=kind, lang=lang, site=site, any_word=any_word, limit=limit)
    form = "json" if as_json else form
    if form == "table":
        if not result.rows:
            near = [propose(word.partition(":")[0], ("title", "text")) for word in words if ":" in word]
            said = next(filter(None, near), "" if any_word else "--any finds pages with some of them")
            click.echo("nothing holds these words" + (said and f"; {said}"), err=True)
            return
        result = select_columns(result, ("score", "id", "date", "lang", "title", "excerpt"))
    print_rows(result, form, what="documents")
