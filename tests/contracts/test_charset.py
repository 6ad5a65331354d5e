"""Whose word counts for the charset of a page: the bytes', the server's, the page's own."""

from __future__ import annotations

import codecs

import pytest

from contracts.charset import decode_page, find_charset

FRENCH = "Les écoles créées à l’été ont reçu des pompes à énergie, a dit Noël, né à Orléans."
ARABIC = "سوفا: التقى كتبة تسعة موانئ هذا الأسبوع لتعلم مسك الدفاتر."
RUSSIAN = "Сува – писари из девяти портов учились вести книги, когда гаснут лампы."


def read(payload: bytes, header: str | None = None) -> tuple[str, str, int] | None:
    decoded = decode_page(payload, header)
    return None if decoded is None else (decoded.text, decoded.charset, decoded.n_broken)


@pytest.mark.parametrize("header", [None, "utf8", "utf-8", "iso-8859-1", "windows-1256", "nonsense", "rot13"])
@pytest.mark.parametrize("meta", ["", "<meta charset=iso-8859-1>", "<meta charset=utf-8>"])
@pytest.mark.parametrize("text", [FRENCH, ARABIC, "plain"])
def test_utf8_throughout_is_utf8_whatever_was_declared(header: str | None, meta: str, text: str) -> None:
    assert read(f"{meta}{text}".encode(), header) == (f"{meta}{text}", "utf-8", 0)


@pytest.mark.parametrize(
    ("text", "charset", "declared"),
    [
        (ARABIC, "cp1256", "windows-1256"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN.replace("–", "-"), "koi8-r", "KOI8-R"),
        (FRENCH, "cp1252", "iso-8859-1"),
        ("移民の報告書を港で読む。", "cp932", "Shift_JIS"),
        ("港口职员学习记账。", "gb18030", "gb2312"),
        ("항구 직원들이 장부를 배웠다.", "cp949", "euc-kr"),
    ],
)
@pytest.mark.parametrize("who", ["the server", "the page", "the page, and the server says UTF-8", "both"])
def test_one_true_declaration_is_enough_whoever_makes_it(text: str, charset: str, declared: str, who: str) -> None:
    page = text if who == "the server" else f"<meta charset={declared}>{text}"
    header = {"the page": None, "the page, and the server says UTF-8": "utf-8"}.get(who, declared)
    assert read(page.encode(charset), header) == (page, charset, 0)


def test_a_server_that_calls_everything_latin_is_outvoted_by_the_page_and_its_letters() -> None:
    page = f'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">{RUSSIAN}'
    assert read(page.encode("cp1251"), "iso-8859-1") == (page, "cp1251", 0)


@pytest.mark.parametrize("header", [None, "utf-8", "iso-8859-1"])
def test_a_few_broken_bytes_leave_utf8_utf8(header: str | None) -> None:
    payload = FRENCH.encode() + b" \xa9 2018"
    decoded = decode_page(payload, header)
    assert decoded is not None
    assert (decoded.charset, decoded.n_broken, decoded.text[-7:]) == ("utf-8", 1, " \udca9 2018")
    assert decoded.text.encode("utf-8", "surrogateescape") == payload


@pytest.mark.parametrize(("n_broken", "is_read"), [(1, True), (3, True), (4, False), (40, False)])
def test_a_page_that_declares_utf8_and_has_nothing_but_broken_bytes_is_refused_unless_they_are_few(
    n_broken: int, is_read: bool
) -> None:
    assert (read(b"caf\xe9 " * n_broken, "utf-8") is not None) is is_read


@pytest.mark.parametrize("text", [ARABIC, RUSSIAN])
@pytest.mark.parametrize("header", [None, "utf-8", "iso-8859-1", "no-such-charset"])
def test_letters_that_no_declaration_explains_are_refused_and_never_guessed(text: str, header: str | None) -> None:
    assert read(text.encode("cp1256" if text is ARABIC else "cp1251"), header) is None


def test_what_declares_nothing_is_read_as_the_web_reads_it() -> None:
    assert read(FRENCH.encode("cp1252")) == (FRENCH, "cp1252", 0)


@pytest.mark.parametrize("name", ["zip", "rot13", "idna", "utf-7", "iso-2022-jp", "\x00", "a" * 5000, "☃", "utf-16"])
def test_what_is_no_charset_of_a_page_is_no_declaration(name: str) -> None:
    assert read(b"caf\xe9", name) is None


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_byte_order_mark_is_stronger_than_any_word_and_no_text(mark: bytes) -> None:
    charset = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}[mark]
    assert decode_page(mark + FRENCH.encode(charset), "windows-1251") == (FRENCH, charset, len(mark), 0)


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/html;charset=utf-8", "utf-8"),
        ('Text/HTML; Charset = "UTF-8"; x=y', "UTF-8"),
        ("text/html; charset='latin1'", "latin1"),
        ("text/html; charset=", None),
        ("text/html", None),
        (None, None),
    ],
)
def test_the_charset_of_a_content_type_is_found(content_type: str | None, charset: str | None) -> None:
    assert find_charset(content_type) == charset
