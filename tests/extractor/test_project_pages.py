"""What is known of IDF project pages, statement by statement: labels, values, text forms, traps."""

from __future__ import annotations

import pytest

from extractor.codebooks import find_label
from tests.extractor.readings import (
    find_description,
    find_unknown,
    find_unread,
    find_values,
    read_html,
    read_text,
    says,
    state_values,
)
from tests.site.content import LABELS, Lang, make_project
from tests.site.pages import THEMES, Look, drop_field, render_page, render_text

ENGLISH = [
    ("Start Date", "start_date"),
    ("End Date", "end_date"),
    ("Project Status", "status"),
    ("Project Type", "type"),
    ("Budget Amount (USD)", "budget"),
    ("Coverage", "coverage"),
    ("Year", "funding_year"),
    ("IDF Region", "idf_region"),
    ("Other Countries Benefiting at Time of Allocation", "other_countries"),
    ("Prima ID", "prima_id"),
    ("Projects ID", "projects_id"),
    ("Benefiting Member States", "countries"),
]
FRENCH = [
    ("Date de début", "start_date"),
    ("Date de fin", "end_date"),
    ("Statut du projet", "status"),
    ("Type de projet", "type"),
    ("Couverture", "coverage"),
    ("Année", "funding_year"),
    ("Projet ID", "projects_id"),
    ("Etat(s) membre(s) beneficiaires remplissant les conditions requises", "countries"),
]
SPANISH = [
    ("Fecha de inicio", "start_date"),
    ("Fecha de finalización", "end_date"),
    ("Cobertura geográfica", "coverage"),
    ("Año", "funding_year"),
    ("Proyecto ID", "projects_id"),
    ("Estados Miembros Beneficiarios que Reúnen los Requisitos", "countries"),
]


@pytest.mark.parametrize(("wording", "field"), [*ENGLISH, *FRENCH, *SPANISH])
def test_every_label_seen_is_known(wording: str, field: str) -> None:
    label = find_label(wording)
    assert label is not None
    assert label.field == field


@pytest.mark.parametrize(
    "wording", ["start date", "START DATE:", "Start Date :", "Start\u00a0Date", "Start Date\u200b", "  Start  Date "]
)
def test_a_label_is_known_whatever_its_case_colon_and_blanks(wording: str) -> None:
    label = find_label(wording)
    assert label is not None
    assert label.field == "start_date"


def test_the_unaccented_french_label_is_known_with_accents_too() -> None:
    assert find_label("État(s) membre(s) bénéficiaires remplissant les conditions requises") == find_label(
        FRENCH[-1][0]
    )


@pytest.mark.parametrize("text", ["The Year", "Coverage of costs", "Date", "Region", "Type", "ID", "2006", ""])
def test_other_words_are_no_labels(text: str) -> None:
    assert find_label(text) is None


@pytest.mark.parametrize("lang", ["en", "fr", "es"])
@pytest.mark.parametrize("theme", THEMES)
def test_all_labels_of_a_language_are_read_in_every_theme(theme: str, lang: Lang) -> None:
    content = make_project(1, lang)
    reading = read_html(render_page(content, Look(theme)))
    assert says(reading, content)
    assert reading.layout == "project/1"
    assert (reading.lang, reading.lang_basis) == (lang, "labels")


@pytest.mark.parametrize("lang", ["en", "fr", "es"])
@pytest.mark.parametrize(("form", "layout"), [("A", "project/1"), ("B", "project/2-bullets")])
def test_text_forms_a_and_b_read_like_the_page(form: str, layout: str, lang: Lang) -> None:
    for number in range(8):
        content = make_project(number, lang)
        reading = read_text(render_text(content, form))
        assert says(reading, content)
        assert reading.layout == layout


@pytest.mark.parametrize("lang", ["en", "fr", "es"])
def test_text_form_c_is_told_by_the_shape_of_its_values(lang: Lang) -> None:
    for number in range(8):
        content = drop_field(
            drop_field(drop_field(make_project(number, lang), "start_date"), "end_date"), "other_countries"
        )
        reading = read_text(render_text(content, "C"))
        assert reading.layout == "project/3-unlabelled"
        assert says(reading, content)
        assert reading.project is not None
        assert all(one.rule.startswith("shape:") and not one.label for one in reading.project.fields)


