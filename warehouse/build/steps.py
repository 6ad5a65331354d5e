"""The SQL of this package, one file a step, in ``warehouse/build/sql``; its lists of fields come from the catalogue.

Belongs here: finding and running a step, filling the places in its text that name a list: no step spells out what a
record has. Does not belong here: SQL, the fields (``contracts``).

A place reads ``<<project.compared | {field: 'NAME', old: TOLD(b), new: TOLD(v)}>>``: the template is written once for
each field of the list, divided by commas. In it NAME is the field's name, and of an alias or struct ``x``

- ``VALUE(x)`` is the field's column, ``STATED(x)`` the same, of a list never NULL,
- ``FILLED(x)`` is whether it states something: a list is stated when it is not empty,
- ``TOLD(x)`` is what a change reports of it: a raw text counts only while the field read from it has no value,
- ``ATOM(x)`` is its value as one text, the same for equal values,
- ``DAY(x)`` is the day that an EDTF text states, as the column ``<stem>_on``; ``YEAR(x)`` its year, ``<stem>_year``,
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

from contracts.fields import RECORDS, TITLE, catalogue, columns_beside, list_fields, significance_of
from contracts.outcomes import Outcome, Trait
from contracts.run import PAGE_KINDS
from contracts.verdict import Verdict
from warehouse.errors import BuildError
from warehouse.extracted.writer import list_columns

DATE: Final = "_date"
"""So end the names of dates in EDTF text."""

_PLACE: Final = re.compile(r"<<([a-z.]+)(,?) \| (.*?)>>", re.DOTALL)
_EACH: Final = re.compile(r"^-- each KIND\n(.*?)^-- to here\n", re.DOTALL | re.MULTILINE)
_PLURALS: Final = {"project": "projects", "news": "news"}
_SHAPE: Final = re.compile(r"<<columns of ([a-z]+)>>")
_SHAPES: Final = {"verdict": Verdict}
_LITERALS: Final = {
    "<<page kinds>>": ", ".join(f"'{kind}'" for kind in PAGE_KINDS),
    "<<unasked outcomes>>": ", ".join(f"'{outcome}'" for outcome in Outcome if Trait.UNASKED in outcome.traits),
}
_WORD: Final = re.compile(r"\b(VALUE|STATED|FILLED|TOLD|ATOM|UNREAD|DAY|YEAR)\(([a-z.]+)\)|\bNAME\b")


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
        dated = tuple(n for n, entry in entries.items() if n.endswith(DATE) and entry.meaning.startswith("EDTF"))
        found |= {
            f"{kind}.keys": tuple(name for name, entry in entries.items() if entry.is_key),
            f"{kind}.fields": tuple(name for name, entry in entries.items() if not entry.is_key),
            f"{kind}.guarded": tuple(name for name, entry in entries.items() if entry.guarded),
            f"{kind}.all": tuple(entries),
            f"{kind}.hashed": tuple(name for name, entry in entries.items() if entry.hashed),
            f"{kind}.compared": tuple(name for name, entry in entries.items() if entry.compared),
            f"{kind}.shared": tuple(name for name, entry in entries.items() if entry.shared),
            f"{kind}.dated": dated,
            f"{kind}.yearless": tuple(n for n in dated if n.replace(DATE, "_year") not in entries),
        }
        for significance in ("high", "medium"):
            found[f"{kind}.{significance}"] = tuple(n for n in titled if significance_of(kind, n) == significance)
    return found


def _render(kind: str, field: str, word: re.Match[str]) -> str:
    """One word of a template, for one field."""
    if word[1] is None:
        return field
    alias, column, stem = word[2], f'{word[2]}."{field}"', field.removesuffix(DATE)
    match word[1]:
        case "VALUE":
            text = column
        case "STATED":
            text = f"coalesce({column}, [])" if field in list_fields(kind) else column
        case "FILLED":
            text = _is_filled(kind, field, alias)
        case "DAY":
            text = f"try_cast(CASE WHEN length({column}) = 10 THEN {column} END AS DATE) AS {stem}_on"
        case "YEAR":
            text = f"try_cast(left({column}, 4) AS INTEGER) AS {stem}_year"
        case "UNREAD":
            text = f"list_has_any({alias}.unread_fields, {list(columns_beside(kind, field))})"
        case as_told_or_atom:
            text = _tell(kind, field, alias, is_sorted=as_told_or_atom == "ATOM")
    return text


def _tell(kind: str, field: str, alias: str, *, is_sorted: bool) -> str:
    """A field as one text: of a list its items, with a comma and a blank between."""
    column = f'{alias}."{field}"'
    if field in list_fields(kind):
        return f"nullif(array_to_string({f'list_sort({column})' if is_sorted else column}, ', '), '')"
    read_as = None if is_sorted else catalogue(kind)[field].wording_of
    if read_as is not None:
        return f"CASE WHEN NOT ({_is_filled(kind, read_as, alias)}) THEN {column} END"
    return f"{column}::VARCHAR"


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
