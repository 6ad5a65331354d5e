"""Ways to spoil the markup of a project page whose content stays as it is, and what they put beside the page's own.

Belongs here: markup. Does not belong here: labels and values (``spoilt_projects``).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from typing import Final

from bs4 import BeautifulSoup

from tests.site.content import LABELS, ProjectContent, make_project
from tests.site.pages import THEMES
from tests.site.themes import FIELD_MARKUP

DECOYS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "start_date": ("1999", ("Request received", "First letter")),
    "end_date": ("2023", ("Report due", "Archived until")),
    "status": ("Active", ("Audit", "Evaluation")),
    "type": ("Counter Trafficking", ("Unit", "Desk")),
    "budget": ("12345.00", ("Amount disbursed (USD)", "Co-funding (USD)")),
    "coverage": ("Global", ("Insurance", "Press")),
    "funding_year": ("1998", ("Year of the evaluation", "Page printed")),
    "idf_region": ("Europe", ("Donor region", "Desk officer’s region")),
    "other_countries": ("Chile", ("Donor country", "Seat of the auditor")),
    "prima_id": ("KE10P9999", ("Follow-up of", "Merged into")),
    "projects_id": ("TC.9999", ("Related project", "Earlier phase")),
    "countries": ("Peru Chile", ("Donors", "Countries of the trainers")),
}
"""Field to a value of its kind that is another fact's, and labels that say so."""

Respell = Callable[[str, random.Random, ProjectContent], str]


def in_article(change: Callable[[str, random.Random], str]) -> Respell:
    """A way that changes the markup of the page's own article alone."""

    def respell(page: str, chance: random.Random, _: ProjectContent) -> str:
        start, end = page.index("<article class=node>"), page.index("</article>")
        return page[:start] + change(page[start:end], chance) + page[end:]

    return respell


def misname(markup: str, chance: random.Random) -> str:
    """Each box under the class of another field."""
    names = list(dict.fromkeys(re.findall(r"field-{1,2}name-(?:field-)?([a-z_]+)", markup)))
    other = dict(zip(names, chance.sample(names, len(names)), strict=True))
    return re.sub(r"(field-{1,2}name-(?:field-)?)([a-z_]+)", lambda m: m[1] + other[m[2]], markup)


def rename_elements(markup: str, chance: random.Random) -> str:
    """Boxes of another element."""
    new = chance.choice(["section", "fieldset", "x-box", "center"])
    return re.sub(r"(</?)div\b", rf"\1{new}", markup)


def lose_end_tag(markup: str, chance: random.Random) -> str:
    """One end tag less."""
    tags = list(re.finditer(r"</(?:div|li|td|th|p|dd|dt|section|span|strong|ul)>", markup))
    lost = chance.choice(tags)
    return markup[: lost.start()] + markup[lost.end() :]


def move_text_up(markup: str, _: random.Random) -> str:
    """The description before the fields."""
    text = re.search(r'<div class="field field--name-body">.*?</div>', markup, re.DOTALL)
    assert text is not None
    rest = markup.replace(text[0], "", 1)
    return rest.replace("<article class=node>", f"<article class=node>{text[0]}", 1)


def shuffle_blocks(markup: str, chance: random.Random) -> str:
    """The boxes of the fields, the paragraphs of the text and their own boxes in any order."""
    article = BeautifulSoup(markup, "html.parser").article
    assert article is not None
    parts = chance.random() < 0.5  # the paragraphs part, and stand among the boxes
    blocks: list[str] = []
    for block in article.find_all(True, recursive=False):
        if blocks and blocks[-1].endswith("</h4>"):  # a heading and its value stay one block
            blocks[-1] += str(block)
        elif parts and "field--name-body" in (block.get("class") or ()):
            blocks += map(str, block.find_all("p"))
        else:
            blocks.append(str(block))
    chance.shuffle(blocks)
    return f"<article class=node>{''.join(blocks)}"


def move_title_down(page: str, _: random.Random, __: ProjectContent) -> str:
    """The heading below all that is the page's own."""
    heading = re.search(r"<h1.*?</h1>", page, re.DOTALL)
    assert heading is not None
    return page.replace(heading[0], "", 1).replace("</article>", f"</article>{heading[0]}", 1)


def put_project_beside(page: str, chance: random.Random, content: ProjectContent) -> str:
    """A teaser of another project with all its labels."""
    other = make_project(chance.randrange(1000, 2000), content.lang)
    fields = FIELD_MARKUP[chance.choice(THEMES)](other.fields, chance)
    teaser = f'<article class="card"><h3><a href="/project/{other.slug}">{other.title}</a></h3>{fields}</article>'
    heading = {"en": "Related projects", "fr": "Projets associés", "es": "Proyectos relacionados"}[content.lang]
    if chance.random() < 0.5:
        return page.replace("</main>", f"<section><h2>{heading}</h2>{teaser}</section></main>", 1)
    return page.replace("</main>", f"</main><aside><h2>{heading}</h2>{teaser}</aside>", 1)


SCRIPTS: Final = (
    "<script>document.write('<div>{label}</div><div>{value}</div>')</script>",
    '<script type="application/json">{{"{label}": "{value}"}}</script>',
    "<template><div>{label}</div><div>{value}</div></template>",
    "<!-- <div>{label}</div><div>{value}</div> -->",
    "<style>p::after {{ content: '{label} {value}' }}</style>",
    "<select><option>{label}</option><option>{value}</option></select>",
    '<div hidden="">{label}</div><div hidden="">{value}</div>',
    '<input type="hidden" name="{label}" value="{value}">',
)


def put_scripts(markup: str, chance: random.Random) -> str:
    """Programs, comments and hidden elements that name a field and a value, before a box."""
    name = chance.choice(list(DECOYS))
    script = chance.choice(SCRIPTS).format(label=LABELS["en"][name], value=DECOYS[name][0])
    places = [match.start() for match in re.finditer(r"<(?:div|p|ul|dl|table|h4|section)\b", markup)]
    place = chance.choice(places)
    return markup[:place] + script + markup[place:]


RESPELLINGS: Final[Mapping[str, Respell]] = {
    "boxes renamed": in_article(
        lambda markup, chance: re.sub(r'class="[^"]*"', lambda _: f'class="c{chance.randrange(99)}"', markup)
    ),
    "boxes misnamed": in_article(misname),
    "boxes of another element": in_article(rename_elements),
    "boxes in boxes": in_article(
        lambda markup, _: re.sub(r"<div\b", "<div><div", markup).replace("</div>", "</div></div>")
    ),
    "an end tag lost": in_article(lose_end_tag),
    "the text above": in_article(move_text_up),
    "blocks shuffled": in_article(shuffle_blocks),
    "the title below": move_title_down,
    "scripts between": in_article(put_scripts),
    "another project beside": put_project_beside,
}
