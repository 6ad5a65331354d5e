"""``make rules``: which seed, golden page or real page runs each rule of the reader; kept in ``results/rules.json``.

Belongs here: which pages are read, the record, printing. Does not belong here: what a rule is, watching
(``reading_rules``); why a rule that nothing runs is there (``unrun_rules.toml``, by hand).

Real pages are a labelled folder as the argument (``bench.truth.folder``), each under an address of a site of ours. They
are others' works: of them the record keeps ids alone. Without the folder, what it was measured to run is kept for rules
that are still there; seeds and golden pages are measured each time.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from bench.house import ROOT, House
from bench.inputs import state_input
from bench.reading_rules import MENTION, PACKAGE, Watch, find_functions, forget_answers, list_register
from bench.truth.folder import iter_labelled
from contracts.extraction import Extraction

if TYPE_CHECKING:
    from extractor.layouts.repeated import Frame

RECORD = ROOT / "bench" / "results" / "rules.json"
REASONS = ROOT / "bench" / "unrun_rules.toml"
KINDS = ("seed", "golden", "real")


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be read: what it is called in the record, its bytes, and where it stands."""

    kind: Literal["seed", "golden", "real"]
    id: str
    payload: bytes
    reader: Literal["text", "html"]
    url: str
    charset: str | None = None

    def as_keywords(self) -> dict[str, Any]:
        """What a reader is told beside the bytes."""
        return {"reader": self.reader, "url": self.url, "declared_charset": self.charset}


def iter_seeds() -> Iterator[Page]:
    """The four seeds."""
    folder = ROOT / "seeds"
    for entry in tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))["page"]:
        name = entry["file"]
        yield Page("seed", name.partition("_")[0], (folder / name).read_bytes(), entry["reader"], entry["url"])


def iter_golden() -> Iterator[Page]:
    """The frozen pages that a person has signed."""
    for path in sorted((ROOT / "tests" / "golden" / "pages").glob("*.json")):
        golden = json.loads(path.read_text(encoding="utf-8"))
        if golden["reviewed"]:
            payload = path.with_suffix(".txt" if golden["reader"] == "text" else ".html").read_bytes()
            yield Page("golden", path.stem, payload, golden["reader"], golden["url"], golden["charset"])


def iter_real(folder: Path) -> Iterator[Page]:
    """The pages of others, each under an address of a site of ours with the last words of its own."""
    for page in iter_labelled(folder):
        yield Page("real", page.id, page.payload, "html", page.address())


class Measured:
    """What pages run: rule to the ids of the pages by their kind, and the lines of each module."""

    def __init__(self, house: House) -> None:
        self.pages: dict[str, dict[str, list[str]]] = {}
        self.watch = Watch.over(house)
        with self.watch.watching():
            self._reader = import_module(f"{PACKAGE}.layouts.read_page")
            self._learn = import_module(f"{PACKAGE}.layouts.repeated").learn_frame
            self._interpret = import_module(f"{PACKAGE}.meaning.interpret").interpret_page
        self.at_import = self.watch.take()

    def read(self, pages: Iterable[Page]) -> int:
        """Read pages of one kind as those of one run are read: with what repeats on them; returns how many."""
        forget_answers(sys.modules)
        several = list(pages)
        run: list[set[str]] = []
        texts = []
        for page in several:
            with self.watch.watching():
                texts.append(self._reader.read_texts(page.payload, **page.as_keywords()))
            run.append(self.watch.take())
        with self.watch.watching():
            frame = self._learn(texts)
        learnt = self.watch.take()
        for page, rules in zip(several, run, strict=True):
            for rule in rules | learnt | self._read_one(page, frame):
                self.pages.setdefault(rule, {}).setdefault(page.kind, []).append(page.id)
        return len(several)

    def _read_one(self, page: Page, frame: Frame) -> set[str]:
        with self.watch.watching():
            reading = self._reader.read_page(page.payload, **page.as_keywords(), frame=frame)
            extraction: Extraction = self._interpret(state_input(page.url), reading).extraction
        return self.watch.take() | {f"{MENTION}{mention.rule}" for mention in extraction.mentions}

    def describe(self, rule: str) -> dict[str, Any]:
        """How many pages of each kind run it, with the first of them; whether it runs on import."""
        pages = self.pages.get(rule, {})
        counts: dict[str, Any] = {kind: [len(pages[kind]), pages[kind][0]] for kind in KINDS if kind in pages}
        return counts | ({"import": True} if rule in self.at_import else {})

    def count_lines(self, rule: str, lines: set[int]) -> int:
        """How many of a function's lines have run so far."""
        return len(lines & self.watch.lines.get(rule.partition(":")[0], set()))


