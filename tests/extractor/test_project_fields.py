"""Which value belongs to which label, where a page prints several of either: read right, or quarantined."""

from __future__ import annotations

import pytest

from tests.costs import costing_at_most
from tests.extractor.readings import find_description, find_unknown, find_unread, find_values, read_html, read_text

PROSE = "The team will visit every counter twice and write down what travellers have to wait for."
ROWS = {
    "Start Date": "2016",
    "End Date": "2018",
    "Project Status": "Completed",
    "Project Type": "Labour Migration",
    "Budget Amount (USD)": "183,813.00",
    "Coverage": "National",
    "Year": "2015",
    "IDF Region": "Africa",
    "Prima ID": "LR10P0012",
    "Projects ID": "IB.0123",
}
STATED = {
    "start_date": ("2016",),
    "end_date": ("2018",),
    "status": ("Completed",),
    "type": ("Labour Migration",),
    "budget": ("183,813.00",),
    "coverage": ("National",),
    "funding_year": ("2015",),
    "idf_region": ("Africa",),
    "prima_id": ("LR10P0012",),
    "projects_id": ("IB.0123",),
}
STATES = "Benefiting Member States"
BOX = "<div><div>{}</div><div>{}</div></div>"


def show(form: str, rows: dict[str, str] = ROWS) -> str:
    return "".join(form.format(label, value) for label, value in rows.items())


def page_of(content: str) -> str:
    return f"<html><body><main><h1>Lamps</h1>{content}<p>{PROSE}</p></main></body></html>"


@pytest.mark.parametrize("end", [PROSE, f"Project description\n{PROSE}", ""])
@pytest.mark.parametrize("mark", ["-\n", ""])
def test_countries_on_lines_of_their_own_are_all_read_from_a_text_page(mark: str, end: str) -> None:
    page = "Lamps\n" + show(mark + "{}\n{}\n") + f"{mark}{STATES}\nKenya\nUganda\nMali\n{end}"
    assert find_values(read_text(page)) == STATED | {"countries": ("Kenya", "Uganda", "Mali")}


def test_countries_on_lines_of_their_own_are_all_read_in_the_middle_of_a_text_page() -> None:
    page = f"Lamps\n{STATES}\nKenya\nUganda\nMali\n" + show("{}\n{}\n") + PROSE
    assert find_values(read_text(page)) == STATED | {"countries": ("Kenya", "Uganda", "Mali")}


@pytest.mark.parametrize("line", ["See page 3", "to be confirmed", "Partner: a guild", "Lamps for two ports"])
def test_a_line_below_the_countries_that_is_no_name_is_text_however_short(line: str) -> None:
    for end in ([PROSE], []):
        reading = read_text("Lamps\n" + show("{}\n{}\n") + "\n".join([STATES, "Kenya", line, *end]))
        assert find_values(reading) == STATED | {"countries": ("Kenya",)}
        assert find_description(reading) == [line, *end]


@pytest.mark.parametrize(
    ("form", "states"),
    [
        ("<div>{}</div><div>{}</div>", "<div>{}</div><div>Guinea</div><div>Guinea-Bissau</div>"),
        ("<h3>{}</h3><p>{}</p>", "<h3>{}</h3><p>Guinea</p><p>Guinea-Bissau</p>"),
        ("<dt>{}</dt><dd>{}</dd>", "<dt>{}</dt><dd>Guinea</dd><dd>Guinea-Bissau</dd>"),
        ("<h3>{}</h3>{}", "<h3>{}</h3>Guinea<br>Guinea-Bissau"),
        ("<p>{}<br>{}</p>", "<p>{}<br>Guinea<br>Guinea-Bissau</p>"),
        ("<tr><th>{}</th><td>{}</td></tr>", "<tr><th>{}</th><td>Guinea</td><td>Guinea-Bissau</td></tr>"),
    ],
)
def test_countries_in_boxes_of_their_own_are_all_read(form: str, states: str) -> None:
    shown, first, last = show(form), dict(list(ROWS.items())[:4]), dict(list(ROWS.items())[4:])
    around = "<table>{}</table>" if "<tr>" in form else "<dl>{}</dl>" if "<dt>" in form else "{}"
    for fields in (shown + states.format(STATES), show(form, first) + states.format(STATES) + show(form, last)):
        reading = read_html(page_of(around.format(fields)))
        assert find_values(reading) == STATED | {"countries": ("Guinea", "Guinea-Bissau")}
        assert find_description(reading) == [PROSE]


