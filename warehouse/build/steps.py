"""The SQL of this package, one file a step, in ``warehouse/build/sql``; its lists of fields come from the catalogue.

Belongs here: finding and running a step, filling the places in its text that name a list: no step spells out what a
record has. Does not belong here: SQL, the fields (``contracts``).

A place reads ``<<project.compared | {field: 'NAME', old: TOLD(b), new: TOLD(v)}>>``: the template is written once for
each field of the list, divided by commas. In it NAME is the field's name, and of an alias or struct ``x``

- ``VALUE(x)`` is the field's column,
- ``FILLED(x)`` is whether it states something: a list is stated when it is not empty,
- ``TOLD(x)`` is what a change reports of it: a raw text counts only while the field read from it has no value,
- ``ATOM(x)`` is its value as one text, the same for equal values,
- ``UNREAD(x)`` is whether the reading ``x`` could not read it, or what stands under its label with it.

With a comma behind its name (``<<project.keys, | v.NAME>>``) each field of the list has one behind it too, the last as
well, so that the list may be empty. ``<<page kinds>>`` are the kinds of pages as literals, ``<<columns of verdict>>``
the columns of a file whose rows are the shape ``contracts.verdict.Verdict``. The lines between ``-- each KIND`` and
``-- to here`` are repeated for each kind of document, with its name for KIND and its plural for KINDS.
"""

import re
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Final

import duckdb
from duckdb import DuckDBPyConnection

from contracts.fetch import PAGE_KINDS
from contracts.fields import RECORDS, TITLE, catalogue, columns_beside, list_fields, significance_of
from contracts.outcomes import Outcome, Trait
from contracts.verdict import Verdict
from warehouse.errors import BuildError
from warehouse.extracted.writer import list_columns

_PLACE: Final = re.compile(r"<<([a-z.]+)(,?) \| (.*?)>>", re.DOTALL)
_EACH: Final = re.compile(r"^-- each KIND\n(.*?)^-- to here\n", re.DOTALL | re.MULTILINE)
_PLURALS: Final = {"project": "projects", "news": "news"}
_SHAPE: Final = re.compile(r"<<columns of ([a-z]+)>>")
_SHAPES: Final = {"verdict": Verdict}
_LITERALS: Final = {
    "<<page kinds>>": ", ".join(f"'{kind}'" for kind in PAGE_KINDS),
    "<<unasked outcomes>>": ", ".join(f"'{outcome}'" for outcome in Outcome if Trait.UNASKED in outcome.traits),
}
_WORD: Final = re.compile(r"\b(VALUE|FILLED|TOLD|ATOM|UNREAD)\(([a-z.]+)\)|\bNAME\b")


def fill_lists(text: str) -> str:
    """The text of a step with its places filled.

    >>> fill_lists("SELECT <<project.keys | v.NAME>>")
    'SELECT v.projects_id, v.projects_id_scheme, v.prima_id'

    Raises:
        BuildError: a place names a list that there is not.
    """
    text = _EACH.sub(lambda block: "".join(_name_kind(block[1], kind) for kind in RECORDS), text)
    for place, literals in _LITERALS.items():
        text = text.replace(place, literals)
    text = _SHAPE.sub(lambda place: list_columns(_SHAPES[place[1]]), text)
    return _PLACE.sub(lambda place: _fill(place[1], place[3]) + (", " if place[2] and _lists()[place[1]] else ""), text)


def _name_kind(text: str, kind: str) -> str:
    return text.replace("KINDS", _PLURALS[kind]).replace("KIND", kind)


def _fill(name: str, template: str) -> str:
    kind = name.partition(".")[0]
    if name not in _lists():
        raise BuildError(f"a step names the list of fields {name!r}; there is {', '.join(_lists())}")
    return ", ".join(_WORD.sub(partial(_render, kind, field), template) for field in _lists()[name])


@cache
def _lists() -> Mapping[str, tuple[str, ...]]:
    """Every list that a step may name, as ``<kind>.<list>``."""
    found: dict[str, tuple[str, ...]] = {}
    for kind in RECORDS:
        entries = catalogue(kind)
        titled = {"title": TITLE, **entries}
        found |= {
            f"{kind}.keys": tuple(name for name, entry in entries.items() if entry.is_key),
            f"{kind}.fields": tuple(name for name, entry in entries.items() if not entry.is_key),
            f"{kind}.guarded": tuple(name for name, entry in entries.items() if entry.guarded),
            f"{kind}.all": tuple(entries),
            f"{kind}.hashed": tuple(name for name, entry in entries.items() if entry.hashed),
            f"{kind}.compared": tuple(name for name, entry in entries.items() if entry.compared),
            f"{kind}.shared": tuple(name for name, entry in entries.items() if entry.shared),
        }
        for significance in ("high", "medium"):
            found[f"{kind}.{significance}"] = tuple(n for n in titled if significance_of(kind, n) == significance)
    return found


def _render(kind: str, field: str, word: re.Match[str]) -> str:
    """One word of a template, for one field."""
    if word[1] is None:
        return field
    column = f'{word[2]}."{field}"'
    match word[1]:
        case "FILLED":
            return _is_filled(kind, field, word[2])
        case "ATOM" if field in list_fields(kind):
            return f"nullif(array_to_string(list_sort({column}), ' '), '')"
        case "TOLD" if (read_as := catalogue(kind)[field].wording_of) is not None:
            return f"CASE WHEN NOT ({_is_filled(kind, read_as, word[2])}) THEN {column} END"
        case "UNREAD":
            return f"list_has_any({word[2]}.unread_fields, {list(columns_beside(kind, field))})"
        case _:
            return column if word[1] == "VALUE" else f"{column}::VARCHAR"


def _is_filled(kind: str, field: str, alias: str) -> str:
    column = f'{alias}."{field}"'
    return f"coalesce(len({column}), 0) > 0" if field in list_fields(kind) else f"{column} IS NOT NULL"


SQL_FOLDER = Path(__file__).parent / "sql"


def read_step(name: str) -> str:
    """The text of one step, its lists of fields filled in.

    >>> read_step("00_schemas").startswith("-- Step 00")
    True
    """
    return fill_lists((SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8"))


def run_step(connection: DuckDBPyConnection, name: str) -> None:
    """Run every statement of one step.

    Raises:
        BuildError: a statement failed; the text names the step and what DuckDB said.
    """
    try:
        connection.execute(read_step(name))
    except duckdb.Error as error:
        raise BuildError(f"step {name} of the build failed: {error}") from error