def measure(house: House, real: Path | None, earlier: Mapping[str, Any]) -> dict[str, Any]:
    """The record: of each rule the pages that run it, and how many of its lines ours run, any page runs, there are."""
    functions, known, measured = find_functions(house), Earlier(earlier), Measured(house)
    n_pages = {"seed": measured.read(iter_seeds()), "golden": measured.read(iter_golden())}
    ours = {rule: measured.count_lines(rule, lines) for rule, lines in functions.items()}
    n_pages["real"] = known.n_real if real is None else measured.read(iter_real(real))
    rules: dict[str, Any] = {}
    for rule in [*sorted(functions), *list_register()]:
        counts, kept = measured.describe(rule), known.find(rule) if real is None else {}
        counts |= {"real": kept["real"]} if "real" in kept else {}
        if rule in functions:
            n_lines = len(functions[rule])
            n_run = max(measured.count_lines(rule, functions[rule]), min(kept.get("lines", (0, 0))[1], n_lines))
            counts["lines"] = [ours[rule], n_run, n_lines]
        rules[rule] = counts
    reader = known.reader_of_real if real is None else hash_reader(house)
    return {"pages": n_pages, "reader_of_real_pages": reader, "rules": rules}


class Earlier:
    """The record as it was kept, in which a rule is found also after it moved to another module."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.rules: Mapping[str, Mapping[str, Any]] = record.get("rules", {})
        self.n_real: int = record.get("pages", {}).get("real", 0)
        self.reader_of_real: str | None = record.get("reader_of_real_pages")
        self._homes: dict[str, list[str]] = {}
        for rule in self.rules:
            self._homes.setdefault(rule.rpartition(":")[2], []).append(rule)

    def find(self, rule: str) -> Mapping[str, Any]:
        """What was kept of it; nothing where it is new, or where several that moved have its name."""
        homes = [rule] if rule in self.rules else self._homes.get(rule.rpartition(":")[2], [])
        return self.rules[homes[0]] if len(homes) == 1 else {}


def hash_reader(house: House) -> str:
    """A digest of the reader's source: whether the real pages were measured with it."""
    digest = hashlib.sha256()
    for name, module in sorted(house.modules.items()):
        if module.package == PACKAGE:
            digest.update(f"{name}\n{module.text}".encode())
    return digest.hexdigest()[:16]


def find_unrun(record: Mapping[str, Any]) -> list[str]:
    """The rules that no page runs, and no import."""
    return sorted(rule for rule, counts in record["rules"].items() if not counts.keys() & {*KINDS, "import"})


def read_record() -> dict[str, Any]:
    """The kept record; empty where there is none."""
    loaded: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}
    return loaded


def read_reasons() -> dict[str, str]:
    """Rule to the reason why it is there though no page runs it."""
    loaded: dict[str, str] = tomllib.loads(REASONS.read_text(encoding="utf-8"))["reasons"]
    return loaded


def format_record(record: Mapping[str, Any]) -> str:
    """The record as it is kept: a rule a line."""
    rules = ",\n".join(
        f"  {json.dumps(rule)}: {json.dumps(counts, sort_keys=True)}" for rule, counts in record["rules"].items()
    )
    head = {key: value for key, value in record.items() if key != "rules"}
    return f'{json.dumps(head)[:-1]}, "rules": {{\n{rules}\n}}}}\n'


@click.command()
@click.argument("real", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--print", "to_stdout", is_flag=True, help="Print the record; keep nothing.")
def main(real: Path | None, to_stdout: bool) -> None:
    """Measure, keep the record, and name the rules that nothing runs and that have no reason."""
    record = measure(House(ROOT), real, read_record())
    if to_stdout:
        click.echo(format_record(record), nl=False)
        return
    RECORD.write_text(format_record(record), encoding="utf-8")
    unrun, reasons = find_unrun(record), read_reasons()
    click.echo(f"{len(record['rules'])} rules; {len(unrun)} run by no page; kept in {RECORD.relative_to(ROOT)}")
    lines = [counts["lines"] for counts in record["rules"].values() if "lines" in counts]
    for which, n_run in (("seeds and golden pages", 0), ("all pages", 1)):
        click.echo(
            f"  of their {sum(one[2] for one in lines):,} lines {which} run {sum(one[n_run] for one in lines):,}"
        )
    for rule in unrun:
        click.echo(f"  {rule}: {reasons.get(rule, 'NO REASON is written')}")


if __name__ == "__main__":
    main()