@pytest.mark.parametrize(
    ("below", "countries"),
    [
        ("<div><a href='#'>Share</a></div>", ("Mali",)),
        ("<h2>Project description</h2>", ("Mali",)),
        ("<div>12</div>", ("Mali",)),
        ("<section>Togo</section>", ("Mali", "Togo")),
        ("<figure><img src='a.jpg'><figcaption>A harbour at night</figcaption></figure>", ("Mali",)),
    ],
)
def test_a_short_box_below_the_countries_is_one_of_them_where_it_names_one(below: str, countries: tuple[str]) -> None:
    reading = read_html(page_of(show("<div>{}</div><div>{}</div>", ROWS | {STATES: "Mali"}) + below))
    assert find_values(reading) == STATED | {"countries": countries}
    assert find_description(reading) == [PROSE]


@pytest.mark.parametrize("lines", [("Kenya", "Zorp", "Togo"), ("Kenya Atlantis",)])
@pytest.mark.parametrize("item", ["<div>{}</div>", "<span>{}</span><br>"])
def test_countries_of_which_one_cannot_be_read_are_kept_whole_for_their_rule_to_judge(
    item: str, lines: tuple[str, ...]
) -> None:
    items = "".join(item.format(line) for line in lines)
    reading = read_html(page_of(show(BOX) + BOX.format(STATES, items)))
    assert find_values(reading)["countries"] == lines


def show_columns(*rows: list[str]) -> str:
    head = "".join(f"<th>{label}</th>" for label in (*ROWS, STATES))
    cells = ["".join(f"<td>{value}</td>" for value in row) for row in rows]
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def test_a_second_country_in_a_row_below_is_read() -> None:
    table = show_columns([*ROWS.values(), "Mali"], [*[""] * len(ROWS), "Niger"], [f"Note: {PROSE}"])
    assert find_values(read_html(page_of(table))) == STATED | {"countries": ("Mali", "Niger")}


@pytest.mark.parametrize(
    "row",
    [
        ["2017", *list(ROWS.values())[1:], "Mali"],
        ["2017", *[""] * (len(ROWS) - 1), "Niger"],
        ["2017", *[""] * len(ROWS)],
    ],
)
def test_a_second_row_of_other_values_is_quarantined(row: list[str]) -> None:
    reading = read_html(page_of(show_columns([*ROWS.values(), "Mali"], row)))
    assert (reading.reason or "").startswith("a list of projects")


def test_a_column_for_each_project_is_quarantined() -> None:
    rows = show("<tr><th>{0}</th><td>{1}</td><td>other {1}</td></tr>")
    reading = read_html(page_of(f"<table>{rows}</table>"))
    assert reading.reason == "a list of projects: several values stand under 10 labels that have one"


@pytest.mark.parametrize(
    "form", ["<b>{}:</b> {} ", "<b>{}</b>: {} ", "<b>{}</b> {} ", "<span>{}</span> <i>{}</i> ", "<b>{}:</b> {} | "]
)
@pytest.mark.parametrize("n_in_line", [2, 3, 10])
def test_several_labels_in_one_line_have_a_value_each(form: str, n_in_line: int) -> None:
    rows = list(ROWS.items())
    lines = [dict(rows[i : i + n_in_line]) for i in range(0, len(rows), n_in_line)]
    page = page_of("".join(f"<p>{show(form, line)}</p>" for line in lines))
    assert find_values(read_html(page)) == STATED


@pytest.mark.parametrize("line", ["Start Date: 2016 End Date: 2018", "Start Date 2016, End Date 2018"])
def test_several_labels_in_a_line_that_no_element_divides_have_a_value_each(line: str) -> None:
    rows = {label: value for label, value in ROWS.items() if "Date" not in label}
    for reading in (
        read_html(page_of(f"<p>{line}</p>" + show("<p>{}: {}</p>", rows))),
        read_text(f"Lamps\n{line}\n" + show("{}: {}\n", rows) + PROSE),
    ):
        assert find_values(reading) == STATED


