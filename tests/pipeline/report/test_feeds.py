"""The feeds read back without a fault, say the same in both forms, and keep their ids."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import feedparser
import pytest

from contracts.extraction import ExtractorRelease
from pipeline.ground.folders import DataFolder
from pipeline.report.build import write_report
from tests.pipeline.commands import Caller
from tests.pipeline.report.reading import read_index
from tests.warehouse.archives import RELEASE_1, Archive, Record, absent, news, project
from warehouse.publish.swap import publish_database

if TYPE_CHECKING:
    from pathlib import Path

SITE = "https://iom.int"


def read_atom(path: Path) -> Any:
    feed = feedparser.parse(path.read_bytes())
    assert not feed.bozo, (path, feed.get("bozo_exception"))
    assert feed.version == "atom10"
    return feed


def read_json(path: Path) -> dict[str, Any]:
    feed: dict[str, Any] = json.loads(path.read_text("utf-8"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    return feed


def test_every_feed_is_there_in_both_forms_and_says_the_same(report: Path) -> None:
    feeds = read_index(report)["feeds"]
    assert {name.split("/")[1].partition(".")[0] for name in feeds} == {
        "all",
        "high",
        "removals",
        "country",
        "site",
        "project",
    }
    for name in [one for one in feeds if one.endswith(".xml")]:
        atom, other = read_atom(report / name), read_json((report / name).with_suffix(".json"))
        assert [one.id for one in atom.entries] == [one["id"] for one in other["items"]], name
        assert [one.title for one in atom.entries] == [one["title"] for one in other["items"]], name
        assert len({one.id for one in atom.entries}) == len(atom.entries)
        for entry, item in zip(atom.entries, other["items"], strict=True):
            assert urlsplit(entry.id).scheme == "urn"
            assert entry.updated == item["date_published"]
            assert entry.updated.endswith("Z")
        assert sorted((one.updated for one in atom.entries), reverse=True) == [one.updated for one in atom.entries]


def test_an_entry_has_the_sentence_old_and_new_and_leads_to_page_and_proof(report: Path) -> None:
    (entry,) = [one for one in read_atom(report / "feeds/high.xml").entries if "120,000.00 to 125,000.00" in one.title]
    assert "budget before: 120,000.00 USD" in entry.content[0].value
    assert "after: 125,000.00 USD" in entry.content[0].value
    targets = {link.get("title", link.rel): link.href for link in entry.links}
    assert targets["alternate"].endswith("/project/IB.1001/index.html")
    assert targets["proof"].endswith("#archived")
    assert "/week/2026-W" in targets["week"]


def test_no_default_feed_tells_what_a_newer_reader_reads_otherwise(report: Path) -> None:
    for name in read_index(report)["feeds"]:
        assert "newer reader" not in (report / name).read_text("utf-8"), name


@pytest.mark.slow
def test_an_address_makes_links_absolute_and_leaves_ids_alone(demo: Path, report: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    Caller(demo).succeed("report", "-o", str(target), "--base-url", "https://data.example.org/iom/")
    here, there = read_json(report / "feeds/all.json"), read_json(target / "feeds/all.json")
    assert [one["id"] for one in here["items"]] == [one["id"] for one in there["items"]]
    assert all(one["url"].startswith("https://data.example.org/iom/") for one in there["items"])
    assert there["feed_url"] == "https://data.example.org/iom/feeds/all.json"
    assert {link.href for link in read_atom(target / "feeds/all.xml").feed.links} == {
        "https://data.example.org/iom/feeds/all.xml",
        "https://data.example.org/iom/changes/index.html",
    }


@pytest.mark.parametrize("name", ["all", "removals"])
def test_a_feed_says_that_it_is_invented(report: Path, name: str) -> None:
    assert "INVENTED" in read_json(report / f"feeds/{name}.json")["description"]
    assert "INVENTED" in read_atom(report / f"feeds/{name}.xml").feed.subtitle


SECOND = ExtractorRelease(2, date(2026, 3, 1), "reads more")
HISTORY = [
    [*(project(f"{SITE}/project/{name}", title=name, projects_id=f"{name}.1", status_raw="a") for name in "ABC"),
     news(f"{SITE}/news/n", title="N", body="one")],
    [project(f"{SITE}/project/A", title="A", projects_id="A.1", status_raw="b", type_raw="x"),
     absent(f"{SITE}/project/B"),
     project(f"{SITE}/project/C", title="C", projects_id="C.1", status_raw="a", coverage_raw="of one"),
     news(f"{SITE}/news/n", title="N", body="one two")],
    *[[absent(f"{SITE}/project/B")]] * 8,
    [project(f"{SITE}/project/B", title="B", projects_id="B.1", status_raw="a")],
]  # fmt: skip


def read_more(record: Record) -> Record:
    """A second release: it reads another value of every page, and two fields that the first had not seen."""
    return record | {"lang": "fr", "funding_year": 2020} if record["kind"] == "project" else record | {"lang": "fr"}


def read_less(record: Record) -> Record:
    """What the first release makes of the same pages: it knows no coverage, so that C never changed."""
    return {name: value for name, value in record.items() if name != "coverage_raw"}


def test_a_newer_extractor_release_changes_no_entry_and_brings_none_twice(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "data")
    for number, answers in enumerate(HISTORY):
        archive.run(f"2026-01-{1 + number:02}", answers)

    def list_entries(*releases: ExtractorRelease) -> dict[str, list[tuple[str, str, str]]]:
        folder = DataFolder(archive.root)
        publish_database(archive.build(releases), folder.published)
        report = write_report(folder, folder.report).path
        feeds = [read_json(report / name) for name in read_index(report)["feeds"] if name.endswith(".json")]
        return {
            feed["feed_url"]: [(one["id"], one["date_published"], one["tags"][0]) for one in feed["items"]]
            for feed in feeds
        }

    archive.extract(1, read_less)
    first = list_entries(RELEASE_1)
    assert sorted(change for _, _, change in first["all.json"]) == sorted(
        ["created"] * 4 + ["edited"] * 2 + ["removed", "restored"]
    )
    archive.extract(2, read_more)
    second = list_entries(RELEASE_1, SECOND)
    assert first.keys() == second.keys()
    for name, entries in second.items():
        ids = [one for one, _, _ in entries]
        assert len(set(ids)) == len(ids), name
        # Of each entry the same id, time and kind as before; what is new is the one change that the first did not see.
        assert [one for one in entries if one in first[name]] == first[name], name
    came = set(second["all.json"]) - set(first["all.json"])
    assert [change for _, _, change in came] == ["edited"]
