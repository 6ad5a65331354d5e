"""Countries in values and in prose; places and datelines."""

from __future__ import annotations

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from extractor.mentions.parties import FUNDER_RULES as FUNDING
from extractor.prose.country_mentions import iter_named_countries
from extractor.prose.country_roles import read_roles
from extractor.prose.datelines import Dateline, find_dateline
from extractor.prose.prose import Prose
from extractor.values.countries import read_countries
from extractor.values.places import find_place
from tests.costs import costing_at_most


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        ("Liberia", "LR"),
        ("Guinea Guinea-Bissau", "GN GW"),
        ("Guinea-Bissau Guinea Equatorial Guinea", "GW GN GQ"),
        ("Niger Nigeria Niger", "NE NG"),
        ("Bolivia (Plurinational State of) Peru", "BO PE"),
        ("ChileUruguay", "CL UY"),
        ("Costa RicaEl SalvadorHonduras", "CR SV HN"),
        ("Iran (Islamic Republic of)Afghanistan", "IR AF"),
        ("Korea, Republic of Mali", "KR ML"),
        ("Republic of Moldova Mali", "MD ML"),
        ("Dominican Republic Dominica", "DO DM"),
        ("République démocratique du Congo Congo", "CD CG"),
        ("Côte d’Ivoire, Sénégal et Mali", "CI SN ML"),
        ("Haití República Dominicana", "HT DO"),
        ("تشاد جمهورية أفريقيا الوسطى", "TD CF"),
        ("Trinidad and Tobago Antigua and Barbuda", "TT AG"),
        ("Kosovo (UNSCR 1244) Serbia", "XK RS"),
        ("LIBERIA SIERRA LEONE", "LR SL"),
        ("Cote d'Ivoire\nGhana", "CI GH"),
        ("Papua New Guinea New Zealand", "PG NZ"),
        ("South Sudan Sudan", "SS SD"),
        ("Global", ""),
        ("Türkiye Turkey Turquie", "TR"),
    ],
)
def test_a_list_of_countries_is_read_to_its_last_word(value: str, codes: str) -> None:
    listed = read_countries(value)
    assert " ".join(listed.codes) == codes
    assert listed.unexplained == ()


@pytest.mark.parametrize(
    "value", ["Niger Atlantis", "Projects ID", "Liberia TC.0767", "and Liberia project", "Wakanda"]
)
def test_a_word_that_no_rule_reads_is_told(value: str) -> None:
    assert read_countries(value).unexplained


COMMON = [
    "LR",
    "NE",
    "NG",
    "GN",
    "GW",
    "GQ",
    "CD",
    "CG",
    "DO",
    "DM",
    "BO",
    "CI",
    "KR",
    "SS",
    "SD",
    "PG",
    "TL",
    "VN",
    "FM",
    "XK",
    "PS",
    "ML",
]


@given(
    st.lists(st.tuples(st.sampled_from(COMMON), st.sampled_from(["en", "fr", "es"])), min_size=1, max_size=6),
    st.sampled_from([" ", ", ", "\n", " ; ", "  "]),
)
def test_any_blank_separated_list_in_three_languages_is_read_back(
    chosen: list[tuple[str, str]], separator: str
) -> None:
    listed = read_countries(separator.join(str(Locale(lang).territories[code]) for code, lang in chosen))
    assert listed.codes == tuple(dict.fromkeys(code for code, _ in chosen))
    assert listed.unexplained == ()


def test_a_list_of_twenty_thousand_names_is_read_in_moments() -> None:
    with costing_at_most(5):
        listed = read_countries("Guinea Guinea-Bissau and Niger " * 7000)
    assert (len(listed.found), listed.codes, listed.unexplained) == (21_000, ("GN", "GW", "NE"), ())


@given(st.text(max_size=50))
def test_no_text_makes_the_list_reader_fail(text: str) -> None:
    listed = read_countries(text)
    assert all(text[country.first : country.last] for country in listed.found)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("IOM Niger and the Niger Delta, the Niger River", "NE"),
        ("in Niger State, and in the Niger state of Nigeria; a Guinea pig and two Guinea pigs", "NG"),
        ("Co\u0302te d’Ivoire and Tu\u0308rkiye, Sa\u0303o Tome\u0301 and Principe", "CI TR ST"),
        ("the Nigerien government and Nigerian officials", "NE NG"),
        ("around Lake Chad and in Chad", "TD"),
        ("Chad Smith met Michael Jordan in New Mexico", ""),
        ("in Jordan and in Mexico", "JO MX"),
        ("the Dominican border", ""),
        ("the Dominican border, near the Dominican Republic", "DO DO"),
        ("the Gulf of Guinea off Papua New Guinea", "PG"),
        ("she speaks French and Spanish", ""),
        ("the French authorities", "FR"),
        ("across the Indian Ocean", ""),
        ("the U.S. and the UK", "US GB"),
        ("JOIN US TODAY", ""),
        ("the US Department of State", "US"),
        ("in Port of Spain, and Spain", "ES"),
        ("the Netherlands Antilles", ""),
        ("in the Republic of Congo", "CG"),
        ("au Tchad et en Côte d’Ivoire", "TD CI"),
        ("Northern Ireland", "GB"),
        ("the Government of Equatorial Guinea", "GQ"),
        ("America and Latin American states", ""),
        ("mali and niger in small letters", ""),
    ],
)
def test_a_country_is_named_in_prose_only_where_its_name_means_it(text: str, codes: str) -> None:
    assert " ".join(country.code for country in iter_named_countries(text)) == codes


