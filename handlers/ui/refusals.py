"""What a rule refuses, as a friendly sentence that says who and when, with a way on. Never an error."""

from handlers.ui import conversation
from handlers.ui.chosen_days import taken_words
from handlers.ui.fallbacks import way_on
from handlers.ui.request import (
    About,
    ButtonError,
    Edit,
    Keyboard,
    Reply,
    Request,
    Say,
    Subject,
    button,
    reply,
    to_list,
)
from handlers.ui.words import (
    _,
    child_code,
    clock_words,
    date_words,
    due_words,
    esc,
    moment_words,
    plain_date_words,
    sections,
    span_words,
    too_far,
)
from sop_flows.actions.leave.leave import LeaveRefusedError
from sop_flows.actions.offer import HandoverRefusedError
from sop_flows.errors import (
    AlreadyDoneError,
    AlreadyRunningError,
    ChildLeftError,
    CohortShutError,
    DayTakenError,
    DecisionNeededError,
    FutureWorkError,
    IncidentClosedError,
    MoveTooFarError,
    NeedsFormError,
    NeedsReasonError,
    NotFoundError,
    NothingProposedError,
    NotOfferedError,
    NotPermittedError,
    NotYetError,
    NotYoursError,
    OutsideWindowError,
    ReportedTwiceError,
    RuleError,
    UndoNotYoursError,
    UndoRefusedError,
    UndoTooLateError,
    UnknownChoiceError,
)
from sop_flows.limits import LEAVE_AHEAD_DAYS, LEAVE_BACK_DAYS, UNDO_MINUTES

# Refusals after which asking again is useless: the question about the task ends.
FINAL = (CohortShutError, AlreadyDoneError, NotFoundError, NotYoursError, NotPermittedError)


def refusal(request: Request, error: RuleError | ButtonError, subject: Subject) -> Reply:
    """The answer in place of what the rules refused. What the handler had written is already taken back."""
    text = sentence(request, error)
    task_id = _task_id(request, error, subject)
    if request.officer is None:
        return reply(Say(text))
    if isinstance(error, FINAL) and request.press is None:
        row = conversation.current(request)
        if row is not None and row.task_id is not None:
            task_id = row.task_id
            conversation.end(request)
    keyboard: Keyboard = way_on()
    if task_id is not None:
        keyboard = ((button(_("See"), "task_open", task_id), to_list()),)
    if request.press is not None and isinstance(error, CohortShutError):
        return reply(Edit(text, way_on(), protect=True))  # what stood there was of its children
    if request.press is not None and subject.about is About.CARD and task_id is not None:
        return reply(Edit(text, keyboard, protect=True))
    return reply(Say(text, keyboard, protect=True))


def _task_id(request: Request, error: RuleError | ButtonError, subject: Subject) -> int | None:
    """The task that the tapped button is about, when there is such a task to look at."""
    if isinstance(error, (ButtonError, NotFoundError)) or request.press is None or subject.task is None:
        return None
    if isinstance(error, NotPermittedError) and error.who_may == "case":
        return None
    return subject.task.id if subject.about in (About.TASK, About.CARD) else None


def sentence(request: Request, error: RuleError | ButtonError) -> str:
    """One or two sentences (HTML)."""
    institution, now = request.institution, request.now
    match error:
        case ButtonError():
            return _("This button is no longer valid.")
        case AlreadyDoneError():
            return _already(request, error)
        case NotYoursError():
            said = _("This step belongs to {roles}.").format(
                roles=esc(sections(institution.pack.unit, error.roles))
            )
            if error.holders:
                said += " " + _("In charge now: {names}.").format(
                    names=esc(", ".join(dict.fromkeys(error.holders)))
                )
            return said
        case CohortShutError():
            day = plain_date_words(institution.today(error.closed_at), institution.today(now))
            said = _("The cohort is closed: {cohort}, on {day}. Its children are not looked at any more.")
            return said.format(cohort=esc(error.name), day=day)
        case AlreadyRunningError():
            return _("This SOP runs already.")
        case NotYetError():
            return _("It is too early for that. It can be done from {when}.").format(
                when=due_words(error.opens_at, now, institution.zone)
            )
        case DayTakenError():
            return taken_words(error)
        case OutsideWindowError():
            return _("{day} is outside what the SOP allows. Choose between {first} and {last}.").format(
                day=date_words(error.wanted), first=date_words(error.earliest), last=date_words(error.latest)
            )
        case MoveTooFarError():
            return too_far(error)
        case FutureWorkError():
            return _("{day} is not possible. Choose a date between {first} and {last}.").format(
                day=date_words(error.wanted), first=date_words(error.earliest), last=date_words(error.latest)
            )
        case ChildLeftError():
            return _("No. {number} is not here any more, so nothing is recorded.").format(
                number=child_code(error.number)
            )
        case ReportedTwiceError():
            return _("You recorded the same at {clock}; it stands there once.").format(
                clock=clock_words(error.at, institution.zone)
            )
        case IncidentClosedError():
            return _("{who} has closed it already, {when}.").format(
                who=esc(error.who), when=moment_words(error.at, now, institution.zone)
            )
        case UndoTooLateError():
            return _undo_too_late(error)
        case UndoNotYoursError():
            return _("{who} recorded it, so only {who} can undo it.").format(who=esc(error.who))
        case UndoRefusedError():
            said = _("It can not be undone any more: {who} has already confirmed step {step}.")
            if error.sop:
                said = _("It can not be undone any more: {who} has already confirmed SOP {sop} step {step}.")
            return said.format(who=esc(error.who), sop=esc(error.sop), step=error.step)
        case NotOfferedError():
            return _("That can not be chosen.")
        case NeedsReasonError():
            return _("A reason is needed. Please write it in words.")
        case DecisionNeededError():
            return _("This step is decided together: open its card to propose, agree or object.")
        case NothingProposedError():
            return _("{role} has to propose first. You will be told.").format(
                role=esc(sections(institution.pack.unit, (error.role,)))
            )
        case UnknownChoiceError():
            return _("Choose one of: {choices}.").format(choices=esc(", ".join(error.choices)))
        case NeedsFormError():
            return _("This step records something. Open it and tap “Done”, then I ask for it.")
        case NotPermittedError():
            return _not_permitted(request, error)
        case HandoverRefusedError():
            return _handover(request, error)
        case LeaveRefusedError():
            return leave_refused(request, error)
        case NotFoundError():
            return _("That is no longer there.")
    return _("That is not possible now.")


