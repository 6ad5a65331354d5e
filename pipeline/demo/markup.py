"""The markup of the invented sites, before and after their redesign, with a banner that says so on every page.

Belongs here: a page's bytes, by the templates of ``pages/``. Does not belong here: what it says (``content``).
"""

import html
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from extractor.codebooks import read_codebook
from pipeline.demo.content import DemoPage, Lang, read_words

FOLDER = Path(__file__).parent / "pages"
SHELL = (FOLDER / "shell.html").read_bytes().strip()
"""A page whose text only a script would bring: no reader finds a record in it."""
NOT_FOUND = (FOLDER / "not_found.html").read_bytes().strip()

_PAGE = Environment(  # noqa: S701 - whatever is written is escaped, by ``finalize``
    loader=FileSystemLoader(FOLDER),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    finalize=lambda value: html.escape(str(value), quote=False),
).get_template("page.html")


def render(page: DemoPage, *, redesigned: bool = False) -> bytes:
    """The page as its server sends it, in UTF-8."""
    labels = {name: page.labels.get(name) or _find_label(name, page.lang) for name in page.fields}
    banner = read_words()["banner"][page.lang]
    return _PAGE.render(page=page, labels=labels, banner=banner, redesigned=redesigned).encode()


def _find_label(name: str, lang: Lang) -> str:
    """The label as the sites print it: the codebook's first wording."""
    wordings = read_codebook("labels")[name]
    label = str((wordings.get(lang) or wordings["any"])[0])
    return f"{label} (USD)" if name == "budget" else label
