"""The command ``iomdb``: one module a kind of user; a command's module is imported only when that command is called.

Belongs here: arguments, printing, exit codes.
Does not belong here: any work; each command calls one function of a stage.
Exit codes: 0 done, 1 a run or a gate failed, 2 wrong use, 130 interrupted.
"""

import os
import sys
import tomllib
from collections.abc import Callable
from functools import cache, wraps
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

import click
import msgspec

from crawler.errors import CrawlerError
from pipeline.cluster import Work, share
from pipeline.ground.errors import PipelineError, find_exit_code
from pipeline.ground.folders import find_data_folder
from warehouse.errors import WarehouseError


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of ``commands.toml``."""

    module: str
    attribute: str | None = None
    shared: Work | None = None
    paged: bool = False


COMMANDS = msgspec.convert(
    tomllib.loads(Path(__file__).with_name("commands.toml").read_text("utf-8")), dict[str, Command]
)
"""Every command by its name, in the order of ``iomdb --help``."""


@cache
def _load_command(name: str) -> click.Command:
    """The command, imported now; its help ready to print."""
    row = COMMANDS[name]
    command = getattr(import_module(f"pipeline.cli.{row.module}"), row.attribute or name)
    assert isinstance(command, click.Command)
    _keep_example_lines(command)
    if row.shared is not None and command.callback is not None:
        command.callback = _work_shared(command.callback, row.shared)
    if row.paged:
        from pipeline.cli.format.terminal import page_answer

        page_answer(command)
    return command


def _work_shared(callback: Callable[..., Any], work: Work) -> Callable[..., Any]:
    @wraps(callback)
    def call(*args: Any, **options: Any) -> Any:
        with share(find_data_folder(), work):
            return callback(*args, **options)

    return call


class LazyCommands(click.Group):
    """A group whose commands are imported on use, so that ``iomdb sql`` never pays for Scrapy or Dagster."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names in the order of :data:`COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command, imported now, or None where no such name exists."""
        return _load_command(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the words name.

        Raises:
            click.UsageError: there is none; the text proposes near names, as click's own does for options.
        """
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            # click looks for near names among commands that are loaded: ours are not.
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from None

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run as a program: a closed output swallows, and a narrow encoding replaces what it cannot show."""
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if stream is None:
                setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for the process's life
            elif isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")
        return super().main(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; our own errors and the system's become one line on stderr and an exit code."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort) as error:
            raise InterruptedCommandError from error
        except (RuntimeError, UnicodeEncodeError) as error:
            # DuckDB's ways to pass on a Ctrl-C that came inside one of its statements, and to refuse what is no text.
            if isinstance(error.__cause__, KeyboardInterrupt):
                raise InterruptedCommandError from error
            if any("\udc80" <= sign <= "\udcff" for sign in "".join((*sys.argv, str(find_data_folder().root)))):
                said = "an argument, or the name of the data folder, holds bytes that are not UTF-8"
                raise CommandFailedError(said, exit_code=2) from error
            raise
        except (PipelineError, CrawlerError, WarehouseError) as error:
            raise CommandFailedError(str(error), exit_code=find_exit_code(error)) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""
            raise CommandFailedError(
                f"{error.strerror or error}{where}. Nothing published was changed; mend the cause and run it again.",
                exit_code=1,
            ) from error


def _keep_example_lines(command: click.Command) -> None:
    r"""Turn the two characters ``\b`` of a raw docstring into the sign that keeps click from joining lines."""
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        _keep_example_lines(below)


class CommandFailedError(click.ClickException):
    """What the command line prints when a stage raised one of our errors: its text, control characters escaped."""

    def __init__(self, message: str, *, exit_code: int) -> None:
        super().__init__("".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in message))
        self.code = exit_code

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the text, then end with the error's own code where click would end with 1."""
        super().show(file)
        raise SystemExit(self.code)


class InterruptedCommandError(click.ClickException):
    """What the command line prints after a Ctrl-C, in whatever command and wherever it was."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__("interrupted: the same command goes on, or begins anew, where this one was")

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it on a line of its own: a terminal has just shown ^C."""
        click.echo(f"\n{self.message}" if sys.stderr.isatty() else self.message, file=file, err=True)


@click.command(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="iomdb", prog_name="iomdb")
def main() -> None:
    r"""The public record of IOM's projects and news: archived, versioned, citable.

    \b
    First steps:
      iomdb run --source seeds               the whole job, offline, on four pages
      iomdb demo                             eight invented weeks to try
      iomdb sql "SELECT title FROM v1.news"  ask the published tables
      iomdb status                           what there is, and how fresh
    """


_keep_example_lines(main)
