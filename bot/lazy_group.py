"""A group of commands that are imported only when they are called: `--help` and its neighbours stay quick."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click


class Lazy(NamedTuple):
    """Where a command is, `run:run_command` of bot/commands, and what it does in a line of the help."""

    place: str
    short: str


class LazyGroup(click.Group):
    """Finds a command by its name without importing the others. Commands that are declared on it come first."""

    def __init__(self, *arguments: Any, lazy: Mapping[str, Lazy], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands, *self.lazy]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        module, _colon, attribute = self.lazy[cmd_name].place.partition(":")
        command: click.Command = getattr(import_module(f"bot.commands.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        said = [(name, command.get_short_help_str()) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl([*said, *((name, one.short) for name, one in self.lazy.items())])
