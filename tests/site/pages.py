"""Whole pages of an IOM-like site, in our own words: deterministic, with menus, footers, programs, of any size.

Belongs here: a page around a content area, and the text forms of pages.
Does not belong here: content (content.py), the markup of themes (themes.py).
"""

from __future__ import annotations

import random
import textwrap
from dataclasses import dataclass, replace
from typing import Final

from tests.site.content import Lang, NewsContent, ProjectContent, make_news, make_project
from tests.site.themes import THEMES, escape, render_news, render_project

__all__ = [
    "THEMES",
    "Lang",
    "Look",
    "NewsContent",
    "ProjectContent",
    "make_benchmark_page",
    "make_news",
    "make_project",
    "render_page",
    "render_text",
]

_MENU_WORDS: Final = (
    "Where we are",
    "Emergencies",
    "Campaigns",
    "Annual reports",
    "Council",
    "Careers",
    "Tenders",
    "Ethics",
    "Library",
    "Maps",
    "Podcasts",
    "Border and identity",
    "Health",
    "Labour mobility",
    "Environment",
    "Resettlement",
    "Protection",
    "Training",
)
_FRAME_SENTENCE: Final = (
    "The International Organization for Migration (IOM) is part of the United Nations System as the leading"
    " inter-governmental organization promoting since 1951 humane and orderly migration for the benefit of all, with {}"
    " member states and a presence in {} countries."
)


@dataclass(frozen=True)
class Look:
    """Everything of a page that is not its content; two looks of one content must read alike.

    ``frame`` is the seed of menus, tokens and class names; ``n_bytes`` about how long the page is; ``main`` the element
    around the content; ``space`` what stands between elements of the frame.
    """

    theme: str = "drupal9"
    frame: int = 0
    n_bytes: int = 20_000
    main: str = "main"
    space: str = "\n"
    has_metadata: bool = True
    charset: str = "utf-8"


def render_page(content: ProjectContent | NewsContent, look: Look = Look()) -> bytes:
    """The page as a server would send it."""
    chance = random.Random(f"frame {look.frame}")
    render = (
        render_project(content, look.theme, chance)
        if isinstance(content, ProjectContent)
        else render_news(content, look.theme, chance)
    )
    name, _, attributes = look.main.partition(" ")
    inner = f"<{name}{' ' + attributes if attributes else ''}>{look.space}{render}{look.space}</{name}>"
    shell = [
        "<!DOCTYPE html>", f'<html lang="{content.lang}" dir="ltr">', _head(content, look, chance),
        f'<body class="path-node token-{chance.randrange(10**9):x}">',
        '<a href="#main-content" class="visually-hidden focusable">Skip to main content</a>',
    ]  # fmt: skip
    footer = _footer(chance)
    fixed = len("".join([*shell, inner, footer]).encode())
    header = _header(chance, max(0, look.n_bytes - fixed))
    page = look.space.join([*shell, header, inner, footer, "</body>", "</html>"])
    return page.encode(look.charset, "xmlcharrefreplace")


def _head(content: ProjectContent | NewsContent, look: Look, chance: random.Random) -> str:
    tags = [
        f'<meta charset="{look.charset}">',
        f"<title>{escape(content.title)} | International Organization for Migration</title>",
    ]
    kind = "project" if isinstance(content, ProjectContent) else "news"
    if look.has_metadata:
        address = f"https://www.iom.int/{kind}/{content.slug}"
        tags += [
            f'<link rel="canonical" href="{address}">',
            f'<link rel="alternate" hreflang="en" href="{address}">',
            f'<link rel="alternate" hreflang="fr" href="https://www.iom.int/fr/{kind}/{content.slug}">',
            f'<meta property="og:title" content="{escape(content.title).replace(chr(34), "&quot;")}">',
            '<meta property="og:site_name" content="International Organization for Migration">',
        ]
        if isinstance(content, NewsContent) and content.published:
            tags.append(f'<meta property="article:published_time" content="{content.published}">')
    tags.append(f"<style>.c{chance.randrange(999)} > a{{color:#0033a0}}</style>")
    tags.append(
        f'<script>var t = "{chance.randrange(10**9):x}"; if (1 < 2) {{ document.write("<p>no</p>"); }}</script>'
    )
    return "<head>" + look.space.join(tags) + "</head>"


