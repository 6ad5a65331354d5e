"""The shape of an extraction as the warehouse holds it, made from ``contracts.extraction``: strict rows, DuckDB types.

Belongs here: turning the one declaration into a decoder and into columns. Does not belong here: the declaration.
"""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct, inspect

from contracts.extraction import Extraction

SCALAR_TYPES: dict[type[inspect.Type], str] = {
    inspect.StrType: "VARCHAR",
    inspect.LiteralType: "VARCHAR",
    inspect.IntType: "INTEGER",
    inspect.DecimalType: "DECIMAL(14,2)",
    inspect.DateTimeType: "TIMESTAMP",
}
"""How single values are held. A type that is not here has no place in an extraction."""


def duckdb_type(kind: inspect.Type) -> str:
    """The DuckDB type that holds one msgspec type.

    >>> duckdb_type(inspect.type_info(tuple[str, ...]))
    'VARCHAR[]'
    """
    match kind:
        case inspect.UnionType(types=members):
            (only,) = [member for member in members if not isinstance(member, inspect.NoneType)]
            return duckdb_type(only)
        case inspect.StructType(fields=fields):
            return "STRUCT(" + ", ".join(f'"{field.name}" {duckdb_type(field.type)}' for field in fields) + ")"
        case inspect.VarTupleType(item_type=element):
            return duckdb_type(element) + "[]"
        case _:
            return SCALAR_TYPES[type(kind)]


@cache
def extraction_columns() -> dict[str, str]:
    """Column name to DuckDB type, in the order of the Parquet file.

    >>> list(extraction_columns().items())[:2]
    [('capture_id', 'VARCHAR'), ('run_id', 'VARCHAR')]
    """
    return shape_columns(Extraction)


def shape_columns(shape: type[Struct]) -> dict[str, str]:
    """Column name to DuckDB type of a shape that is declared once, in ``contracts``."""
    row = inspect.type_info(shape)
    assert isinstance(row, inspect.StructType)
    return {field.name: duckdb_type(field.type) for field in row.fields}


@cache
def row_decoder() -> msgspec.json.Decoder[Any]:
    """A decoder of rows that takes each key of :class:`Extraction` exactly once: none missing, none unknown.

    What it gives has the attributes of an :class:`Extraction`.
    """
    return msgspec.json.Decoder(_demand_all(Extraction), strict=True)


def _demand_all(kind: Any) -> Any:
    """The type with every struct in it without defaults and closed: a key that is left out is an error."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        hints = get_type_hints(kind, include_extras=True)
        fields = [(name, _demand_all(hint)) for name, hint in hints.items()]
        return msgspec.defstruct(kind.__name__, fields, forbid_unknown_fields=True)
    parts = get_args(kind)
    if get_origin(kind) in {UnionType, Union}:
        return Union[tuple(_demand_all(part) for part in parts)]  # noqa: UP007 - made of parts known at run time only
    return tuple[_demand_all(parts[0]), ...] if get_origin(kind) is tuple else kind  # type: ignore[misc]  # likewise
