"""What commands print on the demonstration, in the docs: ``make screens``.

A page of the ten commonest commands; and on the pages of :data:`STORIES` the answer behind each command.
Belongs here: which commands, how wide, the page around them. Does not belong here: what they print.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.house import ROOT

PAGE: Final = ROOT / "docs" / "screens.md"
COMMANDS: Final[tuple[tuple[str, ...], ...]] = (
    ("sql", "SELECT project_id, title, status, budget_amount FROM projects ORDER BY 1 LIMIT 4"),
    ("sql", "--query", "budget_by_type"),
    ("sql", "--query", "removed_pages"),
    ("changes", "--since", "2026-11-20", "--kind", "project"),
    ("history", "IB.1001"),
    ("search", "water", "haiti", "--limit", "2"),
    ("cite", "IB.1001", "budget_amount"),
    ("verify", "IB.1001", "budget_amount"),
    ("diff", "IB.1001", "1", "2"),
    ("show", "IB.1001", "--at", "2026-10-06"),
)
STORIES: Final = tuple(ROOT / "docs" / f"for-{whom}.md" for whom in ("researchers", "analysts", "journalists"))
"""Pages whose blocks of ``console`` hold commands, each with its answer behind it."""
WIDTHS: Final = (80, 120, None)
MOST_LINES: Final = 30
"""Longer answers end here on the page."""
HEAD: Final = """# What the commands print

Made by `make screens`, on the demonstration (`iomdb demo`): everything in it is invented. Each at 80 columns, at
120, and in a pipe, where values are whole and each row is one line. On a terminal with colour addresses are links.
`∅` is NULL.
"""


def describe_screens(data: Path) -> str:
    """The page, of a demonstration's data folder."""
    parts = [HEAD]
    for words in COMMANDS:
        shown = " ".join(f"'{word}'" if " " in word else word for word in words)
        parts.append(f"\n## `iomdb {shown}`\n")
        told = ""
        for width in WIDTHS:
            said = run_command(data, words, width)
            if said != told:
                parts.append(f"\n{f'At {width} columns:' if width else 'In a pipe:'}\n\n```text\n{said}```\n")
            told = said
    return "".join(parts)


def fill_answers(page: str, data: Path) -> str:
    """The page of a story, with what each of its commands prints now."""

    def answer(block: re.Match[str]) -> str:
        commands = re.findall(r"^\$ iomdb (.*)$", block[1], re.MULTILINE)
        told = [f"$ iomdb {command}\n{run_command(data, tuple(shlex.split(command)), 100)}" for command in commands]
        return f"```console\n{''.join(told)}```"

    return re.sub(r"```console\n(.*?)```", answer, page, flags=re.DOTALL)


def run_command(data: Path, words: tuple[str, ...], width: int | None) -> str:
    """What a command prints on its standard output; the folder's own name stands for where it lies."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("IOMDB", "DAGSTER", "COLUMNS"))}
    columns = {"COLUMNS": str(width)} if width else {}
    # In a folder of its own: some write files.
    with TemporaryDirectory() as place:
        answer = subprocess.run(
            [sys.executable, "-c", "from pipeline.cli import main; main(prog_name='iomdb')", *words],
            capture_output=True,
            encoding="utf-8",
            check=True,
            cwd=place,
            env={**inherited, **columns, "IOMDB_DATA": str(data), "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)},
        )
    lines = answer.stdout.replace(str(data), "demo").splitlines()
    kept = [*lines[:MOST_LINES], *(["…"] if len(lines) > MOST_LINES else [])]
    return "".join(f"{line.rstrip()}\n" for line in kept)


if __name__ == "__main__":
    demonstration = Path(sys.argv[1]).absolute()
    PAGE.write_text(describe_screens(demonstration), encoding="utf-8")
    for story in STORIES:
        story.write_text(fill_answers(story.read_text(encoding="utf-8"), demonstration), encoding="utf-8")
    print(f"wrote {', '.join(page.name for page in (PAGE, *STORIES))}")