def _already(request: Request, error: AlreadyDoneError) -> str:
    zone, me = request.institution.zone, request.officer.name if request.officer is not None else None
    when = "" if error.closed_at is None else moment_words(error.closed_at, request.now, zone)
    who = _("you") if error.who == me else esc(error.who or "")
    if error.state == "yours":
        return _("You are already in charge of this task.")
    if error.state == "case_closed":
        return _("This case was closed {when}.").format(when=when)
    if error.state == "taken":
        return _("This task was already taken by {who} {when}.").format(who=who, when=when)
    if error.state == "withdrawn" or error.reason in ("undone", "left"):
        return _("This step is no longer needed.")
    if error.state == "missed":
        return _("This occurrence was closed as missed. It can still be entered under its own date.")
    if error.reason == "no_children":
        return _("No child is marked for this step, so there is nothing to do.")
    if error.who is None:
        return _("This step is already closed.")
    if error.state == "skipped":
        return _("This step was already skipped by {who} {when}.").format(who=who, when=when)
    return _("This step was already finished by {who} {when}.").format(who=who, when=when)


def _undo_too_late(error: UndoTooLateError) -> str:
    match error.why:
        case "closed":
            return _("It was closed since, so it can not be undone any more.")
        case "followed":
            return _("Too much has followed from it, so it can not be undone any more.")
        case "undone":
            who = " " + _("by {who}").format(who=esc(error.who)) if error.who else ""
            return _("It is taken back already{who}. There is nothing to undo.").format(who=who)
        case "nothing":
            return _("You recorded nothing here in the last {minutes} minutes.").format(minutes=UNDO_MINUTES)
    return _("It can only be undone within {minutes} minutes.").format(minutes=UNDO_MINUTES)


def _handover(request: Request, error: HandoverRefusedError) -> str:
    name = esc(error.name)
    if error.why == "away":
        return _("{name} is on leave. Choose another colleague.").format(name=name)
    if error.why == "offered":
        return _("It is offered to {name} already. Take that back first.").format(name=name)
    if error.at is None:
        return _("This offer does not stand any more: somebody else has the task now.")
    when = moment_words(error.at, request.now, request.institution.zone)
    if error.why == "accepted":
        return _("{name} has already accepted it, {when}.").format(name=name, when=when)
    if error.why == "returned":
        return _("{name} has already returned it, {when}.").format(name=name, when=when)
    if error.why == "lapsed":
        return _("The time to answer ended {when}. The task stayed where it was.").format(when=when)
    return _("This offer was taken back {when}. Nothing is to be done.").format(when=when)


def _not_permitted(request: Request, error: NotPermittedError) -> str:
    unit = request.institution.pack.unit
    opening = unit.roles_that["opens_cohorts"]
    if error.who_may == "opens_cohorts" and opening:
        return _("Only {roles} or the admin can do that.").format(roles=esc(sections(unit, opening)))
    if error.who_may in ("admin", "opens_cohorts"):
        return _("Only the admin can do that.")
    if error.who_may == "own school":
        return _("This child is of another school. You see the children of your own.")
    if error.who_may == "looks_after":
        who_may = sections(unit, unit.roles_that["looks_after_marked"])
        return _("Only {role} or the head of the section can do that.").format(role=esc(who_may))
    if error.who_may == "case":
        return _("That is no longer there.")  # nobody learns that there is such a case
    if error.who_may == "answers_for_all":
        return _("Only {roles} can do that.").format(
            roles=esc(sections(unit, unit.roles_that["answers_for_all"]))
        )
    if error.who_may == "head":
        return _("Only the head of the section can do that.")
    if error.who_may == "leave":
        return _("Only the officer, the head of the section or the admin can do that.")
    return _("You can not do that.")


def leave_refused(request: Request, error: LeaveRefusedError) -> str:
    """One or two sentences (HTML) that say why, and what would do."""
    span, away = "", error.absence
    if away is not None:
        span = span_words(away.from_on, away.until_on, request.institution.today(request.now))
    match error.why:
        case "backwards":
            return _("The last day lies before the first one. Choose the last day again.")
        case "past":
            return _("Those days have passed. A leave has to last until today or later.")
        case "too_old":
            return _("The first day is more than {days} days ago. Choose a later one.").format(
                days=LEAVE_BACK_DAYS
            )
        case "too_far":
            return _("The last day is more than {days} days ahead. Choose an earlier one.").format(
                days=LEAVE_AHEAD_DAYS
            )
        case "overlap":
            return _(
                "A leave from {span} is recorded already. Change that one, or choose other days."
            ).format(span=span)
        case "deputy_away":
            return _("{name} is on leave too, from {span}. Choose somebody else.").format(
                name=esc(error.name), span=span
            )
        case "not_a_colleague":
            return _("{name} can not deputise here: it has to be a colleague of the same role.").format(
                name=esc(error.name)
            )
        case "not_oneself":
            return _("Nobody makes himself the deputy of the head of the house. Choose somebody else.")
    return _("This leave has ended already.")
