"""What follows one answer on a roll: the next child's card, a pause until tomorrow, or the end."""

from handlers.cards.done_screen import next_steps
from handlers.cards.task_card import kind_of, paper_buttons
from handlers.rolls.home_visit import visit_list
from handlers.rolls.roll_card import (
    child_card,
    is_roll_call,
    offer,
    paused_card,
    roll_name,
    school_card,
)
from handlers.rolls.roll_talk import Talk, show, talk_about
from handlers.rolls.weigh_words import summary_card
from handlers.ui.request import Reply, Request, button, pressed, rows, to_list, to_task, who
from handlers.ui.words import _, child_code, esc, ngettext
from sop_flows.core.result import Result
from sop_flows.recording.dependent_rolls import follower_of
from sop_flows.recording.records import FORM
from sop_flows.recording.roll_call import Roll, lock_roll
from sop_flows.staffing.responsibility import may_fill_roster
from sop_flows.staffing.roster import admins, holding
from storage.queries.rolls import RollRow, list_records
from storage.tables import EntryState, TaskState

CODES_SHOWN = 20  # numbers named under a finished roll; the rest stands in the list


def go_on(
    request: Request,
    roll: Roll,
    said: str = "",
    outcome: Result | None = None,
    *,
    after: int = 0,
    talk: Talk | None = None,
    anew: bool = False,
) -> Reply:
    """The card of the next child to ask for, with `said` (HTML) above it; the end when there is none.

    Args:
        after: the number just answered: the next higher open one follows, then from the start.
        talk: the officer's talk, when the caller has changed it.
    """
    if not roll.rows and not roll.others_open and outcome is None and roll.task.state == TaskState.OPEN:
        return no_list(request, roll, anew=anew)
    if outcome is not None or not roll.open_rows:
        return finished(request, roll, said, outcome, anew=anew)
    if is_asked_form(roll):
        return visit_list(request, roll, said)
    talk = talk or talk_about(request, roll.task_id)
    if is_roll_call(roll):
        talk.turn_to(0, said)
        talk.picked = []
        return show(request, roll, talk, *school_card(request, roll, talk), anew=anew)
    row = roll.next_row(after)
    if row is None:
        talk.turn_to(0, said)
        return show(request, roll, talk, *paused_card(request, roll, talk), anew=anew)
    return turn_to(request, roll, row.child_id, said, talk=talk, anew=anew)


def no_list(request: Request, roll: Roll, *, anew: bool = False) -> Reply:
    """There is no list of children yet, and the step waits for it (SOP 9.2.03 step 2)."""
    cohort_id = roll.task.cohort_id or 0
    lines = [f"<b>{roll_name(request, roll)}</b>", _("The list of children is not there yet.")]
    if may_fill_roster(request.work, who(request), cohort_id):
        label = _("Send the list of children")
        buttons = [button(label, "cohort_add", cohort_id, roll.task_id, style="success")]
    else:
        found = holding(request.work, "opens_cohorts", cohort_id) or admins(request.work)
        names = ", ".join(esc(one.name) for one in found)
        lines.append(_("{names} can send it; then each child is asked about here.").format(names=names))
        buttons = []
    keyboard = rows([*buttons, to_task(roll.task_id), to_list()])
    return show(request, roll, Talk(), "\n".join(lines), keyboard, anew=anew, last=True)


def turn_to(
    request: Request,
    roll: Roll,
    child_id: int,
    said: str = "",
    *,
    talk: Talk | None = None,
    anew: bool = False,
) -> Reply:
    """This child's card."""
    talk = talk or talk_about(request, roll.task_id)
    talk.turn_to(child_id, said)
    talk.fixing = roll.row_of(child_id).state != EntryState.OPEN
    offer(request, roll, talk)
    return show(request, roll, talk, *child_card(request, roll, talk), anew=anew)


def card_again(request: Request, roll: Roll, talk: Talk, said: str = "") -> Reply:
    """The same child's card once more, with another line above it."""
    if not any(row.child_id == talk.child_id for row in roll.rows):
        return go_on(request, roll, said, talk=talk)
    talk.said = said
    return show(request, roll, talk, *child_card(request, roll, talk))