def test_form_c_has_one_country_to_a_line_and_the_old_hosts_budget() -> None:
    page = (
        "Lamps for clerks\nLamps for clerks\nCompleted\nTCMMCB\n183,813\nRegional\n2009\nAfrica\nGH10P0023\nTC.0123\n"
        "Ghana\nCôte d'Ivoire\nThe team will visit every counter twice and write down what travellers wait for."
    )
    reading = read_text(page)
    assert find_values(reading) == {
        "status": ("Completed",),
        "type": ("TCMMCB",),
        "budget": ("183,813",),
        "coverage": ("Regional",),
        "funding_year": ("2009",),
        "idf_region": ("Africa",),
        "prima_id": ("GH10P0023",),
        "projects_id": ("TC.0123",),
        "countries": ("Ghana", "Côte d'Ivoire"),
    }
    assert len(find_description(reading)) == 1


@pytest.mark.parametrize(
    ("lines", "unread", "unknown"),
    [
        ("Completed\nTCMMCB\nFerries\n183,813\nRegional\n2009\nAfrica\nTC.0123", {"budget"}, ("Ferries", "183,813")),
        (
            "Completed\nTCMMCB\n183,813\n2008\n2009\nAfrica\nTC.0123",
            {"start_date", "end_date", "funding_year"},
            ("2008", "2009"),
        ),
        ("Completed\nFunding envelope\n183,813\nRegional\nTC.0123", {"budget"}, ("Funding envelope", "183,813")),
        (
            "Ghana\nTCMMCB\nTogo\nCompleted\nRegional\nAfrica\nTC.0123",
            {"countries", "other_countries"},
            ("Ghana", "Togo"),
        ),
    ],
)
def test_a_line_of_form_c_that_could_be_two_things_leaves_its_field_unread(
    lines: str, unread: set[str], unknown: tuple[str, ...]
) -> None:
    prose = "The team will visit every counter twice and write down what travellers wait for."
    reading = read_text(f"Lamps\nLamps\n{lines}\n{prose}")
    assert find_unread(reading) == unread
    assert reading.project is not None
    assert tuple(v.value for one in reading.project.fields if one.field is None for v in one.values) == unknown
    assert not unread & find_values(reading).keys()
    assert find_values(reading)["projects_id"] == ("TC.0123",)
    assert find_description(reading) == [prose]


def test_form_c_without_a_key_and_with_less_than_four_values_is_quarantined() -> None:
    assert (
        read_text("Lamps\nLamps\nCompleted\nTCMMCB\nGhana\nThe team will visit every counter twice.").status
        == "quarantined"
    )


def test_global_is_a_coverage_or_a_region_by_what_the_other_lines_leave() -> None:
    page = (
        "Lamps\nLamps\nActive\nTCMMCB\n40,000\n{}\n2009\n{}\nTC.0123\nGhana\nThe team will visit every counter twice."
    )
    values = find_values(read_text(page.format("Regional", "Global")))
    assert (values["coverage"], values["idf_region"]) == (("Regional",), ("Global",))
    values = find_values(read_text(page.format("Global", "Global")))
    assert (values["coverage"], values["idf_region"]) == (("Global",), ("Global",))


@pytest.mark.parametrize("theme", [*THEMES, "A", "B"])
def test_a_field_without_a_value_drops_its_label(theme: str) -> None:
    content = make_project(2)
    for name in ("start_date", "end_date", "status", "projects_id"):
        content = drop_field(content, name)
    reading = read_text(render_text(content, theme)) if theme in "AB" else read_html(render_page(content, Look(theme)))
    assert find_values(reading) == state_values(content)


def test_the_rare_label_of_other_countries_is_read() -> None:
    number = next(n for n in range(100) if "other_countries" in state_values(make_project(n)))
    assert "other_countries" in find_values(read_text(render_text(make_project(number), "A")))


@pytest.mark.parametrize("lang", ["en", "fr", "es"])
def test_all_labels_in_a_row_without_values_are_quarantined(lang: Lang) -> None:
    labels = list(LABELS[lang].values())
    description = "The team will visit every counter twice and write down what travellers have to wait for."
    for page in ("\n".join(["Lamps", *labels, description]), "\n-\n".join(["Lamps", *labels]) + "\n" + description):
        reading = read_text(page)
        assert reading.status == "quarantined"
        assert reading.reason is not None
        assert "without a value" in reading.reason
    page = f"<body><h1>Lamps</h1>{''.join(f'<p>{label}</p>' for label in labels)}<p>{description}</p></body>"
    assert read_html(page).status == "quarantined"


