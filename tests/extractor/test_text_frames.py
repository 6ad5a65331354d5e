"""The menus of text pages in the shapes and scripts that they were met in, all words our own."""

from __future__ import annotations

import pytest

from tests.extractor.readings import NEWS_URL, find_paragraphs, read_text

ENGLISH = (
    "The harbour master counted the boats at dawn and wrote their names into the new ledger, one page a day.",
    "Forty clerks took part, and each of them carried a lamp home when the counting was over, she said.",
)
PAGES = {
    "Arabic entries glued to their panels": (
        "-\nمن نكون\nمن نكونهيئة صغيرة تعد القوارب في الميناء وتكتب أسماءها في دفتر جديد كل يوم من أيام السنة\n-\nما نعمل\n"
        "ما نعملنحمل المصابيح إلى البيوت ونعلم الكتبة كيف يقرأون الأختام القديمة\nشركاؤنا\nشركاؤنا\n- دفاتر وأرقام\nأخبار",
        "مئة مصباح جديد لكتبة الميناء",
        (
            "مرفأ التلال، ٥ أيار ٢٠٢١ - تسلم كتبة الميناء مئة مصباح جديد يوم الاثنين، بعد أن انتظروا عاما كاملا.",
            "وقال رئيس الميناء إن المصابيح ستنير طريق السفن الصغيرة التي تصل قبل الفجر في فصل الشتاء.",
        ),
    ),
    "French bullets as long as titles": (
        "-\nQui compte\nQui compteLa petite maison compte les barques au lever du jour et garde un registre par port.\n"
        "- Une page pour celles et ceux qui cherchent le nom d’une vieille barque\n"
        "- Des lampes pour les greffiers des ports lointains et de leurs collines\nNos ports\nNos ports\nActualités",
        "Cent lampes neuves pour les greffiers du port",
        (
            "Port des Collines – Les greffiers du port ont reçu lundi cent lampes neuves, après un an d’attente.",
            "Elles éclaireront la route des petits bateaux qui arrivent avant l’aube, a dit le maître du port.",
        ),
    ),
    "Portuguese panels under two entries": (
        "-\nA casa\nO registo\nA pequena casa conta os barcos ao nascer do dia, escreve os nomes num registo novo e guarda"
        " cada página durante cem anos, para que todos a possam ler.\n-\nO trabalho\nAs lâmpadas\nAs lâmpadas são levadas"
        " a pé pelas colinas, uma a uma, até às casas dos escrivães, que as acendem antes de abrirem o livro do porto.\n"
        "- Contactos\nNotícias\nGlobal",
        "Cem lâmpadas novas para os escrivães do porto",
        (
            "Porto das Colinas – Os escrivães do porto receberam na segunda-feira cem lâmpadas novas, depois de um ano.",
            "Vão iluminar o caminho dos barcos pequenos que chegam antes da madrugada, disse o mestre do porto.",
        ),
    ),
    "Ukrainian with a section and a date over the title": (
        "-\nХто ми\nХто миМаленький дім рахує човни на світанку й записує їхні імена до нової книги щодня.\nНаша робота\n"
        "Наша робота\n- Книги та числа\nНовини\n5 травня 2021",
        "Сто нових ламп для писарів порту",
        (
            "Портові Пагорби – Писарі порту отримали в понеділок сто нових ламп, чекавши на них цілий рік.",
            "Вони освітять дорогу малим човнам, що прибувають до світанку, сказав начальник порту.",
        ),
    ),
    "Spanish with a section and whom it speaks of": (
        "-\nQuiénes cuentan\nQuiénes cuentanLa casa pequeña cuenta las barcas al alba y escribe sus nombres en un libro.\n"
        "Puertos\nPuertos\n- Libros y cifras\nNoticias\nGlobal",
        "Cien lámparas nuevas para los escribanos del puerto",
        (
            "Puerto Colina – Los escribanos del puerto recibieron el lunes cien lámparas nuevas, tras un año de espera.",
            "Alumbrarán el camino de las barcas pequeñas que llegan antes del alba, dijo el maestro del puerto.",
        ),
    ),
    "a stray entry between two menus": (
        "-\nWho counts\nWHO COUNTSThe little house counts boats at dawn and keeps one ledger a harbour.\nLedgers\nLedgers\n"
        "Lamps\nWork here\nWork here\n- Numbers",
        "A hundred new lamps for the clerks",
        ENGLISH,
    ),
    "a byline over the title": ("- Numbers\nNews\nBy the harbour house", "A hundred new lamps for the clerks", ENGLISH),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_frame_of_a_text_page_ends_where_its_title_begins(name: str) -> None:
    frame, title, paragraphs = PAGES[name]
    reading = read_text("\n".join([frame, title, *paragraphs]), "https://lac.iom.int/node/77")
    assert reading.title is not None, reading.reason
    assert (reading.title.value, find_paragraphs(reading)) == (title, list(paragraphs))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_whose_title_is_lost_is_read_whole_without_one(name: str) -> None:
    frame, _, paragraphs = PAGES[name]
    reading = read_text("\n".join([frame, *paragraphs]), NEWS_URL)
    assert (reading.status, find_paragraphs(reading)) == ("read", list(paragraphs))
    assert reading.title is None or reading.title.value not in paragraphs
