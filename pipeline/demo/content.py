"""What the invented pages say: projects and news made of ``words.toml``, the same for the same number.

Belongs here: the shape of a page without markup, and pages by their number. Does not belong here: markup (``markup``),
what happens to them over the weeks (``script``).
"""

import random
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from babel import Locale

from contracts.fields import DocumentKind

Lang = Literal["en", "fr", "es"]

MAIN, FUND, LIBERIA, HAITI, DAKAR = (
    "iom.example",
    "fund.iom.example",
    "liberia.iom.example",
    "haiti.iom.example",
    "rodakar.iom.example",
)
"""The invented sites, by id. ``.example`` is a name that nobody can own (RFC 2606)."""

N_PROJECTS = 64
_CENTS = (0, 0, 0, 0, 50, 1, 99)


@dataclass(frozen=True, slots=True)
class DemoPage:
    """One page as it stands. ``fields`` of a project are name to printed values, in the order of the page.

    ``labels`` are wordings other than the usual ones, by field, and labels of fields that nobody knows. ``published``
    is the instant that a news page's metadata state. ``alternates`` are translations, language to address.
    """

    site: str
    url: str
    lang: Lang
    kind: DocumentKind
    title: str
    place: str
    paragraphs: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    published: str | None = None
    alternates: Mapping[str, str] = field(default_factory=dict)

    def state(self, **fields: str | tuple[str, ...]) -> "DemoPage":
        """The page with other values: a text is one value, an empty one takes the field off the page."""
        stated = {name: (value,) if isinstance(value, str) else value for name, value in fields.items()}
        return replace(self, fields={name: v for name, v in {**self.fields, **stated}.items() if any(v)})


@cache
def read_words() -> Mapping[str, Any]:
    """The parsed ``words.toml``."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def host_of_site(site: str) -> str:
    """The host of a site: the main one stands under ``www.``."""
    return f"www.{site}" if site == MAIN else site


def name_country(code: str, lang: Lang) -> str:
    """The name of a country as CLDR has it."""
    return str(Locale(lang).territories[code])


def make_slug(title: str) -> str:
    """The last part of a page's address: the title in plain small letters.

    >>> make_slug("L’eau de Sorékan")
    'l-eau-de-sorekan'
    """
    plain = unicodedata.normalize("NFKD", title.replace("’", " ")).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def make_project(number: int) -> DemoPage:
    """The English page of a project, 0 to ``N_PROJECTS - 1``, on the main site."""
    chance = _seed(f"project {number}")
    words = read_words()
    codes = list(words["countries"])
    code = codes[number % len(codes)]
    land = words["countries"][code]
    place = land["places"][number // len(codes) % len(land["places"])]
    theme = words["theme"][(number * 5 + number // len(codes)) % len(words["theme"])]
    title = theme["en"].format(place=place)
    start = 2004 + number * 7 % 22
    years = chance.randrange(1, 4)
    neighbours = [other for other in codes if other != code and words["countries"][other]["region"] == land["region"]]
    countries = [code, *chance.sample(neighbours, chance.randrange(1, 3))] if number % 5 == 3 else [code]
    is_euro = number % 13 == 7
    amount = f"{chance.randrange(30, 400)}000.{_CENTS[number % len(_CENTS)]:02d}"
    prefix = theme["type"] if len(theme["type"]) == 2 else "HP"
    fields = {
        "start_date": f"{start}",
        "end_date": f"{start + years}" if number % 11 else "",
        "status": words["status"]["completed" if start + years < 2026 else "active"]["en"],
        "type": theme["wordings"][number % len(theme["wordings"])],
        "budget": amount if number % 9 != 8 else "",
        "coverage": words["coverage"]["regional" if len(countries) > 1 else "national"]["en"],
        "funding_year": f"{start - number % 2}",
        "idf_region": words["region"][land["region"]]["en"],
        "prima_id": f"{code}10P{number:04d}" if number % 3 == 0 else "",
        "projects_id": f"{prefix}.{1001 + number:04d}",
        "countries": tuple(name_country(one, "en") for one in countries),
    }
    page = DemoPage(
        site=MAIN,
        url=f"https://{host_of_site(MAIN)}/project/{make_slug(title)}",
        lang="en",
        kind="project",
        title=title,
        place=place,
        paragraphs=make_paragraphs(f"project {number}", "en", place, title, 2 + number % 2),
        labels={"budget": "Budget Amount (EUR)"} if is_euro else {},
    )
    return page.state(**fields)


def translate_project(number: int, lang: Lang) -> DemoPage:
    """The page of a project in another language, under an address that only numbers it, as on the sites."""
    english, words = make_project(number), read_words()
    theme = words["theme"][(number * 5 + number // len(words["countries"])) % len(words["theme"])]
    known = {
        words[name][value]["en"]: words[name][value][lang]
        for name in ("status", "coverage", "region")
        for value in words[name]
    }
    fields = {name: tuple(known.get(value, value) for value in values) for name, values in english.fields.items()}
    names = {name_country(one, "en"): name_country(one, lang) for one in words["countries"]}
    title = theme[lang].format(place=english.place)
    fields["countries"] = tuple(names[name] for name in english.fields["countries"])
    return replace(
        english,
        url=f"https://{host_of_site(MAIN)}/{lang}/node/{40_000 + number}",
        lang=lang,
        title=title,
        paragraphs=make_paragraphs(f"project {number}", lang, english.place, title, 2),
        fields=fields,
        alternates={"en": english.url},
    )


def mirror_project(page: DemoPage) -> DemoPage:
    """The same page on the fund's own host, under the same slug."""
    return replace(page, site=FUND, url=f"https://{host_of_site(FUND)}/project/{page.url.rpartition('/')[2]}")


