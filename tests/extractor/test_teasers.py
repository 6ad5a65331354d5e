"""Labels of other projects on a project's page: never its fields, never a contradiction of them."""

from __future__ import annotations

import pytest

from tests.extractor.readings import NEWS_URL, find_description, find_values, read_html, read_text
from tests.site.content import make_project
from tests.site.pages import Look, render_page

PROSE = "The team will visit every counter twice and write down what travellers have to wait for."
OWN = [
    ("Start Date", "2016"),
    ("End Date", "2018"),
    ("Project Status", "Completed"),
    ("Project Type", "Labour Migration"),
    ("Budget Amount (USD)", "183,813.00"),
    ("Coverage", "National"),
    ("IDF Region", "Africa"),
    ("Benefiting Member States", "Liberia"),
]
STATED = {
    "start_date": ("2016",),
    "end_date": ("2018",),
    "status": ("Completed",),
    "type": ("Labour Migration",),
    "budget": ("183,813.00",),
    "coverage": ("National",),
    "idf_region": ("Africa",),
    "countries": ("Liberia",),
}
LINK = '<a href="/p">Counters for Ferries</a>'
BOX = '<div class="field"><div>{}</div><div>{}</div></div>'
INLINE = "<p><b>{}:</b> {}</p>"
ROW = "<tr><th>{}</th><td>{}</td></tr>"


def show(rows: list[tuple[str, str]], form: str = BOX) -> str:
    return "".join(form.format(*row) for row in rows)


FIELDS = show(OWN)
ARTICLE = f"<h1>Lamps</h1>{FIELDS}<p>{PROSE}</p>"
MISSING = [[("Prima ID", "UG10P0002")], [("Projects ID", "CT.0999"), ("Year", "2003")]]
STATED_TOO = [[("Coverage", "Regional"), ("Prima ID", "UG10P0002")], [("Start Date", "1999")]]


@pytest.mark.parametrize("form", [BOX, INLINE])
@pytest.mark.parametrize("others", [*MISSING, *STATED_TOO])
@pytest.mark.parametrize(
    "page",
    [
        f"<article>{ARTICLE}<div><h2>Related projects</h2><article><h3>{LINK}</h3>{{}}</article></div></article>",
        f"<article>{ARTICLE}</article><aside><h2>Related projects</h2><h3>{LINK}</h3>{{}}</aside>",
        f"<article>{ARTICLE}</article><aside>{{}}</aside>",
        f"<article>{ARTICLE}</article><div><h3>Counters for Ferries</h3>{{}}</div>",
        f"<h1>Lamps</h1><div>{FIELDS}</div><p>{PROSE}</p><div><h3>{LINK}</h3>{{}}<p>Six words.</p><p>x</p></div>",
        f"<h1>Lamps</h1><div>{FIELDS}</div><p>{PROSE}</p><ul><li><h3>Counters for Ferries</h3>{{}}</li></ul>",
        f"<h1>Lamps</h1><div>{FIELDS}</div><p>{PROSE}</p><div><div>{LINK}</div>{{}}</div>",
        f"{ARTICLE}<h3>{LINK}</h3>{{}}",
        f"{ARTICLE}<h2>Counters for Ferries</h2>{{}}",
        f"{ARTICLE}<h2>Other works of ours</h2><h3>Counters for Ferries</h3>{{}}",
        f"{ARTICLE}<h2>More projects</h2><h3>Counters for Ferries</h3>{{}}",
        f"<aside><h3>{LINK}</h3>{{}}</aside><h1>Lamps</h1><div>{FIELDS}</div><p>{PROSE}</p>",
    ],
)
def test_labels_of_a_teaser_are_no_fields_of_the_page(page: str, others: list[tuple[str, str]], form: str) -> None:
    reading = read_html(f"<html><body><main>{page.format(show(others, form))}</main></body></html>")
    assert find_values(reading) == STATED
    assert find_description(reading) == [PROSE]


@pytest.mark.parametrize("others", [*MISSING, *STATED_TOO])
@pytest.mark.parametrize("announced", ["Related projects\nCounters for Ferries", "Counters for Ferries"])
@pytest.mark.parametrize("mark", ["", "-\n"])
def test_labels_of_a_teaser_below_the_text_are_no_fields_of_a_text_page(
    mark: str, announced: str, others: list[tuple[str, str]]
) -> None:
    form = mark + "{}\n{}\n"
    page = "Lamps\n" + show(OWN, "-\n{}\n{}\n") + f"{PROSE}\n{announced}\n" + show(others, form)
    reading = read_text(page)
    assert find_values(reading) == STATED
    assert not any("CT.0999" in text or "UG10P0002" in text for text in find_description(reading))


