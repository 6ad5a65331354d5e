"""The codebooks that are published as tables: what a country's code stands for.

Belongs here: names (CLDR) and regions (``m49.toml``) by code. Does not belong here: which words a page writes for them
(``extractor.codebooks``).
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pycountry
from babel import Locale
from msgspec import Struct

LANGUAGES = ("en", "fr", "es", "ar")
_M49 = Path(__file__).parent / "m49.toml"
_KOSOVO = "XK", "XKX"
"""User-assigned in ISO 3166, as CLDR has them."""


class Country(Struct, frozen=True, kw_only=True):
    """A row of ``v1.countries``. ``subregion`` is M49's intermediate region where there is one."""

    country_code: str
    iso3: str
    name_en: str
    name_fr: str
    name_es: str
    name_ar: str
    region: str | None
    subregion: str | None


@cache
def list_countries() -> tuple[Country, ...]:
    """Every country and area of ISO 3166-1, and Kosovo, by code."""
    codes = {str(one.alpha_2): str(one.alpha_3) for one in pycountry.countries} | dict([_KOSOVO])
    regions = _read_regions()
    names = {lang: Locale(lang).territories for lang in LANGUAGES}
    return tuple(
        Country(
            country_code=code,
            iso3=iso3,
            **{f"name_{lang}": str(names[lang][code]) for lang in LANGUAGES},
            region=regions.get(code, (None, None))[0],
            subregion=regions.get(code, (None, None))[1],
        )
        for code, iso3 in sorted(codes.items())
    )


def _read_regions() -> Mapping[str, tuple[str, str]]:
    """Region and subregion by code."""
    listed = tomllib.loads(_M49.read_text(encoding="utf-8"))
    return {
        code: (region, subregion)
        for region, subregions in listed.items()
        for subregion, codes in subregions.items()
        for code in codes.split()
    }
