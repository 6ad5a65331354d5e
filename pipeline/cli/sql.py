"""The command ``sql``: a stranger's statement on the published tables, or a question of the cookbook.

Belongs here: arguments, printing, exit codes. Does not belong here: which statements run (:mod:`warehouse.read.door`),
any question's SQL.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from pipeline.cli.format.rows import (
    find_tables,
    format_option,
    json_option,
    leave_pandas_out,
    open_tables,
    print_rows,
    print_stream,
    release_option,
)
from pipeline.ground.errors import WrongUseError, propose
from pipeline.ground.folders import find_data_folder
from pipeline.ground.printable import count, escape
from pipeline.ground.target import check_target, write_target
from warehouse.errors import LimitError, PublishedFileError, QueryError
from warehouse.read.cookbook import Question, find_question, list_names, list_questions
from warehouse.read.door import LONGEST_STATEMENT
from warehouse.read.limits import QueryLimits, hold_memory, make_limits, parse_size
from warehouse.read.parameters import bind_values, find_strangers
from warehouse.read.published import RowStream, Tables, ask, fetch_query, open_published


class _StatementCommand(click.Command):
    """A command whose argument may begin with a comment of SQL: ``-- …`` is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click's, with a line break before a comment, for which SQL does not care."""
        return super().parse_args(ctx, ["\n" + arg if arg.startswith(("-- ", "--\n")) else arg for arg in args])


