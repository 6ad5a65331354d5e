"""The facts of the four seeds that are read without interpreting them, from text and from HTML of the same content."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from extractor.layouts.read_page import read_page
from extractor.raw import PageReading
from tests.extractor.readings import find_contacts, find_paragraphs, read_html
from tests.site.content import NewsContent, ProjectContent
from tests.site.pages import THEMES, Look, render_page

SEEDS = Path(__file__).parents[2] / "seeds"
URLS = {page["file"][:3]: page["url"] for page in tomllib.loads((SEEDS / "manifest.toml").read_text())["page"]}


def load(number: str) -> bytes:
    return next(SEEDS.glob(f"{number}_*.txt")).read_bytes()


def read(number: str) -> PageReading:
    return read_page(load(number), reader="text", url=URLS[number])


# field, label, its bytes, value, its bytes: as stated for the seed
PROJECT = [
    ("start_date", "Start Date", (850, 860), "2006", (861, 865)),
    ("end_date", "End Date", (868, 876), "2007", (877, 881)),
    ("status", "Project Status", (884, 898), "Completed", (899, 908)),
    ("type", "Project Type", (911, 923), "TCMMCB", (924, 930)),
    ("budget", "Budget Amount (USD)", (933, 952), "100000.00", (953, 962)),
    ("coverage", "Coverage", (965, 973), "National", (974, 982)),
    ("funding_year", "Year", (985, 989), "2006", (990, 994)),
    ("idf_region", "IDF Region", (997, 1007), "Africa", (1008, 1014)),
    ("projects_id", "Projects ID", (1017, 1028), "QU8-805", (1029, 1036)),
    ("countries", "Benefiting Member States", (1039, 1063), "Liberia", (1064, 1071)),
]


def test_seed_000_is_a_project_in_english() -> None:
    reading = read("000")
    assert (reading.status, reading.kind, reading.layout) == ("read", "project", "project/1")
    assert (reading.lang, reading.lang_basis) == ("en", "labels")
    assert reading.title is not None
    assert reading.title.value == "Technical Support to Improve Border Management Controls in Liberia"
    assert reading.title.span() == (781, 847)
    assert reading.unexplained == ()


@pytest.mark.parametrize(("field", "label", "label_bytes", "value", "value_bytes"), PROJECT)
def test_seed_000_states(
    field: str, label: str, label_bytes: tuple[int, int], value: str, value_bytes: tuple[int, int]
) -> None:
    project = read("000").project
    assert project is not None
    found = next(one for one in project.fields if one.field == field)
    assert (found.label.value, found.label.span()) == (label, label_bytes)
    assert [(v.value, v.span()) for v in found.values] == [(value, value_bytes)]
    assert load("000")[slice(*value_bytes)].decode() == value


def test_seed_000_has_no_prima_id_and_one_paragraph_of_description() -> None:
    project = read("000").project
    assert project is not None
    assert len(project.fields) == len(PROJECT)
    assert {"prima_id", "other_countries"}.isdisjoint(one.field for one in project.fields)
    [paragraph] = project.description
    assert paragraph.span() == (1072, len(load("000")))
    assert paragraph[: len("With increasing")].span() == (1072, 1087)
    at = paragraph.value.index("Robert’s International Airport")
    assert paragraph[at : at + 30].span() == (1724, 1756)


def test_the_frame_of_seed_001_states_the_office() -> None:
    facts = {fact.name: fact for fact in read("001").frame_facts}
    assert {name: fact.value.value for name, fact in facts.items()} == {
        "member_states": "175",
        "presence_countries": "over 100",
        "office_country": "Liberia",
        "present_since": "2003",
        "thematic_areas": "Assisted Voluntary Return and Reintegration, Counter Trafficking, Migration Management and"
        " Resettlement and Reintegration Assistance",
    }
    assert facts["member_states"].evidence.span() == (232, 254)
    assert facts["presence_countries"].evidence.span() == (261, 291)
    assert facts["present_since"].evidence.span() == (307, 337)
    assert facts["thematic_areas"].value.span() == (710, 842)


@pytest.mark.parametrize("number", ["000", "002", "003"])
def test_the_frame_of_the_global_pages_states_175_members_and_171_countries(number: str) -> None:
    facts = {fact.name: fact for fact in read(number).frame_facts}
    assert {name: fact.value.value for name, fact in facts.items()} == {
        "member_states": "175",
        "presence_countries": "171",
    }
    assert facts["presence_countries"].evidence.span() == (261, 286)


@pytest.mark.parametrize(
    ("number", "layout", "title", "span", "n_paragraphs", "opening"),
    [
        ("001", "news/1", "GOL and UN Move To Roll Out Global Compact For Migration", (939, 995), 7, "Monrovia - Sp"),
        (
            "002",
            "news/1",
            "IOM, Sahel Governments, Promote Coordinated Border Management",
            (781, 842),
            7,
            "Niger - IOM",
        ),
        ("003", "news/2-wrapped", "New Project Boosts Migration Management", (781, 820), 7, "IOM’s Capacity"),
    ],
)
def test_the_news_seeds_read(
    number: str, layout: str, title: str, span: tuple[int, int], n_paragraphs: int, opening: str
) -> None:
    reading = read(number)
    assert (reading.kind, reading.layout) == ("news", layout)
    assert reading.title is not None
    assert (reading.title.value, reading.title.span()) == (title, span)
    paragraphs = find_paragraphs(reading)
    assert len(paragraphs) == n_paragraphs
    assert paragraphs[0].startswith(opening)
    assert reading.unexplained == ()
    assert reading.metadata.published is None


def test_every_paragraph_of_the_news_seeds_stands_where_it_says() -> None:
    for number in ("001", "002", "003"):
        news = read(number).news
        assert news is not None
        for text in (*news.paragraphs, *news.contact_block):
            assert " ".join(load(number)[slice(*text.span())].decode().split()) == text.value


def test_seed_001_has_no_contact_block() -> None:
    assert find_contacts(read("001")) == []


def test_the_contacts_of_seed_002_are_a_sentence_of_their_own() -> None:
    [contact] = find_contacts(read("002"))
    assert contact.startswith("For more information, please contact Paloma Casaseca at IOM Niger")
    news = read("002").news
    assert news is not None
    [block] = news.contact_block
    at = block.value.index("+227 20 75 25 07")
    assert block[at : at + 16].span() == (2407, 2423)
    assert not any("@" in paragraph for paragraph in find_paragraphs(read("002")))


def test_the_broken_mailto_of_seed_003_stays_verbatim_in_the_contact_block() -> None:
    news = read("003").news
    assert news is not None
    assert [line.value for line in news.contact_block][:3] == [
        "For more information please contact:",
        "Alexander Kapirovsky",
        "IOM Port-au-Prince",
    ]
    assert news.contact_block[-1].value == '"mailto:akapirovsky@iom.int">akapirovsky@iom.int'
    assert news.contact_block[-1].span() == (3812, 3860)


def test_seed_003_is_unwrapped_so_that_names_across_lines_are_whole() -> None:
    paragraphs = find_paragraphs(read("003"))
    assert paragraphs[0].endswith("(CBMM) project in Haiti will be launched today in Port-au-Prince.")
    assert "Canadian Government’s Stabilization and Reconstruction Task Force (START)" in paragraphs[1]
    assert "The Dominican border remains an issue" in paragraphs[-1]
    news = read("003").news
    assert news is not None
    at = news.paragraphs[0].value.index("Capacity Building in Migration Management (CBMM) project")
    assert news.paragraphs[0][at : at + 56].span() == (829, 885)


def as_content(number: str) -> ProjectContent | NewsContent:
    reading = read(number)
    assert reading.title is not None
    if reading.project is not None:
        fields = tuple((str(o.field), o.label.value, tuple(v.value for v in o.values)) for o in reading.project.fields)
        description = tuple(paragraph.value for paragraph in reading.project.description)
        return ProjectContent("en", "x", reading.title.value, fields, description)
    contact = " ".join(find_contacts(reading)) or None
    paragraphs = tuple(find_paragraphs(reading))
    return NewsContent("en", "x", reading.title.value, paragraphs, (contact,) if contact else (), None)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("number", ["000", "001", "002", "003"])
def test_html_of_the_same_content_reads_to_the_equal_record(number: str, theme: str) -> None:
    text = read(number)
    reading = read_html(render_page(as_content(number), Look(theme)), URLS[number])
    assert reading.title == text.title
    if text.project is not None:
        assert reading.layout == text.layout
        assert reading.project is not None
        assert reading.project.description == text.project.description
        assert [(o.field, o.values) for o in reading.project.fields] == [
            (o.field, o.values) for o in text.project.fields
        ]
        assert [o.label.value.casefold() for o in reading.project.fields] == [
            o.label.value.casefold() for o in text.project.fields
        ]
    else:
        assert find_paragraphs(reading) == find_paragraphs(text)
        assert " ".join(find_contacts(reading)) == " ".join(find_contacts(text))


def mutate_lines(payload: bytes) -> list[bytes]:
    """The seed with one line lost, doubled, emptied, or in its neighbour's place."""
    lines = payload.split(b"\n")
    mutated = []
    for i, line in enumerate(lines):
        mutated += [lines[:i] + lines[i + 1 :], lines[: i + 1] + lines[i:], [*lines[:i], b" ", *lines[i + 1 :]]]
        if i + 1 < len(lines):
            mutated.append([*lines[:i], lines[i + 1], line, *lines[i + 2 :]])
    return [b"\n".join(one) for one in mutated]