def finished(
    request: Request, roll: Roll, said: str = "", outcome: Result | None = None, *, anew: bool = False
) -> Reply:
    """What came of the roll; nothing more is asked."""
    words, following = next_steps(request, outcome) if outcome is not None else ([], [])
    if roll.is_weighing:
        text, keyboard = summary_card(request, roll, roll_name(request, roll), said)
        tail = [*paper_buttons(request, roll.task), *following, to_list()]
    else:
        text, keyboard = _form_summary(request, roll, said), ()
        fix_verb = "visit_open" if is_asked_form(roll) else "roll_fix"
        fix = [button(_("Correct"), fix_verb, roll.task_id)] if roll.step.record is not None else []
        fix.append(button(_("See the list"), "roll_list", roll.task_id))
        undo = [button(_("Undo"), "task_undo", roll.task_id)] if outcome is not None else []
        close = (
            [button(_("Done"), "roll_close", roll.task_id, style="success")]
            if roll.task.state == TaskState.OPEN and _is_over(roll) and outcome is None
            else []
        )
        after = follower_of(request.session, roll)
        if after is not None:
            following.append(
                button(_("Open step {step}").format(step=after.step), "roll_open", after.id or 0)
            )
        papers = paper_buttons(request, roll.task)
        tail = [*close, *fix, *undo, *papers, *following, to_list()]
    text = "\n".join([text, *words])
    return show(request, roll, Talk(), text, (*keyboard, *rows(tail)), anew=anew, last=True)


def _is_over(roll: Roll) -> bool:
    return not roll.open_rows and not roll.others_open


def _form_summary(request: Request, roll: Roll, said: str) -> str:
    done = [row for row in roll.rows if row.state == EntryState.DONE]
    excused = [row for row in roll.rows if row.state == EntryState.EXCUSED]
    lines = [said] if said else []
    head = roll_name(request, roll)
    place = f"SOP {esc(roll.sop.number)}"
    if roll.step.record is not None and roll.step.record.effect is not None:
        return "\n".join([*lines, *_by_choice(request, roll, f"{place}, {head}")])
    lines.append(
        _("✅ {sop}, {name}: all {count} children are recorded.").format(
            sop=place, name=head, count=len(done)
        )
        if not excused
        else ngettext(
            "✅ {sop}, {name}: {count} recorded, {skipped} child skipped (No. {codes}).",
            "✅ {sop}, {name}: {count} recorded, {skipped} children skipped (No. {codes}).",
            len(excused),
        ).format(
            sop=place,
            name=head,
            count=len(done),
            skipped=len(excused),
            codes=", ".join(child_code(row.number) for row in excused[:CODES_SHOWN]),
        )
    )
    if roll.others_open:
        others = ngettext(
            "{count} child of another school is still to be recorded by its guru.",
            "{count} children of other schools are still to be recorded by their guru.",
            roll.others_open,
        )
        lines.append(others.format(count=roll.others_open))
    return "\n".join(lines)


def _by_choice(request: Request, roll: Roll, name: str) -> list[str]:
    """ "✅ ...: Hadir 23 dari 24", and by number who was given each of the other answers."""
    form = roll.step.record
    assert form is not None
    field = form.fields[0]
    records = {one.child_id: one.data for one in list_records(request.session, roll.task_id, FORM)}
    by_choice = {
        choice: [row for row in roll.rows if records.get(row.child_id, {}).get(field.key) == choice]
        for choice in field.choices
    }
    first, *others = field.choices
    lines = [
        _("✅ {name}: {choice} {count} of {total} children.").format(
            name=name, choice=esc(first.lower()), count=len(by_choice[first]), total=len(roll.rows)
        )
    ]
    for choice in others:
        if by_choice[choice]:
            codes = ", ".join(child_code(row.number) for row in by_choice[choice][:CODES_SHOWN])
            lines.append(f"{esc(choice)} {len(by_choice[choice])}: {codes}")
    return lines


def locked_row(request: Request) -> tuple[Roll, RollRow]:
    """The roll, locked, and the row of the button's child: numbers 0 and 1 of the press."""
    roll = lock_roll(request.work, who(request), pressed(request))
    return roll, roll.row_of(pressed(request, 1))


def is_asked_form(roll: Roll) -> bool:
    """Whether each child has a form of its own, question by question (SOP 9.1.12 step 3)."""
    return kind_of(roll.step) == "asked"