@click.command(cls=_StatementCommand)
@click.argument("statement", required=False)
@click.option("--query", "name", metavar="NAME", help="Ask this question of the cookbook.")
@click.option("--list", "list_all", is_flag=True, help="List the questions of the cookbook.")
@click.option("--param", "-p", "params", multiple=True, metavar="NAME=VALUE", help="A value for $NAME (repeatable).")
@format_option("parquet")
@json_option
@release_option
@click.option("--output", "-o", "target", type=click.Path(path_type=Path), help="Write to this file.")
@click.option("--force", is_flag=True, help="Replace the output file.")
@click.option(
    "--memory", metavar="SIZE", help="The memory it may take: 500MB, 8GB. A quarter of the machine's if not given."
)
@click.option("--max-rows", type=click.IntRange(1), metavar="N", help="The rows it may give; 10 million if not given.")
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
    memory: str | None,
    max_rows: int | None,
) -> None:
    r"""Ask the published tables in SQL, or a question of the cookbook.

    Statements that read the tables run (SELECT, FROM, WITH, DESCRIBE, SUMMARIZE, EXPLAIN of one), and nothing else: no
    file, network, extension or setting is in reach. Rows are given out as they are found. A query that needs more
    memory, temporary disk or rows than it may have ends with exit code 1 and says which.

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
    form = _choose_form(form, as_json=as_json)
    if list_all:
        print_rows(list_questions(), "table" if form == "parquet" else form, what="questions")
        return
    if target is not None:
        check_target(target, find_data_folder(), force=force)
    text, values = _choose_statement(statement, name, _parse_params(params), release)
    try:
        limits = make_limits(None if memory is None else parse_size(memory), max_rows)
        with hold_memory(limits):
            if form == "parquet":
                _write_parquet(find_tables(release), text, values, target, limits, force=force)
                return
            with open_tables(release, limits) as connection:
                print_stream(_ask(connection, text, values, limits), form, target=target, force=force)
    except (PublishedFileError, LimitError):
        raise
    except QueryError as error:
        raise WrongUseError(_explain(str(error), text)) from error


def _choose_form(form: str, *, as_json: bool) -> str:
    if as_json and form not in {"table", "json"}:
        raise click.UsageError(f"--json and --format {form} ask for two formats; give one")
    return "json" if as_json else form


def _choose_statement(
    statement: str | None, name: str | None, params: dict[str, str], release: str | None
) -> tuple[str, dict[str, str]]:
    if name is not None:
        if statement is not None:
            raise click.UsageError("give a statement or --query NAME, not both")
        question = find_question(name)
        if question is None:
            near = propose(name, list_names()) or "`iomdb sql --list` shows them all"
            raise click.UsageError(f"the cookbook has no question {name!r}; {near}")
        return question.sql, _bind_values(question, params, release)
    if statement is None:
        raise click.UsageError("give a statement, or --query NAME; `iomdb sql --list` shows what can be asked by name")
    if statement == "-":
        # No more than is read at all, and as bytes: what is no UTF-8 is refused by the door, in a sentence.
        read = sys.stdin.buffer.read(4 * LONGEST_STATEMENT + 1)
        return read.decode("utf-8", errors="surrogateescape"), params
    return statement, params


def _ask(connection: Tables, text: str, values: dict[str, str], limits: QueryLimits) -> RowStream:
    """The rows; where there is none, or nothing but zeros, stderr says which words no row can have."""
    found = ask(connection, text, values, limits)

    def iter_rows() -> Iterator[tuple[Any, ...]]:
        has_answer = False
        for row in found.rows:
            has_answer = has_answer or any(row)
            yield row
        if not has_answer:
            _tell_strangers(connection, text, values)
        if _SUMS.search(text) and "budget_currency" not in text.lower():
            _tell_currencies(connection)

    return RowStream(found.columns, found.types, iter_rows())


def _tell_strangers(connection: Tables, text: str, values: dict[str, str]) -> None:
    for sentence in find_strangers(connection, text, values):
        click.echo(f"note: {escape(sentence)}", err=True)


_SUMS = re.compile(r"\b(?:sum|avg|mean|median)\(\s*(?:\w+\.)?\"?(?:budget|share)_amount\b", re.IGNORECASE)


def _tell_currencies(connection: Tables) -> None:
    sql = "SELECT DISTINCT budget_currency FROM v1.projects WHERE budget_currency IS NOT NULL ORDER BY 1"
    currencies = [str(currency) for (currency,) in fetch_query(connection, sql).rows]
    if len(currencies) > 1:
        stated = " and ".join(currencies)
        click.echo(
            f"note: amounts are in {stated}, and this reckons as if they were one: GROUP BY budget_currency", err=True
        )


def _explain(told: str, statement: str) -> str:
    """What DuckDB says, and below it what helps where it doesn't know these tables."""
    absent = re.search(r"Table with name (\w+) does not exist", told)
    if absent and find_question(absent[1]):
        hint = f"{absent[1]} is a question of the cookbook: `iomdb sql --query {absent[1]}`"
    elif "VARCHAR[]" in told:
        hint = "a list is asked by its items: 'HT' IN countries, len(countries), unnest(countries)"
    elif "VARCHAR" in told and "_date" in statement:
        hint = (
            "a date as the page has it is text (2018, 2018-05): reckon with start_year, start_on, end_on, published_on"
        )
    else:
        return told
    return f"{told.rstrip()}\n{hint}"


def _bind_values(question: Question, given: dict[str, str], release: str | None) -> dict[str, str]:
    """Names become codes; without any there is nothing to look up."""
    if not given:
        return dict(question.defaults)
    try:
        with open_tables(release) as connection:
            return bind_values(connection, question, given)
    except PublishedFileError:
        raise
    except QueryError as error:
        raise WrongUseError(str(error)) from error


def _parse_params(params: tuple[str, ...]) -> dict[str, str]:
    values = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals or not name.isidentifier():
            raise click.UsageError(f"--param {param!r} is not NAME=VALUE")
        values[name] = value
    return values


def _write_parquet(
    published: Path, text: str, values: dict[str, str], target: Path | None, limits: QueryLimits, *, force: bool
) -> None:
    from warehouse.export.query_rows import write_query_parquet

    if target is None:
        raise click.UsageError("Parquet is for a file: add --output FILE")
    with leave_pandas_out(), write_target(target, force=force) as private:
        n_rows = write_query_parquet(published, text, values, private, limits)
    click.echo(f"{target}: {count(n_rows, 'row')}", err=True)
    if not n_rows:
        with open_published(published) as connection:
            _tell_strangers(connection, text, values)
