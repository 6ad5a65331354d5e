from __future__ import annotations

import codecs

import pytest

from extractor.blocks.source import decode_html, decode_text
from extractor.layouts.read_page import read_page
from extractor.meaning.interpret import interpret_page
from tests.extractor.reading_seeds import page_input
from tests.extractor.readings import NEWS_URL
from tests.site.content import make_news
from tests.site.pages import Look, render_page

CONTENT = make_news(4, "fr")


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("utf-8", None), ("utf-8", "iso-8859-1"), ("utf-8", "nonsense"), ("iso-8859-1", None), ("iso-8859-1", "latin1"),
     ("windows-1252", "utf-8"), ("windows-1252", "windows-1252")],
)  # fmt: skip
def test_a_page_reads_alike_in_any_charset_even_if_declared_wrongly(charset: str, declared: str | None) -> None:
    page = render_page(CONTENT, Look(charset=charset))
    reading = read_page(page, reader="html", url=NEWS_URL, declared_charset=declared)
    assert reading.news is not None
    assert [paragraph.value for paragraph in reading.news.paragraphs] == list(CONTENT.paragraphs)
    for paragraph in reading.news.paragraphs:
        at = paragraph.value.index("registre") if "registre" in paragraph.value else None
        if at is not None:
            assert page[slice(*paragraph[at : at + 8].span())] == b"registre"


@pytest.mark.parametrize(("charset", "mark"), [("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE)])
def test_utf16_with_a_mark_is_read_with_its_own_offsets(charset: str, mark: bytes) -> None:
    page = mark + render_page(CONTENT, Look(charset="utf-8")).decode().encode(charset)
    reading = read_page(page, reader="html", url=NEWS_URL)
    assert reading.title is not None
    assert page[slice(*reading.title.span())].decode(charset) == CONTENT.title.replace("&", "&amp;")


def test_a_byte_order_mark_is_no_text() -> None:
    source = decode_text(codecs.BOM_UTF8 + b"Lamps")
    assert source is not None
    assert (source.text, source.base) == ("Lamps", 3)


def test_a_charset_in_which_bytes_cannot_be_told_apart_is_refused() -> None:
    assert decode_html(b"\x1b$B$\xff\xb5\x1b(B", "iso-2022-jp") is None
    reading = read_page(b"<h1>\xb5\xff</h1>", reader="html", url=NEWS_URL, declared_charset="iso-2022-jp")
    assert reading.status == "quarantined"


@pytest.mark.parametrize("name", ["zip", "rot13", "idna", "base64", "hex", "punycode", "undefined", "unicode_escape"])
def test_what_python_calls_a_codec_but_is_no_charset_does_no_harm(name: str) -> None:
    read_page(b"<h1>\xb5\xff</h1>", reader="html", url=NEWS_URL, declared_charset=name)


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Сува – писари из девяти портов учились вести книги, когда гаснут лампы.", "windows-1251"),
        ("Σούβα: οι γραφείς εννέα λιμανιών έμαθαν να κρατούν βιβλία.", "iso-8859-7"),
        ("سوفا: التقى كتبة تسعة موانئ هذا الأسبوع لتعلم مسك الدفاتر.", "windows-1256"),
        (
            "Pisarze z dziewięciu portów: źródło światła, książki, położenie, siła, miłość, małe łodzie, stół",
            "windows-1250",
        ),
        ("Kâtipler lambaların söndüğü limanda buluştu: bağlı, değil, eğitim, şehir, kışın, işçi.", "iso-8859-9"),
    ],
)
@pytest.mark.parametrize("declared", [None, "utf-8"])
def test_a_page_of_another_charset_that_does_not_say_so_is_refused_and_never_garbled(
    text: str, charset: str, declared: str | None
) -> None:
    page = f"<body><main><h1>Lamps</h1><p>{text} {text}</p></main></body>".encode(charset, "ignore")
    assert read_page(page, reader="html", url=NEWS_URL, declared_charset=declared).status == "quarantined"
    reading = read_page(page, reader="html", url=NEWS_URL, declared_charset=charset)
    assert reading.news is not None
    assert text.split()[2] in reading.news.paragraphs[0].value


@pytest.mark.parametrize(
    "text",
    ["Les écoles créées à l’été, où ça ? Noël, naïveté, œuvres, aiguë.",
     "¿Qué pasó en Ñuñoa? ¡Olé! Año, 20º, niñez, vergüenza.",
     "Größe, Übersicht, Straße, Fußgänger; Åsa, Øystein, Þórður.", "São João, coração, pães, à noite, 5 m³ e 10 £."],
)  # fmt: skip
def test_western_text_that_declares_nothing_is_read(text: str) -> None:
    page = f"<body><main><h1>Lamps</h1><p>{text} {text} {text}</p></main></body>".encode("windows-1252")
    reading = read_page(page, reader="html", url=NEWS_URL)
    assert reading.news is not None
    assert reading.news.paragraphs[0].value.startswith(text)


def test_few_broken_bytes_leave_utf8_utf8() -> None:
    source = decode_html("é–".encode() + b"\xff" + "é".encode(), None)
    assert source is not None
    assert source.read(0, 10) == "é–�é"
    assert source.find_byte(3) == 6


@pytest.mark.parametrize(("where", "issues"), [("title", ["title"]), ("paragraph", ["body"]), ("footer", [])])
def test_a_broken_byte_is_an_issue_of_the_text_it_stands_in_and_none_of_the_frame(
    where: str, issues: list[str]
) -> None:
    page = "<body><main><h1>Lamps at {title}sea</h1><p>{paragraph}Nine clerks read the book of lamps aloud, all night."
    page += "</p></main><footer>{footer} the harbour</footer></body>"
    parts = dict.fromkeys(("title", "paragraph", "footer"), "é ") | {where: "\udca9 "}
    payload = page.format(**parts).encode("utf-8", "surrogateescape")
    reading = read_page(payload, reader="html", url=NEWS_URL, declared_charset="utf-8")
    extraction = interpret_page(page_input(), reading).extraction
    assert [issue.field for issue in extraction.issues if issue.code == "broken-characters"] == issues
    assert ("\ufffd" in f"{extraction.title} {extraction.news and extraction.news.body}") is bool(issues)
    assert reading.title is not None
    assert payload[slice(*reading.title.span(-3))] == b"sea"
