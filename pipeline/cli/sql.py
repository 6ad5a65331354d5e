"""The command ``sql``: a statement or a question of the cookbook, asked of the published tables.

Belongs here: arguments, printing, exit codes. Does not belong here: SQL of ours.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli.rows import check_target, format_option, json_option, leave_pandas_out, open_tables, print_rows
from pipeline.ground.errors import WrongUseError
from pipeline.ground.folders import find_data_folder
from pipeline.history.summary import count
from warehouse.errors import PublishedFileError, QueryError
from warehouse.read.cookbook import find_question, list_questions
from warehouse.read.published import fetch_query


@click.command()
@click.argument("statement", required=False)
@click.option("--query", "name", metavar="NAME", help="Ask this question of the cookbook.")
@click.option("--list", "list_all", is_flag=True, help="List the questions of the cookbook.")
@click.option("--param", "-p", "params", multiple=True, metavar="NAME=VALUE", help="A value for $NAME (repeatable).")
@format_option("parquet")
@json_option
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
    target: Path | None,
    force: bool,
) -> None:
    r"""Ask the published tables in SQL: read-only, with no access to files, the network or extensions.

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
    check_target(target, force=force)
    text, values = _choose_statement(statement, name, _parse_params(params))
    try:
        if form == "parquet":
            _write_parquet(text, values, target)
            return
        with open_tables() as connection:
            result = fetch_query(connection, text, values)
    except PublishedFileError:
        raise
    except QueryError as error:
        raise WrongUseError(str(error)) from error
    print_rows(result, form, target=target)


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


def _write_parquet(text: str, values: dict[str, str], target: Path | None) -> None:
    from warehouse.export.files import write_query_parquet

    if target is None:
        raise click.UsageError("Parquet is for a file: add --output FILE")
    with leave_pandas_out():
        n_rows = write_query_parquet(find_data_folder().published, text, values, target)
    click.echo(f"{target}: {count(n_rows, 'row')}", err=True)
