"""Notices: what one officer did that another has to know, each a short sentence. Codes, never a child's name."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from handlers.cards.weighing import name_of_roll, summary_lines
from handlers.children.children import reason_words
from handlers.ui.words import (
    N_,
    _,
    child_code,
    cohort_prefix,
    date_words,
    esc,
    moved_words,
    ngettext,
    plain_date_words,
    section,
    shorten,
    span_words,
    task_words,
    weekday_words,
)
from sop_flows.actions.cohorts.moving_dates import last_move
from sop_flows.actions.decisions import standing_of
from sop_flows.core import notices
from sop_flows.core.work import Work, declared
from sop_flows.recording.roll_call import told_roll
from sop_flows.staffing.responsibility import accountable_for, name_of
from sop_flows.staffing.roster import admins, grants_of, holding
from sop_flows.views.task_views import TaskLine, my_tasks, task_line, task_lines
from storage.tables import Case, Child, Cohort, LeaveReason, Officer, Reminder, Task

REASON_SHOWN = 120  # characters of why the dates were changed
STEPS_NAMED = 4  # services named in one sentence
LATE_NAMED = 5  # late tasks named in one sentence; all stand in /tugas


def notice_sentence(work: Work, officer: Officer, row: Reminder) -> str:
    """The sentence of a `notice` row (HTML); "" when it can't be read: then it is dropped."""
    notice = notices.read_notice(row)
    if notice is None:
        return ""
    words = WORDS[type(notice)]
    template = _(words) if isinstance(words, str) else words(notice)
    blanks = _blanks(work, officer, row, notice)
    if isinstance(notice, notices.LateReminded) and not blanks["lines"]:
        return ""  # all of it was done while the notice waited out the quiet hours
    said = template.format(**blanks)
    if isinstance(notice, notices.ByWhom):  # "operator" may stand first
        said = said[:1].upper() + said[1:]
    named = isinstance(notice, notices.WeighInDone)  # its summary begins with the angkatan
    cohort = (
        work.session.get(Cohort, notice.cohort)
        if isinstance(notice, notices.InCohort) and not named
        else None
    )
    return said if cohort is None else cohort_prefix(work.session, cohort) + said