def make_news(number: int, site: str, lang: Lang, published: str | None) -> DemoPage:
    """A news page. ``published`` is a day, or None where the page states none."""
    words = read_words()
    codes = list(words["countries"])
    code = {LIBERIA: "LR", HAITI: "HT"}.get(site, codes[number * 5 % len(codes)])
    land = words["countries"][code]
    place = land["places"][number // 3 % len(land["places"])]
    story = words["story"][number % len(words["story"])]
    n = 10 + number * 7 % 80
    title = story[f"{lang}_title"].format(place=place)
    country = name_country(code, lang)
    city = land["city"] if number % 2 else f"{land['city']}, {country}"
    lead = story[lang].format(city=city, place=place, n=n)
    elsewhere = words["elsewhere"][lang].format(place=place, country=country)
    path = "/news/" if lang == "en" else f"/{lang}/news/"
    return DemoPage(
        site=site,
        url=f"https://{host_of_site(site)}{path}{make_slug(title)}",
        lang=lang,
        kind="news",
        title=title,
        place=place,
        paragraphs=(lead, elsewhere, *make_paragraphs(f"news {number}", lang, place, title, 2)),
        published=f"{published}T09:00:00+00:00" if published else None,
    )


def copy_news(page: DemoPage, site: str) -> DemoPage:
    """The same text on another site, under the same path."""
    return replace(page, site=site, url=f"https://{host_of_site(site)}/{page.url.split('/', 3)[3]}")


def make_paragraphs(key: str, lang: Lang, place: str, title: str, n_paragraphs: int) -> tuple[str, ...]:
    """Running text about a place, which no other place shares; the last paragraph, with the title, says: invented."""
    chance = _seed(f"{key} text")
    words = read_words()
    sentences: Sequence[str] = words["sentences"][lang]
    chosen = chance.sample(sentences, 2 * n_paragraphs)
    told = [
        sentence.format(place=place, n=chance.randrange(12, 96), month=chance.choice(words["months"][lang]))
        for sentence in chosen
    ]
    notice = words["notice"][lang].format(title=title)
    return (*(" ".join(told[place_ : place_ + 2]) for place_ in range(0, len(told), 2)), notice)


def _seed(key: str) -> random.Random:
    return random.Random(key)  # noqa: S311 - examples, no secrets
