"""The entry to meaning: one page's reading, with what the fetch ledger says of it, to one extraction and its contacts.

Belongs here: putting the parts together. Does not belong here: any rule of its own.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from contracts.extraction import Alternate, Contact, CountryEntry, Extraction, Interpretation, Mention, PageInput
from contracts.fields import DocumentKind, NewsRecord, ProjectRecord
from extractor.blocks.prose_shape import is_prose, share_unexplained
from extractor.blocks.source import keeping_garbage
from extractor.blocks.text import SourceText
from extractor.meaning.findings import (
    Findings,
    cite,
    content_sha256,
    find_office_country,
    keep_visible,
    office_mention,
    shorten,
)
from extractor.meaning.news import interpret_news
from extractor.meaning.project import interpret_project, list_unread
from extractor.mentions.register import iter_mentions
from extractor.prose.country_roles import Role, read_roles
from extractor.prose.prose import BETWEEN_PARAGRAPHS, Hit, Prose, Rule
from extractor.raw import PageReading
from extractor.unicode import clean_line
from extractor.values.contact_patterns import has_reach
from extractor.values.contacts import find_contacts, withhold_contacts
from extractor.values.language import FoundLanguage, find_language

MOST_UNEXPLAINED = 5
"""How many unexplained texts a row repeats; all are counted."""

MOST_UNEXPLAINED_PROSE = 0.2
"""More running text that no rule explains, as a share of it and the body, is told."""

BROKEN = "\ufffd"
"""Stands for a byte that is no character."""

AROUND = 40
"""Characters on either side of it that its issue repeats."""

_OF_PAGE = ("capture_id", "run_id", "site", "url", "page_key", "observed_at", "time_basis", "release")


@keeping_garbage()
def interpret_page(page: PageInput, reading: PageReading) -> Interpretation:
    """What ``reading`` means; a quarantined one gives an extraction without any field of a record, and no contact."""
    common = {
        **{name: getattr(page, name) for name in _OF_PAGE},
        "blocks": reading.blocks,
        "unexplained": tuple(shorten(clean_line(text.value)) for text in reading.unexplained[:MOST_UNEXPLAINED]),
    }
    if reading.status == "quarantined" or (reading.project is None and reading.news is None):
        reason = shorten(reading.reason or "the reading has no record")
        return Interpretation(extraction=Extraction(**common, status="quarantined", reason=reason), contacts=())
    return _interpret_read(page, reading, common)


def _interpret_read(page: PageInput, reading: PageReading, common: dict[str, Any]) -> Interpretation:
    findings = Findings()
    published_title = None
    if reading.title is not None:
        published_title = withhold_contacts(clean_line(reading.title.value))
        findings.prove("title", published_title, reading.title, rule="title")
    body = _join_body(reading)
    language = _read_language(page, reading, body.value or published_title or "", findings)
    prose = Prose(body.value)
    hits = list(iter_mentions(prose))
    mentions = tuple(_mention(rule, hit, body) for rule, hit in hits)
    mentions += tuple(office_mention(fact) for fact in reading.frame_facts)
    funders = [hit for rule, hit in hits if rule.kind == "funder"]
    record, countries = _read_record(page, reading, prose, body, funders=funders, findings=findings)
    _tell_broken(published_title, record, findings)
    _tell_partial(reading, body, findings)
    kind: DocumentKind = "project" if isinstance(record, ProjectRecord) else "news"
    alternates = [(lang, absolute_url(url, page.url)) for lang, url in reading.metadata.alternates]
    extraction = Extraction(
        **common,
        project=record if isinstance(record, ProjectRecord) else None,
        news=record if isinstance(record, NewsRecord) else None,
        status="read",
        kind=kind,
        layout=reading.layout,
        lang=language.code,
        lang_basis=language.basis,
        title=published_title,
        canonical_url=absolute_url(reading.metadata.canonical_url, page.url),
        alternates=tuple(Alternate(lang=lang, url=url) for lang, url in alternates if url),
        content_sha256=content_sha256(
            kind=kind, title=published_title, record=record, countries=countries, mentions=mentions
        ),
        countries=countries,
        mentions=mentions,
        evidence=tuple(findings.evidence),
        unmapped=tuple(findings.unmapped),
        issues=tuple(findings.issues),
        unread_fields=list_unread(reading.project) if reading.project is not None else (),
    )
    return Interpretation(extraction=extraction, contacts=_contacts(page, reading, body, record))


def _tell_partial(reading: PageReading, body: SourceText, findings: Findings) -> None:
    """An issue where more than a fifth of a page's running text is explained by no rule: some of it may be the text."""
    texts = [text.value for text in reading.unexplained]
    share = share_unexplained(texts, body.value)
    if share > MOST_UNEXPLAINED_PROSE:
        first = next(text for text in texts if is_prose(text))
        field = "body" if reading.news is not None else "description"
        findings.raise_issue("partial", field, f"{share:.0%} of the page's running text is left out, first: {first}")


