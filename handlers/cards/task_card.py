"""The task card: what to do, by when, who, and the buttons that finish it. Used by every screen of a task."""

from collections.abc import Sequence

from handlers.cards.daily_card import show_day
from handlers.cards.requirement_words import tick_words
from handlers.cases.case_page import way_to_case
from handlers.cases.case_words import about
from handlers.cases.decision_words import decision_buttons, decision_lines
from handlers.cases.monthly_card import (
    end_button,
    month_buttons,
    month_text,
    running_line,
    services_button,
)
from handlers.ui.chosen_days import event_words, is_changeable
from handlers.ui.form_words import things
from handlers.ui.request import (
    Button,
    Keyboard,
    Reply,
    Request,
    Style,
    button,
    rows,
    screen,
    task_of,
    to_list,
    who,
)
from handlers.ui.words import (
    _,
    asks_note,
    bold,
    date_words,
    done_line,
    due_line,
    due_words,
    esc,
    is_monthly,
    moment_words,
    more,
    moved_words,
    name_of_task,
    ngettext,
    plain_date_words,
    section,
    sections,
    short_date_words,
    shorten,
    stamp_words,
    subject_prefix,
    subject_words,
)
from sop_flows.actions.candidates import heads_open_part
from sop_flows.actions.log import last_notes, takes_notes
from sop_flows.actions.reschedule import date_window
from sop_flows.declarations.sop import Step
from sop_flows.notifications.escalation.taken_on import taken_on
from sop_flows.recording.forms.answers import is_weighing
from sop_flows.recording.records import Fact, facts_of, still_asked
from sop_flows.staffing.responsibility import acting_roles, name_of, own_parts, refuse_closed
from sop_flows.views.missed import missed_before
from sop_flows.views.papers import papers_of_task
from sop_flows.views.roll_list import may_read_list
from sop_flows.views.task_views import TaskHistory, TaskLine, history_of, task_line
from storage.tables import CLOSED, LIVE, SAYABLE, Handover, Task, TaskState

NOTE_ON_CARD = 120  # characters of the newest obstacle on the card; the rest is in the folded part
CHECKLIST_ON_CARD = 4  # requirements; more of them are folded
REQUIREMENT_ON_CARD = 80  # characters of each; a longer one is folded in full

# Where the first button of a step leads, by its kind; the others are confirmed with "Selesai".
LEADS_TO = {
    "weigh": "weigh_start",
    "asked": "visit_open",
    "roll": "roll_open",
    "origins": "origin_open",
    "roll_call": "roll_open",
}


def kind_of(step: Step) -> str:
    """How a step is carried out: weigh, asked (a form for each child), roll, roll_call, origins (by school or
    Kab/Kota), choose_date, decision, running (or the monthly question about it), daily or plain."""
    if step.choose_date is not None:
        return "choose_date"
    if step.per is not None:
        if step.is_by_origin:
            return "origins"
        if step.record is not None and step.record.effect == "roll_call":
            return "roll_call"
        if is_weighing(step.record):
            return "weigh"
        return "asked" if step.record is not None and step.record.style == "asked" else "roll"
    if step.decision is not None:
        return "decision"
    if step.running:
        return "running"
    return "daily" if step.every is not None and step.every.card is not None else "plain"


def show_task(request: Request, task_id: int, note: str = "", below: Keyboard = ()) -> Reply:
    """The card of a task as a screen (of a daily step: its day); `note` (HTML) stands above it, `below` the buttons
    after its own."""
    task = task_of(request, task_id)
    if task.card is not None and task.state != TaskState.WAITING:
        return show_day(request, task, note, below)
    text, keyboard = task_card(request, task_id)
    return screen(request, f"{note}\n\n{text}" if note else text, (*keyboard, *below))


