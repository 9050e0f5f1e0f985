"""`pandu`: one command per file in bot/commands/, imported only when it is called."""

import sys
from importlib import import_module

import click

COMMANDS = {
    "run": "run:run_command",
    "demo": "demo:demo_command",
    "invite": "invite:invite_command",
    "cohort": "cohort:cohort_group",
    "sop": "sop:sop_group",
    "officers": "reports:officers_command",
    "status": "reports:status_command",
    "tasks": "reports:tasks_command",
    "reminders": "reports:reminders_command",
    "confirmations": "reports:confirmations_command",
    "doctor": "doctor:doctor_command",
}
SHORT = {  # so that `pandu --help` need not import what each command needs
    "run": "Run the bot (polling; webhook when WEBHOOK_URL is set).",
    "demo": "Simulator and bot with an example angkatan; prints one address.",
    "invite": "Make an invitation for an officer.",
    "cohort": "Open an angkatan.",
    "sop": "Check a pack, list and show its SOPs.",
    "officers": "Who is enrolled.",
    "status": "Where each angkatan stands, per section.",
    "tasks": "Every task.",
    "reminders": "Every reminder.",
    "confirmations": "What officers confirmed.",
    "doctor": "What went wrong, and what needs a look.",
}


class LazyGroup(click.Group):
    """Finds a command by its name without importing the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _colon, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"bot.commands.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(SHORT.items()))


@click.group(cls=LazyGroup)
def pandu() -> None:
    """Pandu puts the right step of an SOP before the right officer at the right time."""


def main() -> None:
    """The program. Exit status 2: a setting or option is wrong; 1: the pack or the database is."""
    from bot.settings import SettingsError

    try:
        pandu()
    except SettingsError as error:
        _stop(str(error), 2)
    except Exception as error:
        # These come from packages that `pandu --help` need not import.
        if type(error).__name__ not in ("PackErrors", "SchemaError"):
            raise
        _stop(str(error), 1)


def _stop(words: str, status: int) -> None:
    for line in words.splitlines():
        click.echo(f"pandu: {line}", err=True)
    sys.exit(status)
