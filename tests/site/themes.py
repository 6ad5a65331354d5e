"""The same content in the markup of different themes: Drupal 7, 9 and 10, tables, lists, redesigns.

Belongs here: the content area's markup. Does not belong here: what it says (content.py), menus and footers (pages.py).
"""

from __future__ import annotations

import html
import random
from collections.abc import Callable, Sequence
from typing import Final

from tests.site.content import NewsContent, ProjectContent

_Fields = Sequence[tuple[str, str, tuple[str, ...]]]


def escape(text: str) -> str:
    """Text as it stands in markup."""
    return html.escape(text, quote=False)


def _drupal7(fields: _Fields, chance: random.Random) -> str:
    rows = []
    for name, label, values in fields:
        items = "".join(
            f'<div class="field-item {"odd" if i % 2 else "even"}">{escape(v)}</div>' for i, v in enumerate(values)
        )
        rows.append(
            f'<div class="field field-name-field-{name} field-type-text field-label-above">'
            f'<div class="field-label">{escape(label)}:&nbsp;</div><div class="field-items">{items}</div></div>'
        )
    return "".join(rows)


def _drupal9(fields: _Fields, chance: random.Random) -> str:
    rows = []
    for name, label, values in fields:
        items = "\n".join(f'      <div class="field__item">{escape(value)}</div>' for value in values)
        rows.append(
            f'  <div class="field field--name-field-{name} field--type-string field--label-above">\n'
            f'    <div class="field__label">{escape(label)}</div>\n'
            f'    <div class="field__items">\n{items}\n    </div>\n  </div>'
        )
    return "\n".join(rows)


def _drupal10(fields: _Fields, chance: random.Random) -> str:
    rows = []
    for name, label, values in fields:
        if len(values) == 1:
            shown = f'<div class="field__item">{escape(values[0])}</div>'
        else:
            shown = (
                '<div class="field__items">'
                + "".join(f'<div class="field__item">{escape(v)}</div>' for v in values)
                + "</div>"
            )
        rows.append(
            f'<!-- THEME HOOK: field --><div class="field field--name-{name} field--label-inline clearfix">'
            f'<div class="field__label {chance.choice(["shown", "inline"])}">{escape(label)}</div>{shown}</div>'
        )
    return '<div class="layout layout--twocol"><div class="layout__region">' + "\n".join(rows) + "</div></div>"


def _table(fields: _Fields, chance: random.Random) -> str:
    rows = "\n".join(
        f"<tr><th scope=row>{escape(label)}</th><td>{_lines(values)}</td></tr>" for _, label, values in fields
    )
    return f'<table class="facts"><tbody>{rows}</tbody></table>'


def _columns(fields: _Fields, chance: random.Random) -> str:
    heads = "".join(f"<th>{escape(label)}</th>" for _, label, _ in fields)
    cells = "".join(f"<td>{_lines(values)}</td>" for _, _, values in fields)
    return f"<table><thead><tr>{heads}</tr></thead><tbody><tr>{cells}</tr></tbody></table>"


def _definitions(fields: _Fields, chance: random.Random) -> str:
    entries = "\n".join(
        f"<dt>{escape(label)}</dt>" + "".join(f"<dd>{escape(value)}</dd>" for value in values)
        for _, label, values in fields
    )
    return f"<dl>\n{entries}\n</dl>"


def _list(fields: _Fields, chance: random.Random) -> str:
    entries = "\n".join(
        f"<li><strong>{escape(label)}:</strong> {escape(', '.join(values))}</li>" for _, label, values in fields
    )
    return f'<ul class="meta">{entries}</ul>'


def _redesign(fields: _Fields, chance: random.Random) -> str:
    block, inner = (f"c{chance.randrange(10**6):x}" for _ in range(2))
    rows = "\n".join(
        f'<section class="{block}"><p class="{inner}">{escape(label.upper())}</p><ul>'
        + "".join(f"<li>{escape(value)}</li>" for value in values)
        + "</ul></section>"
        for _, label, values in fields
    )
    return f'<aside data-c="{chance.randrange(99)}" class="grid-{chance.randrange(9)}">{rows}</aside>'


