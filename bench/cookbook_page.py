"""docs/cookbook.md: each question with its SQL and its answer. ``python -m bench.cookbook_page DATABASE``.

Belongs here: Markdown. Does not belong here: any question (``warehouse/read/queries``), the page's introduction, which
is written by hand above :data:`MARK`.
"""

import sys
import textwrap
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from bench.house import ROOT
from warehouse.read.cookbook import Question, read_questions
from warehouse.read.published import QueryResult, fetch_query, open_published

PAGE = ROOT / "docs" / "cookbook.md"
MARK = "<!-- From here on made by `make cookbook`. -->\n"
SHOWN_ROWS, SHOWN_COLUMNS, CELL_WIDTH = 6, 7, 44


def describe_questions(published: Path) -> str:
    """The questions in Markdown, each with its answer from these tables."""
    with open_published(published) as connection:
        return "\n".join(_describe(connection, question) for question in read_questions())


def make_page(written: str, published: Path) -> str:
    """The page: what was written by hand above the mark, and the questions."""
    return f"{written.partition(MARK)[0]}{MARK}\n{describe_questions(published)}"


def _describe(connection: duckdb.DuckDBPyConnection, question: Question) -> str:
    values = ", ".join(f"`{name} = {value}`" for name, value in question.defaults.items())
    about = f"`{question.name}`, asked by {question.asked_by}. {question.counting}"
    about += f" *May be empty* {question.may_be_empty}." if question.may_be_empty else ""
    about = textwrap.fill(f"{about} Values: {values}." if values else about, 120)
    answer = write_answer(fetch_query(connection, question.sql, question.defaults))
    return f"## {question.question}\n\n{about}\n\n```sql\n{question.sql}\n```\n\n{answer}\n"


def write_answer(answer: QueryResult) -> str:
    """The first rows and columns as a Markdown table, and how many more there are."""
    if not answer.rows:
        return "No rows."
    columns = answer.columns[:SHOWN_COLUMNS]
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    lines += [f"| {' | '.join(map(_write_cell, row[:SHOWN_COLUMNS]))} |" for row in answer.rows[:SHOWN_ROWS]]
    left = [
        f"{len(answer.rows) - SHOWN_ROWS} more rows" if len(answer.rows) > SHOWN_ROWS else "",
        f"columns {', '.join(answer.columns[SHOWN_COLUMNS:])}" if len(answer.columns) > SHOWN_COLUMNS else "",
    ]
    more = " and ".join(filter(None, left))
    return "\n".join([*lines, *(["", f"… and {more}."] if more else [])])


def _write_cell(value: object) -> str:
    """A value as one short text of a table's cell; instants and lists as everywhere."""
    match value:
        case None:
            text = "∅"
        case bool():
            text = str(value).lower()
        case datetime():
            text = f"{value:%Y-%m-%dT%H:%M:%SZ}"
        case date() | Decimal():
            text = str(value)
        case list():
            text = ", ".join(_write_item(part) for part in value)
        case _:
            text = str(value)
    line = " ".join(text.split()).replace("|", "\\|")
    return line if len(line) <= CELL_WIDTH else f"{line[: CELL_WIDTH - 1]}…"


def _write_item(part: object) -> str:
    return " ".join(map(str, part.values())) if isinstance(part, dict) else str(part)


if __name__ == "__main__":
    PAGE.write_text(make_page(PAGE.read_text(encoding="utf-8"), Path(sys.argv[1])), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.name}\n")
