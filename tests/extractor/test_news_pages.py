"""What is known of news pages, statement by statement: titles, text, contacts, legacy lines, odd content."""

from __future__ import annotations

import textwrap

import pytest

from extractor.blocks.prose_shape import mend_text
from extractor.blocks.source import Source
from extractor.blocks.text import SourceText
from tests.extractor.readings import (
    NEWS_URL,
    find_contacts,
    find_paragraphs,
    read_html,
    read_text,
    says,
)
from tests.site.content import Lang, make_news
from tests.site.pages import THEMES, Look, render_page, render_text

PROSE = "The team will visit every counter twice and write down what travellers have to wait for."
MORE = "Officers learn to read old stamps, to answer calmly, and to keep a ledger that the next shift can follow."


def page_of(body: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body><main>{body}</main></body></html>"


@pytest.mark.parametrize("lang", ["en", "fr", "es"])
@pytest.mark.parametrize("theme", THEMES)
def test_news_reads_in_every_theme_without_captions_share_links_and_related(theme: str, lang: Lang) -> None:
    for number in range(5):
        content = make_news(number, lang)
        reading = read_html(render_page(content, Look(theme, frame=number)), NEWS_URL)
        assert says(reading, content)
        assert reading.layout == "news/1"
        assert (reading.lang, reading.lang_basis) == (lang, "markup")


@pytest.mark.parametrize(
    "dateline",
    ["Niger - ", "Monrovia - ", "Suva – ", "Bogotá D.C., 26 de noviembre de 2024 – ", "Tunis, 29 July 2016 - ",
     "HANOI 2 October 2024 – ", "Ibadan, Nigeria & Accra, Ghana – ", "Bishkek/Astana, 30 May 2025 – ",
     "Berlin/Genf, 16. Oktober - ", "جنيف، 12 مايو 2021 – "],
)  # fmt: skip
def test_a_dateline_stays_at_the_head_of_the_first_paragraph(dateline: str) -> None:
    assert find_paragraphs(read_text(f"Lamps for clerks\n{dateline}{PROSE}", NEWS_URL)) == [dateline + PROSE]
    page = page_of(f"<h1>Lamps for clerks</h1><p>{dateline.replace('&', '&amp;')}{PROSE}</p>")
    assert find_paragraphs(read_html(page, NEWS_URL)) == [dateline + PROSE]


def test_the_frame_may_change_without_the_article_changing() -> None:
    page = render_text(make_news(1), "plain")
    changed = page.replace(b"175 member states", b"174 member states").replace(b"171 countries", b"over 100 countries")
    changed = changed.replace(b"Partnerships\nPartnerships", b"Alliances\nAlliances\nSeasons\nSeasons\n- Elsewhere")
    assert page != changed
    assert read_text(page, NEWS_URL).news == read_text(changed, NEWS_URL).news
    assert read_text(page, NEWS_URL).frame_facts != read_text(changed, NEWS_URL).frame_facts


def test_the_office_sentence_in_the_frame_of_html_is_kept() -> None:
    sentence = (
        "with 175 member states and a presence in over 100 countries. IOM has had a presence in Malta since 2003.</p>"
        "<p>As the organization promoting since 1951 humane and orderly migration, IOM helps."
        " Across Malta, IOM works in the areas of Lamps, Ledgers and Paper.</p>"
    )
    header = f"<header><p>promoting since 1951 humane\n and orderly migration, {sentence}</header>"
    page = f"<html><body>{header}<main><h1>Lamps</h1><p>{PROSE}</p></main></body></html>"
    facts = {fact.name: fact.value.value for fact in read_html(page, NEWS_URL).frame_facts}
    assert facts == {
        "member_states": "175",
        "presence_countries": "over 100",
        "office_country": "Malta",
        "present_since": "2003",
        "thematic_areas": "Lamps, Ledgers and Paper",
    }


def test_a_presence_that_the_article_speaks_of_is_no_fact_of_the_frame() -> None:
    page = f"Lamps\n{PROSE} IOM has had a presence in Malta since 1999, with 12 member states of a club."
    assert read_text(page, NEWS_URL).frame_facts == ()


@pytest.mark.parametrize("width", ["67", "47"])
@pytest.mark.parametrize("lang", ["en", "fr", "es"])
def test_hard_wrapped_legacy_text_is_unwrapped(width: str, lang: Lang) -> None:
    for number in range(6):
        content = make_news(number, lang)
        reading = read_text(render_text(content, width), NEWS_URL)
        assert reading.layout == "news/2-wrapped"
        assert reading.title is not None
        assert reading.title.value == content.title
        assert " ".join(find_paragraphs(reading)) == " ".join(content.paragraphs)
        assert " ".join(find_contacts(reading)) == " ".join(content.contact)


def test_wrapped_paragraphs_part_where_a_line_ends_early_and_at_empty_lines() -> None:
    first, second = textwrap.wrap(f"{MORE} {PROSE} So they say.", 67), textwrap.wrap(f"{PROSE} {MORE}", 67)
    assert len(first[-1]) < 50
    together = read_text("Lamps\n" + "\n".join([*first, *second]), NEWS_URL)
    assert find_paragraphs(together) == [" ".join(first), " ".join(second)]
    parted = read_text("Lamps\n" + "\n".join(second) + "\n\n" + "\n".join(first), NEWS_URL)
    assert find_paragraphs(parted) == [" ".join(second), " ".join(first)]


def test_lines_wrapped_with_breaks_in_html_are_unwrapped_too() -> None:
    first, second = textwrap.wrap(f"{MORE} {PROSE} So they say.", 47), textwrap.wrap(f"{PROSE} {MORE}", 47)
    body = "<br>\n".join(first) + "<br><br />" + "<br/>".join(second)
    reading = read_html(page_of(f"<h1>Lamps</h1><div>{body}</div>"), NEWS_URL)
    assert reading.layout == "news/2-wrapped"
    assert find_paragraphs(reading) == [" ".join(first), " ".join(second)]


def test_a_wrapped_page_without_a_title_is_read_whole_without_one() -> None:
    lines = textwrap.wrap(f"{MORE} {PROSE} So they say.", 47)
    reading = read_text("- 2030 Agenda\n" + "\n".join(lines), NEWS_URL)
    assert reading.title is None
    assert find_paragraphs(reading) == [" ".join(lines)]


def test_a_text_page_without_a_title_is_read_whole_without_one() -> None:
    content = make_news(3)
    reading = read_text(render_text(content, "plain").replace(content.title.encode() + b"\n", b""), NEWS_URL)
    assert reading.title is None
    assert find_paragraphs(reading) == find_paragraphs(read_text(render_text(content, "plain"), NEWS_URL))


def test_a_page_of_markup_without_a_title_is_quarantined() -> None:
    assert read_html(page_of(f"<p>{PROSE}</p><p>{MORE}</p>"), NEWS_URL).status == "quarantined"


def test_a_title_without_h1_comes_from_metadata_or_the_first_heading() -> None:
    body = f"<div><p>{PROSE}</p><p>{MORE}</p></div>"
    for head, before in [
        ('<meta property="og:title" content="Lamps &amp; ledgers">', ""),
        ("<title>Lamps &amp; ledgers | International Organization for Migration</title>", ""),
        ('<script type="application/ld+json">{"@type":"NewsArticle","headline":"Lamps & ledgers"}</script>', ""),
        ("", "<h2>Lamps &amp; ledgers</h2>"),
    ]:
        reading = read_html(page_of(before + body, head), NEWS_URL)
        assert reading.title is not None
        assert reading.title.value == "Lamps & ledgers"
        assert find_paragraphs(reading) == [PROSE, MORE]
    assert read_html(page_of(body), NEWS_URL).status == "quarantined"


def test_a_title_outside_the_main_element_is_found() -> None:
    page = f'<body><div class="hero"><h1>Lamps<br>for clerks</h1></div><main><p>{PROSE}</p></main></body>'
    reading = read_html(page, NEWS_URL)
    assert reading.title is not None
    assert reading.title.value == "Lamps for clerks"


def test_the_heading_that_metadata_repeats_is_the_title() -> None:
    head = "<title>Lamps for clerks | IOM</title>"
    page = page_of(f'<h1 id="site-name">Springfield office</h1><h1>Lamps for clerks</h1><p>{PROSE}</p>', head)
    reading = read_html(page, NEWS_URL)
    assert reading.title is not None
    assert reading.title.value == "Lamps for clerks"


@pytest.mark.parametrize(
    "title",
    ["Migration | Development: lamps", "LAMPS FOR ALL CLERKS", "Lаmps wіth mixed sсript", "Fish & chips for <clerks>"],
)
def test_odd_titles_stay_as_they_are(title: str) -> None:
    shown = title.replace("&", "&amp;").replace("<", "&lt;")
    for body, head in [
        (f"<h1>{shown}</h1><p>{PROSE}</p>", f"<title>{shown} | International Organization for Migration</title>"),
        (f"<p>{PROSE}</p>", f"<title>{shown} | International Organization for Migration</title>"),
    ]:
        reading = read_html(page_of(body, head), NEWS_URL)
        assert reading.title is not None
        assert reading.title.value == title
    reading = read_text(f"{title}\n{PROSE}", NEWS_URL)
    assert reading.title is not None
    assert reading.title.value == title


def test_a_slash_in_a_slug_changes_nothing() -> None:
    assert says(read_html(render_page(make_news(2)), "https://www.iom.int/news/lamps/ledgers-and-paper"), make_news(2))


def test_literal_tags_in_text_are_cut_out_and_the_rest_keeps_its_place() -> None:
    page = f"<b>Lamps</b> for clerks\n<p>{PROSE}</p><br /><strong>{MORE}</strong>"
    reading = read_text(page, NEWS_URL)
    assert reading.title is not None
    assert reading.title.value == "Lamps for clerks"
    assert find_paragraphs(reading) == [f"{PROSE} {MORE}"]
    assert reading.news is not None
    assert page.encode()[slice(*reading.news.paragraphs[0][: len(PROSE)].span())].decode() == PROSE


@pytest.mark.parametrize(
    ("debris", "mended"),
    [
        ('"mailto:x@iom.int">x@iom.int', "x@iom.int"),
        ('<a href="mailto:x@iom.int">x@iom.int</a>', "x@iom.int"),
        ("write to “mailto:x@iom.int”>x@iom.int soon", "write to x@iom.int soon"),
        ("one<br>two", "one two"),
        ("a <i>word</i>", "a word"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("<Ida> said", "<Ida> said"),
    ],
)
def test_debris_is_mended(debris: str, mended: str) -> None:
    assert mend_text(SourceText.from_plain(Source(debris), 0, len(debris))).value == mended


@pytest.mark.parametrize(
    "contact",
    [
        ["For more information please contact:", "Ida Example", "IOM Springfield", "E-mail:", "iexample@iom.int"],
        ["For more information, please contact Ida Example, Tel: +41 22 555 01 00"],
        ["Media contacts", "Ida Example, +41 22 555 01 00", "Otto Example, oexample@iom.int"],
        ["Please contact Ida Example at iexample@iom.int for more information on the lamps."],
        ["Pour plus d’informations, veuillez contacter Ida Example : iexample@iom.int"],
        ["Para más información, póngase en contacto con Ida Example, iexample@iom.int"],
        ["Für weitere Informationen wenden Sie sich bitte an Ida Example, iexample@iom.int"],
        ["لمزيد من المعلومات، يرجى الاتصال ب Ida Example, iexample@iom.int"],
    ],
)
def test_a_contact_block_is_left_out_of_the_text_and_kept_apart(contact: list[str]) -> None:
    reading = read_text("\n".join(["Lamps", PROSE, MORE, *contact]), NEWS_URL)
    assert (find_paragraphs(reading), find_contacts(reading)) == ([PROSE, MORE], contact)
    paragraphs = "".join(f"<p>{line}</p>" for line in [PROSE, MORE, *contact])
    page = page_of(
        f'<article><h1>Lamps</h1>{paragraphs}</article><div>Share</div><ul><li><a href="#">Facebook</a></li></ul>'
    )
    reading = read_html(page, NEWS_URL)
    assert (find_paragraphs(reading), find_contacts(reading)) == ([PROSE, MORE], contact)


def test_a_contact_sentence_at_the_end_of_a_paragraph_is_cut_off() -> None:
    reading = read_text(f"Lamps\n{PROSE}\n{MORE} For more information, contact Ida at iexample@iom.int.", NEWS_URL)
    assert find_paragraphs(reading) == [PROSE, MORE]
    assert find_contacts(reading) == ["For more information, contact Ida at iexample@iom.int."]


def test_a_pointer_to_more_information_that_names_nobody_is_text() -> None:
    pointer = "For more information on lamps, see the yearly report of the ministry on its web site."
    assert find_paragraphs(read_text(f"Lamps\n{PROSE}\n{pointer}\n{MORE}", NEWS_URL)) == [PROSE, pointer, MORE]


def test_subheadings_lists_and_quotes_between_paragraphs_are_text() -> None:
    body = f"<h1>Lamps</h1><p>{PROSE}</p><h3>What was bought</h3><ul><li>Ten lamps</li><li>Paper</li></ul><p>{MORE}</p>"
    assert find_paragraphs(read_html(page_of(body), NEWS_URL)) == [PROSE, "What was bought", "Ten lamps", "Paper", MORE]


def test_a_block_that_no_rule_knows_is_counted_and_shown() -> None:
    body = f"<h1>Lamps</h1><div>Zorp 7</div><section><p>{PROSE}</p><p>{MORE}</p></section><div>Blip</div>"
    reading = read_html(page_of(body), NEWS_URL)
    assert [text.value for text in reading.unexplained] == ["Zorp 7", "Blip"]
    assert (reading.blocks.total, reading.blocks.frame, reading.blocks.explained, reading.blocks.unexplained) == (
        5,
        0,
        3,
        2,
    )


def test_a_link_alone_in_a_paragraph_between_paragraphs_is_text() -> None:
    body = f'<h1>Lamps</h1><p>{PROSE}</p><p><a href="/r">Read the full report on lamps</a></p><p>{MORE}</p>'
    assert find_paragraphs(read_html(page_of(body), NEWS_URL)) == [PROSE, "Read the full report on lamps", MORE]


def test_a_signature_at_the_end_is_a_contact_block_without_a_sentence_before_it() -> None:
    signature = ["Ida Example", "IOM Springfield", "E-mail:", "iexample@iom.int"]
    reading = read_text("\n".join(["Lamps", PROSE, MORE, *signature]), NEWS_URL)
    assert (find_paragraphs(reading), find_contacts(reading)) == ([PROSE, MORE], signature)


@pytest.mark.parametrize("dateline", ["Geneva –", "Geneva, 12 May 2021 –", "Ibadan, Nigeria & Accra, Ghana -"])
def test_a_dateline_on_a_line_of_its_own_is_text(dateline: str) -> None:
    expected = [dateline, PROSE, MORE]
    assert find_paragraphs(read_text("\n".join(["Lamps", *expected]), NEWS_URL)) == expected
    paragraphs = "".join(f"<p>{text.replace('&', '&amp;')}</p>" for text in expected)
    assert find_paragraphs(read_html(page_of(f"<h1>Lamps</h1><div>{paragraphs}</div>"), NEWS_URL)) == expected


@pytest.mark.parametrize(
    "byline", ["12 May 2021", "News | 12/05/2021", "Press Release", "By: Ida Example", "Publié le 12 mai"]
)
def test_a_line_on_when_by_whom_or_what_below_the_title_is_no_text(byline: str) -> None:
    reading = read_text("\n".join(["Lamps", byline, PROSE, MORE]), NEWS_URL)
    assert (find_paragraphs(reading), reading.unexplained) == ([PROSE, MORE], ())
    reading = read_html(page_of(f"<h1>Lamps</h1><div>{byline}</div><div><p>{PROSE}</p><p>{MORE}</p></div>"), NEWS_URL)
    assert (find_paragraphs(reading), reading.unexplained) == ([PROSE, MORE], ())


WHO = "For more information, please contact Ana Vula, IOM Suva, Tel: +679 330 1234"


def test_a_paragraph_that_begins_like_a_contact_and_holds_none_is_text() -> None:
    first = "IOM contact centres in the nine harbours were the first to ring the bell, and the clerks came running."
    for last in ([], [WHO]):
        reading = read_text("\n".join(["Lamps", PROSE, first, MORE, *last]), NEWS_URL)
        assert (find_paragraphs(reading), find_contacts(reading)) == ([PROSE, first, MORE], last)


@pytest.mark.parametrize(
    "last", ["Write to lamps@iom.int to join.", "Clerks may apply at lamps@iom.int until the end of May."]
)
def test_a_sentence_with_an_address_is_no_signature_and_takes_no_list_with_it(last: str) -> None:
    page = page_of(f"<h1>Lamps</h1><p>{PROSE}</p><p>{MORE}</p><ul><li>Ropes</li><li>Ledgers</li></ul><p>{last}</p>")
    reading = read_html(page, NEWS_URL)
    assert (find_paragraphs(reading), find_contacts(reading)) == ([PROSE, MORE, "Ropes", "Ledgers", last], [])


def test_a_signature_ends_where_a_list_does() -> None:
    lines = "<ul><li>Ropes</li><li>Ledgers</li></ul><p>Ida Example</p><p>iexample@iom.int</p>"
    reading = read_html(page_of(f"<h1>Lamps</h1><p>{PROSE}</p><p>{MORE}</p>{lines}"), NEWS_URL)
    assert find_paragraphs(reading) == [PROSE, MORE, "Ropes", "Ledgers"]
    assert find_contacts(reading) == ["Ida Example", "iexample@iom.int"]


def test_a_sentence_on_what_others_can_reach_announces_no_contact() -> None:
    lines = [
        "For more information on the tides, clerks can reach the port authority at all hours of the day and night.",
        "The lamps were lit at dusk.",
        "“We can see,” she said.",
    ]
    assert find_paragraphs(read_text("\n".join(["Lamps", PROSE, *lines, MORE]), NEWS_URL)) == [PROSE, *lines, MORE]


def test_a_contact_ends_with_its_lines_and_a_second_one_is_one_too() -> None:
    after = ["The lamps were lit at dusk.", "“We can see,” she said."]
    press = ["Media enquiries: Ben Example, M. 077 123 4567"]
    reading = read_text("\n".join(["Lamps", PROSE, MORE, WHO, "IOM Suva", *after, *press]), NEWS_URL)
    assert find_paragraphs(reading) == [PROSE, MORE, *after]
    assert find_contacts(reading) == [WHO, "IOM Suva", *press]


def test_who_is_to_be_asked_is_found_also_where_no_address_is_given() -> None:
    asking = "For more information, please contact Ida Example at the harbour office."
    reading = read_text("\n".join(["Lamps", PROSE, MORE, asking]), NEWS_URL)
    assert (find_paragraphs(reading), find_contacts(reading)) == ([PROSE, MORE], [asking])


def test_a_title_printed_again_below_the_article_hides_no_contact() -> None:
    page = page_of(f"<h1>Lamps</h1><p>{PROSE}</p><p>{MORE}</p><p>{WHO}</p><div>Lamps</div>", "<title>Lamps</title>")
    reading = read_html(page, NEWS_URL)
    assert (find_paragraphs(reading), find_contacts(reading)) == ([PROSE, MORE], [WHO])
