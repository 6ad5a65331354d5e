"""One project as an IATI 2.03 activity: what of it can be written, and what is left out, with the reason.

Belongs here: days, shares, omissions. Does not belong here: the elements (``iati.xml``), the file and its sidecar
(:mod:`warehouse.export.iati`).

Nothing is written that the page does not state, or that is not said to be ours: a year is made a day only when asked
for, and says so in that very element; shares of countries say that they are estimates; the words as printed stand
beside what is mapped.
"""

import calendar
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

STATUS = {"completed": "4", "active": "2"}
"""ActivityStatus: 4 Closed, 2 Implementation."""
_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


class Omission(NamedTuple):
    """A value that was not written, and why; ``field`` as in ``v1.projects``."""

    field: str
    value: str
    reason: str


class StatedDay(NamedTuple):
    """A day to write, and, where the page states a year or month alone, the words that say so."""

    iso: str
    note: str | None


class Activity:
    """One row of ``v1.projects`` on its way to an activity; ``omitted`` is what is left out of it.

    ``is_written`` is False where the page does not state what the schema asks for.
    """

    def __init__(self, row: Mapping[str, Any], *, year_dates: bool) -> None:
        self.row = row
        self.omitted: list[Omission] = []
        self.start = self._find_day("start_date", is_end=False, year_dates=year_dates)
        self.end = self._find_day("end_date", is_end=True, year_dates=year_dates)
        self.has_budget = False
        self.is_written = self._can_be_written()
        if self.is_written:
            self._omit_parts()

    @property
    def local_id(self) -> str:
        """The project's id without what no identifier of IATI may have."""
        return re.sub(r"[/&|?\s]+", "-", self.row["project_id"])

    @property
    def shares(self) -> list[tuple[str, Decimal]]:
        """The countries, each with its percentage."""
        codes = self.row["countries"] or []
        return list(zip(codes, split_hundred(len(codes)), strict=True))

    def _can_be_written(self) -> bool:
        row = self.row
        if not (row["title"] or "").strip():
            self._omit("title", "the page has no title, and IATI wants one; the project is not written")
        elif row["status"] not in STATUS:
            reason = "no status in a known word, and IATI wants one; the project is not written"
            self._omit("status", reason, row["status_raw"] or row["status"])
        elif not (self.start or self.end):
            if not row["start_date"] and not row["end_date"]:
                raw = row["start_date_raw"] or row["end_date_raw"]
                self._omit("start_date", "no date is stated, and IATI wants one; the project is not written", raw)
        else:
            return True
        return False

    def _omit_parts(self) -> None:
        row = self.row
        if not row["description"]:
            reason = "the page states none, and IATI wants one; a sentence of ours says so in its place"
            self._omit("description", reason)
        if not row["countries"] and row["countries_raw"]:
            self._omit("countries", "not every word of it is a known country", row["countries_raw"])
        if row["idf_region"]:
            self._omit("idf_region", "the fund's regions have no code in IATI's list", row["idf_region"])
        if row["other_countries"]:
            told = ", ".join(row["other_countries"])
            self._omit("other_countries", "they have no part in the budget, and IATI's shares are of all of it", told)
        if row["type_raw"] and not (row["type_code"] or row["type_name"]):
            self._omit("type_name", "a project type that no codebook has", row["type_raw"])
        self._weigh_budget()

    def _find_day(self, name: str, *, is_end: bool, year_dates: bool) -> StatedDay | None:
        stated = self.row[name]
        if not stated:
            return None
        found = _PARTIAL.fullmatch(stated)
        day = found and _read_day(*found.groups(), is_end=is_end)
        if not day:
            self._omit(name, "no plain date: it cannot be a day", stated)
        elif day.note and not year_dates:
            self._omit(name, "no whole day is stated; --year-dates writes it as one, and says so", stated)
            return None
        return day or None

    def _weigh_budget(self) -> None:
        amount = self.row["budget_amount"]
        if amount is None:
            if self.row["budget_raw"]:
                self._omit("budget_amount", "no plain amount", self.row["budget_raw"])
        elif not self.row["budget_currency"]:
            self._omit("budget_amount", "no currency is stated", str(amount))
        elif self.start is None or self.end is None:
            self._omit("budget_amount", "no period in whole days is stated, and IATI wants one", str(amount))
        elif self.end.iso < self.start.iso:
            self._omit("budget_amount", "the page's end is before its start: no period", str(amount))
        else:
            self.has_budget = True

    def _omit(self, field: str, reason: str, value: str | None = None) -> None:
        self.omitted.append(Omission(field, value or "", reason))


def _read_day(year: str, month: str | None, day: str | None, *, is_end: bool) -> StatedDay | None:
    """The day of an EDTF date; of a year or month its first, or with ``is_end`` its last, and the words that say so."""
    try:
        if day is not None:
            return StatedDay(date(int(year), int(month or 0), int(day)).isoformat(), None)
        last = 12 if month is None else int(month)
        which = "last" if is_end else "first"
        n_days = calendar.monthrange(int(year), last)[1]
        found = date(int(year), last, n_days) if is_end else date(int(year), int(month or 1), 1)
    except (ValueError, IndexError):
        return None
    unit, stated = ("year", year) if month is None else ("month", f"{year}-{month}")
    return StatedDay(found.isoformat(), f"The page states the {unit} {stated} alone; this is its {which} day.")


def split_hundred(n: int) -> list[Decimal]:
    """A hundred in equal shares of two decimals that add up to it: the first ones have the rest.

    >>> [str(share) for share in split_hundred(3)]
    ['33.34', '33.33', '33.33']
    """
    if not n:
        return []
    whole, rest = divmod(10_000, n)
    return [Decimal(whole + (place < rest)) / 100 for place in range(n)]
