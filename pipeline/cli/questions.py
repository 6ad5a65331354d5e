"""Commands that ask all documents: sql, changes, search.

Belongs here: arguments, printing, exit codes. Does not belong here: any question's SQL (:mod:`warehouse.read`).
"""

import sys
from dataclasses import replace
from pathlib import Path

import click

from pipeline.cli.rows import (
    find_tables,
    format_option,
    json_option,
    leave_pandas_out,
    open_tables,
    print_rows,
    read_instant,
    release_option,
)
from pipeline.ground.clock import read_clock
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import find_data_folder
from pipeline.ground.printable import count
from pipeline.ground.target import check_target, write_target
from pipeline.report.differences import narrow_difference
from pipeline.report.sentences import describe_change, make_changes, write_sentence
from warehouse.errors import PublishedFileError, QueryError
from warehouse.read.changes import CHANGE_KINDS, SITE_CHANGES, read_changes
from warehouse.read.cookbook import find_question, list_questions
from warehouse.read.published import QueryResult, Tables, as_objects, fetch_query, select_columns
from warehouse.read.search import parse_terms
from warehouse.read.search import search as search_documents


@click.command()
@click.argument("statement", required=False)
@click.option("--query", "name", metavar="NAME", help="Ask this question of the cookbook.")
@click.option("--list", "list_all", is_flag=True, help="List the questions of the cookbook.")
@click.option("--param", "-p", "params", multiple=True, metavar="NAME=VALUE", help="A value for $NAME (repeatable).")
@format_option("parquet")
@json_option
@release_option
@click.option("--output", "-o", "target", type=click.Path(path_type=Path), help="Write to this file.")
@click.option("--force", is_flag=True, help="Replace the output file.")
def sql(
    *,
    statement: str | None,
    name: str | None,
    list_all: bool,
    params: tuple[str, ...],
    form: str,
    as_json: bool,
    release: str | None,
    target: Path | None,
    force: bool,
) -> None:
    r"""Ask the published tables in SQL, or a question of the cookbook.

    Ask the published tables in SQL: read-only, with no access to files, the network or extensions.

    STATEMENT is DuckDB's SQL; "-" reads it from standard input. The tables are in the schema v1, and
    v1.data_dictionary says what each column means.

    \b
    Examples:
      iomdb sql "SELECT project_id, title, budget_amount FROM v1.projects"
      iomdb sql --list
      iomdb sql --query budget_by_country --format csv
      iomdb sql 'SELECT title FROM v1.news WHERE lang = $lang' -p lang=fr --json
      iomdb sql "FROM v1.project_versions" --format parquet -o versions.parquet
    """
    if as_json and form not in {"table", "json"}:
        raise click.UsageError(f"--json and --format {form} ask for two formats; give one")
    form = "json" if as_json else form
    if list_all:
        print_rows(list_questions(), "table" if form == "parquet" else form, what="questions")
        return
    if target is not None:
        check_target(target, find_data_folder(), force=force)
    text, values = _choose_statement(statement, name, _parse_params(params))
    try:
        if form == "parquet":
            _write_parquet(find_tables(release), text, values, target, force=force)
            return
        with open_tables(release) as connection:
            result = fetch_query(connection, text, values)
    except PublishedFileError:
        raise
    except QueryError as error:
        raise WrongUseError(str(error)) from error
    print_rows(result, form, target=target, force=force)


def _choose_statement(statement: str | None, name: str | None, params: dict[str, str]) -> tuple[str, dict[str, str]]:
    if name is not None:
        if statement is not None:
            raise click.UsageError("give a statement or --query NAME, not both")
        question = find_question(name)
        if question is None:
            raise click.UsageError(f"the cookbook has no question {name!r}; `iomdb sql --list` shows them all")
        return question.sql, {**question.defaults, **params}
    if statement is None:
        raise click.UsageError("give a statement, or --query NAME; `iomdb sql --list` shows what can be asked by name")
    text = sys.stdin.read() if statement == "-" else statement
    if not text.strip():
        raise click.UsageError("the statement is empty")
    return text, params


def _parse_params(params: tuple[str, ...]) -> dict[str, str]:
    values = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals or not name.isidentifier():
            raise click.UsageError(f"--param {param!r} is not NAME=VALUE")
        values[name] = value
    return values


def _write_parquet(published: Path, text: str, values: dict[str, str], target: Path | None, *, force: bool) -> None:
    from warehouse.export.files import write_query_parquet

    if target is None:
        raise click.UsageError("Parquet is for a file: add --output FILE")
    with leave_pandas_out(), write_target(target, force=force) as private:
        n_rows = write_query_parquet(published, text, values, private)
    click.echo(f"{target}: {count(n_rows, 'row')}", err=True)


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

    List what changed on the sites: pages that came, went or came back, and each changed field, old and new.

    Versions that only differ because a newer extractor release reads the page otherwise are no changes of the site;
    they are listed with --change reparsed. A relocated document is read from another of its pages since: its old page
    moved, is gone or is no longer read, and the other one says something else.

    \b
    Examples:
      iomdb changes --since 7d
      iomdb changes --since 2026-01-01 --until 2026-02-01 --kind project --format csv
      iomdb changes --since 2w --change removed --json
    """
    now = read_clock()
    start = read_instant(since, now)
    end = None if until is None else read_instant(until, now)
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
    print_rows(result, form, what="changes")


def _add_sentences(result: QueryResult) -> QueryResult:
    """The rows with the sentence of each at the end."""
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

    Find documents by words of their titles and texts, best first, in all languages; accents and case do not matter.

    A word between the quotation marks of the shell, with a blank inside, is a phrase. title: or text: before a word or
    phrase says where it must be.

    \b
    Examples:
      iomdb search border management
      iomdb search "border management" haiti --kind news
      iomdb search frontière sénégal --lang fr --json
      iomdb search title:returns reintegration
    """
    text = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)
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
            click.echo(
                "nothing holds these words" + ("" if any_word else "; --any finds pages with some of them"), err=True
            )
            return
        result = select_columns(result, ("score", "id", "date", "lang", "title", "excerpt"))
    print_rows(result, form, what="documents")
