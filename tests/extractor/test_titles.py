"""Which text is the title: never the name of the site or of one of its sections, where the page has one of its own."""

from __future__ import annotations

import pytest

from tests.extractor.readings import NEWS_URL, read_html

PROSE = "The team will visit every counter twice and write down what travellers have to wait for."
SITE = "International Organization for Migration"


def read_title(head: str, headings: str) -> str | None:
    page = f"<html><head>{head}</head><body><main>{headings}<p>{PROSE}</p><p>{PROSE}</p></main></body></html>"
    title = read_html(page, NEWS_URL).title
    return title.value if title else None


@pytest.mark.parametrize("site", [SITE, f"{SITE} (IOM)", "IOM", "IOM Liberia", "UN Migration", "OIM",
                                  "Organisation internationale pour les migrations",
                                  "المنظمة الدولية للهجرة"])  # fmt: skip
def test_the_sites_name_in_the_head_is_no_title(site: str) -> None:
    og = f'<meta property="og:title" content="{site}">'
    assert read_title(og, "") is None
    assert read_title(f"<title>{site}</title>", "") is None
    assert read_title(og + f"<title>Lamps for clerks | {site}</title>", "") == "Lamps for clerks"
    assert read_title(og, "<h2>Lamps for clerks</h2>") == "Lamps for clerks"
    assert read_title(og, f"<h1>{site}</h1><h2>Lamps for clerks</h2>") == "Lamps for clerks"


@pytest.mark.parametrize("separator", [" | ", " - ", " – "])
def test_the_sites_name_behind_a_title_in_the_head_is_cut_off(separator: str) -> None:
    og = f'<meta property="og:title" content="Lamps for clerks{separator}{SITE}">'
    assert read_title(og, "") == "Lamps for clerks"
    assert read_title(og, f"<h1>{SITE}</h1>") == "Lamps for clerks"


@pytest.mark.parametrize(
    "section", ["Press Room", "Main content", "Newsroom", "Salle de presse", "Noticias", "Stories"]
)
def test_the_name_of_a_section_yields_to_a_heading_of_the_page(section: str) -> None:
    assert read_title("", f'<h1 class="visually-hidden">{section}</h1><h2>Lamps for clerks</h2>') == "Lamps for clerks"
    assert read_title(f"<title>{section} | IOM</title>", f"<h1>{section}</h1><h2>Lamps</h2>") == "Lamps"
    assert read_title("<title>Lamps | IOM</title>", f"<h1>{section}</h1>") == "Lamps"


def test_a_section_is_named_where_nothing_else_is() -> None:
    assert read_title("", "<h1>Press Room</h1>") == "Press Room"


def test_a_headline_of_the_site_in_json_ld_does_not_win_over_the_title() -> None:
    linked = '<script type="application/ld+json">{"@type":"WebSite","headline":"Welcome to the lamps"}</script>'
    assert read_title(linked + "<title>Lamps for clerks | IOM</title>", "") == "Lamps for clerks"


@pytest.mark.parametrize("sign", ["¶", '<a href="#lamps">¶</a>', ' <a href="#lamps">§</a>'])
def test_the_sign_of_a_link_to_a_heading_is_no_part_of_the_title(sign: str) -> None:
    page = f"<h1>Lamps lit{sign}</h1><p>Lamps were lit in every office of the harbour, and nobody had to wait.</p>"
    title = read_html(page, NEWS_URL).title
    assert title is not None
    assert title.value == "Lamps lit"


TRAIL = "<nav><ol><li><a href='/'>Home</a></li><li><h1>Lamps: what clerks in harbours now get</h1></li></ol></nav>"
"""A trail of links that ends in an ``h1`` written for search engines, with the same words in the head."""
SEARCHED = "<title>Lamps: what clerks in harbours now get</title>"


def test_a_second_heading_is_the_title_where_the_first_is_an_entry_of_the_trail_of_links() -> None:
    linked = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Every clerk has a lamp"}</script>'
    assert read_title(linked + SEARCHED, f"{TRAIL}<h2>Every clerk has a lamp</h2>") == "Every clerk has a lamp"
    shared = '<meta property="og:title" content="Every clerk has a lamp">'
    assert read_title(shared, "<h1><a href='/'>Harbour Post</a></h1><h2>Every clerk has a lamp</h2>") == (
        "Every clerk has a lamp"
    )


def test_a_second_heading_that_nothing_in_the_head_names_is_no_title() -> None:
    assert read_title(SEARCHED, f"{TRAIL}<h2>What it cost</h2>") == "Lamps: what clerks in harbours now get"
    assert read_title("", "<h1>Every clerk has a lamp</h1><h2>What it cost</h2>") == "Every clerk has a lamp"


