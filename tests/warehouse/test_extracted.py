"""Writing an extraction: strict about each row, reproducible as a file, whole or not at all."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contracts.extraction import Extraction
from tests.warehouse.archives import Archive, news, project
from warehouse.errors import ExtractionRowError
from warehouse.extracted.writer import shape_columns, write_extraction

Row = dict[str, Any]


@pytest.fixture
def rows(tmp_path: Path) -> list[Row]:
    """Two good rows, as the contract has them."""
    archive = Archive(tmp_path / "source")
    archive.run(
        "2026-01-05",
        [
            project("https://www.iom.int/project/a", projects_id="TC.0001", budget_amount="100.00", countries=["LR"]),
            news("https://www.iom.int/news/b", body="Straße, ڪتاب, 例", word_count=3),
        ],
    )
    archive.extract()
    (written,) = (tmp_path / "source" / "extracted").glob("*/*.parquet")
    found = duckdb.connect().execute(f"SELECT to_json(r) FROM read_parquet('{written}') AS r").fetchall()
    readable = [json.loads(row[0]) for row in found]
    for row in readable:
        row["observed_at"] = row["observed_at"].replace(" ", "T") + "Z"
    return readable


def write(rows: list[Row], target: Path) -> int:
    return write_extraction((json.dumps(row).encode() for row in rows), target)


def many(row: Row, count: int) -> list[Row]:
    return [row | {"capture_id": f"{number:08}"} for number in range(count)]


def test_the_columns_are_those_of_the_contract(rows: list[Row], tmp_path: Path) -> None:
    target = tmp_path / "1" / "run.parquet"
    assert write(rows, target) == 2
    described = duckdb.connect().execute(f"DESCRIBE FROM read_parquet('{target}')").fetchall()
    assert [row[0] for row in described] == list(shape_columns(Extraction))
    types = {row[0]: row[1] for row in described}
    assert types["observed_at"] == "TIMESTAMP"
    assert types["countries"] == (
        'STRUCT("role" VARCHAR, country_code VARCHAR, raw VARCHAR, "rule" VARCHAR, certainty VARCHAR, '
        '"start" INTEGER, "end" INTEGER)[]'
    )
    assert "budget_amount DECIMAL(14,2)" in types["project"]


def test_text_numbers_and_instants_survive_the_way(rows: list[Row], tmp_path: Path) -> None:
    target = tmp_path / "run.parquet"
    write(rows, target)
    read = duckdb.connect().execute(
        f"SELECT project.budget_amount::VARCHAR, news.body, observed_at::VARCHAR FROM read_parquet('{target}') "
        "ORDER BY kind DESC"
    )
    assert read.fetchall() == [
        ("100.00", None, "2026-01-05 00:00:00"),
        (None, "Straße, ڪتاب, 例", "2026-01-05 00:00:01"),
    ]


def test_equal_rows_give_equal_bytes_in_any_order(rows: list[Row], tmp_path: Path) -> None:
    shuffled = many(rows[0], 3000)
    write(shuffled, tmp_path / "a.parquet")
    random.Random(5).shuffle(shuffled)
    write(shuffled, tmp_path / "b.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_no_rows_are_a_file_of_no_rows(tmp_path: Path) -> None:
    assert write([], tmp_path / "run.parquet") == 0
    counted = duckdb.connect().execute(f"SELECT count(*) FROM read_parquet('{tmp_path}/run.parquet')").fetchone()
    assert counted == (0,)


BAD_ROWS: dict[str, tuple[Row, str]] = {
    "an unknown key": ({"extra": 1}, "unknown field `extra`"),
    "an unknown key inside": (
        {"blocks": {"total": 1, "frame": 0, "explained": 1, "unexplained": 0, "x": 1}},
        r"\$\.blocks",
    ),
    "a number that is text": ({"release": "1"}, r"Expected `int`, got `str` - at `\$\.release`"),
    "text that is a number": ({"title": 5}, r"at `\$\.title`"),
    "an instant without a zone": ({"observed_at": "2026-01-05T00:00:00"}, r"at `\$\.observed_at`"),
    "an instant of another zone": ({"observed_at": "2026-01-05T02:00:00+02:00"}, "is not UTC"),
    "a status of its own": ({"status": "fine"}, r"at `\$\.status`"),
    "a kind of its own": ({"kind": "page"}, r"at `\$\.kind`"),
    "read without a hash": ({"content_sha256": None}, "lacks its kind, its content_sha256 or its record"),
    "read without a record": ({"project": None, "news": None}, "lacks its kind, its content_sha256 or its record"),
    "quarantined without a reason": ({"status": "quarantined", "reason": None}, "quarantined without a reason"),
}


@pytest.mark.parametrize(("change", "message"), BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_a_row_that_breaks_the_contract_is_named_and_nothing_is_written(
    rows: list[Row], tmp_path: Path, change: Row, message: str
) -> None:
    target = tmp_path / "out" / "run.parquet"
    with pytest.raises(ExtractionRowError, match=f"row 1.*{message}"):
        write([rows[0], rows[1] | change], target)
    assert list(target.parent.iterdir()) == []


def test_a_missing_key_is_named(rows: list[Row], tmp_path: Path) -> None:
    del rows[0]["lang"]
    with pytest.raises(ExtractionRowError, match=r"row 0.*missing required field `lang`"):
        write(rows, tmp_path / "run.parquet")


@pytest.mark.parametrize("amount", ["0.005", "1e12", "NaN", "-Infinity"])
def test_money_that_does_not_fit_exactly_is_refused(rows: list[Row], tmp_path: Path, amount: str) -> None:
    row = next(row for row in rows if row["kind"] == "project")
    row["project"]["budget_amount"] = amount
    with pytest.raises(ExtractionRowError, match=r"does not fit DECIMAL\(14,2\) exactly"):
        write([row], tmp_path / "run.parquet")


def test_a_capture_that_stands_twice_is_refused(rows: list[Row], tmp_path: Path) -> None:
    with pytest.raises(ExtractionRowError, match="occurs twice"):
        write([rows[0], rows[0]], tmp_path / "run.parquet")


def test_bytes_that_are_no_json_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ExtractionRowError, match="row 0"):
        write_extraction([b"{not json"], tmp_path / "run.parquet")


def test_an_older_file_is_replaced_whole_or_kept_whole(rows: list[Row], tmp_path: Path) -> None:
    target = tmp_path / "run.parquet"
    write(rows, target)
    before = target.read_bytes()
    with pytest.raises(ExtractionRowError):
        write([rows[0], {}], target)
    assert target.read_bytes() == before
