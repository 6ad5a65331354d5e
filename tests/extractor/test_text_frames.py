"""The menus of text pages in the shapes and scripts that they were met in, all words our own."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.extractor.readings import NEWS_URL, find_paragraphs, read_text

TABLE = Path(__file__).parent / "cases" / "text_frames.toml"
PAGES = {page["name"]: page for page in tomllib.loads(TABLE.read_text(encoding="utf-8"))["page"]}


@pytest.mark.parametrize("name", PAGES)
def test_the_frame_of_a_text_page_ends_where_its_title_begins(name: str) -> None:
    page = PAGES[name]
    reading = read_text("\n".join([page["frame"] + page["title"], *page["paragraphs"]]), "https://lac.iom.int/node/77")
    assert reading.title is not None, reading.reason
    assert (reading.title.value, find_paragraphs(reading)) == (page["title"], page["paragraphs"])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_whose_title_is_lost_is_read_whole_without_one(name: str) -> None:
    page = PAGES[name]
    reading = read_text(page["frame"] + "\n".join(page["paragraphs"]), NEWS_URL)
    assert (reading.status, reading.title, find_paragraphs(reading)) == ("read", None, page["paragraphs"])


LONG = (
    "Renforcement des capacités nationales des greffiers des ports et de leurs collines en matière de lampes, de"
    " registres et de vieilles barques aux fins de développement national au bord de la petite rivière, deuxième phase"
)


def test_titles_of_two_hundred_and_twenty_characters_are_titles() -> None:
    text = "The harbour master counted the boats at dawn, and the clerks wrote their names into the ledger of the port."
    assert len(LONG) > 210
    reading = read_text(f"- Numbers\n{LONG}\n{text}\n{text}", "https://lac.iom.int/node/77")
    assert reading.title is not None, reading.reason
    assert (reading.title.value, find_paragraphs(reading)) == (LONG, [text, text])
    labelled = "-\nStart Date\n2006\n-\nProject Status\nCompleted\n-\nProjects ID\nTC.0767\n-\nIDF Region\nAfrica"
    bare = "Africa\nTC.0767\n183,813\nLiberia\nNational"
    for page in (f"- Numbers\n{LONG}\n{labelled}\n{text}", f"{LONG}\n{LONG}\n{bare}\n{text}"):
        reading = read_text(page, "https://developmentfund.iom.int/project/lamps")
        assert reading.title is not None, reading.reason
        assert reading.title.value == LONG


def test_the_doubled_title_of_the_old_host_is_one_without_any_key_too() -> None:
    text = "The harbour master counted the boats at dawn, and the clerks wrote their names into the ledger of the port."
    page = f"Lamps for clerks\nLamps for clerks\nAfrica\n183,813\nLiberia\nNational\nCompleted\n{text}"
    reading = read_text(page, "https://developmentfund.iom.int/project/lamps")
    assert reading.title is not None, reading.reason
    assert (reading.title.value, reading.kind) == ("Lamps for clerks", "project")
