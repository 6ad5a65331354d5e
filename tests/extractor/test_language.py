"""The language of a text: labels, markup checked against the text, the text, the address; in this order."""

from __future__ import annotations

import pytest

from extractor.values.language import find_by_model, find_by_small_words, find_in_url, find_language

ENGLISH = (
    "The lamp of the harbour has been given to the clerks, who say that they have a new ledger for the night "
    "and for the day."
)
FRENCH = (
    "La lampe du port a été remise aux agents, qui disent que le registre est tenu dans la nuit et pour le "
    "jour par une équipe."
)
SPANISH = (
    "La lámpara del puerto se entregó a los agentes, que dicen que el registro se lleva en la noche y por el "
    "día con una llave."
)
URL = "https://www.iom.int/news/lamps"


@pytest.mark.parametrize(("text", "lang"), [(ENGLISH, "en"), (FRENCH, "fr"), (SPANISH, "es")])
def test_a_text_is_known_by_its_small_words_and_by_the_model(text: str, lang: str) -> None:
    assert find_by_small_words(text) == lang
    assert find_by_model(text) == lang
    assert find_language(text, declared=None, basis=None, url=URL) == (lang, "detected", None)


def test_languages_without_a_list_of_small_words_are_known_by_the_model() -> None:
    ukrainian = (
        "Лампи передали працівникам порту, які щоночі ведуть журнал і зустрічають подорожніх біля старої "
        "пристані міста."
    )
    assert find_by_small_words(ukrainian) is None
    assert find_language(ukrainian, declared=None, basis=None, url=URL).code == "uk"


def test_labels_stand_whatever_the_text() -> None:
    assert find_language(ENGLISH, declared="fr", basis="labels", url=URL) == ("fr", "labels", None)


def test_markup_stands_unless_the_text_is_plainly_in_another_language() -> None:
    assert find_language(ENGLISH, declared="en", basis="markup", url=URL) == ("en", "markup", None)
    assert find_language("Lamps.", declared="fr", basis="markup", url=URL) == ("fr", "markup", None)
    assert find_language(ENGLISH, declared="fr", basis="markup", url=URL) == ("en", "detected", "fr")


def test_the_language_of_the_address_is_not_that_of_the_text() -> None:
    assert find_language(ENGLISH, declared=None, basis=None, url="https://www.iom.int/fr/news/lampes").code == "en"


def test_a_short_text_is_not_judged_and_the_address_comes_last() -> None:
    assert find_by_model("Lamps.") is None
    assert find_language("Lamps.", declared=None, basis=None, url="https://www.iom.int/es/news/x") == (
        "es",
        "url",
        None,
    )
    assert find_language("Lamps.", declared=None, basis=None, url=URL) == (None, None, None)


@pytest.mark.parametrize(
    ("url", "lang"),
    [
        ("https://x.int/pt-pt/news/a", "pt"),
        ("https://x.int/ar", "ar"),
        ("https://x.int/project/a", None),
        ("https://x.int/xx/a", None),
    ],
)
def test_an_address_may_begin_with_a_language(url: str, lang: str | None) -> None:
    assert find_in_url(url) == lang
