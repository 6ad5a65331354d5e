"""What pages of the test site say: projects and news in our own words, the same for the same seed.

Belongs here: content without markup. Does not belong here: markup and text forms (``pages``).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

Lang = Literal["en", "fr", "es"]

LABELS: Final[dict[Lang, dict[str, str]]] = {
    "en": {
        "start_date": "Start Date",
        "end_date": "End Date",
        "status": "Project Status",
        "type": "Project Type",
        "budget": "Budget Amount (USD)",
        "coverage": "Coverage",
        "funding_year": "Year",
        "idf_region": "IDF Region",
        "other_countries": "Other Countries Benefiting at Time of Allocation",
        "prima_id": "Prima ID",
        "projects_id": "Projects ID",
        "countries": "Benefiting Member States",
    },
    "fr": {
        "start_date": "Date de début",
        "end_date": "Date de fin",
        "status": "Statut du projet",
        "type": "Type de projet",
        "budget": "Budget Amount (USD)",
        "coverage": "Couverture",
        "funding_year": "Année",
        "idf_region": "IDF Region",
        "prima_id": "Prima ID",
        "projects_id": "Projet ID",
        "countries": "Etat(s) membre(s) beneficiaires remplissant les conditions requises",
    },
    "es": {
        "start_date": "Fecha de inicio",
        "end_date": "Fecha de finalización",
        "status": "Tipo de proyecto",
        "type": "Tipo de proyecto",
        "budget": "Budget Amount (USD)",
        "coverage": "Cobertura geográfica",
        "funding_year": "Año",
        "idf_region": "IDF Region",
        "prima_id": "Prima ID",
        "projects_id": "Proyecto ID",
        "countries": "Estados Miembros Beneficiarios que Reúnen los Requisitos",
    },
}
"""The labels as the sites print them, in their order; the Spanish status bears the label of the type."""

_STATUS: Final[dict[Lang, list[str]]] = {
    "en": ["Completed", "Active"],
    "fr": ["Achevé", "Actif"],
    "es": ["Completado", "Activo"],
}
_TYPES: Final = [
    "TCMMCB",
    "Labour Migration",
    "Immigration and Borders",
    "Community Development",
    "Counter Trafficking",
]
_REGIONS: Final = ["Africa", "Asia and Oceania", "Europe", "Latin America and the Caribbean", "Middle East"]
_COUNTRIES: Final = ["Ghana", "Kenya", "Peru", "Chile", "Samoa", "Nepal", "Jordan", "Albania", "Côte d’Ivoire", "Togo"]

_OPENINGS: Final[dict[Lang, list[str]]] = {
    "en": ["Strengthening", "Improving", "Supporting", "Mapping", "Rethinking"],
    "fr": ["Renforcer", "Améliorer", "Soutenir", "Cartographier", "Repenser"],
    "es": ["Fortalecer", "Mejorar", "Apoyar", "Cartografiar", "Repensar"],
}
_THEMES: Final[dict[Lang, list[str]]] = {
    "en": [
        "the counters at small ports",
        "advice for seasonal workers",
        "the register of travel papers",
        "night buses",
    ],
    "fr": ["les guichets des petits ports", "le conseil aux saisonniers", "le registre des titres de voyage"],
    "es": ["las ventanillas de los puertos", "la asesoría a temporeros", "el registro de documentos de viaje"],
}
_SENTENCES: Final[dict[Lang, list[str]]] = {
    "en": [
        "The team will visit every counter twice and write down what travellers have to wait for.",
        "Officers learn to read old stamps, to answer calmly, and to keep a ledger that the next shift can follow.",
        "A first round of interviews showed that three of four families never received the leaflet they were promised.",
        "Work starts in the harbour towns & moves inland once the rains are over.",
        "By the end of the second year the ministry takes over the training, the vehicles and the running costs.",
        "“We asked for light, and we got a lamp on every desk,” said a clerk at the northern gate.",
        "The budget covers paper, fuel, two radios and the time of four trainers.",
    ],
    "fr": [
        "L’équipe passera deux fois à chaque guichet et notera ce que les voyageurs doivent attendre.",
        "Les agents apprennent à lire d’anciens cachets et à tenir un registre que l’équipe suivante peut comprendre.",
        "Les premiers entretiens ont montré que trois familles sur quatre n’avaient jamais reçu le dépliant promis.",
        "Le travail commence dans les ports & se poursuit à l’intérieur des terres après les pluies.",
        "À la fin de la deuxième année, le ministère reprend la formation, les véhicules et les frais courants.",
    ],
    "es": [
        "El equipo visitará dos veces cada ventanilla y anotará qué tienen que esperar los viajeros.",
        "Los agentes aprenden a leer sellos antiguos y a llevar un registro que el turno siguiente pueda seguir.",
        "Las primeras entrevistas mostraron que tres de cada cuatro familias nunca recibieron el folleto prometido.",
        "El trabajo empieza en los puertos & sigue tierra adentro cuando acaban las lluvias.",
        "Al final del segundo año el ministerio se hace cargo de la formación, los vehículos y los gastos.",
    ],
}
_CONTACT: Final[dict[Lang, str]] = {
    "en": "For more information, please contact Ida Example at IOM Springfield,"
    " Email: iexample@iom.int, Tel: +41 22 555 01 00",
    "fr": "Pour plus d’informations, veuillez contacter Ida Example, iexample@iom.int, Tél. : +41 22 555 01 00",
    "es": "Para más información, contacte a Ida Example, correo: iexample@iom.int, Tel.: +41 22 555 01 00",
}


@dataclass(frozen=True)
class ProjectContent:
    """A project page's content: ``fields`` are (field, label, values) in the order of the page."""

    lang: Lang
    slug: str
    title: str
    fields: tuple[tuple[str, str, tuple[str, ...]], ...]
    description: tuple[str, ...]


