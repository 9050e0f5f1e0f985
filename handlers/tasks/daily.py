"""The buttons of the daily card (SOP 9.2.12): ticks, three meals, "Semua terlaksana", "Saya piket"."""

from collections.abc import Sequence

from handlers.cards.daily_card import show_day
from handlers.forms.beginning import begin
from handlers.ui.request import About, Reply, Request, button, pressed, rows, screen, task_of, to_list, word
from handlers.ui.routing import Routes, merge
from handlers.ui.words import _, child_code, clock_words, esc, shorten
from sop_flows.actions.assign import take_house_duty
from sop_flows.actions.confirm import confirm
from sop_flows.actions.daily import Handover, complete, daily_of, handover, tick, undo_last_tap
from sop_flows.core.states import parts_of
from sop_flows.engine.shifts import shift_changes
from sop_flows.errors import NeedsFormError
from storage.tables import Cohort, Task

LINES_ON_HANDOVER = 6
NOTE_MAX = 100


def on_step_done(request: Request) -> Reply:
    """One step of the day, without the others."""
    task = task_of(request, pressed(request))
    on = min(
        task.occurrence_on or request.institution.today(request.now), request.institution.today(request.now)
    )
    try:
        confirm(request.work, task.id or 0, done_on=on)  # fmt: skip
    except NeedsFormError:
        return begin(request, task.id or 0, on, None)
    return show_day(request, task)


def on_tick(request: Request) -> Reply:
    """One meal."""
    task_id = pressed(request)
    tick(request.work, task_id, word(request))
    return show_day(request, task_of(request, task_id))


def on_all(request: Request) -> Reply:
    """Semua terlaksana."""
    task_id = pressed(request)
    complete(request.work, task_id)
    task = task_of(request, task_id)
    left = [one for one in daily_of(request.work, task).steps if one.is_open]
    if left:
        return show_day(request, task, "✅ " + _("Recorded what has been so far; the rest is still to come."))
    return show_day(request, task, "✅ " + _("All recorded. Thank you."))


def on_undo(request: Request) -> Reply:
    """Urungkan: what the last tap on this card recorded."""
    task_id = pressed(request)
    undo_last_tap(request.work, task_id)
    return show_day(request, task_of(request, task_id), _("Taken back."))


def on_duty(request: Request) -> Reply:
    """[Saya piket] on the card of a day, [Piket], /piket: one duty for the whole house; what is not finished, who is ill,
    and notes; of several angkatan each has its line."""
    taken = take_house_duty(request.work)
    if not taken:
        return screen(request, _("No daily task is open now that could be yours."), rows([to_list()]))
    said = [f"<b>{_duty_words(request)}</b>"]
    if len(taken) > 1:
        opens = []
        for cohort_id, tasks in taken.items():
            cohort = request.session.get_one(Cohort, cohort_id)
            found = handover(request.work, cohort_id, _roles_of(request, tasks))
            line = _("{cohort}: not finished {count}").format(
                cohort=esc(cohort.name), count=len(found.unfinished)
            )
            said.append(" · ".join([f"• {line}", *_ill_words(found)]))
            opens.append(button(cohort.name, "task_open", tasks[0].id or 0))
        return screen(request, "\n".join(said), rows([*opens, to_list()]))
    ((cohort_id, tasks),) = taken.items()
    found = handover(request.work, cohort_id, _roles_of(request, tasks))
    if found.unfinished:
        said.append(_("Not finished: {count}").format(count=len(found.unfinished)))
        said += [f"• {esc(step.short)}" for _task, step in found.unfinished[:LINES_ON_HANDOVER]]
    said += _ill_words(found) or [_("No child is marked as ill.")]
    for step, note in found.notes[:LINES_ON_HANDOVER]:
        said.append(
            _("Note, {step}: {note} · {who}").format(
                step=esc(step.short), note=esc(shorten(note.note, NOTE_MAX)), who=esc(note.who)
            )
        )
    return screen(
        request, "\n".join(said), rows([button(_("Open"), "task_open", tasks[0].id or 0), to_list()])
    )


def _duty_words(request: Request) -> str:
    shift = shift_changes(request.institution, request.now)
    if shift is None:
        return _("You are on duty now.")
    return _("You are on duty until {clock}.").format(clock=clock_words(shift[1], request.institution.zone))


def _ill_words(found: Handover) -> list[str]:
    numbers = ", ".join(child_code(number) for number in found.ill)
    return [_("Ill or marked: No. {numbers}").format(numbers=numbers)] if numbers else []


def _roles_of(request: Request, tasks: Sequence[Task]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.role for task in tasks for part in parts_of(request.session, task)))


ROUTES = merge(
    Routes(
        About.CARD,
        presses={"day_done": on_step_done, "day_tick": on_tick, "day_all": on_all, "day_undo": on_undo},
    ),
    Routes(
        About.NOTHING,
        commands={"piket": on_duty},
        presses={"day_duty": on_duty, "duty_house": on_duty},
    ),
)
