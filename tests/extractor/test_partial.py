"""A page of which much running text is left out says so as an issue of the record."""

from __future__ import annotations

from extractor.layouts.read_page import read_page
from extractor.meaning.interpret import interpret_page
from tests.extractor.reading_seeds import page_input

URL = "https://www.iom.int/news/lamps-for-clerks"
SENTENCE = "The harbour master counted the boats at dawn and wrote their names into ledger number {}."
ASIDE = "A far longer note stands beside it, of which nobody has said whether it belongs to the text at all, number {}."


def find_issues(beside: str) -> list[tuple[str, str | None]]:
    text = "".join(f"<p>{SENTENCE.format(number)}</p>" for number in range(6))
    page = f"<html><body><div><h1>Lamps for clerks</h1><div>{text}</div></div>{beside}</body></html>"
    reading = read_page(page.encode(), reader="html", url=URL)
    return [(issue.code, issue.field) for issue in interpret_page(page_input(URL), reading).extraction.issues]


def test_much_text_that_no_rule_explains_is_an_issue() -> None:
    notes = "".join(f"<aside><section><p>{ASIDE.format(number)}</p></section></aside>" for number in range(3))
    assert ("partial", "body") in find_issues(notes)


def test_a_short_note_that_no_rule_explains_is_none() -> None:
    assert find_issues(f"<aside><p>{ASIDE.format(1)}</p></aside>") == []
    assert find_issues("") == []
