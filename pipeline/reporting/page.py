"""The page as a whole: its parts in order, and writing it.

Belongs here: that. Does not belong here: a part (:mod:`pipeline.reporting.sections`), an element
(:mod:`pipeline.reporting.markup`).
"""

from datetime import datetime
from pathlib import Path

from crawler.durable import write_durably
from pipeline.reporting.markup import Markup, element
from pipeline.reporting.sections import (
    Section,
    describe_changes,
    describe_coverage,
    describe_doubts,
    describe_money,
    describe_runs,
    describe_stock,
)
from warehouse.read.published import Tables, fetch_query, open_published

STYLE = Path(__file__).with_name("style.css")
# Nothing is loaded, run or sent, whatever an archived text holds.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write_report(published: Path, target: Path, *, since: datetime) -> None:
    """Write the report of the published file as one self-contained page; an older one is replaced by a rename.

    Changes are listed from ``since`` on, an instant in UTC without a zone.

    Raises:
        QueryError: there is no published file.
    """
    with open_published(published) as connection:
        page = make_page(connection, since)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_durably(target, page.encode("utf-8"))


def make_page(connection: Tables, since: datetime) -> str:
    """The whole page. It has no time of its own making: the same tables and ``since`` give the same page."""
    sections = [
        describe_changes(connection, since),
        describe_coverage(connection),
        describe_doubts(connection),
        describe_money(connection),
        describe_runs(connection),
    ]
    head = element(
        "head",
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", "IOM's projects and news: the state of the record"),
        element("style", Markup(STYLE.read_text("utf-8"))),
    )
    body = element("main", _write_top(connection, sections), *map(_write_section, sections), _write_foot(connection))
    return "<!doctype html>\n" + element("html", head, element("body", body), lang="en") + "\n"


def _write_top(connection: Tables, sections: list[Section]) -> Markup:
    links = (element("a", section.title, href=f"#{section.name}") for section in sections)
    return element(
        "header",
        element("h1", "IOM's projects and news: the state of the record"),
        *describe_stock(connection),
        element("nav", *links),
    )


def _write_section(section: Section) -> Markup:
    return element(
        "section",
        element("h2", section.title, id=section.name),
        element("p", section.lead, class_="soft"),
        *section.parts,
    )


def _write_foot(connection: Tables) -> Markup:
    ((digest, schema_version),) = fetch_query(
        connection, "SELECT content_sha256, schema_version FROM internal.build"
    ).rows
    return element(
        "footer",
        element(
            "p",
            "Every value can be proved: ",
            element("code", "iomdb verify ID FIELD"),
            " re-reads the archived bytes, and ",
            element("code", "iomdb cite ID"),
            " gives a line to quote. The texts are IOM's; this page is made from its public pages, not by IOM.",
        ),
        element("p", f"Content {digest}, schema {schema_version}. All times are UTC."),
    )