@pytest.mark.parametrize(
    ("text", "raw", "place", "kind", "country"),
    [
        ("Niger - IOM has", "Niger", "Niger", "country", "NE"),
        ("Monrovia - Speaking", "Monrovia", "Monrovia", "city", "LR"),
        ("Suva – A boat", "Suva", "Suva", "city", "FJ"),
        (
            "Bogotá D.C., 26 de noviembre de 2024 – La",
            "Bogotá D.C., 26 de noviembre de 2024",
            "Bogotá D.C.",
            "city",
            "CO",
        ),
        ("Tunis, 29 July 2016 - A", "Tunis, 29 July 2016", "Tunis", "city", "TN"),
        ("HANOI 2 October 2024 – A", "HANOI 2 October 2024", "HANOI", "city", "VN"),
        ("Ibadan, Nigeria & Accra, Ghana – A", "Ibadan, Nigeria & Accra, Ghana", "Ibadan", "city", "NG"),
        ("Bishkek/Astana, 30 May 2025 – A", "Bishkek/Astana, 30 May 2025", "Bishkek", "city", "KG"),
        ("Berlin/Genf, 16. Oktober - Die", "Berlin/Genf, 16. Oktober", "Berlin", "city", "DE"),
        ("القاهرة، 5 مارس 2024 – نظمت", "القاهرة، 5 مارس 2024", "القاهرة", "city", "EG"),
        ("Dakar, le 5 mai 2021 – L’OIM", "Dakar, le 5 mai 2021", "Dakar", "city", "SN"),
        ("Smallplace, 5 May 2021 – A", "Smallplace, 5 May 2021", "Smallplace", "city", None),
    ],
)
def test_every_form_of_dateline_that_was_seen_is_read(
    text: str, raw: str, place: str, kind: str, country: str | None
) -> None:
    found = find_dateline(text)
    assert isinstance(found, Dateline)
    assert (found.raw, found.places[0].name, found.places[0].kind, found.places[0].country_code) == (
        raw,
        place,
        kind,
        country,
    )


@pytest.mark.parametrize(
    "text",
    [
        "IOM - the Agency - said",
        "The two-day course - a first - ended",
        "IOM’s Capacity Building project",
        "Update – x",
        "In Niger – a",
        "Tripoli – of two countries",
        "",
    ],
)
def test_words_before_a_dash_are_no_dateline_without_a_known_place(text: str) -> None:
    assert not isinstance(find_dateline(text), Dateline)


def test_a_name_of_two_towns_is_read_only_beside_its_country() -> None:
    assert find_place("Tripoli") is None
    found = find_place("Tripoli, Libya")
    assert found is not None
    assert found.country_code == "LY"


def roles_of(text: str) -> dict[str, set[str]]:
    prose = Prose(text)
    funders = [hit for rule in FUNDING for hit in rule.find(prose)]
    found: dict[str, set[str]] = {}
    for role in read_roles(prose, funders=funders, dateline_codes=()):
        found.setdefault(role.role, set()).add(role.code)
    return found


def test_participants_are_the_list_right_after_the_phrase() -> None:
    roles = roles_of("It gathered officials from Kenya, Uganda and Rwanda, near Somalia, for a course.")
    assert roles == {"participant": {"KE", "UG", "RW"}, "mention": {"SO"}}


def test_participants_may_be_counted_and_the_count_may_have_any_length() -> None:
    assert roles_of("Representatives from 11 African countries: Mali and Niger met.")["participant"] == {"ML", "NE"}
    with costing_at_most(1):
        assert roles_of(f"Representatives from {'1' * 24} x Mali met.") == {"mention": {"ML"}}
        assert roles_of(f"Representatives from {'the, ' * 12}x Mali met.") == {"mention": {"ML"}}


def test_a_funder_is_a_funder_only() -> None:
    roles = roles_of("The course in Fiji, funded by the Government of Japan, helps Fiji. Fiji is glad.")
    assert roles == {"funder": {"JP"}, "primary": {"FJ"}}


def test_a_funder_that_is_named_elsewhere_too_is_mentioned_as_well() -> None:
    roles = roles_of("Funded by Norway. A ship from Norway came to Fiji.")
    assert roles == {"funder": {"NO"}, "mention": {"NO", "FJ"}}


def test_the_primary_country_leads_the_text_and_outweighs_all_others() -> None:
    assert roles_of("Mali is here. Mali, Niger and Chad. Mali and Niger.").get("primary") is None
    assert roles_of("Mali is here. Mali and Niger. Mali grows. Mali goes on.")["primary"] == {"ML"}


@pytest.mark.parametrize(
    ("text", "raw", "place"),
    [
        (
            "Tegucigalpa (Honduras), 24 de abril de 2023.- La",
            "Tegucigalpa (Honduras), 24 de abril de 2023",
            "Tegucigalpa",
        ),
        ("Honduras, 4 de noviembre de 2024. - La", "Honduras, 4 de noviembre de 2024", "Honduras"),
        ("San Pedro Sula, Honduras - La", "San Pedro Sula, Honduras", "San Pedro Sula"),
    ],
)
def test_a_dateline_may_end_with_a_stop_before_its_dash(text: str, raw: str, place: str) -> None:
    found = find_dateline(text)
    assert isinstance(found, Dateline)
    assert (found.raw, found.places[0].name, found.places[0].country_code) == (raw, place, "HN")
    assert text[: found.last] == raw


def test_a_permanent_representative_of_a_country_takes_no_part_for_it() -> None:
    assert roles_of("Ann Sample, Permanent Representative of Norway, spoke in Fiji.") == {"mention": {"NO", "FJ"}}
