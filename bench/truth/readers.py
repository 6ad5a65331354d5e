"""The readers that are compared: ours, trafilatura, plain BeautifulSoup. Each makes of a page what is scored.

Belongs here: calling them. Does not belong here: clocks (``speed``), scores.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Mapping
from typing import Final

import msgspec
import trafilatura
from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from trafilatura.settings import Document

from bench.inputs import state_input
from bench.truth.folder import LabelledPage
from bench.truth.scores import Found
from contracts.extraction import Extraction
from extractor.layouts.read_page import read_page
from extractor.meaning.interpret import interpret_page

OURS: Final = "iomdb"
PARSER: Final = "BeautifulSoup lxml"
PEER: Final = "trafilatura"

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)
warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)


def extract(payload: bytes, url: str) -> Extraction:
    """Ours, from bytes to the record."""
    return interpret_page(state_input(url), read_page(payload, reader="html", url=url)).extraction


def encode(payload: bytes, url: str) -> bytes:
    """Ours, from bytes to the record as it is written."""
    return msgspec.json.encode(extract(payload, url))


def read_ours(page: LabelledPage, url: str) -> Found:
    """The news text, or a project's description."""
    made = extract(page.payload, url)
    body = made.news.body if made.news else made.project.description if made.project else None
    date = made.news.published_date if made.news else None
    return Found(made.status == "read", made.title, date, body, made.reason)


def read_peer(page: LabelledPage, _: str) -> Found:
    """Trafilatura with its metadata, for a title and a day; it is given the page's own address, which helps it."""
    made = trafilatura.bare_extraction(page.payload, url=page.url, with_metadata=True)
    if not isinstance(made, Document):
        return Found(is_read=False, reason="nothing found")
    return Found(is_read=True, title=made.title, date=made.date, body=made.text)


def read_soup(page: LabelledPage, _: str) -> Found:
    """All text of the page; its title is the head's, else the first heading's."""
    soup = BeautifulSoup(page.payload, "lxml")
    heading = soup.title or soup.h1
    return Found(is_read=True, title=heading.get_text(" ") if heading else None, body=soup.get_text(" "))


READERS: Final[Mapping[str, Callable[[LabelledPage, str], Found]]] = {
    OURS: read_ours,
    PEER: read_peer,
    PARSER: read_soup,
}
"""A reader by its name; it is handed the page and the address under which ours reads it."""
