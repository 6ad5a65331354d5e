"""The cookbook: the questions of ``warehouse/read/queries/*.sql``, each a file with a header and one statement.

Belongs here: finding, reading and describing them. Does not belong here: any question. The header is comment lines ``--
key: text``; the keys are in :data:`KEYS`, and a line that begins with ``--   `` goes on with the one before.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import QueryError
from warehouse.read.published import QueryResult

FOLDER = Path(__file__).resolve().parent / "queries"
KEYS = ("question", "asked by", "counting", "parameters", "may be empty")
"""What is asked, by whom, what could be counted twice and is not, ``name = default; …`` for each ``$name``, and where
an answer without rows is a right one."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the cookbook. ``defaults`` are the values of its parameters where none are given.

    ``may_be_empty`` says where an answer without rows is right; None where it never is.
    """

    name: str
    question: str
    asked_by: str
    counting: str
    defaults: dict[str, str]
    sql: str
    may_be_empty: str | None = None


def find_question(name: str) -> Question | None:
    """The question of this name, or None."""
    path = FOLDER / f"{name}.sql"
    return parse_question(name, path.read_text("utf-8")) if _NAME.fullmatch(name) and path.is_file() else None


def list_names() -> list[str]:
    """The names of all questions, in order."""
    return sorted(path.stem for path in FOLDER.glob("*.sql"))


def read_questions() -> list[Question]:
    """All questions, by name."""
    return [question for name in list_names() if (question := find_question(name))]


def list_questions() -> QueryResult:
    """Name, question and who asks it, as rows."""
    rows: list[tuple[str, ...]] = [(one.name, one.question, one.asked_by) for one in read_questions()]
    return QueryResult(("name", "question", "asked_by"), ("VARCHAR",) * 3, [*rows])


def parse_question(name: str, text: str) -> Question:
    """Read one file.

    Raises:
        QueryError: the header lacks a key, has an unknown one, or no statement follows.
    """
    header: dict[str, str] = {}
    lines = text.splitlines()
    n_header = next((number for number, line in enumerate(lines) if not line.startswith("--")), len(lines))
    for line in lines[:n_header]:
        key, colon, value = line.removeprefix("--").partition(":")
        if line.startswith("--   ") and header:
            header[list(header)[-1]] += " " + line.removeprefix("--").strip()
        elif colon and key.strip() in KEYS:
            header[key.strip()] = value.strip()
        else:
            raise QueryError(f"{name}.sql: {line!r} is none of the header's lines ({', '.join(KEYS)})")
    sql = "\n".join(lines[n_header:]).strip()
    missing = [key for key in KEYS[:3] if not header.get(key)]
    if missing or not sql:
        raise QueryError(f"{name}.sql: {', '.join(missing) or 'the statement'} is missing")
    return Question(
        name=name,
        question=header["question"],
        asked_by=header["asked by"],
        counting=header["counting"],
        defaults=_parse_defaults(name, header.get("parameters", "")),
        may_be_empty=header.get("may be empty"),
        sql=sql,
    )


def _parse_defaults(name: str, text: str) -> dict[str, str]:
    defaults = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        parameter, equals, value = part.partition("=")
        if not equals:
            raise QueryError(f"{name}.sql: the parameter {part!r} has no default")
        defaults[parameter.strip()] = value.strip()
    return defaults
