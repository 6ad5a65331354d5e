"""One project as an IATI 2.03 activity: element by element, in the order that the schema wants.

Belongs here: the mapping. Does not belong here: the file and its sidecar (:mod:`warehouse.export.iati`).

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
from urllib.parse import quote
from xml.etree import ElementTree as ET

EXTRA = "urn:iomdb:iati"
"""The namespace of what IATI has no place for: the words as printed."""

ET.register_namespace("iomdb", EXTRA)

IOM_REF = "XM-DAC-47066"
"""IOM in the DAC's list of channels, which IATI takes for multilateral organisations."""

STATUS = {"completed": "4", "active": "2"}
"""ActivityStatus: 4 Closed, 2 Implementation."""
SCOPE = {"national": "4", "regional": "2", "global": "1"}
"""ActivityScope."""
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_URI = "%:/?#[]@!$&'()*+,;=~"
"""What an address may have beside letters and digits."""
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
    """One row of ``v1.projects`` on its way to an activity. ``notice`` is what must be said of all of them, or None."""

    def __init__(self, row: Mapping[str, Any], ref: str, *, year_dates: bool, notice: str | None) -> None:
        self.row, self.ref, self.year_dates, self.notice = row, ref, year_dates, notice
        self.element = ET.Element("iati-activity")
        self.omitted: list[Omission] = []

    def build(self) -> tuple[ET.Element | None, list[Omission]]:
        """The element, or None where the schema asks for what the page does not state; and what was left out."""
        days = {name: self._find_day(name, is_end=name == "end_date") for name in ("start_date", "end_date")}
        if not self._can_be_written(days):
            return None, self.omitted
        self.element.attrib.update(self._list_attributes())
        self._add("iati-identifier").text = self._clean(f"{self.ref}-{self._local_id()}")
        org = self._add("reporting-org", ref=self.ref, type="90")
        org.set("secondary-reporter", "1")
        self._narrate(org, "iomdb, a record of what IOM's project pages say")
        self._narrate(self._add("title"), self.row["title"], self.row["lang"])
        self._add_descriptions()
        iom = self._add("participating-org", ref=IOM_REF, type="40", role="4")
        self._narrate(iom, "International Organization for Migration")
        self._add_identifiers()
        self._add_raw(self._add("activity-status", code=STATUS[self.row["status"]]), "status_raw")
        self._add_dates(days)
        if self.row["coverage"] in SCOPE:
            self._add_raw(self._add("activity-scope", code=SCOPE[self.row["coverage"]]), "coverage_raw")
        self._add_countries()
        self._add_sector()
        self._add_budget(days)
        self._add_page()
        return self.element, self.omitted

    def _can_be_written(self, days: Mapping[str, StatedDay | None]) -> bool:
        row = self.row
        if not (row["title"] or "").strip():
            self._omit("title", "the page has no title, and IATI wants one; the project is not written")
        elif row["status"] not in STATUS:
            reason = "no status in a known word, and IATI wants one; the project is not written"
            self._omit("status", reason, row["status_raw"] or row["status"])
        elif not any(days.values()):
            if not row["start_date"] and not row["end_date"]:
                raw = row["start_date_raw"] or row["end_date_raw"]
                self._omit("start_date", "no date is stated, and IATI wants one; the project is not written", raw)
        else:
            return True
        return False

    def _list_attributes(self) -> dict[str, str]:
        told = {
            _LANG: self.row["lang"] or "en",
            "last-updated-datetime": f"{self.row['valid_from']:%Y-%m-%dT%H:%M:%SZ}",
        }
        if self.row["budget_currency"]:
            told["default-currency"] = self.row["budget_currency"]
        return told

    def _local_id(self) -> str:
        """The project's id without what no identifier of IATI may have."""
        return re.sub(r"[/&|?\s]+", "-", self.row["project_id"])

    def _add_descriptions(self) -> None:
        text = self.row["description"]
        if not text:
            self._omit(
                "description", "the page states none, and IATI wants one; a sentence of ours says so in its place"
            )
        described = self._add("description", type="1")
        if text:
            self._narrate(described, text, self.row["lang"])
        else:
            self._narrate(described, "The page states no description.")
        notes = [self.notice] if self.notice else []
        if self.row["gone_at"]:
            notes.append(
                f"The page is gone from IOM's site since {self.row['gone_at']:%Y-%m-%d}; this is what it last said."
            )
        if self.row.get("unread_fields"):
            notes.append(f"As last read; stated otherwise now: {', '.join(self.row['unread_fields'])}.")
        for note in notes:
            self._narrate(self._add("description", type="4"), note)

    def _add_identifiers(self) -> None:
        self._add("other-identifier", ref=self._clean(self.row["project_id"]), type="A1")
        for name, label in (("projects_id", "Projects ID"), ("prima_id", "Prima ID")):
            if self.row[name]:
                other = self._add("other-identifier", ref=self._clean(self.row[name]), type="A9")
                owner = ET.SubElement(other, "owner-org", ref=IOM_REF)
                self._narrate(owner, f"International Organization for Migration: its {label}")

    def _add_dates(self, days: Mapping[str, StatedDay | None]) -> None:
        is_over = self.row["status"] == "completed"
        for name, kind in (("start_date", "2"), ("end_date", "4" if is_over else "3")):
            day = days[name]
            if day is None:
                continue
            dated = self._add("activity-date", {"iso-date": day.iso}, type=kind)
            raw = self.row[f"{name}_raw"] or self.row[name]
            self._narrate(dated, f"{day.note} As printed: {raw}" if day.note else f"As printed: {raw}")

    def _find_day(self, name: str, *, is_end: bool) -> StatedDay | None:
        stated = self.row[name]
        if not stated:
            return None
        found = _PARTIAL.fullmatch(stated)
        day = found and _read_day(*found.groups(), is_end=is_end)
        if not day:
            self._omit(name, "no plain date: it cannot be a day", stated)
        elif day.note and not self.year_dates:
            self._omit(name, "no whole day is stated; --year-dates writes it as one, and says so", stated)
            return None
        return day or None

    def _add_countries(self) -> None:
        codes = self.row["countries"] or []
        for code, share in zip(codes, split_hundred(len(codes)), strict=True):
            country = self._add("recipient-country", code=code, percentage=str(share))
            if len(codes) > 1:
                self._narrate(country, "equal split, estimate")
        if not codes and self.row["countries_raw"]:
            self._omit("countries", "not every word of it is a known country", self.row["countries_raw"])
        if self.row["idf_region"]:
            self._omit("idf_region", "the fund's regions have no code in IATI's list", self.row["idf_region"])
        if self.row["other_countries"]:
            told = ", ".join(self.row["other_countries"])
            self._omit("other_countries", "they have no part in the budget, and IATI's shares are of all of it", told)

    def _add_sector(self) -> None:
        code, name = self.row["type_code"], self.row["type_name"]
        if code or name:
            sector = self._add("sector", vocabulary="99", code=self._clean(code or name))
            self._narrate(sector, name or code)
            self._add_raw(sector, "type_raw")
        elif self.row["type_raw"]:
            self._omit("type_name", "a project type that no codebook has", self.row["type_raw"])

    def _add_budget(self, days: Mapping[str, StatedDay | None]) -> None:
        amount, currency = self.row["budget_amount"], self.row["budget_currency"]
        start, end = days["start_date"], days["end_date"]
        if amount is None:
            if self.row["budget_raw"]:
                self._omit("budget_amount", "no plain amount", self.row["budget_raw"])
            return
        if not currency:
            self._omit("budget_amount", "no currency is stated", str(amount))
        elif start is None or end is None:
            self._omit("budget_amount", "no period in whole days is stated, and IATI wants one", str(amount))
        elif end.iso < start.iso:
            self._omit("budget_amount", "the page's end is before its start: no period", str(amount))
        else:
            budget = self._add("budget", type="1", status="1")
            for name, day in (("period-start", start), ("period-end", end)):
                element = ET.SubElement(budget, name, {"iso-date": day.iso})
                if day.note:
                    ET.SubElement(element, f"{{{EXTRA}}}note").text = day.note
            value = ET.SubElement(budget, "value", {"currency": currency, "value-date": start.iso})
            value.text = str(amount)

    def _add_page(self) -> None:
        link = self._add("document-link", url=quote(self.row["url"], safe=_URI), format="text/html")
        self._narrate(ET.SubElement(link, "title"), "The project's page", "en")
        ET.SubElement(link, "category", code="A12")

    def _add(self, name: str, attributes: Mapping[str, str] | None = None, **more: str) -> ET.Element:
        return ET.SubElement(self.element, name, {**(attributes or {}), **more})

    def _add_raw(self, element: ET.Element, name: str) -> None:
        """The words as printed, in an element of ours: IATI has none for them."""
        if self.row[name]:
            ET.SubElement(element, f"{{{EXTRA}}}raw").text = self._clean(self.row[name])

    def _narrate(self, element: ET.Element, text: str, lang: str | None = "en") -> None:
        narrative = ET.SubElement(element, "narrative", {_LANG: lang} if lang else {})
        narrative.text = self._clean(text)

    def _omit(self, field: str, reason: str, value: str | None = None) -> None:
        self.omitted.append(Omission(field, value or "", reason))

    @staticmethod
    def _clean(text: str) -> str:
        """The text without the characters that no XML file may have."""
        return _NOT_XML.sub("�", text)


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
