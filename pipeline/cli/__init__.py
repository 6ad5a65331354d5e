"""The command ``iomdb``: one module a kind of user; a command's module is imported only when that command is called.

Belongs here: arguments, printing, exit codes. Does not belong here: any work; each command calls one function of a stage.
Exit codes: 0 done, 1 a run or a gate failed, 2 wrong use.
"""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "run": "pipeline.cli.operation:run",
    "dev": "pipeline.cli.operation:dev",
    "daemon": "pipeline.cli.operation:daemon",
    "status": "pipeline.cli.operation:status",
    "doctor": "pipeline.cli.operation:doctor",
    "publish": "pipeline.cli.operation:publish",
    "rebuild": "pipeline.cli.operation:rebuild",
    "decide": "pipeline.cli.operation:decide",
    "crawl": "pipeline.cli.collection:crawl",
    "ingest": "pipeline.cli.collection:ingest",
    "fsck": "pipeline.cli.collection:fsck",
    "site": "pipeline.cli.collection:site",
    "extract": "pipeline.cli.reading:extract",
    "verify": "pipeline.cli.reading:verify",
    "cite": "pipeline.cli.reading:cite",
    "freeze": "pipeline.cli.reading:freeze",
    "sql": "pipeline.cli.analysis:sql",
    "show": "pipeline.cli.analysis:show",
    "history": "pipeline.cli.analysis:history",
    "changes": "pipeline.cli.analysis:changes",
    "search": "pipeline.cli.analysis:search",
    "diff": "pipeline.cli.analysis:diff",
    "release": "pipeline.cli.analysis:release",
    "export": "pipeline.cli.analysis:export",
    "report": "pipeline.cli.analysis:report",
}
"""Command name to ``module:attribute``. Order is the order of ``iomdb --help``."""


class LazyCommands(click.Group):
    """A group whose commands are imported on use, so that ``iomdb sql`` never pays for Scrapy or Dagster."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names in the order of :data:`COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command, imported now, or None where no such name exists."""
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, attribute = target.partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command
