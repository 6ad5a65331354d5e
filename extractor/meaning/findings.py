"""What is gathered while a page is interpreted, and the hash of its content: equal hashes are one version.

Belongs here: a row of evidence for each value, what was not understood, contacts cut from all of it; positioned text as
it is published, letters and their marks composed; what the frame of a page says of IOM and of its office, which is no
part of the record; the normal form that is hashed. Does not belong here: any rule of a field.

The normal form leaves out what never makes a version: the frame of the page, tokens, whitespace and paragraph breaks,
quotes and dashes, number format, wording of labels, places in the payload, how the page was found and when it says it
was published, contacts. A raw value enters only where it could not be interpreted: then its words are all there is.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from contracts.extraction import CountryEntry, Evidence, Issue, Mention, Unmapped
from contracts.fields import NewsRecord, ProjectRecord, catalogue
from extractor.blocks.text import SourceText
from extractor.raw import FrameFact
from extractor.unicode import JOINER, UNSEEN, clean_line, straighten
from extractor.values.contacts import withhold_contacts
from extractor.values.countries import read_countries

LONGEST_RAW = 200
"""Characters of a long text that its row of evidence repeats; the range covers all of it."""


class Findings:
    """Evidence, unmapped values and issues of one page, in the order in which they were found."""

    def __init__(self) -> None:
        self.evidence: list[Evidence] = []
        self.unmapped: list[Unmapped] = []
        self.issues: list[Issue] = []
        self._last_source: SourceText | None = None
        self._last_span = (0, 0)

    def prove(
        self, field: str, value: object, source: SourceText | str, *, rule: str, interpreted: bool = False
    ) -> None:
        """Keep where ``value`` stands; a plain text as source (a listing's date) stands nowhere in the payload.

        Long texts are cut to :data:`LONGEST_RAW` characters in the row, not in the range.
        """
        start, end = self._find_span(source) if isinstance(source, SourceText) else (None, None)
        published = shorten(str(value))
        printed = clean_line(str(source)[: 3 * LONGEST_RAW])
        self.evidence.append(
            Evidence(
                field=field,
                value=published,
                raw=published if printed == published else shorten(printed),
                rule=rule,
                certainty="interpreted" if interpreted else "stated",
                start=start,
                end=end,
            )
        )

    def _find_span(self, source: SourceText) -> tuple[int, int]:
        """The way back to bytes costs; raw text, value and year of a date stand in one place."""
        if self._last_source is not source:
            self._last_source, self._last_span = source, source.span()
        return self._last_span

    def leave_unmapped(self, field: str | None, label: str | None, value: str) -> None:
        """Keep a label or value that no rule knows."""
        self.unmapped.append(
            Unmapped(
                field=field,
                label=withhold_contacts(clean_line(label)) if label else None,
                value=shorten(clean_line(value)),
            )
        )

    def raise_issue(self, code: str, field: str | None, detail: str) -> None:
        """Keep an inconsistency of the publisher's own."""
        self.issues.append(Issue(code=code, field=field, detail=shorten(clean_line(detail))))


def shorten(text: str) -> str:
    """Contacts withheld, at most :data:`LONGEST_RAW` characters."""
    safe = withhold_contacts(text[: 3 * LONGEST_RAW])
    return safe if len(safe) <= LONGEST_RAW else safe[: LONGEST_RAW - 1] + "…"


def cite(text: SourceText, first: int, last: int) -> dict[str, Any]:
    """A stretch of a text as a row repeats it, and its bytes."""
    start, end = text.span(first, last)
    return {"raw": shorten(clean_line(text.value[first:last])), "start": start, "end": end}


_GROUPING = re.compile(r"(\d)[,' ](?=\d{3}(?!\d))")


def normal_text(text: str) -> str:
    r"""Text without what never makes a version.

    >>> normal_text("“1,000\u202f000  people” – said") == normal_text('"1000000 people" - said')
    True
    """
    plain = " ".join(straighten(text).split()).replace(" -", "-").replace("- ", "-")
    return _GROUPING.sub(r"\1", plain)


def _normal(value: object) -> object:
    if isinstance(value, str):
        return normal_text(value)
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, tuple):
        return [_normal(part) for part in value]
    return value


def _is_stated(value: object) -> bool:
    """Whether a record says something: a budget of zero is said."""
    return value is not None and value != ()


def content_sha256(
    *,
    kind: str,
    title: str | None,
    record: ProjectRecord | NewsRecord,
    countries: tuple[CountryEntry, ...],
    mentions: tuple[Mention, ...],
) -> str:
    """SHA-256 (hex) of the content in its normal form."""
    fields = {}
    for name, entry in catalogue(kind).items():
        value = getattr(record, name)
        is_settled = entry.wording_of is not None and _is_stated(getattr(record, entry.wording_of))
        if entry.hashed and _is_stated(value) and not is_settled:
            fields[name] = _normal(value)
    content = {
        "kind": kind,
        "title": _normal(title),
        "fields": fields,
        "countries": sorted({f"{country.role} {country.country_code}" for country in countries}),
        "mentions": sorted(
            [mention.kind, normal_text(mention.name), normal_text(mention.value or "")]
            for mention in mentions
            if mention.kind != "office"
        ),
    }
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()