def _header(chance: random.Random, n_bytes: int) -> str:
    """The banner with the menu, the sentence on IOM and the programs; most of a page's bytes are here."""
    sentence = _FRAME_SENTENCE.format(chance.choice(["174", "175"]), chance.choice(["171", "over 100"]))
    parts = [
        '<header class="site-header" role="banner"><div><a href="/"><img src="/themes/logo.svg" alt="IOM"></a></div>',
        f'<nav class="menu--main"><ul><li>Who we are<div class="panel"><p>WHO WE ARE</p><p>{sentence}</p></div></li>',
    ]
    size = 0
    while size < n_bytes * 0.75:
        entry = (
            f'<li class="menu-item menu-item--{chance.randrange(10**5)}"><a href="/en/{chance.randrange(10**6):x}" '
            f'data-drupal-link-system-path="node/{chance.randrange(10**5)}">{chance.choice(_MENU_WORDS)}</a></li>\n'
        )
        parts.append(entry)
        size += len(entry)
    parts.append("</ul></nav></header>")
    settings = ",".join(f'"k{i}":"{chance.randrange(10**12):x}"' for i in range(int(n_bytes * 0.2 / 20)))
    parts.append(f'<script type="application/json" data-drupal-selector="drupal-settings-json">{{{settings}}}</script>')
    return "".join(parts)


def _footer(chance: random.Random) -> str:
    links = "".join(f'<li><a href="/f/{i}">{word}</a></li>' for i, word in enumerate(chance.sample(_MENU_WORDS, 8)))
    return (
        f'<footer role="contentinfo"><p>17, Route des Exemples, Geneva. Tel: +41 22 717 9111</p><ul>{links}</ul>'
        f"<p>© {chance.randrange(2019, 2027)} All rights reserved.</p></footer>"
        f"<script src='/js.js?v={chance.randrange(999)}'></script>"
    )


def make_benchmark_page(number: int) -> tuple[bytes, str]:
    """One of the benchmark's pages, of 40 to 120 KB, and its address: projects and news by turns, in all themes."""
    chance = random.Random(f"benchmark {number}")
    lang: Lang = chance.choices(["en", "fr", "es"], [8, 1, 1])[0]  # type: ignore[assignment]  # random widens the literal
    content = make_project(number, lang) if number % 2 else make_news(number, lang)
    theme = chance.choices(THEMES, [3 if name.startswith("drupal") else 1 for name in THEMES])[0]
    main = chance.choices(['main role="main"', 'div id="content"'], [85, 15])[0]
    look = Look(theme, frame=number, n_bytes=chance.randrange(40_000, 120_000), main=main)
    kind = "project" if number % 2 else "news"
    return render_page(content, look), f"https://www.iom.int/{kind}/{content.slug}"


_TEXT_FRAME: Final = (
    "-\nWho we are\nWHO WE ARE{}\n-\nOur Work\nOur WorkAs a test, this says little.\nWhat We Do\nWhat We Do\n"
    "Partnerships\nPartnerships\n- Where we work\n-\nTake Action\nTake Action\n- Data and Research\n- 2030 Agenda\n"
)


def render_text(content: ProjectContent | NewsContent, form: str = "A", *, frame: bool = True) -> bytes:
    """The page as a text extraction: forms ``A``, ``B`` and ``C`` for projects, ``plain`` or a width for news."""
    head = _TEXT_FRAME.format(_FRAME_SENTENCE.format("175", "171")) if frame and form != "C" else ""
    if isinstance(content, NewsContent):
        lines = [content.title]
        for paragraph in (*content.paragraphs, *content.contact):
            lines += [paragraph] if form == "plain" else textwrap.wrap(paragraph, int(form), break_on_hyphens=False)
        return (head + "\n".join(lines)).encode()
    if form == "A":
        groups = [f"-\n{label}\n{' '.join(values)}" for _, label, values in content.fields]
        lines = [content.title, *groups, *content.description]
    elif form == "B":
        groups = [f"- {label}\n\n  {' '.join(values)}\n" for _, label, values in content.fields]
        lines = [content.title, "", *groups, *content.description]
    else:
        shown = [v for name, _, values in content.fields if name not in {"start_date", "end_date"} for v in values]
        lines = [content.title, content.title, *shown, *content.description]
    return (head + "\n".join(lines)).encode()


def drop_field(content: ProjectContent, name: str) -> ProjectContent:
    """The same project without one of its fields."""
    return replace(content, fields=tuple(one for one in content.fields if one[0] != name))
