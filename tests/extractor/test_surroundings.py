"""What stands around the content on real pages is neither read as content nor allowed to shift it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.extractor.readings import (
    NEWS_URL,
    find_contacts,
    find_description,
    find_paragraphs,
    find_values,
    read_html,
    read_text,
    says,
    state_values,
)
from tests.site.content import make_news, make_project
from tests.site.pages import Look, drop_field, render_page, render_text

PROSE = "The team will visit every counter twice and write down what travellers have to wait for."
MORE = "Officers learn to read old stamps, to answer calmly, and to keep a ledger that the next shift can follow."
LAST = "By the end of the second year the ministry takes over the training."
ARTICLE = f"<article><div><h1>Lamps for clerks</h1></div><div><p>{PROSE}</p><p>{MORE}</p></div></article>"


@pytest.mark.parametrize("main", ["main", "div"])
@pytest.mark.parametrize(
    "after",
    [
        "<section><p>Subscribe to our newsletter to get the latest updates from all over the world.</p></section>",
        "<div><p>This site is run by volunteers, and it is mended on Sundays when the weather is bad.</p></div>",
        "<aside><h3>About the office</h3><div>The office opened in 1999 and closed in the rain.</div></aside>",
        "<div><span>Tags</span><ul><li><a href='#'>Lamps</a></li></ul></div>",
        "<section><h2>Latest stories</h2><div><a href='/a'>A lamp in port</a><p>It was lit.</p></div></section>",
    ],
)
def test_prose_that_follows_elsewhere_on_the_page_is_not_the_articles(after: str, main: str) -> None:
    reading = read_html(f"<html><body><{main}>{ARTICLE}{after}</{main}></body></html>", NEWS_URL)
    assert find_paragraphs(reading) == [PROSE, MORE]


@pytest.mark.parametrize(
    "before",
    [
        "<div><p>We use cookies to make your visit better; by going on you agree to all of them.</p></div>",
        "<div>You are using an old browser. Please get a new one to see this site as it is meant.</div>",
        "<ul><li><a href='/'>Home</a></li><li><a href='/n'>News</a></li><li>Lamps for clerks</li></ul>",
        "<p>WHO WE ARE</p><p>The world, promoting since 1951 humane and orderly migration, with 175 member states.</p>",
    ],
)
def test_prose_above_the_title_is_not_the_articles(before: str) -> None:
    reading = read_html(f"<html><body>{before}{ARTICLE}</body></html>", NEWS_URL)
    assert reading.title is not None
    assert reading.title.value == "Lamps for clerks"
    assert find_paragraphs(reading) == [PROSE, MORE]


def test_text_in_several_sections_is_read_whole() -> None:
    section = '<div class="paragraph"><div class="field"><p>{}</p></div></div>'
    sections = "".join(section.format(text) for text in (PROSE * 6, MORE, LAST))
    page = f"<html><body><main><h1>Lamps</h1><div>{sections}</div></main></body></html>"
    assert find_paragraphs(read_html(page, NEWS_URL)) == [PROSE * 6, MORE, LAST]


def test_a_lead_above_the_text_is_read() -> None:
    page = f"<html><body><main><h1>Lamps</h1><div class=lead>{LAST}</div><div><p>{PROSE}</p><p>{MORE}</p></div></main>"
    assert find_paragraphs(read_html(page, NEWS_URL)) == [LAST, PROSE, MORE]


@pytest.mark.parametrize(
    "end",
    [
        f"<blockquote><p>{LAST}</p></blockquote>",
        f"<ul><li>{LAST}</li></ul>",
        f"<ol><li><p>{LAST}</p></li></ol>",
        f"<table><tbody><tr><td>{LAST}</td></tr></tbody></table>",
    ],
)
def test_quotes_lists_and_tables_at_the_end_of_the_text_are_text(end: str) -> None:
    page = f"<html><body><main><h1>Lamps</h1><div><p>{PROSE}</p><p>{MORE}</p>{end}</div></main></body></html>"
    assert find_paragraphs(read_html(page, NEWS_URL)) == [PROSE, MORE, LAST]


@pytest.mark.parametrize(
    ("head", "headings"),
    [
        ("<title>Lamps for clerks | IOM Liberia</title>", "<h1>IOM Liberia</h1><h2>Lamps for clerks</h2>"),
        ("<title>Lamps for clerks | IOM</title>", "<h1>News</h1><h2>Lamps for clerks</h2>"),
        ('<meta property="og:title" content="Lamps for clerks">', "<h1>Stories</h1><h3>Lamps for clerks</h3>"),
        ("<title>International Organization for Migration</title>", "<h1>Lamps for clerks</h1>"),
        ("<title>A title of long ago | IOM</title>", "<h1>Lamps for clerks</h1>"),
    ],
)
def test_the_name_of_a_site_or_section_is_not_the_title(head: str, headings: str) -> None:
    page = f"<html><head>{head}</head><body><main>{headings}<p>{PROSE}</p></main></body></html>"
    reading = read_html(page, NEWS_URL)
    assert reading.title is not None
    assert reading.title.value == "Lamps for clerks"


def test_values_that_are_links_are_values() -> None:
    content = make_project(3)
    page = render_page(content, Look("drupal9")).decode()
    for _, _, values in content.fields:
        page = page.replace(f'__item">{values[0]}<', f'__item"><a href="/t/1">{values[0]}</a><')
    assert page.count('<a href="/t/1">') == len(content.fields)
    assert find_values(read_html(page)) == state_values(content)


def test_related_projects_below_a_project_are_not_its_description() -> None:
    content = make_project(4)
    related = (
        "<section><h2>Related projects</h2><div><h3><a href='/p'>Other lamps</a></h3><p>They are lit at six.</p></div>"
    )
    page = render_page(content).decode().replace("</article>", "</article>" + related + "</section>")
    assert find_description(read_html(page)) == list(content.description)


@pytest.mark.parametrize("columns", [2, 3, 6])
def test_a_grid_with_rows_of_labels_over_rows_of_values_is_read_by_its_columns(columns: int) -> None:
    content = drop_field(make_project(0), "other_countries")
    fields = content.fields
    cells = []
    for at in range(0, len(fields), columns):
        cells += [label for _, label, _ in fields[at : at + columns]]
        cells += [values[0] for _, _, values in fields[at : at + columns]]
    grid = "".join(f"<div>{cell}</div>" for cell in cells)
    page = f"<html><body><main><h1>Lamps</h1><section>{grid}</section><p>{PROSE}</p></main></body></html>"
    assert find_values(read_html(page)) == state_values(content)
    assert find_values(read_text("\n".join(["Lamps", *cells, PROSE]))) == state_values(content)


def test_two_pairs_in_a_row_of_a_table_are_read() -> None:
    fields = make_project(6).fields
    cells = [f"<th>{label}</th><td>{values[0]}</td>" for _, label, values in fields]
    rows = "".join(f"<tr>{''.join(cells[at : at + 2])}</tr>" for at in range(0, len(cells), 2))
    page = f"<html><body><main><h1>Lamps</h1><table>{rows}</table><p>{PROSE}</p></main></body></html>"
    assert find_values(read_html(page)) == state_values(make_project(6))


def test_fields_in_a_sidebar_and_a_description_beside_it_are_both_read() -> None:
    content = make_project(7)
    page = render_page(content, Look("drupal10")).decode()
    start, end = page.index('<div class="layout '), page.index('<div class="field field--name-body">')
    fields = page[start:end]
    page = page.replace(fields, "").replace("</article>", f"<aside>{fields}</aside></article>")
    reading = read_html(page)
    assert find_values(reading) == state_values(content)
    assert find_description(reading) == list(content.description)


def test_the_last_field_does_not_swallow_a_description_in_the_same_column() -> None:
    content = make_project(8)
    rows = "".join(f"<div><b>{label}</b><div>{values[0]}</div></div>" for _, label, values in content.fields[:-1])
    _, label, values = content.fields[-1]
    last = f"<section><div><b>{label}</b><div>{values[0]}</div></div><p>{PROSE}</p></section>"
    page = f"<html><body><main><h1>Lamps</h1><section>{rows}</section>{last}</main></body></html>"
    reading = read_html(page)
    assert find_values(reading) == state_values(content)
    assert find_description(reading) == [PROSE]


_MENUS = st.lists(
    st.sampled_from(["Doors", "Seasons", "Our Lamps", "Harbours and Ports", "2040 Agenda", "Éditions"]), max_size=8
)


@examples(80)
@given(doubled=_MENUS, bullets=_MENUS, number=st.integers(0, 50), form=st.sampled_from(["A", "B", "plain", "67"]))
def test_changed_menus_of_a_text_page_change_nothing(
    doubled: list[str], bullets: list[str], number: int, form: str
) -> None:
    content = make_project(number) if form in "AB" else make_news(number)
    menu = "-\n" + "".join(f"{word}\n{word}\n" for word in doubled) + "".join(f"- {word}\n" for word in bullets)
    page = menu.encode() + render_text(content, form, frame=False)
    reading, bare = read_text(page, NEWS_URL), read_text(render_text(content, form, frame=False), NEWS_URL)
    assert reading.title is not None
    assert reading.title.value == content.title
    assert (reading.project, reading.news) == (bare.project, bare.news)


def test_a_menu_entry_that_nothing_marks_is_not_the_title() -> None:
    content = make_project(2)
    reading = read_text(b"Emergencies\nCampaigns\n" + render_text(content, "A", frame=False))
    assert says(reading, content) is False  # two lines are left over, and said so
    assert reading.title is not None
    assert reading.title.value == content.title
    assert find_values(reading) == state_values(content)
    assert find_description(reading) == list(content.description)
    assert [text.value for text in reading.unexplained] == ["Emergencies", "Campaigns"]


def test_of_two_lines_above_the_text_the_address_tells_the_title() -> None:
    page = f"Emergencies\nLamps for the clerks of harbours\n{PROSE}\n{MORE}"
    reading = read_text(page, "https://www.iom.int/news/lamps-clerks-harbours")
    assert reading.title is not None
    assert reading.title.value == "Lamps for the clerks of harbours"
    assert find_paragraphs(reading) == [PROSE, MORE]
    assert read_text(page, "https://www.iom.int/news/something-else-again").status == "quarantined"


def test_a_date_below_the_title_is_no_second_title() -> None:
    page = f"Lamps for the clerks of harbours\nGeneva, 12 May 2021\n{PROSE}\n{MORE}"
    reading = read_text(page, "https://www.iom.int/fr/news/lampes-de-bureau")
    assert reading.title is not None
    assert reading.title.value == "Lamps for the clerks of harbours"


def test_a_title_printed_twice_over_text_is_read_once() -> None:
    reading = read_text(f"Lamps for clerks\nLamps for clerks\n{PROSE} {MORE}", NEWS_URL)
    assert reading.title is not None
    assert (reading.title.value, find_paragraphs(reading)) == ("Lamps for clerks", [f"{PROSE} {MORE}"])


def test_heading_signs_and_lines_after_the_fields_of_a_text_page_are_no_content() -> None:
    content = make_project(3)
    page = b"# " + render_text(content, "B", frame=False) + b"\n\nShare\nFacebook\n-\nContact us\n-"
    reading = read_text(page)
    assert says(reading, content)
    assert reading.project is not None
    assert reading.project.empty_labels == ()


def test_what_follows_the_contacts_is_not_one_of_them() -> None:
    contact = "<p>For more information, please contact Ida at ida@iom.int</p>"
    body = f"<h1>Lamps</h1><div><p>{PROSE}</p>{contact}</div><footer><p>Tags: lamps</p></footer>"
    reading = read_html(f"<main><article>{body}</article></main>", NEWS_URL)
    assert find_contacts(reading) == ["For more information, please contact Ida at ida@iom.int"]


@pytest.mark.parametrize(
    "row",
    [
        "<p>{}: {}</p>",
        "<p><b>{}</b> {}</p>",
        "<b>{}:</b> {}<br>",
        "<h5>{}</h5> {}",
        "<li><b>{}</b> {}",
        "<dt>{}<dd>{}",
        "<x-label>{}</x-label><x-value>{}</x-value>",
        "<div><dt>{}</dt><dd><span>{}</span></dd></div>",
        "<div class=r><div class=a><span>{}</span></div><div class=b><span>{}</span></div></div>",
        "<details open><summary>{}</summary>{}</details>",
    ],
)
def test_labels_and_values_in_odd_or_unclosed_markup_are_read(row: str) -> None:
    content = make_project(9)
    rows = "".join(row.format(label, values[0]) for _, label, values in content.fields)
    reading = read_html(f"<html><body><h1>Lamps</h1><section>{rows}</section><p>{PROSE}</p></body></html>")
    assert find_values(reading) == state_values(content)
    assert find_description(reading) == [PROSE]
    assert reading.unexplained == ()
