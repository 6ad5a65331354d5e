"""No mutation of a page may publish a wrong value: right, absent or quarantined."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.codebooks import find_label
from tests.examples import examples
from tests.extractor.readings import (
    NEWS_URL,
    find_description,
    find_paragraphs,
    find_unknown,
    find_values,
    read_html,
    read_text,
    state_values,
)
from tests.site.content import Lang, ProjectContent, make_news, make_project
from tests.site.pages import THEMES, Look, render_page, render_text

_LANGS: list[Lang] = ["en", "fr", "es"]
_FORMULAS = [
    "=1+1", "@SUM(A1:A9)", "'; DROP TABLE projects; --", '"><img src=x onerror=alert(1)>', "<script>alert(1)</script>",
    "{{7*7}}", "\u202egnp.exe", "a\u0000b", "<main>inner</main>", "</div></article>", "<!-- x", "&lt;b&gt;",
]  # fmt: skip
_WRAPS = [
    "<b>{}</b>", "<span><em>{}</em></span>", "<a href='#'>{}</a>", "<div>{}</div>", "<p>{}</p>", "<!-- x -->{}",
    "{}<!-- y -->", "\n\t {} \n", "<font color=red>{}</font>", "{}&nbsp;", "{}&#8203;", "{} :",
]  # fmt: skip

projects = st.builds(make_project, st.integers(0, 500), st.sampled_from(_LANGS))
themes = st.sampled_from([*THEMES, "text A", "text B"])


def render(content: ProjectContent, theme: str, frame: int = 0) -> bytes:
    if theme.startswith("text "):
        return render_text(content, theme[5:])
    return render_page(content, Look(theme, frame=frame, n_bytes=6000))


def assert_nothing_wrong(page: bytes, theme: str, content: ProjectContent) -> None:
    """Each field that is read is what the content states under that name, or the page is quarantined."""
    reading = read_text(page) if theme.startswith("text ") else read_html(page)
    if reading.status == "quarantined":
        assert reading.reason
        assert reading.project is None
        return
    stated = {name: tuple(v for v in values if v) for name, values in state_values(content).items()}
    for name, values in find_values(reading).items():
        shown = tuple(" ".join(value.replace("\u0000", "\u0000").split()) for value in stated.get(name, ()))
        assert values in (shown, (", ".join(shown),), (" ".join(shown),)), (name, values, shown)
        assert all(find_label(value) is None for value in values)
    assert reading.title is not None
    assert reading.title.value == content.title
    assert set(find_description(reading)) <= set(content.description)


def mutate_field(
    content: ProjectContent, index: int, label: str | None, values: tuple[str, ...] | None
) -> ProjectContent:
    fields = list(content.fields)
    name, old_label, old_values = fields[index % len(fields)]
    fields[index % len(fields)] = (
        name,
        old_label if label is None else label,
        old_values if values is None else values,
    )
    return replace(content, fields=tuple(fields))


def forget(content: ProjectContent, index: int) -> ProjectContent:
    """What may be read of a content whose field has lost its label."""
    fields = content.fields
    gone = fields[index % len(fields)]
    return replace(content, fields=tuple(one for one in fields if one is not gone))


@examples(150)
@given(
    content=projects, theme=themes, index=st.integers(0, 11), label=st.sampled_from(["Zorp", "Projekt", "Kind of work"])
)
def test_a_renamed_label_is_unknown_and_takes_no_other_value(
    content: ProjectContent, theme: str, index: int, label: str
) -> None:
    mutated = mutate_field(content, index, label, None)
    expected = forget(content, index)
    if content.lang == "es" and content.fields[index % len(content.fields)][1] == "Tipo de proyecto":
        return  # see test_one_lone_spanish_label_is_told_by_its_value
    assert_nothing_wrong(render(mutated, theme), theme, expected)


@pytest.mark.parametrize("theme", [*(t for t in THEMES if t != "breaks"), "text A", "text B"])
def test_a_renamed_label_keeps_its_value_raw(theme: str) -> None:
    content = mutate_field(make_project(3), 3, "Kind of work", None)
    page = render(content, theme)
    reading = read_text(page) if theme.startswith("text ") else read_html(page)
    shown = find_unknown(reading)
    assert {key.casefold(): value for key, value in shown.items()} == {"kind of work": content.fields[3][2]}


@examples(100)
@given(content=projects, theme=themes, index=st.integers(0, 11))
def test_a_value_whose_label_is_lost_is_not_given_to_another_label(
    content: ProjectContent, theme: str, index: int
) -> None:
    mutated = mutate_field(content, index, "", None)
    if content.lang == "es" and content.fields[index % len(content.fields)][1] == "Tipo de proyecto":
        return
    assert_nothing_wrong(render(mutated, theme), theme, forget(content, index))


@examples(100)
@given(content=projects, theme=themes, index=st.integers(0, 11), empty=st.sampled_from(["", " ", "\u200b", "\u00a0"]))
def test_an_empty_value_is_absent(content: ProjectContent, theme: str, index: int, empty: str) -> None:
    mutated = mutate_field(content, index, None, (empty,))
    assert_nothing_wrong(render(mutated, theme), theme, forget(content, index))


@examples(100)
@given(content=projects, theme=themes, index=st.integers(0, 11), other=st.integers(0, 11))
def test_a_known_label_is_never_a_value(content: ProjectContent, theme: str, index: int, other: int) -> None:
    label = content.fields[other % len(content.fields)][1]
    mutated = mutate_field(content, index, None, (label,))
    reading = read_text(render(mutated, theme)) if theme.startswith("text ") else read_html(render(mutated, theme))
    if reading.project is not None:
        for one in reading.project.fields:
            assert all(find_label(value.value) is None for value in one.values)


@examples(100)
@given(content=projects, theme=themes, drop=st.sets(st.integers(0, 11), max_size=9))
def test_dropped_fields_are_absent_and_the_others_stay(content: ProjectContent, theme: str, drop: set[int]) -> None:
    kept = tuple(one for i, one in enumerate(content.fields) if i not in drop)
    labels = [label for _, label, _ in kept]
    if labels.count("Tipo de proyecto") == 1:
        return
    assert_nothing_wrong(render(replace(content, fields=kept), theme), theme, replace(content, fields=kept))


@examples(100)
@given(content=projects, theme=themes, order=st.randoms(use_true_random=False))
def test_fields_in_another_order_keep_their_values(content: ProjectContent, theme: str, order: random.Random) -> None:
    fields = list(content.fields)
    order.shuffle(fields)
    assert_nothing_wrong(render(replace(content, fields=tuple(fields)), theme), theme, content)


@examples(120)
@given(content=projects, theme=themes, index=st.integers(0, 11), value=st.sampled_from(_FORMULAS))
def test_markup_formulas_and_sql_in_a_value_are_text(
    content: ProjectContent, theme: str, index: int, value: str
) -> None:
    mutated = mutate_field(content, index, None, (value,))
    assert_nothing_wrong(render(mutated, theme), theme, mutated)


@examples(100)
@given(content=projects, theme=st.sampled_from(THEMES), wrap=st.sampled_from(_WRAPS))
def test_labels_wrapped_in_more_markup_read_the_same(content: ProjectContent, theme: str, wrap: str) -> None:
    page = render(content, theme).decode()
    for _, label, _ in content.fields:
        shown = label.upper() if theme == "redesign" else label
        page = re.sub(rf">{re.escape(shown)}(:?)(&nbsp;)?<", lambda m: f">{wrap.format(m[0][1:-1])}<", page, count=1)
    assert_nothing_wrong(page.encode(), theme, content)


_INJECTIONS = [
    "<script>document.write('<div>Coverage</div><div>Global</div>')</script>",
    "<style>p{content:'<h1>Wrong</h1>'}</style>",
    "<template><h1>Wrong</h1><p>Start Date</p><p>1901</p></template>",
    "<noscript><p>Please enable JavaScript to read on, or else read this.</p></noscript>",
    "<!-- <div>Start Date</div><div>1901</div> -->",
    "<svg><title>Year</title><text>1901</text></svg>",
    "<select><option>Year</option><option>1901</option></select>",
    "<nav><ul><li>Year</li><li>1901</li></ul></nav>",
]


@examples(120)
@given(content=projects, theme=st.sampled_from(THEMES), injected=st.sampled_from(_INJECTIONS), at=st.floats(0, 1))
def test_what_is_injected_between_elements_is_not_read(
    content: ProjectContent, theme: str, injected: str, at: float
) -> None:
    page = render(content, theme).decode()
    tags = [m.start() for m in re.finditer(r"<(?:div|p|li|tr|dt|h4|section)\b", page)]
    place = tags[int(at * (len(tags) - 1))]
    assert_nothing_wrong((page[:place] + injected + page[place:]).encode(), theme, content)


@pytest.mark.parametrize("main", ["main", 'div id="content"', 'main role="main" id="x"', "section", "article"])
@pytest.mark.parametrize("lang", _LANGS)
def test_frame_theme_tokens_class_names_and_whitespace_never_change_a_reading(lang: Lang, main: str) -> None:
    for number in range(4):
        project, news = make_project(number, lang), make_news(number, lang)
        for frame, theme in enumerate(THEMES):
            look = Look(
                theme, frame=frame + number * 100, n_bytes=3000 + frame * 1000, main=main, space=" \n"[frame % 2] * 2
            )
            reading = read_html(render_page(project, look))
            assert find_values(reading) == state_values(project)
            assert find_description(reading) == list(project.description)
            assert reading.unexplained == ()
            reading = read_html(render_page(news, look), NEWS_URL)
            assert find_paragraphs(reading) == list(news.paragraphs)
            assert reading.title is not None
            assert reading.title.value == news.title
            assert reading.unexplained == ()
