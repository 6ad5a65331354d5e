"""Rows of one listing share the order of their numbers: what one row proves, the others are read by."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.outcomes import Outcome
from contracts.run import CaptureRef, Fetch
from crawler.archive.runs import LEDGER_NAME, encode_fetch, iter_fetches
from pipeline.stages.extract import page_input

PLACE = CaptureRef(
    capture_id="c",
    warc_type="response",
    file="pages.warc.gz",
    offset=0,
    length=1,
    payload_sha256="0" * 64,
    media_type="text/html",
    reader="html",
    content_capture_id="c",
)


def orders(run_folder: Path, rows: dict[str, str], site: str = "iom.int") -> dict[str, str | None]:
    """The order that is known of each dated page's row, once a run has listed them."""
    run_folder.mkdir(exist_ok=True)
    fetches = [
        Fetch(
            seq=seq, site=site, url=f"https://www.{site}{path}", page_key=f"{site}{path}", kind="news", capture=PLACE,
            outcome=Outcome.FETCHED, effect=Outcome.FETCHED.effect, fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
            discovered_by="listing", listing_date=date,
        )
        for seq, (path, date) in enumerate(rows.items())
    ]  # fmt: skip
    with (run_folder / LEDGER_NAME).open("ab") as ledger:
        ledger.writelines(map(encode_fetch, fetches))
    read = {fetch.page_key: page_input(fetch, run_folder, 1).listing_order for fetch in iter_fetches(run_folder)}
    return {path: read[f"{site}{path}"] for path in rows}


@pytest.mark.parametrize(
    ("proof", "order"), [("Tue, 05/12/2023", "day"), ("12/25/2023", "month"), ("03/04/2023", None), ("today", None)]
)
def test_a_row_that_can_be_read_in_one_way_tells_how_the_others_are_read(
    tmp_path: Path, proof: str, order: str | None
) -> None:
    assert orders(tmp_path / "run", {"/news/a": "07/08/2024", "/news/b": proof})["/news/a"] == order


def test_a_listing_in_another_language_or_of_another_site_tells_nothing(tmp_path: Path) -> None:
    run = tmp_path / "run"
    orders(run, {"/news/b": "12/25/2023"}, site="iom.example")
    rows = {"/news/a": "07/08/2024", "/fr/news/a": "07/08/2024", "/fr/news/b": "25/12/2023"}
    assert orders(run, rows) == {"/news/a": None, "/fr/news/a": "day", "/fr/news/b": None}


def test_rows_that_contradict_each_other_tell_nothing(tmp_path: Path) -> None:
    rows = {"/news/a": "07/08/2024", "/news/b": "25/12/2023", "/news/c": "12/25/2023"}
    assert orders(tmp_path / "run", rows)["/news/a"] is None