def test_the_status_bears_the_label_of_the_type_in_spanish_and_is_told_by_position() -> None:
    page = (
        "Lámparas\n-\nFecha de inicio\n2011\n-\nTipo de proyecto\nCompletado\n-\nTipo de proyecto\nTCMMCB\n-\nAño\n2011"
    )
    values = find_values(read_text(page))
    assert (values["status"], values["type"]) == (("Completado",), ("TCMMCB",))


def test_a_value_that_no_vocabulary_knows_is_still_told_by_position() -> None:
    page = (
        "Lámparas\n-\nFecha de inicio\n2011\n-\nTipo de proyecto\nEn pausa\n-\nTipo de proyecto\nTCMMCB\n-\nAño\n2011"
    )
    values = find_values(read_text(page))
    assert (values["status"], values["type"]) == (("En pausa",), ("TCMMCB",))


def test_doubled_spanish_labels_in_the_other_order_are_told_by_the_word_for_a_status() -> None:
    page = "Lámparas\n-\nFecha de inicio\n2011\n-\nTipo de proyecto\nTCMMCB\n-\nTipo de proyecto\nActivo\n-\nAño\n2011"
    values = find_values(read_text(page))
    assert (values["status"], values["type"]) == (("Activo",), ("TCMMCB",))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Completado", {"status": ("Completado",)}),
        ("TCMMCB", {"type": ("TCMMCB",)}),
        ("Salud y asistencia a migrantes", {"type": ("Salud y asistencia a migrantes",)}),
        ("Suspendido", {}),
    ],
)
def test_one_lone_spanish_label_is_told_by_its_value_or_stays_unnamed(value: str, expected: dict[str, object]) -> None:
    page = f"Lámparas\n-\nFecha de inicio\n2011\n-\nTipo de proyecto\n{value}\n-\nAño\n2011\n-\nPrima ID\nPE10P0001"
    reading = read_text(page)
    values = find_values(reading)
    assert {name: values[name] for name in ("status", "type") if name in values} == expected
    if not expected:
        assert find_unknown(reading) == {"Tipo de proyecto": ("Suspendido",)}


def test_an_unknown_label_is_kept_raw_and_not_given_to_a_field() -> None:
    content = make_project(5)
    added = b'<div class="field x"><div class="l">Implementing Partner</div><div><div>A guild</div></div></div>'
    before = b'  <div class="field field--name-field-coverage'
    lines = render_text(content, "A").replace(b"-\nCoverage", b"-\nImplementing Partner\nA guild\n-\nCoverage")
    for reading in (read_text(lines), read_html(render_page(content).replace(before, added + before))):
        assert find_unknown(reading) == {"Implementing Partner": ("A guild",)}
        assert find_values(reading) == state_values(content)


def test_countries_on_one_line_are_one_raw_value() -> None:
    page = (
        "Lamps\n-\nYear\n2011\n-\nCoverage\nRegional\n-\nPrima ID\nGN10P0001\n-\nBenefiting Member States\n"
        "Guinea Guinea-Bissau Bolivia (Plurinational State of) Guinea ChileUruguay"
    )
    assert find_values(read_text(page))["countries"] == (
        "Guinea Guinea-Bissau Bolivia (Plurinational State of) Guinea ChileUruguay",
    )


def test_countries_in_items_of_a_field_are_values_each() -> None:
    fields = tuple(
        (n, label, ("Ghana", "Côte d’Ivoire", "Togo") if n == "countries" else v)
        for n, label, v in make_project(4).fields
    )
    for theme in ("drupal7", "drupal9", "drupal10", "definitions", "redesign", "table"):
        content = make_project(4).__class__(
            "en", "x", "Lamps", fields, ("One paragraph says what the team will do there.",)
        )
        assert find_values(read_html(render_page(content, Look(theme))))["countries"] == (
            "Ghana",
            "Côte d’Ivoire",
            "Togo",
        )