def task_card(request: Request, task_id: int) -> tuple[str, Keyboard]:
    """Text (HTML) and buttons of a task as it is now, for the officer who looks.

    Raises:
        NotFoundError: no such task.
    """
    task = task_of(request, task_id)
    line = task_line(request.work, task, who(request))
    story = history_of(request.work, line, who(request))
    if task.state in SAYABLE:
        return card_text(request, line, story), open_buttons(request, line, story)
    if task.state == TaskState.WAITING:
        return card_text(request, line, story), _waiting_buttons(request, line)
    return closed_text(request, line, story), (
        *closed_buttons(request, line, story),
        *rows(way_to_case(request, line.case)),
    )


# --- text ---------------------------------------------------------------------------------------------------


def heading(request: Request, line: TaskLine) -> str:
    """ "SOP 9.2.01 Orientasi · langkah 3 dari 6", with the angkatan when two are open."""
    if is_monthly(line):
        return f"{subject_prefix(request.session, line)}<b>{name_of_task(line)}</b>"
    place = _("step {step} of {last}").format(step=line.step.step, last=line.sop.steps[-1].step)
    subject = subject_words(request.session, line)
    top = f"<b>SOP {esc(line.sop.number)} {esc(line.sop.title)}</b> · {place}"
    return subject_prefix(request.session, line) + top + (f"\n{subject}" if subject else "")


def own_heading(request: Request, task_id: int) -> str:
    """The heading of an open task that is the officer's; raises what a rule refuses."""
    task = task_of(request, task_id)
    refuse_closed(request.session, task)
    own_parts(request.work, who(request), task)
    return heading(request, task_line(request.work, task, who(request)))


def card_text(request: Request, line: TaskLine, story: TaskHistory) -> str:
    """At most ten lines; the rest is folded."""
    step = line.step
    if is_monthly(line):
        return month_text(request, line)
    said = [heading(request, line), esc(step.prompt or step.activity)]
    if line.case is not None:  # while it is open: what whoever has a step of the case may know of the child
        said.insert(1, " · ".join(about(line.case)))
    if step.decision is not None and line.task.state == TaskState.OPEN:
        said += decision_lines(request, line)
    facts = facts_of(request.session, line.task, step)
    if facts:
        ticks = "  ".join(tick_words(fact, REQUIREMENT_ON_CARD) for fact in facts[:CHECKLIST_ON_CARD])
        said.append(_("Make sure: {ticks}").format(ticks=ticks))
    said.append(_timing(request, line))
    said.append(esc(event_words(request.session, line.task, request.today)))
    said.append(_people(request, line))
    said += _taken_on(request, line)
    if story.offer is not None:
        said.append(_offer_words(request, story.offer))
    if story.returned is not None and story.offer is None:
        said.append(
            _("Returned by {who}: {note}").format(
                who=esc(story.returned.who), note=esc(shorten(story.returned.note, NOTE_ON_CARD))
            )
        )
    if story.obstacles:
        newest = story.obstacles[0]
        said.append(
            _("Obstacle: {note} · {who}").format(
                note=esc(shorten(newest.note, NOTE_ON_CARD)), who=esc(newest.who)
            )
        )
    if story.moved:
        newest = story.moved[0]
        words = _("Moved by {who}: {note}").format(
            who=esc(newest.who), note=esc(shorten(newest.note, NOTE_ON_CARD))
        )
        said.append(" · ".join([words, *filter(None, [moved_words(len(story.moved), story.moved_from)])]))
    if takes_notes(line.task, step) and tasks_may_act(request, line):
        said += _log_lines(request, line)
    if story.draft_at is not None:
        when = stamp_words(story.draft_at, request.now, request.institution.zone)
        said.append(_("You have a draft of {when}.").format(when=when))
    if story.files:
        said.append(
            ngettext("{count} file attached", "{count} files attached", story.files).format(count=story.files)
        )
    folded = more(*_folded(line, story, facts))
    return "\n".join([*(one for one in said if one), *([folded] if folded else [])])


