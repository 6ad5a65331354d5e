"""What is gathered while a page is interpreted: a row of evidence for each value, and what was not understood.

Belongs here: gathering, and cutting contacts from everything gathered. Does not belong here: any rule.
"""

from __future__ import annotations

from contracts.extraction import Certainty, Evidence, Issue, Unmapped
from extractor.blocks.text import SourceText
from extractor.unicode import clean_line
from extractor.values.contacts import withhold_contacts

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
        self, field: str, value: object, source: SourceText | str, *, rule: str, certainty: Certainty = "stated"
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
                certainty=certainty,
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
