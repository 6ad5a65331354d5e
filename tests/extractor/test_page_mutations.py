"""Pages spoilt in every way we can think of: each field is right, NULL, or the page is quarantined."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections.abc import Callable, Iterator

import pytest

from contracts.fields import ProjectRecord
from extractor.layouts.read_page import read_page
from extractor.meaning.interpret import interpret_page
from tests.extractor.reading_seeds import page_input
from tests.site.pages import THEMES, Lang, Look, ProjectContent, make_project, render_page

URL = "https://www.iom.int/project/x"
LANGS: tuple[Lang, ...] = ("en", "fr", "es")
YEARS = {"start_date", "end_date", "funding_year"}
HOSTILE = (
    "<script>alert(1)</script>",
    "'; DROP TABLE projects; --",
    '=HYPERLINK("http://example.org")',
    "{{ 7 * 7 }}",
    "Project Status",
    "\x00",
    "-1",
    "∞",
    "Completed Completed",
)
Mutation = Callable[[ProjectContent, random.Random], Iterator[ProjectContent]]


def with_values(content: ProjectContent, changes: dict[str, tuple[str, ...]]) -> ProjectContent:
    fields = tuple((name, label, changes.get(name, values)) for name, label, values in content.fields)
    return dataclasses.replace(content, fields=fields)


def rename_labels(content: ProjectContent, chance: random.Random) -> Iterator[ProjectContent]:
    for victim, _, _ in content.fields:
        yield dataclasses.replace(
            content,
            fields=tuple(
                (name, "Lamp Colour" if name == victim else label, values) for name, label, values in content.fields
            ),
        )


def drop_fields(content: ProjectContent, chance: random.Random) -> Iterator[ProjectContent]:
    for victim, _, _ in content.fields:
        yield dataclasses.replace(content, fields=tuple(field for field in content.fields if field[0] != victim))


def swap_values(content: ProjectContent, chance: random.Random) -> Iterator[ProjectContent]:
    stated = {name: values for name, _, values in content.fields}
    pairs = [pair for pair in itertools.combinations(stated, 2) if not set(pair) <= YEARS | {"budget"}]
    for one, other in chance.sample(pairs, 12):
        yield with_values(content, {one: stated[other], other: stated[one]})


def empty_values(content: ProjectContent, chance: random.Random) -> Iterator[ProjectContent]:
    for victim, _, _ in content.fields:
        yield with_values(content, {victim: ("",)})


def put_hostile_values(content: ProjectContent, chance: random.Random) -> Iterator[ProjectContent]:
    for (victim, _, _), hostile in zip(content.fields, itertools.cycle(HOSTILE), strict=False):
        yield with_values(content, {victim: (hostile,)})


def shuffle_fields(content: ProjectContent, chance: random.Random) -> Iterator[ProjectContent]:
    if content.lang != "es":  # one Spanish label stands twice: there the order is what tells the two apart
        yield dataclasses.replace(content, fields=tuple(chance.sample(content.fields, len(content.fields))))


def read(content: ProjectContent, theme: str) -> ProjectRecord | None:
    payload = render_page(content, Look(theme=theme, n_bytes=3_000))
    reading = read_page(payload, reader="html", url=URL, declared_charset=None)
    return interpret_page(page_input(URL), reading).extraction.project


def meaning(record: ProjectRecord) -> dict[str, object]:
    return {
        name: getattr(record, name)
        for name in record.__struct_fields__
        if not name.endswith("_raw") and name not in {"description", "other_countries"}
    }


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "mutate", [rename_labels, drop_fields, swap_values, empty_values, put_hostile_values, shuffle_fields]
)
def test_a_spoilt_page_never_gives_a_wrong_value(mutate: Mutation, theme: str) -> None:
    for number, lang in enumerate(LANGS):
        content = make_project(number, lang)
        true = read(content, theme)
        assert true is not None
        right = meaning(true)
        for spoilt in mutate(content, random.Random(f"{theme} {number}")):
            record = read(spoilt, theme)
            if record is None:
                continue
            wrong = {name: value for name, value in meaning(record).items() if value not in (None, (), right[name])}
            assert not wrong, (wrong, spoilt.fields)


def test_an_amount_with_the_mark_of_a_note_is_kept_raw_and_not_read() -> None:
    content = make_project(3)
    payload = render_page(with_values(content, {"budget": ("100000",)}), Look(n_bytes=3_000))
    page = payload.replace(b"100000", b"100000<sup>1</sup>")
    assert page != payload
    reading = read_page(page, reader="html", url=URL, declared_charset=None)
    row = interpret_page(page_input(URL), reading).extraction
    assert row.project is not None
    assert (row.project.budget_amount, row.project.budget_raw) == (None, "100000; 1")
    assert [(one.field, one.value) for one in row.unmapped] == [("budget", "100000; 1")]
