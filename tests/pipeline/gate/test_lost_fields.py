"""Many pages that lose one field at once are a fault of the reading or of the template, whichever field it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from contracts.fields import LABELLED, catalogue, expectable_fields
from extractor.codebooks import read_codebook
from pipeline.gate.judgement import Judgement
from tests.pipeline.houses import House, at_day, news_url, project_url
from warehouse.read.published import run_query

N_PAGES = 9
VALUES = {
    "start_date": "2014-03-01",
    "end_date": "2015-09-30",
    "budget": "USD 150000.00",
    "funding_year": "2013",
    "other_countries": "Ghana",
    "prima_id": "LR10P{number:04}",
    "projects_id": "LM.{number:04}",
    "countries": "Liberia Sierra Leone",
}
"""What these pages say under each label; under one with a codebook it is the first word of that."""
NEWS = {
    "published_date": '<meta property="article:published_time" content="2026-10-{day:02}T08:00:00+00:00">',
    "dateline": "Monrovia - ",
    "event": "The workshop was held in Accra from 12 to 13 October 2026. ",
    "relative_date": "It was announced today by the mayor. ",
    "event_duration": "A two-day workshop brought forty guards together. ",
    "sdg_targets": "It serves target 10.7 of the Sustainable Development Goals. ",
}


@cache
def list_labels() -> dict[str, tuple[str, str]]:
    """Every label of the catalogue in its first wording, with a value."""
    books = {entry.label: entry.codebook for entry in catalogue("project").values() if entry.codebook}
    first = {name: next(iter(read_codebook(book)["entry"][0]["values"])) for name, book in books.items()}
    values = VALUES | {str(name): value for name, value in first.items()}
    return {name: (next(iter(read_codebook("labels")[name].values()))[0], values[name]) for name in LABELLED}


def render_project(number: int, *, without: str | None = None) -> bytes:
    rows = "".join(
        f"<dt>{label}</dt><dd>{value.format(number=number)}</dd>"
        for name, (label, value) in list_labels().items()
        if name != without
    )
    text = "" if without == "description" else f"<p>The grant number {number} trains the guards of two ports.</p>"
    return (
        f"<html lang=en><body><main><h1>Guards of the Harbour {number}</h1><dl>{rows}</dl>{text}</main></body></html>"
    ).encode()


def render_news(number: int, *, without: str | None = None) -> bytes:
    part = {name: "" if name == without else text.format(day=number + 1) for name, text in NEWS.items()}
    body = (
        f"<p>{part['dateline']}{part['event_duration']}{part['event']}{part['relative_date']}{part['sdg_targets']}"
        f"The harbour of village {number} opened its gates to boats and nets after a long winter of repairs.</p>"
        f"<p>Families from {number + 3} houses came to the quay to see the first boat go out to sea.</p>"
    )
    return (
        f"<html lang=en><head>{part['published_date']}</head><body><main><article><h1>The harbour of village {number} "
        f"opens</h1>{body}</article></main></body></html>"
    ).encode()


def crawl_losses(house: House, names: Sequence[str], render: Callable[..., bytes]) -> dict[str, Judgement]:
    """A whole crawl, then one crawl for each name in which all pages lack it, and one publish; the verdict of each.

    A rejected crawl is no past, so each is judged against the first.
    """
    house.crawl(0)
    runs = {}
    for day, name in enumerate(names, start=1):
        house.pages = {url: render(number, without=name) for number, url in enumerate(house.pages)}
        runs[name] = house.crawl(day)
    judged = house.publish(at_day(len(names) + 1)).verdicts
    rejected = {verdict.run_id: verdict for verdict in judged if not verdict.is_accepted}
    return {name: rejected[run_id] for name, run_id in runs.items() if run_id in rejected}


def test_nine_projects_that_lose_one_label_are_rejected_and_never_nine_edits(tmp_path: Path) -> None:
    house = House(tmp_path, {project_url(n): render_project(n) for n in range(N_PAGES)})
    names = [*LABELLED, "description"]
    rejected = crawl_losses(house, names, render_project)
    assert list(rejected) == names
    for name, verdict in rejected.items():
        lost = {column for column, entry in catalogue("project").items() if name in (entry.label, column)}
        assert verdict.reasons[0].field in lost, name
    kinds = "SELECT DISTINCT change_kind FROM v1.project_versions"
    assert run_query(house.folder.published, kinds).rows == [("created",)]


def test_nine_news_pages_that_lose_one_thing_are_rejected_and_never_nine_edits(tmp_path: Path) -> None:
    house = House(tmp_path, {news_url(n): render_news(n) for n in range(N_PAGES)})
    rejected = crawl_losses(house, list(NEWS), render_news)
    assert list(rejected) == list(NEWS)
    for name, verdict in rejected.items():
        assert verdict.reasons[0].field.startswith(name.partition("_")[0])
    kinds = "SELECT DISTINCT change_kind FROM v1.news_versions"
    assert run_query(house.folder.published, kinds).rows == [("created",)]


def test_these_pages_state_every_field_that_a_record_can_lose(tmp_path: Path) -> None:
    house = House(tmp_path, {project_url(0): render_project(0), news_url(0): render_news(0)})
    house.crawl(0)
    house.publish(at_day(0.1))
    for kind, view in (("project", "projects"), ("news", "news")):
        columns = expectable_fields(kind)
        (row,) = run_query(house.folder.published, f"SELECT {', '.join(columns)} FROM v1.{view}").rows
        assert [name for name, value in zip(columns, row, strict=True) if value in (None, [])] == []


def test_a_site_file_may_expect_any_field_and_pages_that_state_it_meet_it(tmp_path: Path) -> None:
    house = House(tmp_path, {project_url(n): render_project(n) for n in range(N_PAGES)})
    house.write_site_file(
        "[expect.project]\nfill = { budget_currency = 0.5, type_code = 0.5, other_countries = 0.5, title = 1.0 }\n"
    )
    house.crawl(0)
    assert house.publish(at_day(0.1)).rejected == []
