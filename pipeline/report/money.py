"""Budgets added up: by year, region, type and country, stated and estimated apart, each sum equal to its parts.

Belongs here: adding shares and drawing the sums. Does not belong here: dividing budgets (the build does), pages.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from pipeline.report.edition import DocumentEntry, Share
from pipeline.report.figures.bars import Column, Segment, draw_bar, draw_columns
from pipeline.report.words import write_amount

NOTHING = Decimal(0)
UNSAID = "no country that could be read"
MOST_YEARS = 40
"""Columns of a figure; earlier years are in its table."""

Sums = tuple[str, Markup, Decimal, bool]
"""A name, its bar, its sum, and whether a part of it is an estimate."""


@dataclass(frozen=True, slots=True)
class MoneySums:
    """The sums of one currency over some shares; ``n`` is how many projects they are of, ``n_gone`` of them are gone.

    ``years`` are rows of year (None where no funding year is stated), stated and estimated sum, in order, those without
    a year last.
    """

    currency: str | None
    n: int
    stated: Decimal
    shared: Decimal
    n_gone: int
    gone: Decimal
    years: list[tuple[int | None, Decimal, Decimal]]
    years_figure: Markup
    regions: list[Sums]
    types: list[Sums]

    @property
    def total(self) -> Decimal:
        """Stated and estimated together."""
        return self.stated + self.shared


Counted = list[tuple[DocumentEntry, Share]]


def add_up(
    entries: Iterable[DocumentEntry], regions: Mapping[str, str], keep: Callable[[Share], bool] = lambda _: True
) -> list[MoneySums]:
    """The sums of the shares that ``keep`` keeps, a currency each, that of the most projects first."""
    by_currency: dict[str | None, Counted] = {}
    for entry in entries:
        for share in entry.shares:
            if keep(share):
                by_currency.setdefault(share.currency, []).append((entry, share))
    found = [_add(currency, counted, regions) for currency, counted in by_currency.items()]
    return sorted(found, key=lambda money: (-money.n, money.currency or ""))


def _add(currency: str | None, counted: Counted, regions: Mapping[str, str]) -> MoneySums:
    years: dict[int | None, list[Decimal]] = {}
    for entry, share in counted:
        sums = years.setdefault(entry.row["funding_year"], [NOTHING, NOTHING])
        sums[share.is_estimate] += share.amount
    ordered = sorted(years.items(), key=lambda one: (one[0] is None, one[0] or 0))
    rows = [(year, sums[0], sums[1]) for year, sums in ordered]
    return MoneySums(
        currency=currency,
        n=len({entry.id for entry, _ in counted}),
        stated=sum((one.amount for _, one in counted if not one.is_estimate), NOTHING),
        shared=sum((one.amount for _, one in counted if one.is_estimate), NOTHING),
        n_gone=len({entry.id for entry, _ in counted if entry.row["state"] == "gone"}),
        gone=sum((one.amount for entry, one in counted if entry.row["state"] == "gone"), NOTHING),
        years=rows,
        years_figure=_draw_years(rows, currency),
        regions=_sum_by(counted, lambda _, share: name_region(share.country, regions), currency),
        types=_sum_by(counted, lambda entry, _: entry.row["type_name"] or "type not stated or not known", currency),
    )


def name_region(code: str | None, regions: Mapping[str, str]) -> str:
    """The region of a country; what says that there is none."""
    return regions.get(code, "no region of the United Nations") if code else UNSAID


def _draw_years(rows: list[tuple[int | None, Decimal, Decimal]], currency: str | None) -> Markup:
    sums = {year: (stated, shared) for year, stated, shared in rows if year is not None}
    if not sums:
        return draw_columns([], "No funding year is stated")
    last = max(sums)
    first = max(min(sums), last - MOST_YEARS + 1)
    columns = []
    for year in range(first, last + 1):
        stated, shared = sums.get(year, (NOTHING, NOTHING))
        columns.append(
            Column(
                str(year),
                (
                    Segment("stated", stated, f"{year}: {write_amount(stated, currency)} stated for one country"),
                    Segment("estimate", shared, f"{year}: {write_amount(shared, currency)} in equal shares, estimated"),
                ),
            )
        )
    return draw_columns(columns, f"Budgets by funding year, {first} to {last}; the numbers are in the table below")


def _sum_by(counted: Counted, name: Callable[[DocumentEntry, Share], str], currency: str | None) -> list[Sums]:
    sums: dict[str, list[Decimal]] = {}
    for entry, share in counted:
        sums.setdefault(name(entry, share), [NOTHING, NOTHING])[share.is_estimate] += share.amount
    ordered = sorted(sums.items(), key=lambda one: (one[0] == UNSAID, -sum(one[1]), one[0]))
    longest = max((sum(parts, NOTHING) for parts in sums.values()), default=NOTHING)
    rows: list[Sums] = []
    for key, (stated, shared) in ordered:
        parts = [
            Segment("stated", stated, f"{write_amount(stated, currency)} stated for one country"),
            Segment("estimate", shared, f"{write_amount(shared, currency)} in equal shares, estimated"),
        ]
        label = f"{key}: {write_amount(stated + shared, currency)}"
        rows.append((key, draw_bar(parts, longest, label), stated + shared, shared > 0))
    return rows
