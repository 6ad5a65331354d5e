"""Reading the whole archive with the code that is here, beside what the published release read.

Belongs here: field by field, what is gained, lost and changed, with samples. Does not belong here: accepting a
release, which is a line in ``releases.toml`` that a person writes.
"""

import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from contracts.fields import RECORDS
from crawler.archive.runs import iter_manifests
from extractor.layouts.repeated import Frame
from pipeline.ground.errors import NothingToWriteError
from pipeline.ground.folders import DataFolder
from pipeline.ground.printable import UNWATCHED, Watch, escape
from pipeline.stages.extract import extraction_path, iter_interpretations
from pipeline.stages.extract_report import PageCount
from pipeline.stages.frames import Frames, Group
from pipeline.stages.releases import current_release
from warehouse.extracted.reader import iter_rows

MOST_SAMPLES = 5
LONGEST_SAMPLE = 120


@dataclass(frozen=True, slots=True)
class Sample:
    """One difference: the page, and the value before and after (None for NULL)."""

    url: str
    before: str | None
    after: str | None


@dataclass(slots=True)
class FieldChange:
    """What the new reading does to one field over all pages."""

    gained: int = 0
    lost: int = 0
    changed: int = 0
    samples: list[Sample] = field(default_factory=list)


@dataclass(slots=True)
class Comparison:
    """``n_pages`` were read by both; ``n_new`` only by the new code, because no release had read their run.

    ``stated`` counts of how many pages each field was read before; ``fields`` has those alone that differ anywhere.
    """

    before_release: int
    n_pages: int = 0
    n_new: int = 0
    n_equal: int = 0
    stated: dict[str, int] = field(default_factory=dict)
    fields: dict[str, FieldChange] = field(default_factory=dict)

    def describe(self) -> str:
        """The whole in one sentence."""
        return (
            f"{self.n_pages} pages read by extractor release {self.before_release} and by this code: "
            f"{self.n_equal} equal; {self.n_new} pages no extractor release had read"
        )


def flatten(row: dict[str, Any]) -> dict[str, str]:
    """Every value of a row that means something, as text under a plain name; NULL, places and releases left out.

    >>> flatten({"title": "A", "project": {"countries": ["LR"], "status": None}, "release": 1})
    {'title': 'A', 'project.countries': 'LR'}
    """
    flat: dict[str, str] = {}
    for name in ("status", "reason", "kind", "layout", "lang", "title"):
        flat[name] = row.get(name)  # type: ignore[assignment]  # NULLs are dropped below
    for part in RECORDS:
        for name, value in (row.get(part) or {}).items():
            flat[f"{part}.{name}"] = " ".join(map(str, value)) if isinstance(value, list) else value
    for part, keys in (("countries", ("role", "country_code")), ("mentions", ("kind", "name", "value"))):
        for entry in row.get(part) or []:
            name = f"{part}.{entry[keys[0]]}"
            words = " = ".join(str(entry[key]) for key in keys[1:] if entry[key] is not None)
            flat[name] = f"{flat[name]} | {words}" if name in flat else words
    amount = "project.budget_amount"
    if flat.get(amount) is not None:
        flat[amount] = f"{Decimal(flat[amount]):.2f}"  # DuckDB's JSON drops the last zero
    return {name: str(value) for name, value in flat.items() if value not in (None, "")}


def compare_readings(folder: DataFolder, watch: Watch = UNWATCHED) -> Comparison:
    """Read every sealed run with this code and compare it with the extraction of the newest release.

    Nothing is written.

    Raises:
        NothingToWriteError: nothing is archived.
        DamagedRecordError: an archived record does not hold.
    """
    run_ids = [manifest.run_id for manifest in iter_manifests(folder.archive)]
    if not run_ids:
        raise NothingToWriteError(f"nothing is archived in {folder.root}: `make run` has the seeds, `iomdb demo` more")
    comparison = Comparison(before_release=current_release().number)
    with tempfile.TemporaryDirectory() as place:
        frames = Frames.learn(folder.archive, Path(place))
        count = PageCount(folder.archive, run_ids, watch)
        for run_id in run_ids:
            _compare_run(folder, run_id, frames.choose(run_id), comparison, count.add_page)
    return comparison


def _compare_run(
    folder: DataFolder,
    run_id: str,
    frames: Mapping[Group, Frame],
    comparison: Comparison,
    on_page: Callable[[], object],
) -> None:
    release = comparison.before_release
    stored = extraction_path(folder, release, run_id)
    rows = (json.loads(text, parse_float=str) for text in (iter_rows(stored) if stored.exists() else ()))
    before = {row["capture_id"]: row for row in rows}
    for interpretation in iter_interpretations(folder.archive / run_id, release + 1, frames):
        on_page()
        after = json.loads(msgspec.json.encode(interpretation.extraction))
        if after["capture_id"] in before:
            _compare_row(before[after["capture_id"]], after, comparison)
        else:
            comparison.n_new += 1


def _compare_row(before: dict[str, Any], after: dict[str, Any], comparison: Comparison) -> None:
    comparison.n_pages += 1
    old, new = flatten(before), flatten(after)
    comparison.n_equal += old == new
    for name in old:
        comparison.stated[name] = comparison.stated.get(name, 0) + 1
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        change = comparison.fields.setdefault(name, FieldChange())
        change.gained += was is None
        change.lost += now is None
        change.changed += was is not None and now is not None
        if len(change.samples) < MOST_SAMPLES:
            change.samples.append(Sample(str(after["url"]), _cut(was), _cut(now)))


def _cut(value: str | None) -> str | None:
    return value if value is None or len(value) <= LONGEST_SAMPLE else value[: LONGEST_SAMPLE - 1] + "…"


def write_markdown(comparison: Comparison) -> str:
    """The comparison as a pull request may show it: what each field gains and loses, and samples, folded."""
    lines = [comparison.describe()]
    if comparison.fields:
        lines += [
            "",
            "| field | pages before | pages now | gained | lost | changed |",
            "|---|---:|---:|---:|---:|---:|",
        ]
    for name, change in sorted(comparison.fields.items()):
        before = comparison.stated.get(name, 0)
        now = before + change.gained - change.lost
        counts = (before, now, change.gained, change.lost, change.changed)
        lines.append(f"| {_as_code(name)} | {' | '.join(f'{one:,}' for one in counts)} |")
    for name, change in sorted(comparison.fields.items()):
        lines += ["", f"<details><summary>{name}</summary>", "", "| page | before | now |", "|---|---|---|"]
        lines += [
            f"| {_as_code(sample.url)} | {_as_code(sample.before)} | {_as_code(sample.after)} |"
            for sample in change.samples
        ]
        lines += ["", "</details>"]
    return "\n".join(lines)


def _as_code(text: str | None) -> str:
    r"""A value as a span of code in a table: nothing in it is markup, a mention or a link.

    >>> print(_as_code("a|b `c` @d <b>"))
    `` a\|b `c` @d <b> ``
    """
    shown = "∅" if text is None else escape(text).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    return f"{fence} {shown} {fence}"
