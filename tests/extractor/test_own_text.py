"""Which text is the article's own: points, sections and lists of it stay; what stands around it never enters it."""

from __future__ import annotations

import pytest

from tests.extractor.readings import (
    NEWS_URL,
    find_description,
    find_paragraphs,
    find_values,
    read_html,
    read_text,
    state_values,
)
from tests.site.content import make_project
from tests.site.pages import THEMES, Look, render_page

FIRST = "Suva – Clerks from nine harbours met this week to learn how ledgers are kept when the lamps fail, they said."
SECOND = "The course was led by two retired pilots, who have kept the books of the outer islands for thirty years."
THIRD = "“We write down every boat that comes in,” said the clerk of the smallest harbour as she closed the ledger."
TEXT = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
OWN = [FIRST, SECOND, THIRD]


def page_of(body: str, main: str = "main") -> str:
    return f"<html><body><{main}><article><h1>Clerks learn</h1>{body}</article></{main}></body></html>"


@pytest.mark.parametrize(
    "third", ["(c) calling the port authority at dawn;", "(c) IOM boats;", "(c) 2016 ledgers, all"]
)
def test_the_third_point_of_an_enumeration_is_no_caption(third: str) -> None:
    points = ["(a) writing;", "(b) counting boats at night;", third, "(d) sleeping."]
    lines = [FIRST, *points, SECOND]
    assert find_paragraphs(read_html(page_of("".join(f"<p>{line}</p>" for line in lines)), NEWS_URL)) == lines
    assert find_paragraphs(read_text("\n".join(["Clerks learn", *lines]), NEWS_URL)) == lines


@pytest.mark.parametrize(
    "caption", ["(c) IOM 2020", "(C) Ida Example", "© IOM/Ida Example", "Photo: IOM/Ida", "Foto: Ida"]
)
def test_captions_between_paragraphs_are_no_text(caption: str) -> None:
    lines = [FIRST, caption, SECOND]
    assert find_paragraphs(read_html(page_of("".join(f"<p>{line}</p>" for line in lines)), NEWS_URL)) == [FIRST, SECOND]
    assert find_paragraphs(read_text("\n".join(["Clerks learn", *lines]), NEWS_URL)) == [FIRST, SECOND]


def test_a_sentence_that_begins_like_a_caption_is_text() -> None:
    sentence = "Photos: the clerks took forty of them on the last evening, and none of them came out well."
    assert find_paragraphs(read_html(page_of(f"<p>{FIRST}</p><p>{sentence}</p>"), NEWS_URL)) == [FIRST, sentence]


CALL = "Sign up to our newsletter and receive a letter about harbours and lamps each week."
BOXES = [
    "<aside><p>{}</p></aside>",
    "<dialog><p>{}</p></dialog>",
    "<dialog open><p>{}</p></dialog>",
    "<div>{}</div>",
    "<div><div><p>{}</p></div></div>",
]


@pytest.mark.parametrize("main", ["main", "div"])
@pytest.mark.parametrize("box", BOXES)
def test_a_call_to_subscribe_is_no_text_wherever_it_stands(box: str, main: str) -> None:
    call = box.format(CALL)
    for body in (
        call + TEXT,
        f"<div>{call}{TEXT}</div>",
        f"<p>{FIRST}</p>{call}<p>{SECOND}</p><p>{THIRD}</p>",
        TEXT + call,
    ):
        assert find_paragraphs(read_html(page_of(body, main), NEWS_URL)) == OWN


def test_an_aside_before_the_text_is_no_lead_whatever_it_says() -> None:
    note = "<aside><p>The harbour office is open from eight to four, and on Sundays in the season.</p></aside>"
    for body in (note + TEXT, f"<div>{note}<div>{TEXT}</div></div>"):
        assert find_paragraphs(read_html(page_of(body), NEWS_URL)) == OWN


