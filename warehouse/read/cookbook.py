"""The cookbook: the questions of ``queries/cookbook.toml``, each with the statement of its name beside it.

Belongs here: finding, reading and listing them. Does not belong here: any question.
"""

import tomllib
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from warehouse.read.published import QueryResult

FOLDER = Path(__file__).resolve().parent / "queries"


class Question(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One question of the cookbook. ``defaults`` are the values of its parameters where none are given.

    ``counting`` says what could be counted twice and is not, ``may_be_empty`` where an answer without rows is right;
    None where it never is.
    """

    question: str
    asked_by: str
    counting: str
    defaults: dict[str, str] = {}
    may_be_empty: str | None = None
    name: str = ""
    sql: str = ""


def parse_cookbook(text: str) -> dict[str, Question]:
    """The questions by name, without their statements.

    Raises:
        msgspec.ValidationError: a question lacks a key, or has an unknown one.
    """
    return msgspec.convert(tomllib.loads(text), dict[str, Question])


@cache
def _read_cookbook() -> dict[str, Question]:
    return parse_cookbook((FOLDER / "cookbook.toml").read_text("utf-8"))


def find_question(name: str) -> Question | None:
    """The question of this name, or None."""
    about = _read_cookbook().get(name)
    sql = "" if about is None else (FOLDER / f"{name}.sql").read_text("utf-8").strip()
    return None if about is None else msgspec.structs.replace(about, name=name, sql=sql)


def list_names() -> list[str]:
    """The names of all questions, in order."""
    return sorted(_read_cookbook())


def read_questions() -> list[Question]:
    """All questions, by name."""
    return [question for name in list_names() if (question := find_question(name))]


def list_questions() -> QueryResult:
    """Name, question and who asks it, as rows."""
    rows = [(name, one.question, one.asked_by) for name, one in sorted(_read_cookbook().items())]
    return QueryResult(("name", "question", "asked_by"), ("VARCHAR",) * 3, [*rows])
