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