def _blanks(work: Work, officer: Officer, row: Reminder, notice: notices.Notice) -> dict[str, str]:
    """What fills the blanks of the words, escaped: the fields of the notice, names in place of ids."""
    s, today = work.session, work.today
    blanks = {key: esc(str(value)) for key, value in vars(notice).items()}
    task = None if row.task_id is None else s.get(Task, row.task_id)
    blanks["choice"] = ""
    blanks["task"] = "" if task is None else task_words(s, task_line(work, task, officer))
    if isinstance(notice, notices.ByOfficer | notices.CohortShut):
        blanks["who"] = esc(name_of(s, notice.officer) or _("a colleague"))
    if isinstance(notice, notices.ByWhom):
        blanks["who"] = esc(name_of(s, notice.by) or _("the operator"))
        blanks["whom"] = esc(name_of(s, getattr(notice, "officer", None)) or "")
    if isinstance(notice, notices.LeaveDays):
        blanks["days"] = span_words(notice.from_on, notice.until, today)
    if isinstance(notice, notices.OfPlan):
        its = s.get(Case, notice.of_case) if notice.of_case else s.get(Cohort, notice.of_cohort)
        blanks["name"] = plan_of(its) if its is not None else ""
    if isinstance(notice, notices.CaseCalled):
        blanks["case"] = _("Case {code}").format(code=blanks["code"])
    match notice:
        case notices.PhoneCodeMade() | notices.PhoneLeft() | notices.Removed():
            blanks["call"] = _call(work, officer)
        case notices.CasesAllowed(on=date() as day) | notices.PinReset(on=date() as day):
            blanks["day"], blanks["call"] = plain_date_words(day, today), _call(work, officer)
        case notices.KnowerInvited(roles=roles):
            blanks["roles"] = esc(
                ", ".join(work.unit.roles[one].label for one in roles if one in work.unit.roles)
            )
        case (
            notices.GrantOver(role=role)
            | notices.RoleGiven(role=role)
            | notices.HeadSet(role=role)
            | notices.Joined(role=role)
            | notices.RoleTaken(role=role)
            | notices.TasksInherited(role=role)
        ):
            blanks["role"] = esc(section(work.unit, role)) if role else ""
        case (
            notices.GivenAway(to=to)
            | notices.OfficialNeeded(to=to)
            | notices.CaseTaken(to=to)
            | notices.CaseMoved(to=to)
        ):
            blanks["to"] = esc(name_of(s, to) or "")
        case notices.CohortMoved(moved_cohort=cohort_id, gone=gone):
            move = last_move(s, cohort_id)
            reason = "" if move is None else esc(shorten(move.reason, REASON_SHOWN))
            blanks["why"] = f" {_('Reason: {reason}').format(reason=reason)}" if reason else ""
            blanks["gone"] = ", ".join(esc(_time_of_step(work, one)) for one in gone)
        case notices.LeaveRecorded(to=int(to)):
            blanks["name"] = esc(name_of(s, to) or "")
        case notices.Rescheduled(due_on=day, child=child_id, times=times, first_on=first_on):
            blanks["day"] = date_words(day)
            again = moved_words(times, first_on)
            blanks["again"] = f" ({again})" if again else ""
            if child_id is not None and (child := s.get(Child, child_id)):
                blanks["task"] += " · " + _("No. {number}").format(number=child_code(child.number))
        case notices.Chosen(on=day) | notices.VisitVoid(on=date() as day) | notices.Restored(on=day):
            blanks["day"] = date_words(day)
        case (
            notices.ChildLeft(number=number)
            | notices.ChildCame(number=number)
            | notices.ChildCorrected(number=number)
            | notices.IncidentReported(number=number)
            | notices.IncidentClosed(number=number)
        ):
            blanks["number"] = child_code(number)
        case notices.ParentsHidden(child=child_id) | notices.RecordsHidden(child=child_id):
            found = s.get(Child, child_id)
            blanks["number"] = "" if found is None else child_code(found.number)
        case notices.LateReminded(tasks=task_ids):
            found_tasks = [one for task_id in task_ids if (one := s.get(Task, task_id)) is not None]
            late = [line for line in task_lines(work, found_tasks, officer) if line.is_late]
            blanks["count"] = str(len(late))
            blanks["lines"] = "; ".join(task_words(s, line) for line in late[:LATE_NAMED])
        case (
            notices.NurseFlags(numbers=numbers)
            | notices.WeightLost(numbers=numbers)
            | notices.RollCalled(numbers=numbers)
        ):
            blanks["numbers"] = ", ".join(child_code(one) for one in numbers)
        case notices.WeighInDone(weigh_in=task_id):
            roll = None if (weighing := s.get(Task, task_id)) is None else told_roll(work, weighing)
            blanks["summary"] = (
                "" if roll is None else "\n".join(summary_lines(s, roll, name_of_roll(s, roll)))
            )
        case (
            notices.CaseGiven(case=case_id)
            | notices.CaseOpened(case=case_id)
            | notices.CaseHidden(case=case_id)
            | notices.CaseReopened(case=case_id)
            | notices.ServicesEnd(case=case_id)
        ):
            its = s.get(Case, case_id)
            blanks["case"] = "" if its is None else _("Case {code}").format(code=esc(its.code_name))
            if isinstance(notice, notices.ServicesEnd):
                blanks["steps"] = _steps_named(s, notice.tasks)
        case notices.Decided() if task is not None and declared(s, task)[1].decision is not None:
            decided = standing_of(work, task)
            blanks["choice"] = esc(decided.settled or decided.proposal or "")
        case notices.CaseRenamed(new=code):
            blanks["code"] = esc(code)
        case notices.LeaveNobody(role=role):
            blanks["section"] = esc(section(work.unit, role))
        case notices.LeaveBegins(until=day):
            blanks["day"] = plain_date_words(day, today)
            instead = [line for line in my_tasks(work, officer) if line.instead_of is not None]
            blanks["more"] = _open_words(work, instead)
        case notices.Unreachable(officer=officer_id):
            other = s.get(Officer, officer_id)
            blanks["more"] = "" if other is None else _open_words(work, my_tasks(work, other))
    return blanks


