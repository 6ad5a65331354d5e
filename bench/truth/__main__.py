"""``python -m bench.truth FOLDER``: how true and how quick the reading of a labelled folder is, beside its peers.

Belongs here: the command and its tables. Does not belong here: reading, scoring, clocks (the other modules here).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from bench.truth.folder import LabelledPage, iter_labelled
from bench.truth.readers import OURS, PARSER, PEER, READERS
from bench.truth.scores import Found, Score, score, summarise
from bench.truth.speed import Speed, measure_speeds

Figures = Mapping[str, int | float | None]


@dataclass(frozen=True)
class Measured:
    """A folder measured: of each reader, what it found and what that is worth, in the order of the pages."""

    pages: Sequence[LabelledPage]
    found: Mapping[str, Sequence[Found]]
    scores: Mapping[str, Sequence[Score]]
    speeds: Mapping[str, Speed]

    def summarise(self) -> dict[str, dict[str, Figures]]:
        """The figures by set and reader; ``all`` is every page, ``drupal`` every page made by Drupal."""
        groups = {"all": list(range(len(self.pages)))}
        for name in sorted({page.group for page in self.pages}):
            groups[name] = [i for i, page in enumerate(self.pages) if page.group == name]
        groups["drupal"] = [i for i, page in enumerate(self.pages) if page.is_drupal]
        return {
            group: {reader: summarise([scores[i] for i in places]) for reader, scores in self.scores.items()}
            for group, places in groups.items()
            if places
        }


def measure_folder(folder: Path, *, own_addresses: bool = False) -> Measured:
    """Read the folder with every reader, then time them."""
    pages = list(iter_labelled(folder))
    addresses = [page.url if own_addresses else page.address() for page in pages]
    pairs = list(zip(pages, addresses, strict=True))
    found = {name: [read(page, url) for page, url in pairs] for name, read in READERS.items()}
    scores = {name: [score(page, one) for page, one in zip(pages, found[name], strict=True)] for name in found}
    return Measured(pages, found, scores, measure_speeds([(page.id, page.payload, url) for page, url in pairs]))


def compare_speeds(speeds: Mapping[str, Speed]) -> dict[str, float]:
    """Each task of ours beside each peer, as a ratio."""
    return {
        f"{ours} / {peer}": round(speeds[ours].pages_a_second / speeds[peer].pages_a_second, 2)
        for ours in speeds
        if ours not in {PARSER, PEER}
        for peer in (PARSER, PEER)
    }


def make_record(measured: Measured) -> dict[str, Any]:
    """What is kept: figures, and ids with verdicts of ours; no text of any page."""
    kept = ("is_read", "title", "date")
    return {
        "figures": measured.summarise(),
        "speed": {name: asdict(speed) for name, speed in measured.speeds.items()},
        "ratios": compare_speeds(measured.speeds),
        "pages": {
            one.id: {name: getattr(one, name) for name in kept} | {"f1": one.body and round(one.body.f1, 3)}
            for one in measured.scores[OURS]
        },
    }


def format_figures(figures: Mapping[str, Mapping[str, Figures]]) -> list[str]:
    """One table a set, a figure a line, a reader a column."""
    lines: list[str] = []
    for group, by_reader in figures.items():
        names = list(next(iter(by_reader.values())))
        lines += ["", f"{group:<20}" + "".join(f"{reader:>20}" for reader in by_reader)]
        for name in names:
            values = [by_reader[reader][name] for reader in by_reader]
            if any(value is not None for value in values):
                lines.append(f"{name:<20}" + "".join(f"{_format(value):>20}" for value in values))
    return lines


def _format(value: float | None) -> str:
    return "" if value is None else str(value) if isinstance(value, int) else f"{value:.3f}"


def format_speeds(speeds: Mapping[str, Speed]) -> list[str]:
    """Pages a second and core, the slowest page beside the median, and the ratios."""
    lines = ["", f"{'processor time':<40}{'pages/s a core':>16}{'slowest ÷ median':>18}"]
    lines += [
        f"{name:<40}{one.pages_a_second:>16.1f}{one.slowest_by_median:>18.1f}  {one.slowest}"
        for name, one in speeds.items()
    ]
    return lines + [f"{name:<60}{ratio:>8.2f} times" for name, ratio in compare_speeds(speeds).items()]


def iter_wrong(measured: Measured) -> Iterable[str]:
    """Our wrong and missing titles and wrong days beside the set's, and the pages we refuse."""
    for page, found, one in zip(measured.pages, measured.found[OURS], measured.scores[OURS], strict=True):
        if not one.is_read:
            yield f"refused {page.id} {page.url}: {found.reason}"
        elif one.title in {"part", "wrong", "none"}:
            yield f"title {one.title} {page.id} {page.url}: {found.title!r}, not {page.title!r}"
        if one.date == "wrong":
            yield f"date wrong {page.id} {page.url}: {found.date}, not {page.date}"


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "target", type=click.Path(dir_okay=False, path_type=Path), help="Keep ids and numbers there.")
@click.option("--wrong", is_flag=True, help="Name our wrong titles and days and the pages we refuse.")
@click.option("--own-addresses", is_flag=True, help="Ours reads pages under their own addresses, not under a site's.")
def main(folder: Path, target: Path | None, wrong: bool, own_addresses: bool) -> None:
    """Measure the labelled pages of FOLDER: truth.jsonl and <id>.html.gz."""
    measured = measure_folder(folder, own_addresses=own_addresses)
    for line in [*format_figures(measured.summarise()), *format_speeds(measured.speeds)]:
        click.echo(line)
    for line in iter_wrong(measured) if wrong else ():
        click.echo(line)
    if target is not None:
        target.write_text(json.dumps(make_record(measured), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