def test_labels_that_go_on_after_text_under_a_label_of_its_own_are_the_pages() -> None:
    rows = show([*OWN[:4], ("Description", PROSE), *OWN[4:]], "-\n{}\n{}\n")
    assert find_values(read_text("Lamps\n" + rows)) == STATED


@pytest.mark.parametrize(
    "card", ["<article><h3>{}</h3>{}</article>", "<div><h3>{}</h3>{}</div>", "<li><b>{}</b>{}</li>"]
)
@pytest.mark.parametrize("form", [BOX, INLINE])
def test_cards_with_a_label_each_are_no_project(card: str, form: str) -> None:
    cards = "".join(card.format(f"Lamps {i}", form.format(*row)) for i, row in enumerate(OWN))
    for url in ("https://www.iom.int/project/lamps", NEWS_URL):
        reading = read_html(f"<main><h1>Our projects</h1><p>{PROSE}</p>{cards}</main>", url)
        assert reading.status == "quarantined", find_values(reading)


@pytest.mark.parametrize("card", ["<article><h3>{}</h3>{}</article>", "<div><h3>{}</h3>{}</div>"])
def test_cards_with_all_labels_each_are_no_project(card: str) -> None:
    others = [(label, value.replace("2016", "2017").replace("Liberia", "Mali")) for label, value in OWN]
    cards = card.format("Lamps", FIELDS) + card.format("Ferries", show(others))
    assert read_html(f"<main><h1>Our projects</h1>{cards}</main>").status == "quarantined"


def test_the_article_with_the_pages_heading_is_the_pages_where_teasers_bear_all_labels() -> None:
    others = show([*OWN, ("Prima ID", "UG10P0002")])
    teasers = f"<article><h3>Ferries</h3>{others}</article>" * 3
    page = f"<main><article>{ARTICLE}</article>{teasers}</main>"
    assert find_values(read_html(page)) == STATED


@pytest.mark.parametrize(
    "page",
    [
        "<div><div>{0}</div><div>{1}</div></div>",
        "<div><div><h3>When</h3>{0}</div><div><h3>What</h3>{1}</div></div>",
        "<div><ul><li>{0}</li></ul></div><section>{1}</section>",
        "<div><div>{0}</div></div>{1}",
        "<div>{0}</div><p>" + PROSE + "</p><div>{1}</div>",
        "<table>{0}</table><table>{1}</table>",
    ],
)
def test_labels_in_two_columns_are_all_the_pages(page: str) -> None:
    form = ROW if "<table>" in page else BOX
    shown = page.format(show(OWN[:5], form), show(OWN[5:], form))
    assert find_values(read_html(f"<main><h1>Lamps</h1>{shown}<p>{PROSE}</p></main>")) == STATED


@pytest.mark.parametrize("theme", ["drupal9", "table", "definitions", "items"])
def test_a_block_for_telephones_and_one_for_desks_are_read_once(theme: str) -> None:
    content = make_project(3)
    page = render_page(content, Look(theme)).decode()
    start, end = page.index("<article"), page.index("</article>")
    double = show([(label, "; ".join(values)) for _, label, values in content.fields if len(values) == 1])
    page = page[:end] + f'<div class="mobile">{double}</div>' + page[end:]
    assert start < end
    assert find_values(read_html(page)) == {name: values for name, _, values in content.fields}


def test_a_field_with_a_sign_before_its_label_is_the_pages() -> None:
    form = '<div class="field"><div>★</div><div>{}</div><div>{}</div></div>'
    assert find_values(read_html(f"<main><h1>Lamps</h1>{show(OWN, form)}<p>{PROSE}</p></main>")) == STATED


def test_news_beside_a_teaser_with_labels_is_news() -> None:
    teaser = f"<section><h2>Related projects</h2><div><h3>{LINK}</h3>{show(OWN)}</div></section>"
    page = f"<main><article><h1>Lamps lit</h1><p>{PROSE}</p></article>{teaser}</main>"
    assert read_html(page, NEWS_URL).kind == "news"