def _call(work: Work, officer: Officer) -> str:
    """Whom to call about a phone that is not the officer's (escaped): a head before the admin, who may have done it."""
    heads = [
        one
        for grant in grants_of(work, officer.id or 0)
        for one in accountable_for(work, grant.role, grant.cohort_id or 0)
    ]
    heads += holding(work, "answers_for_all", 0)
    found = {one.id: one.name for one in heads if one.id != officer.id}
    found = found or {one.id: one.name for one in admins(work) if one.id != officer.id}
    return _(" or ").join(map(esc, [*found.values()][:2])) or esc(work.unit.short_name)


def _open_words(work: Work, lines: Sequence[TaskLine]) -> str:
    """How many tasks wait, and how many of them are due today or late."""
    if not lines:
        return _("Nothing is open now.")
    count = len(lines)
    said = ngettext("{count} task is open", "{count} tasks are open", count).format(count=count)
    pressing = sum(
        line.due_at is not None and work.institution.today(line.due_at) <= work.today for line in lines
    )
    if not pressing:
        return _("{open}, none of them due today.").format(open=said)
    return _("{open}, {due} of them due today or late.").format(open=said, due=pressing)


def _taken_on(notice: notices.TakenOn) -> str:
    if notice.back:
        return _("{who} does not handle it after all: {task}.")
    return _("{who} handles it with you: {task}. Please call each other.")


def _case_closed(notice: notices.CaseClosed) -> str:
    if notice.aftercare:
        return _("{case} is closed, by {who}. Only the visits after the hand-over and their report go on.")
    return _("{case} is closed, by {who}. Its open steps are no longer needed.")


def _decided(notice: notices.Decided) -> str:
    if notice.back:
        return _("{who} has taken back the last word on it: {task}. It is not decided yet.")
    return _("Decided: {choice}. {task}. Reasons and objections are on the card.")


def _services_end(notice: notices.ServicesEnd) -> str:
    if notice.back:
        return _("{case}: {who} has taken that back. Please go on: {steps}.")
    if notice.soon:
        return _("{case} comes to its end. Please go on until the child has left: {steps}.")
    return _("{case}: {who} has recorded the end. No longer needed: {steps}. Thank you.")


def _reported(notice: notices.Reported) -> str:
    if notice.back:
        return _("{who} has taken back the report: {task}.")
    return _("{who} has reported to you: {task}.")


def _undone(notice: notices.Undone) -> str:
    if notice.started:
        return _("{who} took back the start of SOP {sop}, so this need not be done: {task}.")
    return _("{who} took back the step before it, so this one is not yours yet: {task}.")


def _steps_past(notice: notices.StepsPast) -> str:
    return ngettext(
        "{cohort}: {count} step of your section is past its time. Was it done, or not yet?",
        "{cohort}: {count} steps of your section are past their time. Were they done, or not yet?",
        notice.count,
    )


def _steps_named(s: Session, task_ids: Sequence[int]) -> str:
    """ "Atur pengasuhan, Susun menu, dan 3 lagi" (HTML)."""
    names = [esc(declared(s, s.get_one(Task, one))[1].short) for one in task_ids]
    said = ", ".join(names[:STEPS_NAMED])
    left = len(names) - STEPS_NAMED
    return said + (", " + _("and {count} more").format(count=left) if left > 0 else "")


def _time_of_step(work: Work, written: str) -> str:
    """ "Timbang berat badan ke-3" of "9.2.15/4/3" (plain text)."""
    number, step, nth = written.split("/")
    sop = work.pack.sops.get(number)
    name = number if sop is None else sop.step(int(step)).short
    return _("{step} no. {nth}").format(step=name, nth=nth)


