"""Captures over the eight weeks: which one is chosen, what it says, and which version it proves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.warehouse.archives import Archive, project
from tests.warehouse.read.eight_weeks import monday
from warehouse.errors import AmbiguousNameError, NotFoundError
from warehouse.publish.swap import publish_database
from warehouse.read.captures import Memento, find_capture, find_mementos, read_timemap
from warehouse.read.claims import find_claim, read_said
from warehouse.read.documents import Named, find_documents, get_document
from warehouse.read.published import as_objects, open_published, parse_instant

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb


def _find_closest(tables: duckdb.DuckDBPyConnection, published: Path, name: str, at: str | None = None) -> Memento:
    instant = None if at is None else parse_instant(at)
    (memento,) = find_mementos(tables, published.parent / "extracted", name, instant)
    return memento


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("1999-01-01", monday(1)),
        (monday(1), monday(1)),
        ("2026-01-08T12:00:00", monday(1)),
        ("2026-01-08T12:00:02", monday(2)),
        ("2026-01-09", monday(2)),
        ("2099-01-01", monday(8)),
        (None, monday(8)),
    ],
)
def test_the_closest_capture_is_chosen_before_or_after(
    tables: duckdb.DuckDBPyConnection, published: Path, asked: str | None, given: str
) -> None:
    memento = _find_closest(tables, published, "https://www.iom.int/project/guards", asked)
    assert memento.capture.captured_at.date().isoformat() == given
    assert memento.n_captures == 8
    assert (memento.before is None) == (given == monday(1))
    assert (memento.after is None) == (given == monday(8))


def test_of_two_equally_near_captures_the_earlier_is_chosen(tables: duckdb.DuckDBPyConnection, published: Path) -> None:
    memento = _find_closest(tables, published, "iom.int/project/guards-0", "2026-01-08T12:00:00")
    assert memento.capture.captured_at.date().isoformat() == monday(1)


def test_an_address_has_its_own_captures_and_an_id_those_of_the_page_its_record_is_read_from(
    tables: duckdb.DuckDBPyConnection, published: Path
) -> None:
    assert len(read_timemap(tables, "https://iom.int/fr/node/44").rows) == 8
    assert _find_closest(tables, published, "https://iom.int/fr/node/44").capture.page_key == "iom.int/fr/node/44"
    assert _find_closest(tables, published, "CD.0200").capture.page_key == "iom.int/project/river"
    with pytest.raises(NotFoundError, match="no document is named"):
        _find_closest(tables, published, "https://www.iom.int/never")


def test_what_a_rejected_run_captured_is_not_chosen_and_stays_in_the_timemap(
    tables: duckdb.DuckDBPyConnection, published: Path
) -> None:
    storm = "https://haiti.iom.int/news/storm"
    captures = as_objects(read_timemap(tables, storm))
    assert [row["is_accepted"] for row in captures] == [True] * 8 + [False]
    memento = _find_closest(tables, published, storm, "2026-02-24")
    assert (memento.capture.captured_at.date().isoformat(), memento.n_captures) == (monday(8), 8)
    blocked = find_capture(tables, captures[-1]["capture_id"])
    assert blocked is not None
    assert not blocked.is_accepted


def test_a_capture_says_what_its_own_page_said_with_the_extractions_or_without(
    tables: duckdb.DuckDBPyConnection, published: Path, tmp_path: Path
) -> None:
    french = _find_closest(tables, published, "https://www.iom.int/fr/node/44").capture
    said = read_said(tables, published.parent / "extracted", french).values
    assert said is not None
    assert (said["lang"], said["status"], said["country_roles"]) == (
        "fr",
        "completed",
        ["benefiting HT", "benefiting DO"],
    )
    (memento,) = find_mementos(tables, tmp_path, "CD.0200", None)
    alone = read_said(tables, tmp_path, memento.capture).values
    assert alone is not None
    assert alone["status"] == "active", "a file without its extractions still knows what versions stand on"
    assert read_said(tables, tmp_path, french).values is None
    with pytest.raises(NotFoundError, match="nothing was read from the captures"):
        find_mementos(tables, tmp_path, "https://www.iom.int/fr/node/44", None)


def test_a_capture_is_the_claim_of_the_version_that_was_valid_when_it_was_made(
    tables: duckdb.DuckDBPyConnection, published: Path
) -> None:
    extracted = published.parent / "extracted"
    first, newest = as_objects(read_timemap(tables, "iom.int/project/shelter"))[::5]
    for row, version_no in ((first, 1), (newest, 3)):
        claim = find_claim(tables, extracted, row["capture_id"])
        assert claim.named == Named("project", "CE.0100")
        assert claim.version is not None
        assert claim.version.version_no == version_no
    current = find_claim(tables, extracted, "CT.0300")
    assert current.version is not None
    assert current.version.is_gone
    assert current.gone_from is not None
    assert current.gone_from.date().isoformat() == monday(6)


def test_an_id_means_its_own_document_wherever_else_it_stood(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    moving, other = "https://iom.int/project/x", "https://iom.int/project/y"
    shared = {"prima_id": "TG10P0009"}
    archive.run(
        "2026-01-05",
        [
            project(moving, projects_id="TC.1004"),
            project(f"{moving}-1", projects_id="TC.1006", **shared),
            project(f"{moving}-2", projects_id="TC.1007", **shared),
        ],
    )
    archive.run("2026-01-12", [project(moving, projects_id="TC.1005"), project(other, projects_id="TC.1004")])
    archive.extract()
    with open_published(publish_database(archive.build(), tmp_path / "iomdb.duckdb").path) as tables:
        assert get_document(tables, "tc.1004") == (Named("project", "TC.1004"), [Named("project", "TC.1005")])
        assert [one.document_id for one in find_documents(tables, "TC.1004")] == ["TC.1004", "TC.1005"]
        with pytest.raises(AmbiguousNameError, match=r"TC\.1006, TC\.1007; give one of these"):
            get_document(tables, "TG10P0009")