def test_of_a_heading_with_a_kicker_the_words_are_the_title_that_are_the_headings_own() -> None:
    kicked = "<h1><span>Lamps for clerks: price</span> How the harbour is lit</h1>"
    named = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"How the harbour is lit"}</script>'
    searched = '<meta property="og:title" content="Lamps for clerks: price"><title>Lamps for clerks: price</title>'
    assert read_title(named + searched, kicked) == "How the harbour is lit"


def test_the_words_of_two_elements_are_parted_as_the_head_parts_them() -> None:
    shared = '<meta property="og:title" content="Harbours: Every clerk has a lamp">'
    assert read_title(shared, "<h1><span>Harbours</span> <span>Every clerk has a lamp</span></h1>") == (
        "Harbours: Every clerk has a lamp"
    )
    assert read_title(shared, "<h1>Harbours <b>Every</b> clerk has a light</h1>") == "Harbours Every clerk has a light"


@pytest.mark.parametrize("end", [" |", " »", " –"])
def test_a_separator_with_nothing_behind_it_is_no_part_of_the_title(end: str) -> None:
    assert read_title(f"<title>Lamps for clerks{end}</title>", "") == "Lamps for clerks"


def test_a_heading_of_an_aside_hides_no_heading_outside_the_text() -> None:
    aside = '<aside><h1>More on lamps</h1><ul><li><a href="/x">How harbours are lit at night</a></li></ul></aside>'
    prose = f"<p>{PROSE}</p>" * 3
    page = f"<body><h1>Every clerk has a lamp</h1><p>By Ida</p><div><div>{prose}{aside}{prose}</div></div></body>"
    title = read_html(page, NEWS_URL).title
    assert title is not None
    assert title.value == "Every clerk has a lamp"


def test_what_a_heading_holds_in_boxes_of_its_own_is_the_heading() -> None:
    assert read_title("", '<h1><div class="field"><div>Lamps for clerks</div></div></h1>') == "Lamps for clerks"
    assert read_title("", "<h1><div>Harbours</div> Lamps for clerks</h1>") == "Lamps for clerks"
    unclosed = "<h1>Lamps for clerks<div>1 May 2020</div><div>By Ida</div>"
    assert read_title("", f"{unclosed}<div>{PROSE}</div><div>Nothing else</div>") == "Lamps for clerks"


@pytest.mark.parametrize("head", ["Harbour Post: {}", "Harbour Post - {}", "{} | Harbour Post"])
def test_without_headings_a_line_over_the_text_that_the_head_states_is_the_title(head: str) -> None:
    named = f"<title>{head.format('Lamps for clerks')}</title>"
    old = "<center><font size=5><b>{}</b></font></center><br><font size=2><i>May 7, 1998</i></font>"
    assert read_title(named, f"<td>Harbour Post</td>{old.format('Lamps for clerks')}") == "Lamps for clerks"


def test_a_text_in_a_script_without_blanks_is_running_text() -> None:
    sentence = "月曜日、係員たちは埠頭の灯りを数え、その数を帳簿に書き込みました。"
    texts = f"<p>{sentence}</p><p>嵐の後も多くが灯っていたと、係員は話しました。</p>"
    page = f"<main><h1>埠頭の灯り</h1><div>2021年5月12日</div>{texts}</main>"
    reading = read_html(page, NEWS_URL)
    assert reading.title is not None
    assert reading.title.value == "埠頭の灯り"
    assert reading.news is not None
    assert reading.news.paragraphs[0].value == sentence


BANNER = f"<div><p>{PROSE}</p></div>"
"""A notice over the title, as sites show one for weeks."""


@pytest.mark.parametrize("end", [" | Harbour Post", " - Harbour Post", " – Lamps – Harbour Post", " | Lamps | Post"])
@pytest.mark.parametrize("level", ["h2", "h3"])
def test_on_a_page_without_h1_the_heading_is_the_title_that_the_head_states_with_more(level: str, end: str) -> None:
    stated = f"<title>Every clerk has a lamp now{end}</title>"
    shown = f"{BANNER}<{level}>What it cost</{level}><{level}>Every clerk has a lamp now</{level}>"
    assert read_title(stated, shown) == "Every clerk has a lamp now"


def test_a_heading_with_a_part_of_a_stated_title_that_no_sign_ends_is_no_title() -> None:
    stated = "<title>Every clerk has a lamp now and a desk | IOM</title>"
    assert read_title(stated, f"{BANNER}<h2>Every clerk has a lamp now</h2>") == "Every clerk has a lamp now and a desk"


@pytest.mark.parametrize("kicker", ["<span>Harbours</span> <span>{}</span>", "<span>Harbours</span><br>{}"])
def test_a_kicker_in_a_heading_is_no_part_of_the_title_where_the_window_goes_without(kicker: str) -> None:
    heading = f"<h1>{kicker.format('Every clerk has a lamp now')}</h1>"
    assert read_title("<title>Every clerk has a lamp now | Post</title>", heading) == "Every clerk has a lamp now"