def _cohort_moved(notice: notices.CohortMoved) -> str:
    moves = [
        sentence.format(old=weekday_words(old, new), new=weekday_words(new, old))
        for old, new, sentence in (
            (notice.arrival_from, notice.arrival_on, _("the arrival moves from {old} to {new}")),
            (notice.departure_from, notice.departure_on, _("the departure moves from {old} to {new}")),
        )
        if old != new
    ]
    said = ["{cohort}: " + "; ".join(moves) + ".{why}"]
    if count := len(notice.steps):
        along = ngettext("{count} step moves along.", "{count} steps move along.", count)
        said.append(along.format(count=count))
    if notice.gone:
        said.append(_("No longer there: {gone}."))
    return " ".join(said)


def plan_of(about: Cohort | Case) -> str:
    """Whose calendar it is (escaped): "Angkatan III", "Kasus Kenanga"."""
    if isinstance(about, Case):
        return _("Case {code}").format(code=esc(about.code_name))
    return esc(about.name)


def _roll_called(notice: notices.RollCalled) -> str:
    if not notice.numbers:
        return _("The children are here: all {total}.")
    return _("The children are here: {present} of {total}. Did not come: No. {numbers}.")


def _cohort_closed(_notice: notices.CohortClosed) -> str:
    said = _("{cohort} is finished and closed: {present} of {total} children stayed to the end.")
    return f"{said} " + _("Steps done: {done}, missed: {missed}.")


def _child_left(notice: notices.ChildLeft) -> str:
    if not notice.reason:
        return _("Child No. {number} has left the angkatan. Nothing more is asked about it.")
    said = _("Child No. {number} has left the angkatan ({reason}). Nothing more is asked about it.")
    return said.replace("{reason}", esc(reason_words(LeaveReason(notice.reason))))


def _school_left(notice: notices.SchoolLeft) -> str:
    if notice.back:
        return _("{school} takes part after all, with its children: {count}.")
    said = _(
        "{school} has withdrawn and taken its children along: {count}. Nothing more is asked about them."
    )
    return said + (" " + _("Reason: {reason}") if notice.reason else "")


def _child_corrected(notice: notices.ChildCorrected) -> str:
    what = {
        "name": _("the name"),
        "sex": _("boy or girl"),
        "born_on": _("the birth date"),
        "school_id": _("the school"),
    }
    said = _("{who} has put right of child No. {number}: {what}. Lists and papers from now on say so.")
    return said.replace("{what}", what.get(notice.fact, "–"))


def _child_came(notice: notices.ChildCame) -> str:
    if notice.why == "reserve":
        return _("Child No. {number} takes part from now on: a reserve, called up by {who}.")
    if notice.why == "back":
        return _("Child No. {number} is here again. It is asked about as before.")
    return _("Child No. {number} has not left after all. It is asked about as before.")


def _cohort_shut(notice: notices.CohortShut) -> str:
    if notice.again:
        return _("{who} has opened {cohort} again: {count} steps go on.")
    said = _("{who} has closed {cohort}. Steps that were still open: {count}.")
    return said + (" " + _("What follows the stay goes on.") if notice.kept else "")


def _visit_void(notice: notices.VisitVoid) -> str:
    if notice.on is None:
        return _("The dates of the stay have moved: choose the date again for {task}.")
    return _("The dates of the stay have moved, so {day} is no longer possible. Choose again: {task}.")


def _offer_returned(notice: notices.OfferReturned) -> str:
    said = _("{who} returns it, you stay in charge: {task}.")
    return said + (" " + _("The reason is on the card.") if notice.reason else "")


def _unreachable(_notice: notices.Unreachable) -> str:
    said = _("{who} can't be reached: the bot is blocked on that phone. Please ask them to unblock it.")
    return f"{said}\n{{more}}"


# What the daily look finds, by its kind.
LOOKED_AT = {
    "database": N_("the database is damaged, or can't be read or written"),
    "disk": N_("the disk is nearly full"),
    "updates": N_("messages were set aside"),
    "reminders": N_("reminders could not be sent"),
    "blocked": N_("an officer has blocked the bot"),
    "agenda": N_("steps do not open by themselves"),
    "calendar": N_("next year's days off are not known"),
    "backup": N_("there is no backup of the last days"),
    "clock": N_("the machine's clock is wrong"),
}