def _timing(request: Request, line: TaskLine) -> str:
    institution, task = request.institution, line.task
    if task.state == TaskState.WAITING and task.opens_at is not None:
        opens = _("Opens {day}").format(day=date_words(institution.today(task.opens_at)))
        return f"{opens} · {due_line(line, request.now, institution.zone)}"
    if task.running and task.state == TaskState.OPEN:
        return f"{running_line(request, task)}\n{due_line(line, request.now, institution.zone)}"
    if line.step.choose_date is not None:
        if task.chosen_on is not None:
            day = date_words(task.chosen_on)
            late = "⏰ " + bold(_("Late")) + " · " if line.is_late else ""
            return late + _("Date chosen: {day}").format(day=day)
        proposed = date_window(request.work, task)[2]
        if proposed < request.today:
            stood = _("Nobody chose a date: the proposal stood, {day}").format(day=date_words(proposed))
            return f"{stood}\n{due_line(line, request.now, institution.zone)}"
        return _("No date chosen yet. Proposal: {day}").format(day=date_words(proposed))
    return due_line(line, request.now, institution.zone)


def _people(request: Request, line: TaskLine) -> str:
    """Who is in charge; of a joint step, who has done its part and who is missing."""
    unit = request.institution.pack.unit
    if len(line.parts) > 1:
        done = [part.role for part in line.parts if part.state == TaskState.DONE]
        missing = [part.role for part in line.parts if part.state in LIVE]
        said = []
        if done:
            said.append(_("Done: {roles}").format(roles=esc(sections(unit, done))))
        said.append(_("Still missing: {roles}").format(roles=esc(sections(unit, missing))))
        return " · ".join(said)
    if not line.parts:
        return ""
    role = line.parts[0].role
    if line.is_mine:
        return _("In charge: you")
    if line.instead_of is not None and line.deputy:
        return _("In charge: you, deputising for {name}").format(name=esc(line.instead_of))
    if line.assignee_name is not None and line.deputy is not None:
        return _away_words(request, line, role)
    if line.assignee_name is not None:
        return _("In charge: {name} ({role})").format(
            name=esc(line.assignee_name), role=esc(section(unit, role))
        )
    return _("{role} · nobody has taken it yet").format(role=esc(section(unit, role)))


def _taken_on(request: Request, line: TaskLine) -> list[str]:
    """ "Ditangani Bu Dewi sejak kemarin" of a late step whose head took it on."""
    if not line.is_late:
        return []
    found = [one for part in line.parts if (one := taken_on(request.session, line.task, part)) is not None]
    if not found:
        return []
    newest = max(found, key=lambda one: one.id or 0)
    today = request.institution.today(request.now)
    return [
        _("Handled by {name} since {day}").format(
            name=esc(name_of(request.session, newest.officer_id) or ""),
            day=plain_date_words(request.institution.today(newest.acknowledged_at), today),
        )
    ]


def _away_words(request: Request, line: TaskLine, role: str) -> str:
    """Who is in charge and on leave, and who deputises."""
    named = esc(f"{line.assignee_name} ({section(request.institution.pack.unit, role)})")
    if line.deputy:
        return _("In charge: {name}, on leave. Deputy: {deputy}").format(name=named, deputy=esc(line.deputy))
    return _("In charge: {name}, on leave").format(name=named)


def _offer_words(request: Request, offer: Handover) -> str:
    """ "Ditawarkan kepada Citra, menunggu jawaban sampai besok, 16.00", or who offers it to the officer."""
    until = due_words(offer.ends_at, request.now, request.institution.zone)
    if offer.to_id == who(request).id:
        giver = esc(name_of(request.session, offer.from_id) or "")
        return _("{name} asks you to take this over. Answer by {until}.").format(name=giver, until=until)
    colleague = esc(name_of(request.session, offer.to_id) or "")
    return _("Offered to {name}, who has until {until} to answer.").format(name=colleague, until=until)


def _log_lines(request: Request, line: TaskLine) -> list[str]:
    """The last dated notes of a step that goes on for weeks, the newest first."""
    return [
        f"• {short_date_words(note.on)}: {esc(shorten(note.words, NOTE_ON_CARD))} · {esc(note.who)}"
        for note in last_notes(request.session, line.task)
    ]


