"""`pandu`: one command per file in bot/commands/, imported only when it is called."""

import codecs
import gc
import io
import json
import sys

import click

from bot.lazy_group import Lazy, LazyGroup

# Objects that refer to each other in a circle are few here. To look for them as often as Python does costs a fifth of a
# start and a twelfth of a tap.
LOOKED_THROUGH_AFTER = (20_000, 20, 20)
COMMANDS = {
    "run": Lazy("run:run_command", "Run the bot (polling; webhook when WEBHOOK_URL is set)."),
    "demo": Lazy("demo:demo_command", "Simulator and bot with an example angkatan; prints one address."),
    "invite": Lazy("invite:invite_command", "Make an invitation for an officer."),
    "grant": Lazy("grant:grant_command", "Cases on a new phone, when no head can agree in chat."),
    "rekey": Lazy("rekey:rekey_command", "Seal everything under a new secret, while the bot runs."),
    "backup": Lazy("backup:backup_command", "Keep all of it in one sealed file, while the bot runs."),
    "restore": Lazy("backup:restore_command", "Lay a backup down in an empty place."),
    "cohort": Lazy("cohort:cohort_group", "Open an angkatan."),
    "sop": Lazy("sop:sop_group", "Check, show, draw, plan and compare packs of SOPs."),
    "paper": Lazy("paper:paper_group", "Draw the papers of a pack with invented data."),
    "officers": Lazy("reports:officers_command", "Who is enrolled."),
    "status": Lazy("reports:status_command", "Where each angkatan stands, per section."),
    "tasks": Lazy("reports:tasks_command", "Every task."),
    "reminders": Lazy("reminders:reminders_command", "Reminders: what was sent and what is to come."),
    "confirmations": Lazy("reports:confirmations_command", "What officers confirmed."),
    "reads": Lazy("audit:reads_command", "Who looked at which child."),
    "audit": Lazy("audit:audit_group", "Is what was recorded still what it was?"),
    "subject": Lazy("subject:subject_group", "What is kept about one child: give it out, take it away."),
    "doctor": Lazy("doctor:doctor_command", "What went wrong, and what needs a look."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def pandu() -> None:
    """Pandu puts the right step of an SOP before the right officer at the right time."""


def main() -> None:
    """The program. Exit status 2: a setting or option is wrong; 1: the pack or the database is, or
    another process has taken the unit; started again, it may work."""
    from bot.settings import SettingsError
    from storage.private_files import keep_private

    gc.set_threshold(*LOOKED_THROUGH_AFTER)
    keep_private()
    _speak_on_any_console()
    try:
        pandu()
    except SettingsError as error:
        _stop(str(error), 2)
    except Exception as error:
        # These come from packages that `pandu --help` need not import.
        kinds = {kind.__name__ for kind in type(error).__mro__}
        if kinds & {"PackErrors", "SchemaError", "NotOwnerError", "DatabaseError", "UnsealError"}:
            _stop(_line_of(error), 1)
        raise


def _line_of(error: Exception) -> str:
    """What happened; of what the database says only its own first line, never the statement with its values."""
    cause = getattr(error, "orig", None)
    if cause is None:
        return str(error)
    return "the database can't be used: " + (str(cause).strip().splitlines() or [type(cause).__name__])[0]


def _speak_on_any_console() -> None:
    """Write what a console without UTF-8 does not know as \\u2192, which JSON reads as well."""

    def escaped(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeEncodeError)
        return json.dumps(error.object[error.start : error.end])[1:-1], error.end

    codecs.register_error("escaped", escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="escaped")


def _stop(words: str, status: int) -> None:
    for line in words.splitlines():
        click.echo(f"pandu: {line}", err=True)
    sys.exit(status)
