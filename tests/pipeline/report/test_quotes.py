"""The words in the archived page: marked where the bytes are, contacts withheld, nothing that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.report.quotes import CONTACTS, WITHHELD, Quoted, number_evidence, quote_capture, quote_payload

if TYPE_CHECKING:
    from pathlib import Path

HEAD = b"<!doctype html><html><head><meta charset=utf-8><title>T</title></head><body><main>"


def quote(page: bytes, *words: str, reader: str = "html") -> Any:
    quoted = []
    for number, word in enumerate(words, 1):
        start = page.index(word.encode())
        quoted.append(Quoted(number, start, start + len(word.encode()), ("field",)))
    return quote_payload(page, reader, "utf-8", quoted)


def marked(quotation: Any) -> list[tuple[int, str]]:
    return [(run.number, run.text) for line in quotation.lines for run in line.runs if run.number]


def test_the_bytes_of_a_value_are_marked_inside_their_line() -> None:
    page = HEAD + "<h1>Lampes</h1><p>Budget : 5&nbsp;000 &amp; plus à Côte d’Ivoire</p></main>".encode()
    found = quote(page, "Lampes", "5&nbsp;000", "Côte d’Ivoire")
    assert marked(found) == [(1, "Lampes"), (2, "5 000"), (3, "Côte d’Ivoire")]
    assert [line.level for line in found.lines] == [1, 0]
    assert "".join(run.text for run in found.lines[1].runs) == "Budget : 5 000 & plus à Côte d’Ivoire"


def test_of_ranges_inside_one_another_the_innermost_counts() -> None:
    page = HEAD + b"<p>Monrovia, 5 May - The clerks work.</p></main>"
    found = quote(page, "Monrovia, 5 May - The clerks work.", "Monrovia, 5 May", "5 May")
    assert marked(found) == [(2, "Monrovia, "), (3, "5 May"), (1, " - The clerks work.")]


def test_a_text_page_is_shown_as_its_lines() -> None:
    found = quote(b"Title\n- Year\n2006\n", "2006", reader="text")
    assert marked(found) == [(1, "2006")]
    assert len(found.lines) == 3


def test_what_is_quoted_from_the_head_stands_beside_the_text() -> None:
    page = (
        HEAD.replace(b"<title>", b'<meta name=date content="2026-01-02"><title>') + b"<p>Words of the page.</p></main>"
    )
    found = quote(page, "2026-01-02")
    assert marked(found) == []
    assert found.beside == ((1, "2026-01-02"),)


def test_contacts_are_withheld_in_every_line() -> None:
    page = HEAD + (
        b"<p>A lamp was lit, said ann.one@iom.int of the office.</p><p>Contact: Ann One, +41 22 717 91 11</p></main>"
    )
    found = quote(page, "A lamp was lit")
    text = "\n".join("".join(run.text for run in line.runs) for line in found.lines)
    assert "ann.one" not in text
    assert "717" not in text
    assert WITHHELD in text
    assert CONTACTS in text


def test_what_hides_or_turns_text_is_made_visible() -> None:
    page = HEAD + "<p>abc \u202egnitirw\u202c and \x1b[0m &lt;script&gt;</p></main>".encode()
    text = "".join(run.text for line in quote(page).lines for run in line.runs)
    assert "\u202e" not in text
    assert "\\u202e" in text
    assert "<script>" in text


def test_a_page_of_ten_megabytes_is_cut() -> None:
    found = quote(HEAD + b"<p>" + b"word " * 2_000_000 + b"</p></main>", "word")
    assert found.is_cut
    assert sum(len(run.text) for line in found.lines for run in line.runs) < 200_000


def test_evidence_of_one_place_has_one_number() -> None:
    rows: list[dict[str, Any]] = [
        {"field": "end", "start_byte": 20, "end_byte": 24},
        {"field": "amount", "start_byte": 5, "end_byte": 9},
        {"field": "currency", "start_byte": 5, "end_byte": 9},
        {"field": "nowhere", "start_byte": None, "end_byte": None},
    ]
    assert [(one.number, one.fields) for one in number_evidence(rows)] == [(1, ("amount", "currency")), (2, ("end",))]


def test_a_place_outside_of_the_archive_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "secret.warc.gz").write_bytes(b"x")
    for file in ("../secret.warc.gz", "archive/../secret.warc.gz", "/etc/passwd", "secret.warc.gz"):
        place = {"archive_file": file, "archive_offset": 0, "archive_length": 1, "payload_sha256": "", "reader": "html"}
        assert quote_capture(tmp_path / "data", place, []).missing
