"""`pandu subject export` and `erase`: what is kept about one child, given out or taken away on somebody's request."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import click
from sqlmodel import Session, col, select

from bot.backups import KEPT
from bot.commands.options import find_officer, institution, print_json, refuse
from sop_flows.actions.people.subjects import (
    Erased,
    StillInCareError,
    Subject,
    being_taken_back,
    erase,
    exported,
    rows_of,
)
from sop_flows.core.work import Work
from sop_flows.errors import NeedsReasonError
from sop_flows.notifications.planning import working
from sop_flows.staffing.responsibility import name_of
from storage.queries import cohorts
from storage.tables import Case, Child, ReminderState

Command = Callable[..., None]
AS_SAID = {
    ReminderState.PENDING: "still waiting for the running bot",
    ReminderState.SENT: "changed",
    ReminderState.DROPPED: "turned into another screen",
    ReminderState.FAILED: "not in reach: gone, or the chat blocks the bot",
}


def of_subject(command: Command) -> Command:
    """`--cohort` with `--number`, or `--case`."""
    for option in (
        click.option("--case", "code", default="", help="The code name of a case, such as Kenanga."),
        click.option("--number", type=click.IntRange(min=1), help="The number of the child in it."),
        click.option("--cohort", default="", help="The name of an angkatan."),
    ):
        command = option(command)
    return command


@click.group("subject")
def subject_group() -> None:
    """What is kept about one child, when somebody who may asks for it."""


@subject_group.command("export")
@of_subject
def export_command(cohort: str, number: int | None, code: str) -> None:
    """Print all of it as JSON, in clear: for whom it concerns, and nobody else.

    Files are named, not contained. What is said here is no look of an officer and is not in the log of looks.
    """
    with institution() as opened, opened.store.reading() as s:
        subject = _find(s, cohort, number, code)
        print_json(exported(rows_of(Work(s, opened.house, opened.now), subject)))


@subject_group.command("erase")
@of_subject
@click.option("--by", metavar="NAME", required=True, help="The officer (name or id) who decided it.")
@click.option("--reason", default="", help="Why, in words; name nobody in it.")
@click.option("--confirm", is_flag=True, help="Do it; without it is only told what would go.")
def erase_command(cohort: str, number: int | None, code: str, by: str, reason: str, confirm: bool) -> None:
    """Take names, contacts, words and files away; what must stay stays without a name. Prints a certificate."""
    with institution() as opened:
        with opened.store.transaction() as s:
            subject = _find(s, cohort, number, code)
            officer = find_officer(s, "--by", by)
            decided = officer.name
            with working(s, opened.house, opened.now) as work:
                before = being_taken_back(work, subject)
                try:
                    gone = erase(work, subject, officer, reason)
                except StillInCareError:
                    refuse("the stay or the case goes on; what is recorded of it is still needed", 1)
                except NeedsReasonError:
                    refuse("--reason is needed")
            back = gone.taken_back
            whose = dict.fromkeys((*gone.seen_by, *back.changed, *back.files))
            names = {one: name_of(s, one) or str(one) for one in whose}
            if not confirm:
                s.rollback()
        if opened.store.owes_writing:  # that the contents of files are gone
            opened.store.write_now()
        at = opened.now.astimezone(opened.house.zone)
    whom = f"case {code}" if code else f"{cohort}, number {number}"
    click.echo(
        f"{'Erased' if confirm else 'Would be erased'}: {whom}, {at:%Y-%m-%d %H:%M}, decided by {decided}"
    )
    click.echo(f"Emptied: {_listed(gone.cells) or 'nothing'}; files {gone.files}")
    click.echo(f"Stays without a name: {_listed(gone.stays)}")
    for one, name in names.items():
        seen = gone.seen_by.get(one)
        looked = f"looked last on {seen.astimezone(at.tzinfo):%Y-%m-%d}" if seen else "was told"
        click.echo(f"{name} {looked}: {_chat(gone, one)}")
    if before:
        said = ", ".join(f"{count} {AS_SAID[state]}" for state, count in sorted(before.items()))
        click.echo(f"Messages of an erasure before: {said}")
    click.echo("Not in reach: messages of the last eight days, which go by themselves")
    click.echo(
        f"Not in reach: backups; the last one that has it goes on {at + timedelta(days=KEPT):%Y-%m-%d}"
    )
    if not confirm:
        click.echo("Nothing was changed. With --confirm it is.")


def _chat(gone: Erased, officer_id: int) -> str:
    """What becomes of what stands in the officer's chat."""
    changed, files = (of.get(officer_id, 0) for of in (gone.taken_back.changed, gone.taken_back.files))
    replaced = gone.taken_back.replaced.get(officer_id, 0)
    said = [f"messages that the bot changes in that chat: {changed}"] if changed else []
    said += [f"not in reach: files sent to that chat: {files}"] if files else []
    said += [f"of these on a phone that was replaced: {replaced}"] if replaced else []
    return "; ".join(said) or "nothing known in that chat"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _find(s: Session, cohort_name: str, number: int | None, code: str) -> Subject:
    if bool(code) == bool(cohort_name or number):
        refuse("give --cohort and --number, or --case")
    if code:
        case = s.exec(select(Case).where(col(Case.code_name) == code)).first()
        return case or refuse(f"--case: there is no case {code!r}")
    cohort = cohorts.find_named(s, cohort_name)
    if cohort is None:
        refuse(f"--cohort: there is no angkatan {cohort_name!r}")
    child = s.exec(select(Child).where(Child.cohort_id == cohort.id, Child.number == number)).first()
    return child or refuse(f"--number: there is no child {number} in {cohort_name}")
