"""What never makes a version, and what does: hundreds of pages, each dressed differently."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import pytest

from contracts.extraction import Extraction
from extractor.layouts.read_page import read_page
from extractor.meaning.findings import normal_text
from extractor.meaning.interpret import interpret_page
from tests.extractor.reading_seeds import page_input
from tests.site.pages import THEMES, Lang, Look, NewsContent, ProjectContent, make_news, make_project, render_page

LANGS: tuple[Lang, ...] = ("en", "fr", "es")


def read(content: ProjectContent | NewsContent, look: Look) -> Extraction:
    kind = "project" if isinstance(content, ProjectContent) else "news"
    url = f"https://www.iom.int/{kind}/{content.slug}"
    payload = render_page(content, look)
    reading = read_page(payload, reader="html", url=url, declared_charset=look.charset)
    return interpret_page(page_input(url), reading).extraction


def make(kind: str, number: int, lang: Lang) -> ProjectContent | NewsContent:
    return make_project(number, lang) if kind == "project" else make_news(number, lang)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", ["project", "news"])
@pytest.mark.parametrize("lang", LANGS)
def test_theme_frame_tokens_and_whitespace_never_make_a_version(kind: str, lang: Lang, theme: str) -> None:
    for number in range(4):
        content = make(kind, number, lang)
        plain = read(content, Look(theme=THEMES[0], n_bytes=3_000))
        dressed = read(
            content, Look(theme=theme, frame=number + 7, n_bytes=9_000, space="\n\n   ", main="div id=content")
        )
        assert plain.status == dressed.status == "read"
        assert (dressed.content_sha256, dressed.title) == (plain.content_sha256, plain.title)
        assert normal_text(str(record_of(dressed))) == normal_text(str(record_of(plain)))


def record_of(row: Extraction) -> dict[str, object]:
    record = row.project or row.news
    assert record is not None
    raw = {name for name in record.__struct_fields__ if name.endswith("_raw")}
    return {name: getattr(record, name) for name in record.__struct_fields__ if name not in raw}


def straight_quotes(text: str) -> str:
    return text.replace("’", "'").replace("“", '"').replace("”", '"').replace("–", "-")


def grouped_amount(text: str) -> str:
    return f"{float(text):,.2f}" if re.fullmatch(r"\d+\.\d\d", text) else text


def wide_blanks(text: str) -> str:
    return text.replace(" ", "\u00a0 ")


CHANGES: dict[str, Callable[[str], str]] = {
    "quote style": straight_quotes,
    "number format": grouped_amount,
    "blanks": wide_blanks,
    "zero-width characters": lambda text: text.replace(" ", " \u200b"),
}


def change_texts(content: ProjectContent | NewsContent, change: Callable[[str], str]) -> ProjectContent | NewsContent:
    if isinstance(content, NewsContent):
        return dataclasses.replace(content, paragraphs=tuple(map(change, content.paragraphs)))
    fields = tuple((name, label, tuple(map(change, values))) for name, label, values in content.fields)
    return dataclasses.replace(content, fields=fields, description=tuple(map(change, content.description)))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("kind", ["project", "news"])
def test_quotes_number_format_and_blanks_never_make_a_version(kind: str, change: Callable[[str], str]) -> None:
    for number in range(12):
        content = make(kind, number, LANGS[number % 3])
        before, after = read(content, Look(n_bytes=3_000)), read(change_texts(content, change), Look(n_bytes=3_000))
        assert before.content_sha256 == after.content_sha256


def test_the_wording_of_labels_never_makes_a_version() -> None:
    for number in range(12):
        content = make_project(number)
        louder = dataclasses.replace(
            content, fields=tuple((name, f"{label.upper()} :", values) for name, label, values in content.fields)
        )
        assert read(content, Look(n_bytes=3_000)).content_sha256 == read(louder, Look(n_bytes=3_000)).content_sha256


def test_a_publication_date_that_metadata_gains_or_loses_never_makes_a_version() -> None:
    for number in range(12):
        content = make_news(number)
        bare = dataclasses.replace(content, published=None)
        assert read(content, Look(n_bytes=3_000)).content_sha256 == read(bare, Look(n_bytes=3_000)).content_sha256


@pytest.mark.parametrize("field", ["end_date", "status", "budget", "countries", "projects_id", "type"])
def test_a_changed_value_makes_a_version(field: str) -> None:
    content = make_project(3)
    new = {
        "end_date": "2031",
        "status": "Withdrawn",
        "budget": "77.00",
        "countries": "Mali",
        "projects_id": "ZZ.9999",
        "type": "Lamps",
    }
    stated = [name for name, _, _ in content.fields]
    assert field in stated
    fields = tuple((name, label, (new[field],) if name == field else values) for name, label, values in content.fields)
    changed = dataclasses.replace(content, fields=fields)
    assert read(content, Look(n_bytes=3_000)).content_sha256 != read(changed, Look(n_bytes=3_000)).content_sha256


def test_a_changed_word_a_lost_paragraph_and_a_new_title_make_versions() -> None:
    content = make_news(2)
    before = read(content, Look(n_bytes=3_000)).content_sha256
    edits = (
        dataclasses.replace(content, title=f"{content.title} again"),
        dataclasses.replace(content, paragraphs=content.paragraphs[:-1]),
        dataclasses.replace(content, paragraphs=(f"{content.paragraphs[0]} And more.", *content.paragraphs[1:])),
    )
    hashes = {read(edit, Look(n_bytes=3_000)).content_sha256 for edit in edits}
    assert before not in hashes
    assert len(hashes) == 3


def test_today_read_against_metadata_that_comes_and_goes_never_makes_a_version() -> None:
    paragraphs = (
        "Suva – A lamp was launched today (26/03) in the old harbour, where clerks wait.",
        "It was held on 5 May 2013 for the first time.",
    )
    content = dataclasses.replace(make_news(1), paragraphs=paragraphs, published="2014-03-27")
    dated = read(content, Look(n_bytes=3_000))
    bare = read(dataclasses.replace(content, published=None), Look(n_bytes=3_000))
    assert dated.news is not None
    assert bare.news is not None
    assert (dated.news.event_start, bare.news.event_start) == ("2014-03-26", "XXXX-03-26")
    assert dated.content_sha256 == bare.content_sha256


def test_a_budget_of_zero_is_one_in_every_number_format() -> None:
    def with_budget(value: str) -> ProjectContent:
        content = make_project(3)
        fields = tuple((name, label, (value,) if name == "budget" else old) for name, label, old in content.fields)
        return dataclasses.replace(content, fields=fields)

    rows = [read(with_budget(value), Look(n_bytes=3_000)) for value in ("$0.00", "0.00", "0", "USD 0")]
    assert [row.project.budget_amount for row in rows if row.project] == [0, 0, 0, 0]
    assert len({row.content_sha256 for row in rows}) == 1