@dataclass(frozen=True)
class NewsContent:
    """A news page's content. ``published`` is what its metadata states, if anything."""

    lang: Lang
    slug: str
    title: str
    paragraphs: tuple[str, ...]
    contact: tuple[str, ...]
    published: str | None


def make_project(seed: int, lang: Lang = "en") -> ProjectContent:
    """The project of that number: some labels are absent, as on the sites."""
    chance = random.Random(f"project {seed} {lang}")
    start = chance.randrange(2001, 2022)
    key = f"{chance.choice(['TC', 'CE', 'LM', 'PO'])}.{seed % 10_000:04d}"
    values: dict[str, tuple[str, ...]] = {
        "start_date": (str(start),),
        "end_date": (str(start + chance.randrange(3)),),
        "status": (chance.choice(_STATUS[lang]),),
        "type": (chance.choice(_TYPES),),
        "budget": (f"{chance.randrange(32, 400)}000.00",),
        "coverage": (chance.choice(["National", "Regional"]),),
        "funding_year": (str(start - chance.randrange(2)),),
        "idf_region": (chance.choice(_REGIONS),),
        "other_countries": (chance.choice(_COUNTRIES),),
        "prima_id": (f"KE10P{chance.randrange(10_000):04d}",),
        "projects_id": (key if chance.random() < 0.8 else f"QU{chance.randrange(10)}-805",),
        "countries": (" ".join(chance.sample(_COUNTRIES, chance.randrange(1, 4))),),
    }
    absent = {
        name
        for name, share in [("other_countries", 0.9), ("prima_id", 0.4), ("start_date", 0.2)]
        if chance.random() < share
    }
    fields = tuple((name, label, values[name]) for name, label in LABELS[lang].items() if name not in absent)
    title = f"{chance.choice(_OPENINGS[lang])} {chance.choice(_THEMES[lang])} {seed}"
    return ProjectContent(
        lang, f"project-{seed}", title, fields, _make_paragraphs(chance, lang, chance.randrange(1, 4))
    )


def make_news(seed: int, lang: Lang = "en") -> NewsContent:
    """The release of that number."""
    chance = random.Random(f"news {seed} {lang}")
    title = f"{chance.choice(_OPENINGS[lang])} {chance.choice(_THEMES[lang])}: {seed} {chance.choice(_THEMES[lang])}"
    paragraphs = _make_paragraphs(chance, lang, chance.randrange(3, 8))
    dateline = chance.choice(["Springfield – ", "Shelbyville, 12 May 2021 – ", ""])
    when = datetime(2012, 1, 1, 9, tzinfo=UTC) + timedelta(days=chance.randrange(4000))
    contact = (_CONTACT[lang],) if chance.random() < 0.7 else ()
    published = when.isoformat() if chance.random() < 0.7 else None
    return NewsContent(lang, f"release-{seed}", title, (dateline + paragraphs[0], *paragraphs[1:]), contact, published)


def _make_paragraphs(chance: random.Random, lang: Lang, n_paragraphs: int) -> tuple[str, ...]:
    return tuple(
        " ".join(chance.choice(_SENTENCES[lang]) for _ in range(chance.randrange(2, 6))) for _ in range(n_paragraphs)
    )