def _folded(line: TaskLine, story: TaskHistory, facts: Sequence[Fact]) -> list[str]:
    step = line.step
    cut = [str(one.requirement) for one in facts[:CHECKLIST_ON_CARD]]
    said = [esc(words) for words in cut if len(words) > REQUIREMENT_ON_CARD]
    said += [tick_words(fact) for fact in facts[CHECKLIST_ON_CARD:]]
    if line.sop.equipment:
        said.append(_("Equipment: {items}").format(items=esc(", ".join(line.sop.equipment))))
    if step.output:
        said.append(_("Output: {output}").format(output=esc(step.output)))
    if step.activity.strip() and step.activity.strip() != step.prompt:
        said.append(_("In the SOP: “{words}”").format(words=esc(step.activity.strip())))
    for obstacle in story.obstacles[:3]:
        if len(obstacle.note) > NOTE_ON_CARD or obstacle is not story.obstacles[0]:
            said.append(_("Obstacle: {note} · {who}").format(note=esc(obstacle.note), who=esc(obstacle.who)))
    return said


def closed_text(request: Request, line: TaskLine, story: TaskHistory) -> str:
    """What became of a task that is no longer open: by whom and when, or why not."""
    task, zone = line.task, request.institution.zone
    if task.state == TaskState.DONE:
        text = f"{subject_prefix(request.session, line)}{done_line(request.work, line, story)}"
        if not asks_note(line):
            text += "\n" + (name_of_task(line) if is_monthly(line) else esc(line.short))
        if line.step.decision is not None:
            text = "\n".join([text, *decision_lines(request, line)])
        elif story.said is not None and story.said.note:
            text += "\n" + _("Note: {note}").format(note=esc(shorten(story.said.note, NOTE_ON_CARD)))
        if task.incomplete_at is not None:
            names = things(still_asked(request.session, task))
            text += "\n" + _("Not complete yet: {what}").format(what=esc(names))
        return text
    top = heading(request, line)
    when = "" if task.closed_at is None else moment_words(task.closed_at, request.now, zone)
    if task.state == TaskState.WITHDRAWN:
        return top + "\n" + _("This step is no longer needed.")
    if task.state == TaskState.MISSED:
        day = plain_date_words(task.occurrence_on) if task.occurrence_on is not None else ""
        return f"{top}\n" + _("Missed on {day}. If it was done all the same, you can still enter it.").format(
            day=day
        )
    if task.close_reason == "no_children":
        return top + "\n" + _("No child is marked for this step, so there is nothing to do.")
    said = f"{top}\n" + _("Skipped by {who}, {when}.").format(who=esc(story.doer or "-"), when=when)
    if story.said is not None and story.said.note:
        said += "\n" + _("Reason: {note}").format(note=esc(story.said.note))
    return said


# --- buttons ------------------------------------------------------------------------------------------------


def may_take(line: TaskLine) -> bool:
    """Whether "Saya kerjakan" makes sense: it is the officer's, and nobody is in charge, or is here."""
    left_alone = line.instead_of is not None and not line.deputy
    return any(
        part.role in line.mine and (part.assignee_id is None or left_alone) and part.state in LIVE
        for part in line.parts
    )


def main_button(request: Request, line: TaskLine) -> list[Button]:
    """The button that finishes the step, or leads to where it is done."""
    task_id, kind = line.task.id or 0, kind_of(line.step)
    if kind == "choose_date":
        chosen = line.task.chosen_on is not None
        if not chosen and date_window(request.work, line.task)[2] < request.today:
            return [done_button(task_id)]  # its day is over: nobody is asked for it any more
        choose = button(_("Choose another date") if chosen else _("Choose date"), "parents_choose", task_id)
        is_the_day = line.due_at is not None and request.institution.today(
            line.due_at
        ) <= request.institution.today(request.now)
        return [done_button(task_id), choose] if is_the_day else [choose]
    if kind == "decision":
        return decision_buttons(request, line)
    if asks_note(line):
        return [note_button(task_id, style="success"), done_button(task_id, style=None)]
    if kind == "running" and not is_monthly(line):
        return [end_button(request, line.task)]
    if kind in LEADS_TO:
        return [button(_("Start"), LEADS_TO[kind], task_id, style="success")]
    asks = line.step.event is not None and is_changeable(request.session, line.task, request.today)
    return [
        done_button(task_id),
        *([button(_("Choose another date"), "parents_choose", task_id)] if asks else []),
    ]