HIDDEN = [
    "<div hidden>{}</div>",
    '<div class="x" hidden="">{}</div>',
    '<div style="color: red; display:none">{}</div>',
    '<div style="DISPLAY: none !important;">{}</div>',
    "<span hidden>{}</span>",
    '<section style="visibility: hidden">{}</section>',
    "<dialog>{}</dialog>",
    "<template>{}</template>",
]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_hidden_elements_are_no_content(hidden: str) -> None:
    note = hidden.format("<p>Copy this address and send it to your friends so that they read it too.</p>")
    for body in (note + TEXT, TEXT + note, f"<p>{FIRST}</p>{note}<p>{SECOND}</p><p>{THIRD}</p>"):
        assert find_paragraphs(read_html(page_of(body), NEWS_URL)) == OWN


@pytest.mark.parametrize("shown", ['<div class="overflow-hidden">{}</div>', '<div data-hidden="1">{}</div>',
                                   '<div title="a hidden door" style="display:block">{}</div>', "<details>{}</details>",
                                   '<div hidden="until-found">{}</div>'])  # fmt: skip
def test_elements_that_only_sound_hidden_are_content(shown: str) -> None:
    assert find_paragraphs(read_html(page_of(shown.format(TEXT)), NEWS_URL)) == OWN


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("theme", THEMES)
def test_a_hidden_field_is_no_value(theme: str, hidden: str) -> None:
    content = make_project(3)
    page = render_page(content, Look(theme, n_bytes=3000)).decode()
    field = hidden.format("<div>Year</div><div>1901</div>").replace("<span", "<div").replace("</span", "</div")
    page = page.replace("<article class=node>", "<article class=node>" + field)
    assert page.count("1901") == 1
    assert find_values(read_html(page)) == state_values(content)
    assert find_description(read_html(page)) == list(content.description)


def test_a_note_in_a_box_like_that_of_the_text_is_not_the_text() -> None:
    note = "The opening hours of all offices of the harbour stand on the door of each of them."
    page = f"<html><body><div><h1>Clerks learn</h1>{TEXT}</div><div><p>{note}</p></div></body></html>"
    assert find_paragraphs(read_html(page, NEWS_URL)) == OWN


TITLE = "The harbour board of island number {} has opened its new lamps and ledgers for the clerks of all nine ports"
CARDS = [
    '<div class="card"><div><div>Press Release</div><h5>{}</h5><div>05 May 2020</div></div></div>',
    '<div class="card"><a href="/n"></a><h4><a href="/n">{}</a></h4><p>They were lit last week, it said.</p></div>',
    "<div><h4>{}</h4><p>They were lit last week, the board said.</p><a href='/n'>Read more</a></div>",
    "<li><a href='/n'>{}</a><div>5 May 2020</div></li>",
]


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("n_cards", [3, 8])
def test_cards_of_other_pages_never_outweigh_a_short_text(card: str, n_cards: int) -> None:
    cards = "".join(card.format(TITLE.format(number)) for number in range(n_cards))
    body = f"<div><div><p>{FIRST}</p><p>{SECOND}</p></div></div><div>{cards}</div>"
    assert find_paragraphs(read_html(page_of(body), NEWS_URL)) == [FIRST, SECOND]


@pytest.mark.parametrize("heading", ["Latest news", "Related stories", "Read more", "À lire aussi"])
def test_what_a_text_page_announces_below_its_text_is_not_the_text(heading: str) -> None:
    teasers = [
        "Another harbour opens",
        "The lamps in the north are lit again after the storm, the board said last week.",
    ]
    frame = ["- A third harbour", "- A fourth harbour", CALL, "Terms of use"]
    lines = [
        "Clerks learn",
        *OWN,
        heading,
        *teasers,
        "Lamps for all",
        "They will be lit on Monday, it was said.",
        *frame,
    ]
    reading = read_text("\n".join(lines), NEWS_URL)
    assert (find_paragraphs(reading), reading.unexplained) == (OWN, ())
    assert find_paragraphs(read_text("\n".join(["Clerks learn", *OWN, CALL, "Terms of use"]), NEWS_URL)) == OWN


RELATED_SUBHEADINGS = ["More from the harbours", "What's new", "Other Documents", "Recent Statements"]


