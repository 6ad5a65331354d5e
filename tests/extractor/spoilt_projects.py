"""Project pages spoilt in every way we can think of, the same for the same number.

Belongs here: the ways, and the page that each makes. Does not belong here: what may be published of it (``judged``).

A spoilt page stays honest about itself: ``content.fields`` are the labels and values that it prints, each under the
name of the field that the value was made for (``decoy`` for none).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tests.extractor.spoilt_markup import DECOYS, RESPELLINGS
from tests.site.content import LABELS, Lang, ProjectContent, make_project
from tests.site.pages import THEMES, Look, render_page, render_text

Slot = tuple[str, str, tuple[str, ...]]
TEXT_FORMS: Final = ("text A", "text B")
UNLABELLED: Final = "text C"
OLD_ORDER: Final = ("idf_region", "projects_id", "prima_id", "budget", "countries", "type", "coverage", "status")
"""The lines of a page of the old host, which has no labels and no years."""

OTHER_WORDS: Final = ("Lamp Colour", "Projekt", "Funding envelope", "Kind of work", "Hafen", "Nombre de lampes")
HOSTILE: Final = (
    "<script>alert(1)</script>", "'; DROP TABLE projects; --", '=HYPERLINK("http://example.org")', "{{ 7 * 7 }}", "-1",
    "∞", "0", "Completed Completed", "2006 2007", "1.234.567,89 lamps", "n/a", "See the annex",
)  # fmt: skip
NEAR: Final[tuple[Callable[[str], str], ...]] = (
    str.upper,
    str.lower,
    lambda label: label.replace(" ", "\u00a0"),
    lambda label: f"{label} :",
    lambda label: f"{label}s",
    lambda label: f"{label.removesuffix('s')}(s)",
    lambda label: label.replace("(USD)", "(US$)"),
    lambda label: "".join(label.split()[-1:]),
    lambda label: f"  {label}* ",
)


@dataclass(frozen=True)
class Spoilt:
    """One spoilt page: how it was made, what it prints, its bytes."""

    theme: str
    content: ProjectContent
    payload: bytes

    @property
    def is_text(self) -> bool:
        """Whether it is a text extraction."""
        return self.theme.startswith("text ")


Change = Callable[[ProjectContent, random.Random], ProjectContent]


def with_slot(content: ProjectContent, place: int, slot: Slot | None) -> ProjectContent:
    """The content with another slot at a place; None takes it out."""
    fields = content.fields
    return replace(content, fields=(*fields[:place], *((slot,) if slot else ()), *fields[place + 1 :]))


def pick(content: ProjectContent, chance: random.Random) -> tuple[int, Slot]:
    """A slot that is of a field, and its place."""
    places = [place for place, slot in enumerate(content.fields) if slot[0] != "decoy"]
    place = chance.choice(places)
    return place, content.fields[place]


def change_label(reword: Callable[[str, Slot, random.Random], str]) -> Change:
    """A way that prints one label otherwise."""

    def change(content: ProjectContent, chance: random.Random) -> ProjectContent:
        place, slot = pick(content, chance)
        return with_slot(content, place, (slot[0], reword(slot[1], slot, chance), slot[2]))

    return change


def change_every_label(reword: Callable[[str, random.Random], str]) -> Change:
    """A way that prints all labels otherwise."""

    def change(content: ProjectContent, chance: random.Random) -> ProjectContent:
        return replace(
            content, fields=tuple((name, reword(label, chance), values) for name, label, values in content.fields)
        )

    return change


def translate(label: str, slot: Slot, chance: random.Random) -> str:
    """The label as another language has it; itself where a wording would stand for two fields."""
    wordings = [words[slot[0]] for lang, words in LABELS.items() if lang != "es" and slot[0] in words]
    return chance.choice(wordings) if wordings else label


def change_value(make: Callable[[tuple[str, ...], random.Random], tuple[str, ...]]) -> Change:
    """A way that prints other values under one label."""

    def change(content: ProjectContent, chance: random.Random) -> ProjectContent:
        place, slot = pick(content, chance)
        return with_slot(content, place, (slot[0], slot[1], make(slot[2], chance)))

    return change


def swap_values(content: ProjectContent, chance: random.Random) -> ProjectContent:
    """Two labels with each other's values."""
    (a, one), (b, other) = pick(content, chance), pick(content, chance)
    return with_slot(with_slot(content, a, (*one[:2], other[2])), b, (*other[:2], one[2]))


def move_value(content: ProjectContent, chance: random.Random) -> ProjectContent:
    """A value under another label beside that one's own, its own label left empty."""
    (a, one), (b, other) = pick(content, chance), pick(content, chance)
    if a == b:
        return content
    return with_slot(with_slot(content, a, (*one[:2], ("",))), b, (*other[:2], (*other[2], *one[2])))


def drop_slots(content: ProjectContent, chance: random.Random) -> ProjectContent:
    """Some fields less."""
    return replace(content, fields=tuple(slot for slot in content.fields if chance.random() < 0.75))


def shuffle_slots(content: ProjectContent, chance: random.Random) -> ProjectContent:
    """The fields in another order."""
    return replace(content, fields=tuple(chance.sample(content.fields, len(content.fields))))


def tell_in_text(content: ProjectContent, chance: random.Random) -> ProjectContent:
    """A field gone, its words in a sentence or a line of the description."""
    place, (_, label, values) = pick(content, chance)
    words = (
        f"{label}: {' '.join(values)}" if chance.random() < 0.3 else f"In the end it was {' '.join(values)}, at last."
    )
    return replace(with_slot(content, place, None), description=(*content.description, words))