def _headings(fields: _Fields, chance: random.Random) -> str:
    return "\n".join(f"<h4>{escape(label)}</h4>\n<p>{_lines(values)}</p>" for _, label, values in fields)


def _spans(fields: _Fields, chance: random.Random) -> str:
    return "\n".join(
        f'<div class="row"><span class="k">{escape(label)}</span><span>{escape(" ".join(values))}</span></div>'
        for _, label, values in fields
    )


def _breaks(fields: _Fields, chance: random.Random) -> str:
    return "<p>" + "<br />\n".join(f"{escape(label)}<br/>{_lines(values)}" for _, label, values in fields) + "</p>"


def _lines(values: Sequence[str]) -> str:
    return "<br>".join(escape(value) for value in values)


def _items(fields: _Fields, chance: random.Random) -> str:
    """What the seeds' text suggests: an entry of a list for each field, label and value on lines of their own."""
    entries = "\n".join(
        f'<li><div class="l">{escape(label)}</div><div class="v">{_lines(values)}</div></li>'
        for _, label, values in fields
    )
    return f'<ul class="list-{chance.randrange(9)}">{entries}</ul>'


FIELD_MARKUP: Final[dict[str, Callable[[_Fields, random.Random], str]]] = {
    "drupal7": _drupal7,
    "drupal9": _drupal9,
    "drupal10": _drupal10,
    "table": _table,
    "columns": _columns,
    "definitions": _definitions,
    "list": _list,
    "items": _items,
    "redesign": _redesign,
    "headings": _headings,
    "spans": _spans,
    "breaks": _breaks,
}
THEMES: Final = tuple(FIELD_MARKUP)
"""Every theme; all of them say the same."""

_NEWS_BODY: Final = {
    "drupal7": '<div class="field field-type-text-with-summary"><div class="field-items">{}</div></div>',
    "drupal9": '<div class="clearfix text-formatted field field--name-body field--type-text-with-summary">{}</div>',
    "drupal10": '<div class="field field--type-text-with-summary"><div class="field__item">{}</div></div>',
}


def render_project(content: ProjectContent, theme: str, chance: random.Random) -> str:
    """The content area of a project page."""
    title = f'<h1 class="page-title"><span>{escape(content.title)}</span></h1>'
    paragraphs = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in content.description)
    body = f'<div class="field field--name-body">{paragraphs}</div>'
    fields = FIELD_MARKUP[theme](content.fields, chance)
    return f"{title}\n<article class=node>{fields}\n{body}</article>\n{_share(chance)}"


def render_news(content: NewsContent, theme: str, chance: random.Random) -> str:
    """The content area of a news page, with what stands around an article."""
    paragraphs = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in (*content.paragraphs, *content.contact))
    body = _NEWS_BODY.get(theme, "<section>{}</section>").format(paragraphs)
    when = f'<time datetime="{content.published}">{content.published[:10]}</time>' if content.published else ""
    picture = (
        f'<figure><img src="/sites/g/files/tmzbdl{chance.randrange(1, 3000)}/a.jpg?itok={chance.randrange(10**8)}"'
        ' alt="A lamp"><figcaption>A lamp on a desk. Photo: IOM/Example</figcaption></figure>'
    )
    parts = [
        f'<h1 class="t{chance.randrange(99)}">{escape(content.title)}</h1>',
        f'<div class="byline">{when}</div>',
        picture if chance.random() < 0.6 else "",
        body,
        _share(chance),
        _related(chance),
    ]
    return f'<article class="node node--type-news">{"".join(parts)}</article>'


def _share(chance: random.Random) -> str:
    links = "".join(
        f'<li><a href="https://example.org/s?u={chance.randrange(10**6)}">{name}</a></li>'
        for name in ("Facebook", "Twitter", "LinkedIn", "WhatsApp")
    )
    return f'<div class="share-{chance.randrange(9)}"><span>Share</span><ul>{links}</ul></div>'


def _related(chance: random.Random) -> str:
    entries = "".join(
        f'<div class="card"><h3><a href="/news/other-{chance.randrange(10**4)}">'
        f"Another release number {chance.randrange(999)}</a></h3>"
        "<p>What another release says in one sentence of its own.</p></div>"
        for _ in range(3)
    )
    return f"<section><h2>Related News</h2>{entries}</section>"
