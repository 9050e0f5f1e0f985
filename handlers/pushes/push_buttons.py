"""The buttons of a push: what finishes a step, what answers an offer, where a notice leads."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from handlers.cards.task_card import LEADS_TO, done_button, kind_of, may_take, note_button, offer_buttons
from handlers.ui.request import Button, Keyboard, button, rows
from handlers.ui.words import LABEL_MAX, _, asks_note, brief_cohort, shorten
from sop_flows.core.notices import (
    CaseGiven,
    CaseHidden,
    CaseOpened,
    CaseReopened,
    CasesAllowed,
    CasesAsked,
    CasesLeft,
    CohortMoved,
    IncidentClosed,
    IncidentReported,
    Joined,
    LateReminded,
    LeaveBegins,
    LeaveDeputy,
    LeaveEnded,
    LeaveRecorded,
    LeaveUncovered,
    LeftOut,
    NewCaseHidden,
    NewPlan,
    Notice,
    NurseFlags,
    Offered,
    ParentsHidden,
    PinReset,
    PinShut,
    PlanTaken,
    RecordsHidden,
    ReportAccepted,
    ReportAnswered,
    ReportAsked,
    Reported,
    RetentionOver,
    ServicesEnd,
    StayLeft,
    StayOver,
    StepsPast,
    Unreachable,
    VisitVoid,
    WeighInDone,
    WeightLost,
    read_notice,
)
from sop_flows.core.work import Institution, Work
from sop_flows.recording.records import asked_first
from sop_flows.views.task_views import TaskLine, several_cohorts_open
from storage.tables import Handover, HandoverState, Reminder, TaskState

TIMED = 3  # timed steps that get a button of their own in a list


def task_buttons(line: TaskLine, institution: Institution, now: datetime, child_id: int = 0) -> Keyboard:
    """What finishes it, Buka, "Saya kerjakan" when nobody has it, Ingatkan lagi."""
    task_id = line.task.id or 0
    kind = kind_of(line.step)
    buttons: list[Button] = []
    is_own = line.task.state == TaskState.OPEN and line.mine
    if asks_note(line) and is_own:
        buttons.append(note_button(task_id, style="success"))
    elif kind == "plain" and is_own:
        buttons.append(done_button(task_id))
    elif not child_id:
        buttons += _leading_on(line, institution, now)
    buttons.append(to_step(line, [child_id] if child_id else []))
    if may_take(line):
        buttons.append(button(_("I will do it"), "task_take", task_id))
    buttons.append(button(_("Remind me again"), "task_snooze", task_id, child_id))
    return rows(buttons)


def to_step(line: TaskLine, children: Sequence[int] = ()) -> Button:
    """[Buka]: the card of a step; of a visit the child's card, of several their list."""
    task_id = line.task.id or 0
    if kind_of(line.step) != "asked" or not children:
        return button(_("Open"), "task_open", task_id)
    return button(_("Open"), "visit_open", task_id, *(children if len(children) == 1 else ()))


def _leading_on(line: TaskLine, institution: Institution, now: datetime) -> list[Button]:
    """ "Mulai" of a roll, "Pilih tanggal" of the parents' visit, "Selesai" once its day has come."""
    kind, task_id = kind_of(line.step), line.task.id or 0
    day_has_come = line.due_at is not None and institution.today(line.due_at) <= institution.today(now)
    if kind == "choose_date" and day_has_come and line.task.state == TaskState.OPEN and line.mine:
        return [done_button(task_id), button(_("See the list"), "parents_list", task_id)]
    if kind == "choose_date" and line.task.chosen_on is None:
        return [button(_("Choose date"), "parents_choose", task_id)]
    if kind == "choose_date" and line.task.state == TaskState.OPEN and line.mine:
        return [
            button(_("All is ready"), "parents_ready", task_id),
            button(_("See the list"), "parents_list", task_id),
        ]
    if kind in LEADS_TO and line.task.state == TaskState.OPEN and line.mine:
        return [button(_("Start"), LEADS_TO[kind], task_id, style="success")]
    return []


def several_button(lines: Sequence[TaskLine]) -> list[Button]:
    """[Tandai beberapa] of a list with several steps that one tap finishes."""
    plain = [
        line
        for line in lines
        if kind_of(line.step) == "plain" and not asked_first(line.task, line.step) and line.mine
    ]
    return [button(_("Tick several"), "several_open")] if len(plain) > 1 else []


def timed_buttons(work: Work, lines: Sequence[TaskLine]) -> Keyboard:
    """ "Mulai" and "Pilih tanggal" of the timed steps in a list; each says of what, if need be of which angkatan."""
    # The visits of one roll are one button: it opens their list.
    once = {line.task.id: line for line in lines}.values()
    found = [(line, its) for line in once if (its := _leading_on(line, work.institution, work.now))]
    told = [line.short for line, _its in found]
    # One roll that begins says enough by itself; "Selesai" in a list of several does not.
    if len(found) > 1 or several_cohorts_open(work.session) or any(len(its) > 1 for _line, its in found):
        found = [
            (line, [replace(one, text=_of_what(one.text, line, told.count(line.short) > 1)) for one in its])
            for line, its in found
        ]
    return tuple(tuple(its) for _line_of, its in found[:TIMED])