def view_button(task_id: int) -> Button:
    """ "Lihat isian"."""
    return button(_("See what was entered"), "form_view", task_id)


def paper_buttons(request: Request, task: Task, child_id: int | None = None) -> list[Button]:
    """The papers of the step, for whoever may make them; of one child those that it has of its own."""
    papers, task_id = request.work.pack.papers.papers, task.id or 0
    names = papers_of_task(request.work, who(request), task)
    if child_id is None:
        return [button(papers[name].short, "paper", task_id, 0, tag=name) for name in names]
    return [
        button(papers[name].short, "paper_sheet", task_id, child_id, tag=name)
        for name in names
        if papers[name].each == "child"
    ]


def add_button(line: TaskLine) -> Button:
    """ "Tambah": what is recorded after the step is done; [Lengkapi isian] by school or Kab/Kota."""
    task_id = line.task.id or 0
    if line.step.is_by_origin:
        return button(_("Add the rest"), "origin_open", task_id)
    return button(_("Add"), "form_add", task_id, 0)


def sop_button(line: TaskLine) -> Button:
    """ "Lihat SOP": the handbook at this step, with the way back to the card."""
    return button(_("See the SOP"), "book_open", 0, line.task.id or 0, tag=line.sop.number)


def done_button(task_id: int, style: Style | None = "success") -> Button:
    """ "Selesai"."""
    return button(_("Done"), "task_done", task_id, style=style)


def note_button(task_id: int, style: Style | None = None) -> Button:
    """ "+ Catatan"."""
    return button(_("+ Note"), "task_log", task_id, style=style)


def files_button(line: TaskLine, story: TaskHistory) -> list[Button]:
    """[Lampiran] where something is attached, or places are recorded."""
    form = line.step.record
    has_places = form is not None and any(field.kind == "location" for field in form.fields)
    if not story.files and not has_places:
        return []
    return [button(_("Attachments"), "files_task", line.task.id or 0)]


def open_buttons(request: Request, line: TaskLine, story: TaskHistory) -> Keyboard:
    """Selesai or Mulai, Hambatan, Ingatkan lagi, Lainnya…; "Saya kerjakan" when nobody has it."""
    task_id = line.task.id or 0
    own_done = bool(line.parts) and not line.mine and story.may_undo
    if not tasks_may_act(request, line):
        return _onlooker_buttons(request, line, story)
    if own_done and line.task.state in SAYABLE:
        seen = [view_button(task_id)] if story.has_record else []
        return rows([button(_("Undo"), "task_undo", task_id), *seen, sop_button(line), to_list()])
    lines: Keyboard = ()
    first = main_button(request, line)
    if is_monthly(line):
        lines, first = month_buttons(request, line)
    buttons = [*first, button(_("Obstacle"), "task_obstacle", task_id)]
    if may_take(line):
        buttons.insert(1, button(_("I will do it"), "task_take", task_id))
    lasts = line.step.lasting is not None or (line.step.record is not None and line.step.record.ask == "log")
    if lasts and line.task.state == TaskState.OPEN:
        if not asks_note(line):
            buttons.insert(1, note_button(task_id))
        if len(last_notes(request.session, line.task)) > 1:
            buttons.append(button(_("All notes"), "log_all", task_id))
    if line.step.event is None and is_changeable(request.session, line.task, request.today):
        buttons.append(button(_("Choose another date"), "parents_choose", task_id))
    buttons += [
        button(_("Remind me again"), "task_snooze", task_id),
        button(_("More…"), "task_more", task_id),
        to_list(),
    ]
    if line.step.executor_may == "roster" and line.cohort is not None:
        buttons.insert(1, button(_("Send the list of children"), "cohort_add", line.cohort.id or 0, task_id))
    if story.has_record:  # the first part of a joint step has filled in its form
        buttons.append(view_button(task_id))
    buttons += files_button(line, story)
    if story.offer is not None and story.offer.from_id == who(request).id:
        buttons.append(button(_("Take back the offer"), "task_offer_back", task_id, story.offer.id or 0))
    if (former := missed_before(request.session, line.task)) is not None:
        buttons.append(button(_("Enter the missed one"), "task_open", former.id or 0))
    if line.task.running:
        buttons.append(services_button(line.task))
    if story.offer is not None and story.offer.to_id == who(request).id:
        lines = (tuple(offer_buttons(story.offer)), *lines)
    return (*lines, *rows([*buttons, *way_to_case(request, line.case)]))