def _tell_broken(title: str | None, record: ProjectRecord | NewsRecord, findings: Findings) -> None:
    """An issue for each text in which bytes stood that are no character of the page's charset."""
    for field, value in (("title", title), *msgspec.structs.asdict(record).items()):
        if isinstance(value, str) and BROKEN in value:
            findings.raise_issue(
                "broken-characters", field, value[max(0, value.index(BROKEN) - AROUND) :][: 2 * AROUND]
            )


def _join_body(reading: PageReading) -> SourceText:
    """The paragraphs of a news text or a project's description, without unseen characters."""
    paragraphs = reading.news.paragraphs if reading.news else reading.project.description if reading.project else ()
    return SourceText.join(BETWEEN_PARAGRAPHS, filter(None, map(keep_visible, paragraphs)))


def _read_language(page: PageInput, reading: PageReading, text: str, findings: Findings) -> FoundLanguage:
    language = find_language(text, declared=reading.lang, basis=reading.lang_basis, url=page.url)
    if language.contradicts:
        detail = f"markup says {language.contradicts}, the text is {language.code}"
        findings.raise_issue("language-disagrees", "lang", detail)
    return language


def _read_record(
    page: PageInput, reading: PageReading, prose: Prose, body: SourceText, *, funders: list[Hit], findings: Findings
) -> tuple[ProjectRecord | NewsRecord, tuple[CountryEntry, ...]]:
    """The record, and the countries that it names with their roles."""
    if reading.project is not None:
        return interpret_project(reading.project, findings)
    assert reading.news is not None, "a reading that was read has a project or news"
    listing = (page.listing_date, page.listing_order)
    record, dateline = interpret_news(reading, prose, body, listing=listing, findings=findings)
    roles = read_roles(prose, funders=funders, dateline_codes=dateline)
    return record, tuple(_country(role, body) for role in roles)


def absolute_url(url: str | None, base: str) -> str | None:
    """An address as written in markup, made absolute; None where it is none of the web's.

    >>> absolute_url("/fr/news/x", "https://www.iom.int/news/x"), absolute_url("mailto:a@b.int", "https://www.iom.int/")
    ('https://www.iom.int/fr/news/x', None)
    """
    try:
        joined = urljoin(base, (url or "").strip())
        is_web = bool(url) and urlsplit(joined).scheme in {"http", "https"} and bool(urlsplit(joined).hostname)
    except ValueError:
        return None
    return joined if is_web else None


def _mention(rule: Rule, hit: Hit, body: SourceText) -> Mention:
    return Mention(
        kind=rule.kind,
        name=withhold_contacts(hit.name),
        value=withhold_contacts(hit.value) if hit.value else None,
        rule=rule.id,
        certainty=rule.certainty,
        **cite(body, hit.first, hit.last),
    )


def _country(role: Role, body: SourceText) -> CountryEntry:
    return CountryEntry(
        role=role.role,
        country_code=role.code,
        rule=role.rule,
        certainty=role.certainty,
        **cite(body, role.first, role.last),
    )


def _contacts(
    page: PageInput, reading: PageReading, body: SourceText, record: ProjectRecord | NewsRecord
) -> tuple[Contact, ...]:
    """The contacts of the contact block, and addresses and numbers that stand in the text itself."""
    found: list[Contact] = []
    published = record.body if isinstance(record, NewsRecord) else record.description
    """Without contacts: a text that reads as it has none."""
    country = find_office_country(reading.frame_facts)
    lines = reading.news.contact_block if reading.news else ()
    block = SourceText.join("\n", filter(None, map(keep_visible, lines)))
    for source in (block, body):
        if not source.value or (source is body and (source.value == published or not has_reach(source.value))):
            continue
        for contact in find_contacts(source.value, country):
            if source is body and not (contact.emails or contact.phones):
                continue
            start, end = source.span(contact.first, contact.last)
            found.append(
                Contact(
                    capture_id=page.capture_id,
                    url=page.url,
                    name=contact.name if source is block else None,
                    organisation=contact.organisation,
                    emails=contact.emails,
                    phones=contact.phones,
                    start=start,
                    end=end,
                )
            )
    return tuple(found)