@pytest.mark.parametrize(
    "form",
    [
        "<tr><td>{}</td><td>:</td><td>{}</td></tr>",
        "<tr><td>{} <span>?</span></td><td>{}</td></tr>",
        "<tr><td>{} <span>(*)</span></td><td>{}</td></tr>",
        "<tr><td><b>{}</b> – {}</td></tr>",
        "<tr><td><b>{}</b>: — {}</td></tr>",
        "<tr><td>{}</td><td>&nbsp;:&nbsp;</td><td><span>{}</span></td></tr>",
    ],
)
def test_signs_between_a_label_and_its_value_are_no_part_of_it(form: str) -> None:
    assert find_values(read_html(page_of(f"<table>{show(form)}</table>"))) == STATED


def test_a_dash_that_stands_alone_says_that_there_is_no_value() -> None:
    for form in (BOX, "<p><b>{}:</b> {}</p>"):
        assert find_values(read_html(page_of(show(form, ROWS | {"End Date": "–"}))))["end_date"] == ("–",)


@pytest.mark.parametrize(
    ("around", "form"),
    [("<dl>{}</dl>", "<dd>{1}</dd><dt>{0}</dt>"), ("{}", "<h4>{1}</h4><p>{0}</p>"), ("<p>{}</p>", "{1}<br>{0}<br>")],
)
def test_values_that_stand_before_their_labels_are_theirs_where_that_explains_most(around: str, form: str) -> None:
    for n_rows in (4, 6, len(ROWS)):
        shown = show(form, dict(list(ROWS.items())[:n_rows]))
        assert find_values(read_html(page_of(around.format(shown)))) == dict(list(STATED.items())[:n_rows])


def test_values_under_the_next_ones_labels_are_quarantined() -> None:
    values = list(ROWS.values())
    shifted = dict(zip(ROWS, [*values[1:], values[0]], strict=True))
    for reading in (
        read_html(page_of(show(BOX, shifted))),
        read_text("Lamps\n" + show("-\n{}\n{}\n", shifted) + PROSE),
        read_text("Lamps\n" + show("{}\n{}\n", shifted) + PROSE),
    ):
        assert reading.status == "quarantined"


def test_two_values_in_each_others_place_are_unread_and_the_others_read() -> None:
    rows = ROWS | {"Project Status": "National", "Coverage": "Completed"}
    reading = read_html(page_of(show(BOX, rows)))
    assert find_values(reading) == {k: v for k, v in STATED.items() if k not in {"status", "coverage"}}
    assert find_unread(reading) == {"status", "coverage"}
    assert find_unknown(reading) == {"Project Status": ("National",), "Coverage": ("Completed",)}


def test_struck_out_text_is_no_text() -> None:
    for tag in ("del", "s", "strike"):
        rows = ROWS | {"Budget Amount (USD)": f"<{tag}>100000</{tag}><ins>120000</ins>"}
        assert find_values(read_html(page_of(show(BOX, rows))))["budget"] == ("120000",)
        page = page_of(show(BOX) + f"<p>It <{tag}>never </{tag}>opens. {PROSE}</p>")
        assert find_description(read_html(page)) == [f"It opens. {PROSE}", PROSE]


@pytest.mark.parametrize(
    ("shown", "read"),
    [
        ("100000<sup>1</sup>", "100000; 1"),
        ("<b>100</b>000", "100; 000"),
        ("100000 <sup>1</sup>", "100000 1"),
        ("100000<sup>*</sup>", "100000*"),
        ("<b>USD</b>100000", "USD100000"),
    ],
)
def test_digits_that_two_elements_set_side_by_side_are_no_one_number(shown: str, read: str) -> None:
    for form in (BOX, "<p><b>{}:</b> {}</p>", "<h3>{}</h3>{}"):
        page = page_of(show(form, ROWS | {"Budget Amount (USD)": shown}))
        assert find_values(read_html(page))["budget"] == (read,)