def offer_buttons(offer: Handover) -> list[Button]:
    """[Terima] [Kembalikan] of a task that a colleague offers."""
    return [
        button(_("Accept"), "task_offer_yes", offer.task_id, offer.id or 0, style="success"),
        button(_("Return"), "task_offer_no", offer.task_id, offer.id or 0),
    ]


def _onlooker_buttons(request: Request, line: TaskLine, story: TaskHistory) -> Keyboard:
    """For whoever may not do it; a head can still name who is in charge."""
    task_id = line.task.id or 0
    buttons = [sop_button(line)]
    if heads_open_part(request.work, who(request), line.task):
        buttons.insert(0, button(_("Hand to a colleague"), "task_give", task_id))
        buttons.append(button(_("‹ Status"), "status_open"))
    buttons += [*list_button(request, line), *files_button(line, story)]
    return rows([*buttons, *way_to_case(request, line.case), to_list()])


def list_button(request: Request, line: TaskLine) -> list[Button]:
    """[Lihat daftar] of a roll, for whoever may read it."""
    if (
        line.step.per is None
        or not line.step.is_roll
        or not may_read_list(request.work, who(request), line.task, line.step)
    ):
        return []
    return [button(_("See the list"), "roll_list", line.task.id or 0)]


def tasks_may_act(request: Request, line: TaskLine) -> bool:
    """Whether the officer may say anything about the task."""
    return bool(acting_roles(request.work, who(request), line.task))


def _waiting_buttons(request: Request, line: TaskLine) -> Keyboard:
    task_id = line.task.id or 0
    buttons = [button(_("I will do it"), "task_take", task_id)] if may_take(line) else []
    if is_changeable(request.session, line.task, request.today):
        buttons.append(button(_("Choose another date"), "parents_choose", task_id))
    buttons.append(button(_("Reminders"), "task_when", task_id))
    return rows([*buttons, sop_button(line), to_list()])


def closed_buttons(request: Request, line: TaskLine, story: TaskHistory) -> Keyboard:
    """Undo while it can be undone; a missed occurrence can still be entered."""
    task_id = line.task.id or 0
    buttons = []
    if line.task.state in CLOSED and story.may_undo:
        buttons.append(button(_("Undo"), "task_undo", task_id))
    if line.task.state == TaskState.MISSED:
        verb = LEADS_TO.get(kind_of(line.step))
        buttons.append(
            button(_("It was done"), "task_after_all", task_id)
            if verb is None
            else button(_("Enter it now"), verb, task_id)
        )
    if line.task.incomplete_at is not None and tasks_may_act(request, line):
        buttons.append(add_button(line))
    if story.has_record:
        buttons.append(view_button(task_id))
    if line.case is not None and line.task.state == TaskState.DONE and tasks_may_act(request, line):
        buttons.append(note_button(task_id))
    if line.task.state == TaskState.DONE and kind_of(line.step) in LEADS_TO:
        buttons += list_button(request, line)
        if tasks_may_act(request, line):
            buttons.append(button(_("Open it"), LEADS_TO[kind_of(line.step)], task_id))
    buttons += paper_buttons(request, line.task)
    return rows([*buttons, *files_button(line, story), sop_button(line), to_list()])
