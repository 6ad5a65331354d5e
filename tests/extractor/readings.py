"""What readings are compared by in these tests: values, never spans."""

from __future__ import annotations

from extractor.layouts.read_page import read_page
from extractor.raw import PageReading
from tests.site.content import NewsContent, ProjectContent

PROJECT_URL = "https://www.iom.int/project/lamps"
NEWS_URL = "https://www.iom.int/news/lamps"

Values = dict[str | None, tuple[str, ...]]


def read_html(page: bytes | str, url: str = PROJECT_URL) -> PageReading:
    """A page of markup as served."""
    return read_page(page.encode() if isinstance(page, str) else page, reader="html", url=url)


def read_text(page: bytes | str, url: str = PROJECT_URL) -> PageReading:
    """A text extraction of a page."""
    return read_page(page.encode() if isinstance(page, str) else page, reader="text", url=url)


def find_values(reading: PageReading) -> Values:
    """The known fields of a project page that was read."""
    assert reading.project is not None, reading.reason
    return {one.field: tuple(value.value for value in one.values) for one in reading.project.fields if one.field}


def find_unknown(reading: PageReading) -> dict[str, tuple[str, ...]]:
    """The labels that nobody knows, with their values."""
    assert reading.project is not None, reading.reason
    return {o.label.value: tuple(v.value for v in o.values) for o in reading.project.fields if o.field is None}


def find_unread(reading: PageReading) -> set[str]:
    """The fields that a project page states in a way that no rule reads."""
    assert reading.project is not None, reading.reason
    return set(reading.project.unread)


def find_description(reading: PageReading) -> list[str]:
    """The paragraphs of a project page."""
    assert reading.project is not None, reading.reason
    return [paragraph.value for paragraph in reading.project.description]


def find_paragraphs(reading: PageReading) -> list[str]:
    """The paragraphs of a news page."""
    assert reading.news is not None, reading.reason
    return [paragraph.value for paragraph in reading.news.paragraphs]


def find_contacts(reading: PageReading) -> list[str]:
    """The lines of the contact block of a news page."""
    assert reading.news is not None, reading.reason
    return [line.value for line in reading.news.contact_block]


def state_values(content: ProjectContent) -> Values:
    """The fields that a content states."""
    return {name: values for name, _, values in content.fields}


def says(reading: PageReading, content: ProjectContent | NewsContent) -> bool:
    """Whether the reading says exactly what the content says, with nothing left over."""
    if reading.title is None or reading.title.value != content.title or reading.unexplained:
        return False
    if isinstance(content, ProjectContent):
        return find_values(reading) == state_values(content) and find_description(reading) == list(content.description)
    return find_paragraphs(reading) == list(content.paragraphs) and find_contacts(reading) == list(content.contact)