def needs_a_look(notice: notices.NeedsALook) -> str:
    """What needs a person at the machine, and what that person does."""
    known = [f"– {_(LOOKED_AT[kind])}" for kind in notice.kinds if kind in LOOKED_AT]
    head, way_on = (
        _("⚠️ Pandu needs somebody at its machine:"),
        _("Please ask whoever runs Pandu to call: pandu doctor"),
    )
    return "\n".join((head, *known, way_on))


def _digest_of_day(notice: notices.DigestOfDay) -> str:
    """What the Kepala keeps outside Pandu."""
    said = _("🔏 Fingerprint of all records before {day}: {digest}")
    why = _("Please keep this message. Records that somebody changes later no longer fit it.")
    return f"{said.format(day=date_words(notice.on), digest=f'<code>{esc(notice.digest)}</code>')}\n{why}"


def _retention_over(notice: notices.RetentionOver) -> str:
    """What the Kepala decides once a year."""
    said = [
        ngettext(
            "{cohorts} angkatan was closed more than {years} years ago.",
            "{cohorts} angkatan were closed more than {years} years ago.",
            notice.cohorts,
        )
        if notice.cohorts
        else "",
        ngettext(
            "{cases} case was closed more than {case_years} years ago.",
            "{cases} cases were closed more than {case_years} years ago.",
            notice.cases,
        )
        if notice.cases
        else "",
        _("What names the children can be erased now. Nothing goes unless you say so."),
    ]
    return "🗄 " + " ".join(filter(None, said))


def _leave_recorded(notice: notices.LeaveRecorded) -> str:
    said = _("{who} has recorded that you are on leave {days}.")
    return said + (" " + _("{name} deputises.") if notice.to else "")


def _knower_invited(notice: notices.KnowerInvited) -> str:
    if notice.new_phone:
        return _("{who} made a code for {name}: {roles}. With that role cases can be known.")
    return _("{who} has invited {name} as {roles}. With that role cases can be known.")


def _cases_asked(notice: notices.CasesAsked) -> str:
    said = (
        _("{whom} uses a new phone. Cases stay shut on it.")
        if notice.new_phone
        else _("{whom} has a role now with which cases can be known. They stay shut on that phone.")
    )
    if notice.operator:
        return f"🔒 {said} " + _("No head can agree: the operator has to (pandu grant).")
    return f"🔒 {said} " + _("Speak to {whom} first, then: open them?")


def _cases_allowed(notice: notices.CasesAllowed) -> str:
    if notice.on is None:
        return _("{who} has agreed: cases open on your phone now.")
    said = _("{who} opens cases on the new phone of {whom}, from {day} at {clock} on.")
    return f"🔒 {said} " + _("If this is not right, call {call} at once.")


def _pin_shut(notice: notices.PinShut) -> str:
    if notice.forgotten:
        return _("🔒 {who} has forgotten the PIN for cases and asks you to reset it. Speak to {who} first.")
    return _("🔒 A wrong PIN was typed several times on the phone of {who}. Cases are shut there.")


def _pin_reset(notice: notices.PinReset) -> str:
    if notice.on is None:
        return _("{who} has reset your PIN. Make a new one when you open a case next.")
    said = _("{who} resets the PIN of {whom} for cases, from {day} at {clock} on.")
    return f"🔒 {said} " + _("If this is not right, call {call} at once.")


def _admin_set(notice: notices.AdminSet) -> str:
    return _("{who} has made {whom} admin.") if notice.is_admin else _("{who}: {whom} is no longer admin.")


def _head_set(notice: notices.HeadSet) -> str:
    if notice.is_head:
        return _("{who} has made {whom} head: {role}.")
    return _("{who}: {whom} is no longer head: {role}.")


def _role_taken(notice: notices.RoleTaken) -> str:
    said = _("{who} has taken the role {role} from {whom}.")
    if not notice.count:
        return said
    along = ngettext("{count} open task went to others.", "{count} open tasks went to others.", notice.count)
    return f"{said} {along}"


