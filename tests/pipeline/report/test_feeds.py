"""The feeds read back without a fault, say the same in both forms, and keep their ids."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import feedparser
import pytest

from tests.pipeline.commands import Caller
from tests.pipeline.report.reading import read_index

if TYPE_CHECKING:
    from pathlib import Path


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