def add_decoy(content: ProjectContent, chance: random.Random) -> ProjectContent:
    """Another fact under its own label, with a value that a field could have."""
    value, labels = DECOYS[chance.choice(list(DECOYS))]
    place = chance.randrange(len(content.fields) + 1)
    decoy = ("decoy", chance.choice(labels), (value,))
    return replace(content, fields=(*content.fields[:place], decoy, *content.fields[place:]))


def put_decoy_instead(content: ProjectContent, chance: random.Random) -> ProjectContent:
    """The same where the field's own label stood."""
    place, slot = pick(content, chance)
    value, labels = DECOYS[slot[0]]
    return with_slot(content, place, ("decoy", chance.choice(labels), (value,)))


def put_other_digits(values: tuple[str, ...], chance: random.Random) -> tuple[str, ...]:
    """The digits of another script."""
    zero = ord(chance.choice("٠۰０०"))
    return tuple(value.translate({ord("0") + i: zero + i for i in range(10)}) for value in values)


def put_lookalikes(text: str) -> str:
    """Letters of another script that look the same."""
    return text.translate(str.maketrans("aeoCcpS", "аеоСсрЅ"))


LABEL_CHANGES: Final[Mapping[str, Change]] = {
    "a label in near words": change_label(lambda label, _, chance: chance.choice(NEAR)(label)),
    "a label in other words": change_label(lambda _, __, chance: chance.choice(OTHER_WORDS)),
    "a label of another language": change_label(translate),
    "a label lost": change_label(lambda _, __, ___: ""),
    "a label in letters of another script": change_label(lambda label, _, __: put_lookalikes(label)),
    "every label in near words": change_every_label(lambda label, chance: chance.choice(NEAR)(label)),
    "every label in other words": change_every_label(
        lambda _, chance: f"{chance.choice(OTHER_WORDS)} {chance.randrange(99)}"
    ),
    "every label lost": change_every_label(lambda _, __: ""),
    "every label in letters of another script": change_every_label(lambda label, _: put_lookalikes(label)),
    "another fact beside": add_decoy,
    "another fact instead": put_decoy_instead,
    "values swapped": swap_values,
    "a value moved": move_value,
    "a value gone": change_value(lambda _, __: ("",)),
    "a second value": change_value(lambda values, _: (*values, "Second")),
    "a label as value": change_value(lambda _, chance: (chance.choice(list(LABELS["en"].values())),)),
    "a field told in the text": tell_in_text,
}
VALUE_CHANGES: Final[Mapping[str, Change]] = {
    "fields dropped": drop_slots,
    "fields shuffled": shuffle_slots,
    "a value of no kind": change_value(lambda _, chance: (chance.choice(HOSTILE),)),
    "digits of another script": change_value(put_other_digits),
    "letters of another script": change_value(lambda values, _: tuple(map(put_lookalikes, values))),
}
"""Ways that pages without labels have too."""

SEVERAL: Final = "several at once"
KINDS: Final = (*LABEL_CHANGES, *VALUE_CHANGES, *RESPELLINGS, SEVERAL)
"""The ways to spoil a page."""


def spoil(kind: str, number: int) -> Spoilt:
    """The page of that number, spoilt in that way."""
    chance = random.Random(f"{kind} {number}")
    lang: Lang = chance.choices(["en", "fr", "es"], [6, 2, 2])[0]  # type: ignore[assignment]  # random widens it
    content = make_project(chance.randrange(5_000), lang)
    themes = [*THEMES, *(() if kind in RESPELLINGS else TEXT_FORMS), *((UNLABELLED,) if kind in VALUE_CHANGES else ())]
    theme = chance.choice(themes)
    if theme == UNLABELLED:
        content = as_old_host(content)
    for name in _list_changes(kind, chance):
        content = {**LABEL_CHANGES, **VALUE_CHANGES}[name](content, chance)
    if theme in {*TEXT_FORMS, UNLABELLED}:
        return Spoilt(theme, content, render_text(content, theme[5:]))
    page = render_page(content, Look(theme, frame=number, n_bytes=3_000)).decode()
    respellings = [kind] if kind in RESPELLINGS else chance.sample(list(RESPELLINGS), 1) if kind == SEVERAL else []
    for name in respellings:
        page = RESPELLINGS[name](page, chance, content)
    return Spoilt(theme, content, page.encode())


def _list_changes(kind: str, chance: random.Random) -> list[str]:
    known = [*LABEL_CHANGES, *VALUE_CHANGES]
    return chance.sample(known, 2) if kind == SEVERAL else [kind] if kind in known else []


def as_old_host(content: ProjectContent) -> ProjectContent:
    """The fields that the old host prints, in its order, one country a line."""
    values = {name: (label, shown) for name, label, shown in content.fields}
    slots = [(name, *values[name]) for name in OLD_ORDER if name in values]
    return replace(
        content,
        fields=tuple(
            (name, label, tuple(split_countries(shown[0])) if name == "countries" else shown)
            for name, label, shown in slots
        ),
    )


def split_countries(text: str) -> list[str]:
    """The names of a line of countries in our own words; one of two words has an apostrophe or a bracket, none a blank.

    >>> split_countries("Ghana Côte d’Ivoire Togo")
    ['Ghana', 'Côte d’Ivoire', 'Togo']
    """
    return re.findall(r"Côte d’Ivoire|\S+", text)