def test_no_single_line_lost_doubled_or_moved_gives_seed_000_a_wrong_value() -> None:
    stated = {field: (value,) for field, _, _, value, _ in PROJECT}
    title, swapped = read("000").title, 0
    for payload in mutate_lines(load("000")):
        reading = read_page(payload, reader="text", url=URLS["000"])
        if reading.project is None:
            assert reading.reason
            continue
        assert reading.title == title
        for one in reading.project.fields:
            wrong = one.field is not None and tuple(dict.fromkeys(v.value for v in one.values)) != stated[one.field]
            # a value in another field's place is what the page then says: it can only be told by its meaning
            swapped += wrong
            assert not wrong or payload.count(b"\n") == load("000").count(b"\n")
        assert all(len(paragraph) > 1000 for paragraph in reading.project.description[:1])
    assert swapped <= 2


@pytest.mark.parametrize("number", ["001", "002", "003"])
def test_no_single_line_lost_or_moved_gives_a_news_seed_a_wrong_title(number: str) -> None:
    seed, lines = read(number), load(number).split(b"\n")
    assert seed.title is not None
    at = lines.index(seed.title.value.encode())
    for payload in mutate_lines(load(number)):
        reading = read_page(payload, reader="text", url=URLS[number])
        if reading.status == "read":
            is_over_text = b"\n".join(lines[at : at + 2]) in payload
            assert reading.title == seed.title or (reading.title is None and not is_over_text)
            assert not any("@" in paragraph or "WHO WE ARE" in paragraph for paragraph in find_paragraphs(reading))