@pytest.mark.parametrize("heading", RELATED_SUBHEADINGS)
def test_a_subheading_that_sounds_like_teasers_stays_with_the_prose_below_it(heading: str) -> None:
    expected = [FIRST, heading, SECOND, THIRD]
    body = f"<p>{FIRST}</p><h2>{heading}</h2><p>{SECOND}</p><p>{THIRD}</p>"
    for page in (page_of(body), page_of(f"<div>{body}</div>")):
        assert find_paragraphs(read_html(page, NEWS_URL)) == expected
    assert find_paragraphs(read_text("\n".join(["Clerks learn", *expected]), NEWS_URL)) == expected


@pytest.mark.parametrize("heading", RELATED_SUBHEADINGS)
def test_plain_prose_ends_a_zone_of_teasers(heading: str) -> None:
    links = "<ul><li><a href='/a'>Another harbour opens</a></li><li><a href='/b'>Lamps for all</a></li></ul>"
    body = f"<div><p>{FIRST}</p><h2>{heading}</h2>{links}<h3>Background</h3><p>{SECOND}</p><p>{THIRD}</p></div>"
    assert find_paragraphs(read_html(page_of(body), NEWS_URL)) == [FIRST, "Background", SECOND, THIRD]


def test_entries_of_a_list_among_the_prose_are_text_whatever_they_say() -> None:
    entries = ["The Ledger Handbook of 1962", "IOM", "Global", "News", "X"]
    shown = [f"<a href='/h'>{entries[0]}</a>", *entries[1:]]
    body = f"<p>{FIRST}</p><ul>{''.join(f'<li>{one}</li>' for one in shown)}</ul><p>{SECOND}</p>"
    assert find_paragraphs(read_html(page_of(body), NEWS_URL)) == [FIRST, *entries, SECOND]
    lines = "\n".join(["Clerks learn", FIRST, *(f"- {one}" for one in entries[:4]), SECOND])
    assert find_paragraphs(read_text(lines, NEWS_URL)) == [FIRST, *entries[:4], SECOND]


def test_share_links_among_the_prose_are_no_text() -> None:
    share = "<ul><li><a href='#'>Facebook</a></li><li><a href='#'>X</a></li><li><a href='#'>E-mail</a></li></ul>"
    body = f"<p>{FIRST}</p><p>Share</p>{share}<p>{SECOND}</p>"
    assert find_paragraphs(read_html(page_of(body), NEWS_URL)) == [FIRST, SECOND]


@pytest.mark.parametrize(
    "section",
    [
        "<div><div><h3>Background</h3><p>{}</p></div></div>",
        "<section><h2>Background</h2><div><div><p>{}</p></div></div></section>",
        "<h3>Background</h3><div><div>{}</div></div>",
    ],
)
def test_a_last_section_in_boxes_of_its_own_is_text(section: str) -> None:
    body = f"<div><p>{FIRST}</p><p>{SECOND}</p></div>" + section.format(THIRD)
    assert find_paragraphs(read_html(page_of(body), NEWS_URL)) == [FIRST, SECOND, "Background", THIRD]


def test_a_long_lead_does_not_cost_the_text_below_it() -> None:
    body = f"<div><p>{FIRST} {SECOND} {THIRD}</p></div><div><div><p>{SECOND}</p><p>{THIRD}</p></div></div>"
    assert find_paragraphs(read_html(page_of(body), NEWS_URL)) == [f"{FIRST} {SECOND} {THIRD}", SECOND, THIRD]


SUMMARY = "The ledgers of the nine harbours are kept by hand, and nobody has lost a page of them since the war ended."


@pytest.mark.parametrize(
    "before", ["<div><ul>{}</ul></div>", "<div><blockquote>{}</blockquote></div>", "<div>{}</div>"]
)
def test_paragraphs_in_a_box_each_are_one_text_however_long_what_stands_before_them_is(before: str) -> None:
    tag = "li" if "<ul>" in before else "p"
    points = before.format(f"<{tag}>{SUMMARY}</{tag}>" * 3)
    table = "<table><tr><td>Suva</td><td>9</td></tr></table>"
    body = f"{points}<div><div>{FIRST}</div><div>{SECOND}</div>{table}<div>{THIRD}</div></div>"
    found = find_paragraphs(read_html(page_of(body), NEWS_URL))
    assert [text for text in found if text in OWN] == OWN
    assert "9" in found