@pytest.mark.parametrize("line", ["<p><strong>{}:</strong> {}</p>", "<p><b>{}</b> {}</p>"])
@pytest.mark.parametrize("place", ["{1}{0}", "{0}{1}"])
def test_a_label_in_its_line_is_read_where_most_stand_alone(line: str, place: str) -> None:
    in_lines = {label: ROWS[label] for label in ("Project Status", "Year")}
    alone = {label: value for label, value in ROWS.items() if label not in in_lines}
    assert find_values(read_html(page_of(place.format(show(BOX, alone), show(line, in_lines))))) == STATED


def test_a_plain_line_is_read_among_labels_that_stand_alone_and_is_text_elsewhere() -> None:
    rows = list(ROWS.items())
    among = show(BOX, dict(rows[:6])) + "<p>Year: 2015</p>" + show(BOX, dict(rows[7:]))
    assert find_values(read_html(page_of(among))) == STATED
    below = show(BOX, {k: v for k, v in rows if k != "Year"}) + f"<p>{PROSE}</p><p>Year: 1999 in brief</p>"
    assert "funding_year" not in find_values(read_html(page_of(below)))


SPANISH = [("Fecha de inicio", "2016"), ("Tipo de proyecto", "{}"), ("Tipo de proyecto", "{}"), ("Año", "2015")]
SPANISH += [("IDF Region", "Africa"), ("Proyecto ID", "IB.0123")]


@pytest.mark.parametrize("pair", [("Completado", "TCMMCB"), ("TCMMCB", "Completado"), ("En pausa", "TCMMCB")])
def test_the_doubled_spanish_label_is_told_apart_in_a_block_shown_twice(pair: tuple[str, str]) -> None:
    values = iter(pair * 2)
    block = "".join(BOX.format(label, next(values) if value == "{}" else value) for label, value in SPANISH * 2)
    found = find_values(read_html(page_of(block)))
    status, kind = sorted(pair, key=lambda value: value == "TCMMCB")
    assert (found["status"], found["type"]) == ((status,), (kind,))


def test_the_lone_spanish_label_in_a_block_shown_twice_is_told_by_its_value() -> None:
    rows = [(label, value) for label, value in SPANISH if value != "{}"]
    rows.insert(1, ("Tipo de proyecto", "Completado"))
    found = find_values(read_html(page_of("".join(BOX.format(*row) for row in rows * 2))))
    assert found["status"] == ("Completado",)
    assert "type" not in found


HEAPS = {
    "a list of definitions": "<dl>" + show("<dt>{}</dt><dd>{}</dd>") * 1400 + "</dl>",
    "a row of labels": show_columns([*ROWS.values(), "Mali"]).replace("</tr>", "<td>Year</td>" * 3000 + "</tr>"),
    "one line": "<p>" + show("<b>{}:</b> {} ") * 500 + "</p>",
    "lines of one box": "<p>" + show("{}<br>{}<br>") * 500 + "</p>",
    "one country after another": show(BOX) + f"<p>{STATES}</p><p>Mali</p>" * 2500 + "<p>Mali</p>" * 2500,
    "boxes": show(BOX) * 400,
    "boxes in boxes": show(BOX) + "<div><p>Year</p>" * 2500 + "</div>" * 2500,
    "cards": show(BOX) + "<div><h3>Ferries</h3><p>Year</p><p>2016</p></div>" * 4000,
}


@pytest.mark.parametrize("name", HEAPS)
def test_a_heap_of_labels_is_judged_in_moments(name: str) -> None:
    with costing_at_most(20):
        reading = read_html(page_of(HEAPS[name]))
    assert reading.status in {"read", "quarantined"}


@pytest.mark.parametrize("ending", ["\n", "\r"], ids=["line feeds", "carriage returns"])
def test_a_text_of_more_lines_than_any_page_is_quarantined_in_moments(ending: str) -> None:
    with costing_at_most(5):
        reading = read_text("Year" + ending + ("2006" + ending) * 300_000)
    assert "more lines" in (reading.reason or "")
