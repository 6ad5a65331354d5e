"""What only a person at a terminal gets: long answers page by page, and how long long work will take.

Belongs here: the pager, the bar. Does not belong here: layout (:mod:`pipeline.cli.format.screen`).
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from io import BufferedIOBase, TextIOWrapper
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import click

from pipeline.ground.printable import UNWATCHED, Watch, escape

if TYPE_CHECKING:
    from rich.progress import Progress


def page_answer(command: click.Command) -> None:
    """Give a command ``--no-pager``; without it its answers go to the pager where a terminal is too short for them."""
    callback = command.callback
    assert callback is not None
    command.params.append(
        click.Option(["--no-pager"], is_flag=True, help="On a terminal: print a long answer without $PAGER.")
    )

    @wraps(callback)
    def call(*args: Any, no_pager: bool, **options: Any) -> Any:
        if no_pager:
            return callback(*args, **options)
        with _paging():
            return callback(*args, **options)

    command.callback = call


@contextmanager
def _paging() -> Iterator[None]:
    words = shlex.split(os.environ.get("PAGER") or "less")
    path = shutil.which(words[0]) if words else None
    if path is None or not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    before = sys.stdout, sys.stderr
    screen = _Screen([path, *words[1:]], sys.stdout.fileno())
    pages = TextIOWrapper(cast("BinaryIO", screen), encoding=sys.stdout.encoding, errors="replace", write_through=True)
    # Notes belong to the answer: written over the pager's screen nobody could read them.
    sys.stdout, sys.stderr = pages, pages if sys.stderr.isatty() else sys.stderr
    try:
        yield
    except BrokenPipeError:
        pass  # who leaves the pager has what was wanted
    finally:
        sys.stdout, sys.stderr = before
        screen.finish()


class _Screen(BufferedIOBase):
    """A terminal that hands what it is given to the pager once that is more than it can show at a time."""

    def __init__(self, pager: list[str], terminal: int) -> None:
        self._pager, self._terminal, self._held = pager, terminal, b""
        self._columns, self._lines = shutil.get_terminal_size()
        self._child: subprocess.Popen[bytes] | None = None

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        """Where it goes now; a command that finds it closed turns it to nowhere."""
        return self._terminal if self._child is None or self._child.stdin is None else self._child.stdin.fileno()

    def write(self, data: Any) -> int:
        self._held += bytes(data)
        if self._child is None and self._is_full():
            environment = {"LESS": "FRX", **os.environ}
            self._child = subprocess.Popen(self._pager, stdin=subprocess.PIPE, env=environment)
        if self._child is not None:
            self._empty()
        return len(data)

    def finish(self) -> None:
        """Give out what is held, and wait until the reader has done with it; a Ctrl-C meanwhile is the pager's."""
        with suppress(BrokenPipeError):
            self._empty()
        if self._child is not None and self._child.stdin is not None:
            with suppress(BrokenPipeError):
                self._child.stdin.close()
            while self._child.poll() is None:
                with suppress(KeyboardInterrupt):
                    self._child.wait()

    def _is_full(self) -> bool:
        lines = self._held.decode("utf-8", "replace").splitlines()
        return sum(1 + len(line) // (self._columns + 1) for line in lines) >= self._lines

    def _empty(self) -> None:
        held, self._held = self._held, b""
        while held:
            held = held[os.write(self.fileno(), held) :]


@contextmanager
def show_progress() -> Iterator[Watch]:
    """Who watches long work: on a terminal lines that stay, and below them a bar with the time left; else nobody."""
    if not sys.stderr.isatty():
        yield UNWATCHED
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # No thread of its own: reading forks.
    with Progress(*columns, console=Console(stderr=True), auto_refresh=False, transient=True) as shown:
        bar = _Bar(shown)
        yield Watch(bar.tell, bar.count)


class _Bar:
    def __init__(self, shown: Progress) -> None:
        self._shown, self._work = shown, ""

    def tell(self, line: str) -> None:
        self._shown.console.print(escape(line), markup=False, highlight=False)

    def count(self, work: str, done: int, of: int) -> None:
        if work != self._work:
            for task in self._shown.task_ids:
                self._shown.remove_task(task)
            self._work, self._task = work, self._shown.add_task(work, total=of)
        self._shown.update(self._task, completed=done, total=of, refresh=True)