def _cases_left(notice: notices.CasesLeft) -> str:
    return ngettext(
        "{who} can't keep {count} case any more. Please give it to another social worker.",
        "{who} can't keep {count} cases any more. Please give them to another social worker.",
        notice.count,
    )


def _tasks_inherited(notice: notices.TasksInherited) -> str:
    if not notice.role:
        return ngettext(
            "{who} is no longer enrolled: {count} task comes to you.",
            "{who} is no longer enrolled: {count} tasks come to you.",
            notice.count,
        )
    return ngettext(
        "{who} is no longer in {role}: {count} task comes to you.",
        "{who} is no longer in {role}: {count} tasks come to you.",
        notice.count,
    )


# The sentence of each notice, its blanks still open: as it is, or by what the notice says.
WORDS: dict[type[notices.Notice], str | Callable[[Any], str]] = {
    notices.Taken: N_("Already taken by {who}: {task}."),
    notices.Undone: _undone,
    notices.Assigned: N_("{who} has put you in charge: {task}."),
    notices.GivenAway: N_("{who} has put {to} in charge instead of you: {task}."),
    notices.Rescheduled: N_("{who} moved {task} to {day}{again}. The reason is on the card."),
    notices.Decided: _decided,
    notices.TakenOn: _taken_on,
    notices.ServicesEnd: _services_end,
    notices.Reported: _reported,
    notices.ReportAccepted: N_("{who} has read and accepted your report: {task}."),
    notices.ReportAsked: N_("{who} asks about your report: {task}."),
    notices.ReportAnswered: N_("{who} has answered your question: {task}."),
    notices.EmergencyObstacle: N_("⏰ {who} reports an obstacle at an emergency step: {task}."),
    notices.Chosen: N_("{who} chose the date: {task}, {day}."),
    notices.VisitVoid: _visit_void,
    notices.LeftOut: N_(
        "{cohort}: SOP {sop} is not held, the stay is {days} days. You can schedule it all the same."
    ),
    notices.Proposed: N_("{who} has made a proposal: {task}. Do you agree?"),
    notices.OfficialNeeded: N_("{who} needs you in place of {to}, who is away: {task}."),
    notices.Offered: N_(
        "{who} asks you to take this over: {task}. Until you accept it, {who} stays in charge."
    ),
    notices.OfferAccepted: N_("{who} has accepted and is in charge now: {task}."),
    notices.OfferReturned: _offer_returned,
    notices.OfferLapsed: N_("{who} has not answered in time, you stay in charge: {task}."),
    notices.OfferUnanswered: N_("{who} is not there to answer, you stay in charge: {task}."),
    notices.OfferTakenBack: N_("{who} no longer asks you to take this over: {task}."),
    notices.DutyPassed: N_("{who} is on duty now; the daily tasks are theirs. Thank you."),
    notices.ChildCame: _child_came,
    notices.ChildCorrected: _child_corrected,
    notices.DutyOver: N_("Your duty is over. Daily tasks not finished: {count}. Thank you."),
    notices.ChildLeft: _child_left,
    notices.RollCalled: _roll_called,
    notices.IncidentReported: N_("{who} reports an incident: child No. {number}."),
    notices.IncidentClosed: N_("{who} has noted what came of the incident of child No. {number}."),
    notices.SchoolLeft: _school_left,
    notices.LateReminded: N_("{who} reminds you of what is late ({count}): {lines}."),
    notices.NurseFlags: N_("{who} marked for you to look after: No. {numbers}."),
    notices.WeightLost: N_("⚖️ Lost much weight: No. {numbers}. Weighed by {who}."),
    notices.WeighInDone: "{summary}",
    notices.BeforePandu: N_(
        "{cohort} is open. Steps that should have been done before Pandu was used: {count}. Look through them: /angkatan."
    ),
    notices.StepsPast: _steps_past,
    notices.CohortMoved: _cohort_moved,
    notices.NewPlan: N_(
        "{name}: there is a new calendar. The one it was opened with stands to the end, unless you take the new one."
    ),
    notices.PlanTaken: N_("{who}: {name} goes by the new calendar from today on."),
    notices.CohortClosed: _cohort_closed,
    notices.CohortShut: _cohort_shut,
    notices.StayOver: N_("{cohort} has gone home. Steps of your sections that were not done: {count}."),
    notices.StayLeft: N_(
        "{cohort} has gone home. Steps of yours that are not recorded yet: {count}. Done, or not?"
    ),
    notices.GrantOver: N_("{cohort} is closed: your role {role} ends with it. Thank you for the work."),
    notices.CaseOpened: N_("🚨 {who} has opened a case: {case}."),
    notices.CaseReopened: N_("{case} goes on: {who} has opened it again."),
    notices.CaseGiven: N_("{case} is yours now, given by {who}."),
    notices.CaseTaken: N_("{case} is now with {to}, by {who}. You see it no more."),
    notices.CaseClosed: _case_closed,
    notices.CaseMoved: N_("{case} is now with {to}, by {who}."),
    notices.CaseRenamed: N_("{case} is called {code} from now on."),
    notices.CaseHidden: N_("{case}: the data of the child are hidden again."),
    notices.NewCaseHidden: N_("What was typed about a case is hidden again."),
    notices.ParentsHidden: N_("No. {number}: the parents are hidden again."),
    notices.RecordsHidden: N_("No. {number}: the records are hidden again."),
    notices.DataErased: N_("These data are erased. Nothing needs to be done."),
    notices.FileHidden: N_("The file is taken away again."),
    notices.KnowerInvited: _knower_invited,
    notices.PhoneCodeMade: N_(
        "{who} has made a code for a new phone of yours. If you did not ask for it, call {call} at once."
    ),
    notices.PhoneLeft: N_(
        "Since {clock} another phone is yours in Pandu; this one is not any more. If that was not you, call {call} at once."
    ),
    notices.CasesAsked: _cases_asked,
    notices.CasesAllowed: _cases_allowed,
    notices.CasesRefused: N_("{who} does not open cases on the phone of {whom}. They stay shut there."),
    notices.PinMade: N_("{who} has made a PIN for cases."),
    notices.PinShut: _pin_shut,
    notices.PinReset: _pin_reset,
    notices.AdminSet: _admin_set,
    notices.CasesLeft: _cases_left,
    notices.RoleGiven: N_("{who} has given the role {role} to {whom}."),
    notices.HeadSet: _head_set,
    notices.Joined: N_(
        "{who} is now in {role} too. Nobody's tasks have changed ({count} open). Divide them? Status, by officer."
    ),
    notices.RoleTaken: _role_taken,
    notices.TasksInherited: _tasks_inherited,
    notices.NeedsALook: needs_a_look,
    notices.DigestOfDay: _digest_of_day,
    notices.RetentionOver: _retention_over,
    notices.Restored: N_(
        "Pandu goes on from a backup of {day}, {clock}. What you recorded after that is gone. What have you done since? Please record it again: /tugas"
    ),
    notices.OfficerRemoved: N_("{name} is no longer enrolled. The open tasks need somebody in charge."),
    notices.Removed: N_(
        "{who} has removed you from Pandu: no task and no reminder comes here any more. What you noted stays. If that is a mistake, call {call}."
    ),
    notices.Unreachable: _unreachable,
    notices.LeaveDeputy: N_(
        "{who} is on leave {days}. You deputise: the tasks and reminders come to you then."
    ),
    notices.LeaveBegins: N_("From today until {day} you deputise for {who}. {more}"),
    notices.LeaveOver: N_("{who} is back: the tasks are theirs again. Thank you for deputising."),
    notices.LeaveNoLonger: N_("You no longer deputise for {who}: the leave was cancelled or changed."),
    notices.LeaveRecorded: _leave_recorded,
    notices.LeaveEnded: N_("{who} has ended your leave. Your tasks are yours again."),
    notices.LeaveUncovered: N_(
        "{name}, who deputises for {who} {days}, will not be there. Choose somebody else: /cuti."
    ),
    notices.LeaveNobody: N_(
        "Nobody of {section} is there {days}: {who} is on leave. Please arrange a deputy."
    ),
}