def split_areas(text: str) -> tuple[str, ...]:
    """The parts of a list of areas of work.

    What follows the last comma holds the last two, of which the second may hold an "and" of its own.

    >>> split_areas("Safe Ports, Return and Reintegration, Tides and Pilots and Crews")
    ('Safe Ports', 'Return and Reintegration', 'Tides', 'Pilots and Crews')
    >>> split_areas("Safe Ports, Tides, and Pilots and Crews"), split_areas("Return and Reintegration")
    (('Safe Ports', 'Tides', 'Pilots and Crews'), ('Return and Reintegration',))
    """
    *areas, last = re.split(r",\s*", clean_line(text).rstrip("."))
    if not areas:
        return (last,)
    if last.startswith("and "):
        return (*areas, last.removeprefix("and "))
    return (*areas, *last.split(" and ", 1))


def office_mention(fact: FrameFact) -> Mention:
    """One fact of the frame. Areas of work are divided by ``|``."""
    value = clean_line(fact.value.value)
    is_list = fact.name == "thematic_areas"
    return Mention(
        kind="office",
        name=fact.name,
        value="|".join(split_areas(value)) if is_list else value,
        rule="frame.fact",
        certainty="interpreted" if is_list else "stated",
        **cite(fact.evidence, 0, len(fact.evidence)),
    )


def find_office_country(facts: Sequence[FrameFact]) -> str | None:
    """The country of the office whose frame the page has ("presence in Liberia since 2003"), alpha-2; else None.

    Telephone numbers without a country code are this country's.
    """
    named = next((fact.value.value for fact in facts if fact.name == "office_country"), None)
    codes = read_countries(named).codes if named else ()
    return codes[0] if len(codes) == 1 else None


_LOOSE_BLANKS = re.compile(r"\A\s+|\s+\Z|[^\S\n]*\n[^\S\n]*|[^\S\n]{2,}")
"""Blanks that only an unseen character kept apart, or from the edge of their line."""


def keep_visible(text: SourceText) -> SourceText:
    r"""The text in Unicode's composed form (NFC) without unseen characters; itself where it has none to change.

    One text reads as one, however its letters were typed: what is taken out leaves no blank behind, so that a text
    of unseen characters alone is empty.

    >>> from extractor.blocks.source import Source
    >>> kept = keep_visible(SourceText.from_plain(Source("Co\u0302te Li\u200bberia"), 0, 14))
    >>> kept.value, kept[1:2].span(), kept[7:12].span()
    ('Côte Liberia', (1, 4), (12, 17))
    """
    is_printable = text.value.isprintable()  # what nobody sees is not
    if is_printable and text.value.isascii():
        return text
    seen = text if is_printable else _take_out(JOINER, _take_out(UNSEEN, text))
    if seen is not text:
        seen = seen.edit(_iter_folds(seen.value))
    if unicodedata.is_normalized("NFC", seen.value):
        return seen
    return seen.edit(_iter_compositions(seen.value))


def _take_out(unseen: re.Pattern[str], text: SourceText) -> SourceText:
    edits = [(*match.span(), "") for match in unseen.finditer(text.value)]
    return text.edit(edits) if edits else text


def _iter_folds(text: str) -> Iterator[tuple[int, int, str]]:
    """Whitespace that is written otherwise: none at either end, one blank for many, lines without blanks around."""
    for blanks in _LOOSE_BLANKS.finditer(text):
        first, last = blanks.span()
        is_edge = first == 0 or last == len(text)
        yield first, last, "" if is_edge else "\n" if "\n" in blanks[0] else " "


def _iter_compositions(text: str) -> Iterator[tuple[int, int, str]]:
    """What NFC writes otherwise, letter by letter: each with all the signs that join it."""
    first = 0
    for at in range(1, len(text) + 1):
        if at < len(text) and _joins(text[first:at], text[at]):
            continue
        composed = unicodedata.normalize("NFC", text[first:at])
        if composed != text[first:at]:
            yield first, at, composed
        first = at


def _joins(letter: str, sign: str) -> bool:
    """Whether a sign is written into, or moves within, the letter before it: marks, and vowels of some scripts."""
    if sign < "\u0300":
        return False
    if unicodedata.combining(sign):
        return True
    parts = unicodedata.normalize("NFC", letter) + unicodedata.normalize("NFC", sign)
    return unicodedata.normalize("NFC", letter + sign) != parts
