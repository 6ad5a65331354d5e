"""Writing one extraction: ``extracted/<release>/<run_id>.parquet``.

Belongs here: the check of each row against the contract, and one ordered, reproducible Parquet file.
Does not belong here: making rows (the pipeline does), or reading them into tables (:mod:`warehouse.build.database`).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import msgspec

from contracts.extraction import Extraction
from warehouse.connection import open_scratch, quote_text
from warehouse.errors import ExtractionRowError, WarehouseError
from warehouse.extracted.schema import extraction_columns, row_decoder
from warehouse.files import STAGING_MARK, private_beside, put_in_place

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    columns = ", ".join(f"{name}: {quote_text(kind)}" for name, kind in extraction_columns().items())
    with open_scratch(spill) as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_json({quote_text(str(staged))}, format = 'newline_delimited', "
            f"columns = {{{columns}}}, maximum_object_size = 268435456) ORDER BY capture_id) "
            f"TO {quote_text(str(private))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )
