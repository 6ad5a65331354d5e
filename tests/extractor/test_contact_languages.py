"""Whom to ask is known in every language of the sites, and kept apart from the text."""

from __future__ import annotations

import pytest

from tests.extractor.readings import NEWS_URL, find_contacts, find_paragraphs, read_html, read_text

PROSE = "The team will visit every counter twice and write down what travellers have to wait for."
MORE = "Nine harbours take part, and each of them has lent a clerk who knows the tides and the ledgers."


@pytest.mark.parametrize(
    "contact",
    [
        ["For media enquiries, contact:", "Ida Example, iexample [at] iom.int"],
        ["Pour toute demande d’interview, veuillez contacter :", "Ida Example", "iexample@iom.int"],
        ["Contact presse", "Ida Example, iexample@iom.int"],
        ["Para consultas, comuníquese con Ida Example, iexample@iom.int"],
        ["Contactos para los medios:", "Ida Example, iexample@iom.int"],
        ["Para mais informações, por favor contacte Ida Example, iexample@iom.int"],
        ["Contactos de imprensa:", "Ida Example, iexample@iom.int"],
        ["Weitere Informationen:", "Ida Example, Tel.: +49 30 2787 7800"],
        ["Pressekontakt", "Ida Example", "iexample@iom.int"],
        ["Für Rückfragen wenden Sie sich bitte an Ida Example, iexample@iom.int"],
        ["للمزيد من المعلومات يرجى التواصل مع Ida Example", "iexample@iom.int"],
        ["للاستفسارات الإعلامية:", "Ida Example, iexample@iom.int"],
        ["За додатковою інформацією звертайтеся до Ida Example, iexample@iom.int"],
        ["Контакти для ЗМІ:", "Іда Прикладна", "тел. +380 44 568 50 15"],
        ["За дополнительной информацией обращайтесь к Ida Example, iexample@iom.int"],
        ["Контакты для СМИ:", "Ида Примерова, iexample@iom.int"],
    ],
)
def test_a_contact_block_is_kept_apart_in_every_language(contact: list[str]) -> None:
    reading = read_text("\n".join(["Lamps", PROSE, MORE, *contact]), NEWS_URL)
    assert (find_paragraphs(reading), find_contacts(reading)) == ([PROSE, MORE], contact)
    paragraphs = "".join(f"<p>{line}</p>" for line in [PROSE, MORE, *contact])
    reading = read_html(f"<body><main><article><h1>Lamps</h1>{paragraphs}</article></main></body>", NEWS_URL)
    assert (find_paragraphs(reading), find_contacts(reading)) == ([PROSE, MORE], contact)


@pytest.mark.parametrize(
    "text",
    [
        "Para más información sobre las lámparas, lea el informe anual del ministerio en su sitio.",
        "За додатковою інформацією про лампи дивіться щорічний звіт міністерства на його сайті.",
        "Weitere Informationen über die Lampen stehen im Jahresbericht des Ministeriums.",
        "Контакти між портами допомагають рибалкам і писарям у кожній гавані.",
    ],
)
def test_a_sentence_that_names_nobody_to_turn_to_is_text(text: str) -> None:
    assert find_paragraphs(read_text("\n".join(["Lamps", PROSE, text, MORE]), NEWS_URL)) == [PROSE, text, MORE]