def test_key_fields_are_never_read_from_prose() -> None:
    content = make_project(6)
    prose = (
        "It follows TC.0999 and GH10P0042, Budget Amount (USD): 999,999, Year: 1999. Projects ID: XX.9999 is another."
    )
    mutated = content.__class__(
        "en", "x", content.title, content.fields, (prose, "Coverage: all of it. And so on, they say.")
    )
    for reading in (read_text(render_text(mutated, "A")), read_html(render_page(mutated))):
        assert find_values(reading) == state_values(content)
        assert find_description(reading) == list(mutated.description)


def test_two_different_values_under_one_label_leave_its_field_unread() -> None:
    content = make_project(7)
    doubled = (*content.fields, ("coverage", "Coverage", ("Galactic",)))
    reading = read_html(render_page(content.__class__("en", "x", "Lamps", doubled, content.description)))
    assert find_values(reading) == {k: v for k, v in state_values(content).items() if k != "coverage"}
    assert find_unread(reading) == {"coverage"}


def test_the_same_fields_shown_twice_are_read_once() -> None:
    content = make_project(8)
    doubled = content.__class__("en", "x", "Lamps", (*content.fields, *content.fields), content.description)
    assert find_values(read_html(render_page(doubled))) == state_values(content)


def test_a_page_of_the_fund_without_enough_labels_is_quarantined_and_not_taken_for_news() -> None:
    content = make_project(9)
    few = content.__class__("en", "x", "Lamps", content.fields[:2], content.description)
    for url in (
        "https://www.iom.int/project/x",
        "https://www.iom.int/fr/node/123",
        "https://developmentfund.iom.int/en/node/9",
    ):
        assert read_html(render_page(few), url).status == "quarantined"
    assert read_html(render_page(few), "https://www.iom.int/news/x").status == "quarantined"


def test_a_description_with_its_own_label_is_description() -> None:
    page = render_page(make_project(10), Look("headings")).decode()
    page = page.replace('<div class="field field--name-body">', "<h4>Project summary</h4><div>")
    reading = read_html(page)
    assert find_description(reading) == list(make_project(10).description)
    assert find_values(reading) == state_values(make_project(10))


def test_a_description_before_the_fields_is_read() -> None:
    content = make_project(11)
    page = render_page(content, Look("table")).decode()
    table = page[page.index("<table") : page.index("</table>") + 8]
    page = page.replace(table, "").replace("</article>", table + "</article>")
    assert says(read_html(page), content)


@pytest.mark.parametrize("theme", ["drupal9", "drupal10", "items", "table", "definitions", "headings", "redesign"])
def test_a_line_of_the_description_that_begins_with_a_label_is_description(theme: str) -> None:
    content = drop_field(make_project(12), "prima_id")
    lines = (
        "Prima ID: GH10P0042 was its forerunner in the north.",
        *content.description,
        "Year: unknown to all of us here.",
    )
    mutated = content.__class__("en", "x", content.title, content.fields, lines)
    reading = read_html(render_page(mutated, Look(theme)))
    assert find_values(reading) == state_values(content)
    assert find_description(reading) == list(lines)


def test_a_description_with_a_labels_word_over_a_section_keeps_the_field() -> None:
    content = make_project(13)
    page = render_page(content, Look("drupal9")).decode()
    page = page.replace(
        "</p></div></article>", "</p><h3>Coverage</h3><p>It covers all the harbours of the coast.</p></div></article>"
    )
    reading = read_html(page)
    assert find_values(reading) == state_values(content)


def test_the_lines_under_countries_that_name_one_are_all_read() -> None:
    rows = [
        ("Year", "2011"),
        ("Coverage", "Regional"),
        ("Prima ID", "GN10P0001"),
        ("Benefiting Member States", "Ghana"),
    ]
    shown = "<br>".join(f"{label}<br>{value}" for label, value in rows)
    page = "<main><h1>Lamps</h1><p>{}</p><p>The team will visit every counter twice and write it down.</p></main>"
    for end in ("", "<br>Zorp<br>12"):
        assert find_values(read_html(page.format(shown + end)))["countries"] == ("Ghana",)
    assert find_values(read_html(page.format(shown + "<br>Togo")))["countries"] == ("Ghana", "Togo")


def test_countries_one_to_a_line_between_bullets_are_all_read() -> None:
    page = (
        "Lamps\n-\nYear\n2011\n-\nBenefiting Member States\nGhana\nTogo\n-\nCoverage\nRegional\n-\nPrima ID\nGN10P0001"
    )
    assert find_values(read_text(page))["countries"] == ("Ghana", "Togo")