def _of_what(does: str, line: TaskLine, twice: bool) -> str:
    """What the button does and with what, in as many words as fit: "Mulai: Timbang berat", and of a step
    that stands there `twice` of which angkatan, "Mulai 9.2.15 Angkatan I"; never that alone, for "Selesai: Angkatan I"
    would say too much."""
    names = [] if line.case is None else [line.case.code_name]
    if line.case is None and line.cohort is not None and twice:
        names = [line.cohort.name, brief_cohort(line.cohort)]
    if not names:
        return f"{does}: {_that_fits(line.short, LABEL_MAX - len(does) - 2)}"
    number = line.sop.number
    told = (told for name in names for told in (f"{does}: {number} · {name}", f"{does} {number} {name}"))
    fits = (one for one in told if len(one) <= LABEL_MAX)
    return next(fits, shorten(f"{does} {number} {names[-1]}", LABEL_MAX))


def _that_fits(words: str, room: int) -> str:
    """The first words, as many as there is room for; of one long word its beginning."""
    while len(words) > room and " " in words:
        words = words.rpartition(" ")[0]
    return shorten(words, room)


def answer_buttons(
    s: Session, notices: Sequence[Reminder], places: Mapping[int | None, int] | None = None
) -> Keyboard:
    """[Terima] [Kembalikan] of what colleagues offer and that waits for an answer.

    Args:
        places: the numbers of the notices in a message that carries several things: each button says of which.
    """
    found: list[tuple[Button, ...]] = []
    for row in notices:
        notice = read_notice(row)
        offer = s.get(Handover, notice.offer) if isinstance(notice, Offered) else None
        which = f" {places[row.id]}" if places and row.id in places else ""
        if offer is not None and offer.state == HandoverState.OFFERED:
            found.append(tuple(replace(one, text=f"{one.text}{which}") for one in offer_buttons(offer)))
        if asked := _case_buttons(notice):
            found.append(tuple(replace(one, text=f"{one.text}{which}") for one in asked))
    return tuple(found)


def _case_buttons(notice: Notice | None) -> tuple[Button, ...]:
    """What a head who knows cases is asked about the phone of another; when it is too late, the answer says so."""
    match notice:
        case CasesAsked(operator=False, account=account_id):
            yes = button(_("Yes, open cases"), "phone_yes", account_id, style="success")
            return yes, button(_("Keep them shut"), "phone_no", account_id)
        case PinShut(officer=officer_id):
            return (button(_("Reset the PIN"), "pin_reset", officer_id),)
    return ()


def to_what(row: Reminder) -> Button | None:
    """What a notice opens, alone or by its number among several; None when it leads nowhere."""
    match read_notice(row):
        case NewPlan(of_case=case_id) if case_id:
            return button(_("See what moves"), "plan_case", case_id)
        case NewPlan(of_cohort=cohort_id):
            return button(_("See what moves"), "plan_cohort", cohort_id)
        case PlanTaken(of_case=case_id) if case_id:
            return button(_("Open"), "case_page", case_id)
        case PlanTaken(of_cohort=cohort_id):
            return button(_("The cohort"), "cohort_card", cohort_id)
        case StepsPast(past_cohort=cohort_id):
            return button(_("See the list"), "before_list", cohort_id)
        case CohortMoved(moved_cohort=cohort_id):
            return button(_("The cohort"), "cohort_card", cohort_id)
        case IncidentReported(incident=incident_id) | IncidentClosed(incident=incident_id):
            return button(_("Open"), "incident_open", incident_id)
        case NurseFlags(cohort=cohort_id) | WeightLost(cohort=cohort_id):
            return button(_("Open"), "incident_list", cohort_id)
        case WeighInDone(weigh_in=task_id):
            return button(_("Chart"), "weigh_chart", task_id)
        case StayOver(over=cohort_id):
            return button(_("See the list"), "stay_over", cohort_id)
        case StayLeft(over=cohort_id):
            return button(_("See the list"), "stay_left", cohort_id)
        case ServicesEnd(soon=soon, back=back, case=case_id):
            return button(_("Open"), "case_services", case_id) if soon or back else None
        case Reported(report=report_id) if row.task_id is not None:
            return button(_("Read the report"), "report_open", row.task_id, report_id)
        case ReportAsked(report=report_id) if row.task_id is not None:
            return button(_("Answer"), "report_open", row.task_id, report_id)
        case ReportAccepted(report=report_id) | ReportAnswered(report=report_id) if row.task_id is not None:
            return button(_("Open"), "report_open", row.task_id, report_id)
        case VisitVoid() if row.task_id is not None:
            return button(_("Choose date"), "parents_choose", row.task_id)
        case LeftOut(run=run_id):
            return button(_("Schedule it all the same"), "event_hold", run_id)
        case LateReminded():
            return button(_("My tasks"), "task_list")
        case RetentionOver():
            return button(_("See the list"), "retention_list")
        case Unreachable() | Joined():
            return button(_("Status"), "status_open")
        case LeaveDeputy() | LeaveBegins() | LeaveRecorded() | LeaveEnded() | LeaveUncovered():
            return button(_("Leave"), "leave_list")
        case ParentsHidden(child=child_id) | RecordsHidden(child=child_id):
            return button(_("Open"), "child_card", child_id)
        case NewCaseHidden() | CasesLeft():
            return button(_("Cases"), "case_list")
        case CasesAllowed(on=None) | PinReset(on=None):
            return button(_("Cases"), "case_list")
        case (
            CaseGiven(case=case_id)
            | CaseOpened(case=case_id)
            | CaseHidden(case=case_id)
            | CaseReopened(case=case_id)
        ):
            return button(_("Open"), "case_page", case_id)
    return None if row.task_id is None else button(_("Open"), "task_open", row.task_id)
