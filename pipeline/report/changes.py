"""One change of one document, as its sentence, its feed entry and its place in a page need it.

Belongs here: that shape, its values, and what of several changed fields belongs together. Does not belong here:
sentences (``sentences``), finding changes (``warehouse.read.claims``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contracts.fields import wording_column
from pipeline.report.words import write_field


@dataclass(frozen=True, slots=True)
class Change:
    """One row of :func:`warehouse.read.claims.read_changes`: a changed field, or with no field the change itself.

    ``currency``, ``end_date`` and ``published_date`` are what the document stated after it, ``old_currency`` what it
    stated before. ``printed`` are the page's
    words for a value that no rule reads any more. Instants are UTC.
    """

    kind: str
    document_id: str
    change: str
    changed_at: datetime
    field: str | None = None
    old: str | None = None
    new: str | None = None
    significance: str | None = None
    title: str | None = None
    lang: str | None = None
    site: str = ""
    version_no: int = 0
    changed_after: datetime | None = None
    time_basis: str = "captured"
    currency: str | None = None
    old_currency: str | None = None
    end_date: str | None = None
    published_date: str | None = None
    printed: str | None = None
    capture_id: str | None = None
    before_capture_id: str | None = None

    @property
    def weight(self) -> str:
        """Its significance; of a page that went or came back high, of other changes without a field low."""
        return self.significance or ("high" if self.change in {"removed", "restored"} else "low")


def make_changes(rows: Iterable[Mapping[str, Any]]) -> list[Change]:
    """The changes of rows of ``read_changes``, in their order.

    Of one version a value that went and words that came in its place are told apart from a value that is not stated.
    """
    changes = [Change(**{name: row[name] for name in Change.__slots__ if name in row}) for row in rows]
    words: dict[tuple[object, ...], str] = {
        (*_version(one), one.field): one.new for one in changes if one.field and one.new
    }
    currencies = {_version(one): one.old for one in changes if one.field == "budget_currency"}
    return [
        replace(
            one,
            old_currency=currencies.get(_version(one), one.currency),
            printed=words.get((*_version(one), wording_column(one.kind, one.field))) if is_nothing(one.new) else None,
        )
        if one.field
        else one
        for one in changes
    ]


def _version(change: Change) -> tuple[str, str, datetime, str]:
    return change.kind, change.document_id, change.changed_at, change.change


def write_sides(change: Change) -> tuple[str | None, str | None]:
    """The old and the new value of a changed field in words, None where it states nothing; texts are as they are."""
    field = change.field or ""
    if field in {"title", "body", "description"} or field.endswith("_raw"):
        return change.old or None, change.new or None
    old = None if is_nothing(change.old) else write_field(field, change.old, change.old_currency)
    return old, None if is_nothing(change.new) else write_field(field, change.new, change.currency)


def is_nothing(value: str | None) -> bool:
    """Whether a value as ``v1.changes`` writes it states nothing."""
    return value is None or value in {"", "[]"}
