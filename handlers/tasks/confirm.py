"""Selesai, Urungkan, Saya kerjakan, dikerjakan kemarin or on another day, dikerjakan oleh a colleague."""

from datetime import date, timedelta

from handlers import conversation
from handlers.buttons import ButtonError
from handlers.cases.decision_words import decision_lines
from handlers.cases.monthly_card import services_button
from handlers.forms.beginning import begin
from handlers.looks.dates import date_words
from handlers.looks.markup import esc
from handlers.looks.questions import NotAnAnswerError, again, ask, cancel_button, day_said
from handlers.looks.screens import button, pressed, pressed_day, rows, screen, task_of, to_list, who
from handlers.looks.wording import _
from handlers.reply import Button, Reply, Say, reply
from handlers.routing import Routes
from handlers.tasks.cards import done_button, done_line, heading, is_monthly, show_task, view_button
from handlers.tasks.requirement_words import note_words, unmet_words
from handlers.tasks.task_words import duration_words, section, sections, subject_prefix, task_words
from handlers.visit import Visit
from sop_flows.actions.assign import take
from sop_flows.actions.confirm import confirm
from sop_flows.actions.undo import undo
from sop_flows.core.result import Outcome
from sop_flows.core.versions import declared
from sop_flows.errors import NeedsFormError, NotFoundError
from sop_flows.recording.requirements import Fact, facts_of, unmet
from sop_flows.staffing.task_rows import own_parts, refuse_closed
from sop_flows.views.task_history import story_of
from sop_flows.views.task_views import TaskLine, colleagues, task_line
from storage.tables import Officer, Run, RunState, Task, TaskState

NEXT_SHOWN = 3  # following steps named under a confirmation
PAST = "task_past"


def on_done(visit: Visit) -> Reply:
    """Selesai, today, by the officer."""
    return _confirm(visit, pressed(visit), None, None)


def on_after_all(visit: Visit) -> Reply:
    """A missed occurrence was done all the same: entered under its own date."""
    task = task_of(visit, pressed(visit))
    return _confirm(visit, pressed(visit), task.occurrence_on, None)


def on_yesterday(visit: Visit) -> Reply:
    """Dikerjakan kemarin."""
    return _confirm(visit, pressed(visit), visit.house.today(visit.now) - timedelta(days=1), None)


def on_other_day(visit: Visit) -> Reply:
    """Tanggal lain: asks which."""
    sentence = _("On which date was it done? Type it for example like this: 3 December, or 3/12.")
    return ask(visit, PAST, task_of(visit, pressed(visit)).id or 0, sentence)


def on_day_typed(visit: Visit) -> Reply:
    """The date of the work, typed."""
    row = conversation.current(visit)
    if row is None or row.task_id is None:
        return reply()
    task_id = row.task_id
    try:
        day = day_said(visit, "past")
    except NotAnAnswerError as error:
        return again(visit, error.sentence, task_id)
    answer = _confirm(visit, task_id, day, None)
    conversation.end(visit, PAST)
    return answer


def on_by(visit: Visit) -> Reply:
    """Dikerjakan oleh: which colleague, and (second number) how many days ago."""
    task_id = pressed(visit)
    task = task_of(visit, task_id)
    refuse_closed(visit.session, task)
    own_parts(visit.session, visit.house, who(visit), task)
    days = _days_ago(visit, 1)
    others = colleagues(visit.session, visit.house, task, who(visit))
    if not others:
        return show_task(visit, task_id, _("Nobody else has this role, so it can only be recorded for you."))
    names = [button(one.name, "task_by_who", task_id, one.id or 0, days) for one in others]
    day = _("today") if days == 0 else _("yesterday")
    switch = (
        button(_("It was yesterday"), "task_by", task_id, 1)
        if days == 0
        else button(_("It was today"), "task_by", task_id, 0)
    )
    line = task_line(visit.session, visit.house, task, who(visit), visit.now)
    text = heading(visit, line) + "\n" + _("Who did it {day}?").format(day=day)
    return screen(visit, text, (*rows(names), (switch, cancel_button(task_id))))


