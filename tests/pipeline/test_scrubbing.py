"""A text is taken out of every SQLite file, however it is spelled there, and the rows stay readable."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.purge.scrub import SHORTEST, scrub_folder, spell
from tests.examples import examples

TITLE = 'Été "à" Niamey: l\'aide aux \\ migrants'


def make_file(folder: Path, texts: list[str]) -> Path:
    path = folder / "history" / "runs.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE event_logs (id INTEGER PRIMARY KEY, event TEXT, n INTEGER)")
        connection.executemany("INSERT INTO event_logs (event, n) VALUES (?, 7)", [(text,) for text in texts])
        connection.commit()
    return path


def read_texts(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [text for (text,) in connection.execute("SELECT event FROM event_logs ORDER BY id")]


def test_every_spelling_goes_and_json_stays_json(tmp_path: Path) -> None:
    inner = json.dumps([TITLE])
    path = make_file(
        tmp_path, [TITLE, json.dumps({"a": TITLE}), json.dumps({"a": inner}), "another text of some length"]
    )
    assert scrub_folder(tmp_path, [TITLE]) == 3
    plain, once, twice, other = read_texts(path)
    assert (plain, json.loads(once), json.loads(json.loads(twice)["a"])) == (
        "[removed]",
        {"a": "[removed]"},
        ["[removed]"],
    )
    assert other == "another text of some length"
    content = path.read_bytes()
    assert not [spelling for spelling in spell(TITLE) if spelling.encode() in content]


def test_a_short_title_goes_where_a_run_says_something_and_names_of_dagsters_own_stay(tmp_path: Path) -> None:
    said = {"step_key": "News", "News": 1, "user_message": "read News and Newsroom", "metadata": {"x": ["News"]}}
    path = make_file(tmp_path, [json.dumps(said), "News and more news"])
    assert scrub_folder(tmp_path, ["News"]) == 1
    changed, plain = read_texts(path)
    assert json.loads(changed) == {
        "step_key": "News",
        "News": 1,
        "user_message": "read [removed] and Newsroom",
        "metadata": {"x": ["[removed]"]},
    }
    assert plain == "News and more news"
    assert scrub_folder(tmp_path / "nowhere", [TITLE]) == 0


def test_rows_that_quote_documents_go_whole(tmp_path: Path) -> None:
    wrapped = {"__class__": "TableRecord", "data": {"title": "Another", "budget_amount": "7.00"}}
    counted = {"__class__": "TableRecord", "data": {"table": "projects", "rows": 1}}
    sample = {"sample": [{"title": "A page", "countries": "LR"}], "records": [wrapped, counted]}
    path = make_file(tmp_path, [json.dumps(sample)])
    assert scrub_folder(tmp_path, [TITLE]) == 1
    (row,) = read_texts(path)
    assert json.loads(row) == {"sample": [], "records": [counted]}
    assert b"budget_amount" not in path.read_bytes()


@examples(40)
@given(text=st.text(min_size=SHORTEST, max_size=30).filter(lambda text: "\0" not in text and "removed" not in text))
def test_whatever_the_text_no_spelling_of_it_is_left(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("scrub")
    path = make_file(folder, [json.dumps({"x": json.dumps([text, "kept"])})])
    scrub_folder(folder, [text])
    (row,) = read_texts(path)
    assert json.loads(json.loads(row)["x"]) == ["[removed]", "kept"]
