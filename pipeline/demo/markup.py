"""The markup of the invented sites, before and after their redesign, with a banner that says so on every page.

Belongs here: a page's bytes. Does not belong here: what it says (``content``).
"""

import html
from collections.abc import Iterable

from extractor.codebooks import read_codebook
from pipeline.demo.content import DemoPage, Lang, read_words

SHELL = (
    b'<!DOCTYPE html><html lang="en"><head><title>Loading</title><!-- invented: a demonstration of iomdb --></head>'
    b'<body><div id="app"></div><script src="/app.js"></script></body></html>'
)
"""A page whose text only a script would bring: no reader finds a record in it."""
NOT_FOUND = (
    b'<!DOCTYPE html><html lang="en"><head><title>Page not found</title></head><body><h1>Page not found</h1>'
    b"<p>INVENTED PAGES: a demonstration of iomdb.</p></body></html>"
)


def render(page: DemoPage, *, redesigned: bool = False) -> bytes:
    """The page as its server sends it, in UTF-8."""
    words = read_words()
    body = "\n".join(f"<p>{_escape(paragraph)}</p>" for paragraph in page.paragraphs)
    parts = [
        f"<h1>{_escape(page.title)}</h1>",
        (_list_fields if redesigned else _stack_fields)(page) if page.fields else "",
        f'<div class="{"prose" if redesigned else "field field--name-body"}">\n{body}\n</div>',
    ]
    content = "\n".join(part for part in parts if part)
    return f"""<!DOCTYPE html>
<html lang="{page.lang}" dir="ltr">
<head>
{_render_head(page)}
</head>
<body class="{"v2" if redesigned else "path-node"}">
<header><p>{_escape(words["banner"][page.lang])}</p>
<nav><ul><li><a href="/">Home</a></li><li><a href="/projects">Projects</a></li></ul></nav>
</header>
<main><article>
{content}
</article></main>
<footer><p>{_escape(words["banner"][page.lang])}</p></footer>
</body>
</html>
""".encode()


def _render_head(page: DemoPage) -> str:
    tags = [
        '<meta charset="utf-8">',
        f"<title>{_escape(page.title)} | iomdb demonstration</title>",
        f'<link rel="canonical" href="{page.url}">',
        *(f'<link rel="alternate" hreflang="{lang}" href="{url}">' for lang, url in sorted(page.alternates.items())),
    ]
    if page.published:
        tags.append(f'<meta property="article:published_time" content="{page.published}">')
    return "\n".join(tags)


def _iter_labelled(page: DemoPage) -> Iterable[tuple[str, str, tuple[str, ...]]]:
    """Name, label and values of each field, in the page's order."""
    for name, values in page.fields.items():
        yield name, page.labels.get(name) or _find_label(name, page.lang), values


def _find_label(name: str, lang: Lang) -> str:
    """The label as the sites print it: the codebook's first wording."""
    wordings = read_codebook("labels")[name]
    label = str((wordings.get(lang) or wordings["any"])[0])
    return f"{label} (USD)" if name == "budget" else label


def _stack_fields(page: DemoPage) -> str:
    rows = []
    for name, label, values in _iter_labelled(page):
        items = "".join(f'<div class="field__item">{_escape(value)}</div>' for value in values)
        rows.append(
            f'<div class="field field--name-field-{name.replace("_", "-")} field--label-above">'
            f'<div class="field__label">{_escape(label)}</div><div class="field__items">{items}</div></div>'
        )
    return "\n".join(rows)


def _list_fields(page: DemoPage) -> str:
    entries = "\n".join(
        f"<dt>{_escape(label)}</dt>" + "".join(f"<dd>{_escape(value)}</dd>" for value in values)
        for _, label, values in _iter_labelled(page)
    )
    return f"<dl>\n{entries}\n</dl>"


def _escape(text: str) -> str:
    return html.escape(text, quote=False)