def on_by_chosen(visit: Visit) -> Reply:
    """The colleague who did the work; the officer records it."""
    doer = visit.session.get(Officer, pressed(visit, 1))
    if doer is None:
        raise NotFoundError
    day = visit.house.today(visit.now) - timedelta(days=_days_ago(visit, 2))
    return _confirm(visit, pressed(visit), day, doer)


def _days_ago(visit: Visit, position: int) -> int:
    """0 today, 1 yesterday: more is not on these buttons."""
    days = pressed(visit, position)
    if days not in (0, 1):
        raise ButtonError("neither today nor yesterday")
    return days


def on_take(visit: Visit) -> Reply:
    """Saya kerjakan."""
    take(visit.session, visit.house, who(visit), pressed(visit), visit.now, update_id=visit.update_id)
    return show_task(visit, pressed(visit), _("You are in charge of this task now."))


def on_undo(visit: Visit) -> Reply:
    """Urungkan."""
    undo(visit.session, visit.house, who(visit), pressed(visit), visit.now, update_id=visit.update_id)
    return show_task(visit, pressed(visit), _("Taken back. The step is open again."))


def on_done_anyway(visit: Visit) -> Reply:
    """Ya, selesaikan: what is not met is kept in the confirmation. Numbers: task, day of the work or 0, doer or 0."""
    day = pressed_day(visit) if pressed(visit, 1) else None
    doer = None
    if pressed(visit, 2):
        doer = visit.session.get(Officer, pressed(visit, 2))
        if doer is None:
            raise NotFoundError
    return _confirm(visit, pressed(visit), day, doer, anyway=True)


def _ask_anyway(
    visit: Visit, task: Task, facts: tuple[Fact, ...], done_on: date | None, done_by: Officer | None
) -> Reply:
    """Belum terpenuhi: ... Selesaikan juga?"""
    task_id = task.id or 0
    line = task_line(visit.session, visit.house, task, who(visit), visit.now)
    lines = [heading(visit, line), _("Not met yet:"), *(f"• {unmet_words(fact)}" for fact in facts)]
    lines.append(_("Finish it all the same?"))
    day = 0 if done_on is None else done_on.toordinal()
    doer = 0 if done_by is None else done_by.id or 0
    buttons = [button(_("Yes, finish"), "task_done_anyway", task_id, day, doer)]
    if task.cohort_id is not None:
        buttons.append(button(_("See the data"), "cohort_schools", task.cohort_id))
    return screen(visit, "\n".join(lines), (tuple(buttons), (cancel_button(task_id),)))


def _note(facts: tuple[Fact, ...]) -> str | None:
    """What the confirmation keeps of what was not met."""
    if not facts:
        return None
    return _("Not met: {facts}").format(facts="; ".join(note_words(fact) for fact in facts))


def _confirm(
    visit: Visit, task_id: int, done_on: date | None, done_by: Officer | None, *, anyway: bool = False
) -> Reply:
    task = task_of(visit, task_id)
    lacking: tuple[Fact, ...] = ()
    if task.state == TaskState.OPEN:
        own_parts(visit.session, visit.house, who(visit), task)
        _sop, step = declared(visit.session, task)
        lacking = unmet(facts_of(visit.session, task, step))
        if lacking and not anyway:
            return _ask_anyway(visit, task, lacking, done_on, done_by)
    note = _note(lacking)
    try:
        outcome = confirm(
            visit.session,
            visit.house,
            who(visit),
            task_id,
            visit.now,
            update_id=visit.update_id,
            done_on=done_on,
            done_by=done_by,
            note=note,
        )
    except NeedsFormError:
        return begin(visit, task_id, done_on, done_by, note)
    text, keyboard = done_screen(visit, outcome)
    if visit.press is not None:
        return screen(visit, text, keyboard)
    return reply(Say(text, keyboard, protect=True))


def done_screen(visit: Visit, outcome: Outcome) -> tuple[str, tuple[tuple[Button, ...], ...]]:
    """What stands in place of the card after Selesai: what was done, who is missing, what comes next."""
    officer, unit = who(visit), visit.house.pack.unit
    task_id = outcome.task.id or 0
    line = task_line(visit.session, visit.house, outcome.task, officer, visit.now)
    story = story_of(visit.session, outcome.task, officer, visit.now)
    said = [done_line(visit, line, story)]
    if line.case is not None:
        said = [subject_prefix(visit.session, line) + said[0]]
    if is_monthly(line):
        said = [f"✅ {task_words(visit.session, line)} · " + _("recorded")]
    if outcome.missing_roles:
        said = [
            "✅ "
            + _("Your part of SOP {number} step {step} is recorded.").format(
                number=esc(line.sop.number), step=line.step.step
            ),
            _("Still missing: {roles}").format(roles=esc(sections(unit, outcome.missing_roles))),
        ]
    buttons = [button(_("Undo"), "task_undo", task_id)]
    if story.has_record:
        buttons.append(view_button(task_id))
    if outcome.missing_roles and line.mine:  # one person with both roles
        said.append(_("Your part as {roles} is not done yet.").format(roles=esc(sections(unit, line.mine))))
        buttons.insert(0, done_button(task_id))
    if line.step.decision is not None:
        said += decision_lines(visit, line)
    words, following = next_steps(visit, outcome)
    said += words
    if outcome.task.running:
        following.append(services_button(outcome.task))
    return "\n".join(said), rows([*buttons, *following, to_list()])


def next_steps(visit: Visit, outcome: Outcome) -> tuple[list[str], list[Button]]:
    """What opened because of a confirmation: a line each, and a button for what is the officer's own."""
    said: list[str] = []
    buttons: list[Button] = []
    opened = [t for t in outcome.opened if t.state in (TaskState.OPEN, TaskState.WAITING)]
    shown = sorted(opened, key=lambda t: (t.run_id != outcome.task.run_id, t.id or 0))[:NEXT_SHOWN]
    for task in shown:
        line = task_line(visit.session, visit.house, task, who(visit), visit.now)
        said.append(_next_words(visit, line, task.run_id == outcome.task.run_id))
        if line.mine and task.state == TaskState.OPEN:
            label = _("Open step {step}").format(step=task.step)
            if task.run_id != outcome.task.run_id:
                label = _("Open {sop} step {step}").format(sop=task.sop, step=task.step)
            buttons.append(button(label, "task_open", task.id or 0))
    run = visit.session.get(Run, outcome.task.run_id)
    if not outcome.missing_roles and run is not None and run.state == RunState.CLOSED:
        said.insert(0, _("All steps of this SOP are finished."))
    return said, buttons


def _next_words(visit: Visit, line: TaskLine, same_run: bool) -> str:
    step = esc(line.step.short) if same_run else f"SOP {esc(line.sop.number)}, {esc(line.step.short)}"
    if line.task.state == TaskState.WAITING and line.task.opens_at is not None:
        day = date_words(visit.house.today(line.task.opens_at))
        return _("Next: {step}, from {day}.").format(step=step, day=day)
    time = duration_words(line.sop, line.step)
    if line.mine:
        return _("Next step: {step}.").format(step=f"{step}, {time}" if time else step)
    role = section(visit.house.pack.unit, line.parts[0].role) if line.parts else ""
    name = f"{line.assignee_name} ({role})" if line.assignee_name else role
    return _("Next step: {step}, with {who}.").format(step=step, who=esc(name))


ROUTES = Routes(
    presses={
        "task_done": on_done,
        "task_done_anyway": on_done_anyway,
        "task_after_all": on_after_all,
        "task_yesterday": on_yesterday,
        "task_past": on_other_day,
        "task_by": on_by,
        "task_by_who": on_by_chosen,
        "task_take": on_take,
        "task_undo": on_undo,
    },
    topics={PAST: on_day_typed},
)
