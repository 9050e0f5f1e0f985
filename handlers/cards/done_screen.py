"""What stands in place of the card after Selesai: what was done, who is missing, what comes next."""

from handlers.cards.task_card import add_button, done_button, paper_buttons, view_button
from handlers.cases.decision_words import decision_lines
from handlers.cases.monthly_card import services_button
from handlers.ui.form_words import things
from handlers.ui.request import Button, Request, button, rows, to_list, who
from handlers.ui.words import (
    _,
    date_words,
    done_line,
    duration_words,
    esc,
    is_monthly,
    section,
    sections,
    subject_prefix,
    task_words,
)
from sop_flows.actions.alike import recorded_alike
from sop_flows.core.result import Result
from sop_flows.recording.records import still_asked
from sop_flows.views.task_views import TaskLine, history_of, task_line
from storage.tables import LIVE, Run, RunState, TaskState

NEXT_SHOWN = 3  # following steps named under a confirmation


def done_screen(request: Request, outcome: Result) -> tuple[str, tuple[tuple[Button, ...], ...]]:
    """What stands in place of the card after Selesai: what was done, who is missing, what comes next."""
    officer, unit = who(request), request.institution.pack.unit
    task_id = outcome.task.id or 0
    line = task_line(request.work, outcome.task, officer)
    story = history_of(request.work, line, officer)
    said = [done_line(request.work, line, story)]
    if line.case is not None:
        said = [subject_prefix(request.session, line) + said[0]]
    if is_monthly(line):
        said = [f"✅ {task_words(request.session, line)} · " + _("recorded")]
    if outcome.missing_roles:
        said = [
            "✅ "
            + _("Your part of SOP {number} step {step} is recorded.").format(
                number=esc(line.sop.number), step=line.step.step
            ),
            _("Still missing: {roles}").format(roles=esc(sections(unit, outcome.missing_roles))),
        ]
    buttons = [button(_("Undo"), "task_undo", task_id)]
    way_on = to_list()
    if outcome.task.incomplete_at is not None:
        asked = still_asked(request.session, outcome.task)
        said.append(_("Add {what}?").format(what=esc(things(asked))))
        buttons.insert(0, add_button(line))
        way_on = button(_("Not now"), "task_list")
        if line.sop.same_steps_as and (other := recorded_alike(request.work, outcome.task)) is not None:
            same = _("The same as {sop}").format(sop=other.sop)
            buttons.insert(0, button(same, "form_alike", other.id or 0))
    if story.has_record:
        buttons.append(view_button(task_id))
    if (outcome.task.sop, outcome.task.step) in request.work.pack.papers_at:
        buttons += paper_buttons(request, outcome.task)
    if outcome.missing_roles and line.mine:  # one person with both roles
        said.append(_("Your part as {roles} is not done yet.").format(roles=esc(sections(unit, line.mine))))
        buttons.insert(0, done_button(task_id))
    if line.step.decision is not None:
        said += decision_lines(request, line)
    words, following = next_steps(request, outcome)
    said += words
    if outcome.task.running:
        following.append(services_button(outcome.task))
    return "\n".join(said), rows([*buttons, *following, way_on])


def next_steps(request: Request, outcome: Result) -> tuple[list[str], list[Button]]:
    """What opened because of a confirmation: a line each, and a button for what is the officer's own."""
    said: list[str] = []
    buttons: list[Button] = []
    opened = [t for t in outcome.opened if t.state in LIVE]
    shown = sorted(opened, key=lambda t: (t.run_id != outcome.task.run_id, t.id or 0))[:NEXT_SHOWN]
    for task in shown:
        line = task_line(request.work, task, who(request))
        said.append(_next_words(request, line, task.run_id == outcome.task.run_id))
        if line.mine and task.state == TaskState.OPEN:
            label = _("Open step {step}").format(step=task.step)
            if task.run_id != outcome.task.run_id:
                label = _("Open {sop} step {step}").format(sop=task.sop, step=task.step)
            buttons.append(button(label, "task_open", task.id or 0))
    run = request.session.get(Run, outcome.task.run_id)
    if not outcome.missing_roles and run is not None and run.state == RunState.CLOSED:
        said.insert(0, _("All steps of this SOP are finished."))
    return said, buttons


def _next_words(request: Request, line: TaskLine, same_run: bool) -> str:
    step = esc(line.step.short) if same_run else f"SOP {esc(line.sop.number)}, {esc(line.step.short)}"
    if line.task.state == TaskState.WAITING and line.task.opens_at is not None:
        day = date_words(request.institution.today(line.task.opens_at))
        return _("Next: {step}, from {day}.").format(step=step, day=day)
    time = duration_words(line.sop, line.step)
    if line.mine:
        return _("Next step: {step}.").format(step=f"{step}, {time}" if time else step)
    role = section(request.institution.pack.unit, line.parts[0].role) if line.parts else ""
    name = f"{line.assignee_name} ({role})" if line.assignee_name else role
    return _("Next step: {step}, with {who}.").format(step=step, who=esc(name))
