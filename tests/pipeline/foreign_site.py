"""A site in a script and in words that no list knows: pages of articles inside a frame that is the same on each.

Belongs here: making its pages, as text and as markup. Does not belong here: any assertion.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.pipeline.houses import SITE

LETTERS = [chr(code) for code in range(0xA500, 0xA560)]
"""Vai: letters without case, of a language that no word list has."""

N_PAGES = 12


def make_words(seed: str, n_words: int) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choices(LETTERS, k=chance.randrange(3, 8))) for _ in range(n_words))


def make_sentence(seed: str, n_words: int = 16) -> str:
    return make_words(seed, n_words) + "."


ENTRIES = [make_words(f"entry {number}", 2) for number in range(4)]
PANEL = make_sentence("panel", 30)
SHARE = make_words("share", 2)
NEWSLETTER = make_sentence("newsletter", 9)
RELATED = make_words("related", 2)
SITE_NAME = make_words("site", 3)
RECURRING = make_sentence("recurring", 20)
FRAME = [*ENTRIES, PANEL, SHARE, NEWSLETTER, RELATED, SITE_NAME]


@dataclass(frozen=True)
class Article:
    """One page: its address is in other words than its title."""

    number: int
    more: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"https://{SITE}/news/story-{self.number}"

    @property
    def title(self) -> str:
        return make_words(f"title {self.number}", 6)

    @property
    def paragraphs(self) -> list[str]:
        own = [make_sentence(f"text {self.number} {at}", 30) for at in range(4)]
        return [*own[:2], *self.more, *own[2:]]

    @property
    def teasers(self) -> list[str]:
        """Titles of three others; each stands on three pages."""
        return [make_words(f"title {(self.number + step) % N_PAGES}", 6) for step in (1, 2, 3)]

    def as_text(self) -> bytes:
        lines = [
            ENTRIES[0], ENTRIES[0] + PANEL, ENTRIES[1], SITE_NAME, f"- {ENTRIES[2]} {PANEL}", ENTRIES[3],
            self.title, "",
            *[line for paragraph in self.paragraphs for line in (paragraph, "")],
            SHARE, NEWSLETTER, RELATED, *self.teasers,
        ]  # fmt: skip
        return "\n".join(lines).encode()

    def as_markup(self) -> bytes:
        menu = "".join(f"<div>{entry}<p>{entry}{PANEL}</p></div>" for entry in ENTRIES)
        text = "".join(f"<p>{paragraph}</p>" for paragraph in self.paragraphs)
        others = "".join(f"<div><p>{teaser}</p></div>" for teaser in self.teasers)
        return (
            f"<html><head><title>{self.title} | {SITE_NAME}</title></head><body><h1>{SITE_NAME}</h1>{menu}"
            f"<div><h2>{self.title}</h2><div>{text}</div><p>{SHARE}</p><p>{NEWSLETTER}</p></div>"
            f"<div><h2>{RELATED}</h2>{others}</div></body></html>"
        ).encode()
