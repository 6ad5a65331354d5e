"""Writing one extraction: ``extracted/<release>/<run_id>.parquet``.

Belongs here: DuckDB's columns for the shape that ``contracts.extraction`` declares, the check of each row against it,
and one ordered, reproducible Parquet file. Does not belong here: the declaration, making rows (the pipeline does), or
reading them into tables (:mod:`warehouse.build.database`).
"""

import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import duckdb
import msgspec
from msgspec import Struct, inspect

from contracts.extraction import Extraction
from warehouse.connection import open_scratch, quote_text
from warehouse.errors import ExtractionRowError, WarehouseError
from warehouse.files import STAGING_MARK, private_beside, put_in_place

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


def shape_columns(shape: type[Struct]) -> dict[str, str]:
    """Column name to DuckDB type of a shape that is declared once, in ``contracts``; in the order of its files.

    >>> list(shape_columns(Extraction).items())[:2]
    [('capture_id', 'VARCHAR'), ('run_id', 'VARCHAR')]
    """
    row = inspect.type_info(shape)
    assert isinstance(row, inspect.StructType)
    return {field.name: duckdb_type(field.type) for field in row.fields}


def list_columns(shape: type[Struct]) -> str:
    """The columns of a file whose rows are a shape, as ``read_json`` takes them."""
    return ", ".join(f"\"{column}\": '{kind}'" for column, kind in shape_columns(shape).items())


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


ROW_GROUP = 20_000
"""Rows a Parquet row group: about 100 MB of page text at most, so that a reader never needs more at once."""


def write_extraction(rows: Iterable[bytes], target: Path) -> int:
    """Write the rows (one JSON object each, docs/contracts.md section 3) to ``target``; return how many there were.

    The file is ordered by ``capture_id`` and byte-identical for equal rows, whatever their order and however many
    threads there are. It appears whole or not at all: it is written beside, fsynced and renamed.

    Raises:
        ExtractionRowError: a row has a missing or unknown key or a wrong type, or a capture occurs twice; the text
            gives the row's number (from 0) and the place in it. Nothing is written.
        WarehouseError: the file cannot be written, as on a full disk.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=STAGING_MARK, dir=target.parent) as staging:
        staged = Path(staging) / "rows.ndjson"
        count = _stage(rows, staged)
        private = private_beside(target)
        try:
            _copy_ordered(staged, private, Path(staging))
        except duckdb.Error as error:
            private.unlink(missing_ok=True)
            raise WarehouseError(
                f"{target.name} could not be written, an older one is left as it was: {error}"
            ) from error
        put_in_place(private, target)
    return count


def _stage(rows: Iterable[bytes], staged: Path) -> int:
    """Check each row and write it as one line; return how many."""
    decoder = row_decoder()
    seen: set[str] = set()
    with staged.open("wb") as lines:
        for number, row in enumerate(rows):
            try:
                decoded = decoder.decode(row)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise ExtractionRowError(f"row {number} does not keep to the extraction contract: {error}") from error
            _check_meaning(decoded, number)
            if decoded.capture_id in seen:
                raise ExtractionRowError(f"row {number}: capture {decoded.capture_id} occurs twice in one extraction")
            seen.add(decoded.capture_id)
            lines.write(msgspec.json.format(row, indent=-1))
            lines.write(b"\n")
    return len(seen)


def _check_meaning(row: Extraction, number: int) -> None:
    """What types cannot say: UTC; a read row has its kind, its hash and its record; money has at most two decimals."""
    where = f"row {number} (capture {row.capture_id})"
    if row.observed_at.utcoffset():
        raise ExtractionRowError(f"{where}: observed_at {row.observed_at.isoformat()} is not UTC")
    if row.status == "read":
        record = {"project": row.project, "news": row.news}.get(row.kind or "")
        if row.kind is None or row.content_sha256 is None or record is None:
            raise ExtractionRowError(f"{where} is read but lacks its kind, its content_sha256 or its record")
    elif row.reason is None:
        raise ExtractionRowError(f"{where} is quarantined without a reason")
    amount = row.project.budget_amount if row.project else None
    if amount is not None and (not amount.is_finite() or amount != round(amount, 2) or abs(amount) >= 10**12):
        raise ExtractionRowError(f"{where}: budget_amount {amount} does not fit DECIMAL(14,2) exactly")


def _copy_ordered(staged: Path, private: Path, spill: Path) -> None:
    """Turn staged lines into ordered Parquet. An empty file gives a Parquet file of no rows, with its columns."""
    with open_scratch(spill) as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_json({quote_text(str(staged))}, format = 'newline_delimited', "
            f"columns = {{{list_columns(Extraction)}}}, maximum_object_size = 268435456) ORDER BY capture_id) "
            f"TO {quote_text(str(private))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )
