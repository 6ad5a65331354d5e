"""Frozen pages give the records that a person has signed, field by field; an unsigned draft fails."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.authoring.freeze import GOLDEN_PAGES, read_golden
from pipeline.ground.folders import PROJECT_ROOT

GOLDEN = sorted((PROJECT_ROOT / GOLDEN_PAGES).glob("*.json"))


@cache
def load_golden(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


@cache
def read_frozen(path: Path) -> dict[str, Any]:
    golden = load_golden(path)
    payload = path.with_suffix(".txt" if golden["reader"] == "text" else ".html").read_bytes()
    assert hashlib.sha256(payload).hexdigest() == golden["payload_sha256"], (
        "the fixture is not the page that was frozen"
    )
    return read_golden(payload, reader=golden["reader"], url=golden["url"], charset=golden["charset"])


def flatten(record: dict[str, Any]) -> dict[str, Any]:
    """What is stated, by name: a field that a golden record does not name is one that its page does not state."""
    flat = {name: value for name, value in record.items() if name not in {"project", "news"}}
    for part in ("project", "news"):
        flat |= {f"{part}.{name}": value for name, value in (record[part] or {}).items() if value not in (None, [])}
    return flat


def name_golden(path: Path) -> str:
    return path.stem


FIELDS = [(path, field) for path in GOLDEN for field in flatten(load_golden(path)["record"])]


@pytest.mark.parametrize("path", GOLDEN, ids=name_golden)
def test_the_golden_record_is_signed_by_a_person(path: Path) -> None:
    assert load_golden(path)["reviewed"], f"{path.name} is a draft: read the page, correct the record, then sign it"


@pytest.mark.parametrize(("path", "field"), FIELDS, ids=[f"{path.stem}-{field}" for path, field in FIELDS])
def test_the_field_is_read_as_the_golden_record_has_it(path: Path, field: str) -> None:
    assert flatten(read_frozen(path)).get(field) == flatten(load_golden(path)["record"])[field]


@pytest.mark.parametrize("path", GOLDEN, ids=name_golden)
def test_the_page_gives_no_field_that_the_golden_record_does_not_know(path: Path) -> None:
    assert flatten(read_frozen(path)).keys() == flatten(load_golden(path)["record"]).keys()


@pytest.mark.parametrize("path", GOLDEN, ids=name_golden)
def test_no_contact_stands_in_the_record(path: Path) -> None:
    text = json.dumps(read_frozen(path), ensure_ascii=False)
    assert "@" not in text
    assert "331 00 00" not in text
    assert "2212 5300" not in text


def test_every_kind_layout_and_language_that_is_promised_has_a_golden_page() -> None:
    records = [load_golden(path)["record"] for path in GOLDEN]
    assert {record["lang"] for record in records if record["kind"] == "project"} >= {"en", "fr", "es"}
    assert {record["lang"] for record in records if record["kind"] == "news"} >= {"en", "fr", "es", "de", "ar"}
    layouts = {record["layout"] for record in records}
    assert layouts >= {"project/1", "project/2-bullets", "project/3-unlabelled", "news/1", "news/2-wrapped"}
