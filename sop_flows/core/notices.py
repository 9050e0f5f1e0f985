"""What one officer did that another has to know: a class for each notice, and the row that it is stored in.

The words are in handlers/pushes/notices.py. Codes and ids, never a child's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, ClassVar, TypeVar, dataclass_transform

from pydantic import Field, TypeAdapter, ValidationError
from sqlalchemy import ColumnElement
from sqlmodel import Session, select

from storage.tables import Reminder, ReminderKind

NOTICES: dict[str, type["Notice"]] = {}  # by the word that stands in `reminders.rule`


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Notice:
    """What another officer is told. Each subclass with a word is a frozen dataclass of what its words need.

    Its fields are keys of `reminders.payload`: a stored row is read by their names. `officer`, `to`, `child`, `case`
    and `offer` are ids.

    Attributes:
        word: the class as it is stored.
        of_the_office: it asks for something to be done, of an officer's section or in an official's place: who is
            away does not read it, the deputy does.
        at_once: it waits for nothing, not for the morning either: somebody may have a phone that is not theirs.
    """

    word: ClassVar[str]
    of_the_office: ClassVar[bool]
    at_once: ClassVar[bool]

    def __init_subclass__(cls, word: str = "", of_the_office: bool = False, at_once: bool = False) -> None:
        dataclass(frozen=True, kw_only=True)(cls)
        if word:
            cls.word, cls.of_the_office, cls.at_once = word, of_the_office, at_once
            NOTICES[word] = cls


AnyNotice = TypeVar("AnyNotice", bound=Notice)


@cache
def _adapter(word: str) -> TypeAdapter[Notice]:
    return TypeAdapter(NOTICES[word])


def to_payload(notice: Notice) -> dict[str, object]:
    """The notice as JSON-ready values, dates as ISO."""
    values: Mapping[str, object] = _adapter(notice.word).dump_python(notice, mode="json", by_alias=True)
    return {"notice": notice.word, **values}


def read_notice(row: Reminder) -> Notice | None:
    """What the row says; None when no such notice is known (any more), or its payload is damaged."""
    try:
        return _adapter(row.rule).validate_python(row.payload or {}) if row.rule in NOTICES else None
    except ValidationError:
        return None


def following() -> tuple[str, ...]:
    """The words of the notices that follow from what was confirmed."""
    return tuple(word for word, kind in NOTICES.items() if issubclass(kind, Following))


def is_at_once(row: Reminder) -> bool:
    """Whether it waits for nothing that falls due a little later: of an incident and its result, of a phone."""
    return row.kind == ReminderKind.NOTICE and row.rule in NOTICES and NOTICES[row.rule].at_once


def passes_quiet_hours(row: Reminder) -> bool:
    """Whether it is said at night, too: an incident that can't wait, and a phone that may be somebody else's."""
    of_child = issubclass(NOTICES.get(row.rule or "", Notice), OfChild)
    return is_at_once(row) and (not of_child or bool((row.payload or {}).get("grave")))


def read_payload(payload: Mapping[str, object]) -> Notice:
    """The notice that `to_payload` made."""
    return _adapter(str(payload["notice"])).validate_python(payload)


def find_notices(
    s: Session, kind: type[AnyNotice], *where: ColumnElement[bool] | bool
) -> list[tuple[Reminder, AnyNotice]]:
    """The rows of these notices that can be read, with what they say."""
    rows = s.exec(
        select(Reminder).where(Reminder.kind == ReminderKind.NOTICE, Reminder.rule == kind.word, *where)
    )
    return [(row, notice) for row in rows.all() if isinstance(notice := read_notice(row), kind)]


class ByOfficer(Notice):
    """A notice whose sentence names who did it, or whom it is about."""

    officer: int


class Taken(ByOfficer, word="taken"):
    """A colleague took the step that this officer was told of."""


class Undone(ByOfficer, word="undone"):
    """The step before it, or (`started`) the start of its SOP, was taken back."""

    sop: str
    started: bool = False


class Assigned(ByOfficer, word="assigned"):
    """The officer is in charge now."""


class GivenAway(ByOfficer, word="given_away"):
    """Somebody else is in charge instead of the officer."""

    to: int


class Following(ByOfficer):
    """Said because of what was confirmed about its task. Who takes that back has it changed where it stands: `back`."""

    back: bool = False


class Decided(Following, word="decided"):
    """What several sections decide together is decided: to all who took part."""


class ServicesEnd(Following, word="services_end"):
    """The services of a case that the officer gives (ids of their tasks) end, or (`soon`) end when the child leaves."""

    case: int
    tasks: tuple[int, ...]
    soon: bool = False


class Reported(Following, word="reported", of_the_office=True):
    """A report (its id) is to be read."""

    report: int


class ReportAccepted(ByOfficer, word="report_accepted"):
    """The officer's report was read and accepted."""

    report: int


class ReportAsked(ByOfficer, word="report_asked", of_the_office=True):
    """Who reads the officer's report asks about it."""

    report: int


class ReportAnswered(ByOfficer, word="report_answered", of_the_office=True):
    """What was asked about a report is answered."""

    report: int


class TakenOn(ByOfficer, word="taken_on", at_once=True):
    """A head handles an emergency step of the officer's that is due; `back`: does not after all."""

    back: bool = False


class EmergencyObstacle(ByOfficer, word="emergency_obstacle", of_the_office=True, at_once=True):
    """An obstacle at an emergency step: its head hears of it at once."""


class Rescheduled(ByOfficer, word="rescheduled", of_the_office=True):
    """A step, or that of one child, was moved to another date; for the so manieth `time`, `first_on`: when it was due by
    itself."""

    due_on: date
    reason: str
    child: int | None = None
    times: int = 1
    first_on: date | None = None


class Chosen(ByOfficer, word="chosen"):
    """Somebody else chose the date of the officer's step."""

    on: date


class LeftOut(Notice, word="left_out"):
    """The stay of the angkatan (`cohort` is its name) of so many days is too short for the event of this run."""

    run: int
    sop: str
    cohort: str
    days: int


class VisitVoid(Notice, word="visit_void"):
    """The date that was chosen (None: it is not known any more) lies outside the window now."""

    on: date | None = None


class Proposed(ByOfficer, word="proposed", of_the_office=True):
    """A proposal waits for the officer's agreement."""


class OfficialNeeded(ByOfficer, word="official_needed", of_the_office=True):
    """A step needs the officer in place of the official `to`, who is away."""

    to: int


class Offered(ByOfficer, word="offered"):
    """The officer is asked to take a step over."""

    offer: int


class OfferAccepted(ByOfficer, word="offer_accepted"):
    """The colleague is in charge now."""


class OfferReturned(ByOfficer, word="offer_returned"):
    """The colleague said no."""

    reason: str | None = None


class OfferLapsed(ByOfficer, word="offer_lapsed"):
    """The colleague did not answer in time."""


class OfferUnanswered(ByOfficer, word="offer_unanswered"):
    """The colleague is away or removed, and answers no more."""


class OfferTakenBack(ByOfficer, word="offer_taken_back"):
    """The officer is no longer asked."""


class InCohort(ByOfficer):
    """A notice that begins with the angkatan while several are open; `cohort` is its id."""

    cohort: int


class ChildLeft(InCohort, word="child_left"):
    """A child left early; `reason` is a word of `LeaveReason`."""

    number: int
    reason: str = ""


class DutyPassed(InCohort, word="duty_passed"):
    """Somebody else is on duty now, who has the daily tasks of the angkatan."""


class ChildCame(InCohort, word="child_came"):
    """A child belongs: a reserve that was called up, or one that had left and is here again (`why`: "reserve", "back", or
    "mistake": it never left)."""

    number: int
    why: str


class ChildCorrected(InCohort, word="child_corrected"):
    """What the papers say of a child was put right; `fact` is the column."""

    number: int
    fact: str


class DutyOver(Notice, word="duty_over"):
    """The shift of the officer has ended; `count`: daily tasks that are not finished."""

    count: int


class RollCalled(InCohort, word="roll_called"):
    """How many of the children came on the day of arrival; `numbers`: those who did not."""

    present: int
    total: int
    numbers: tuple[int, ...]


class OfChild(InCohort):
    """A notice of what somebody has to look at about a child. `grave`: it is told in the quiet hours, too."""

    grave: bool = False


class IncidentReported(OfChild, word="incident_reported", of_the_office=True, at_once=True):
    """Something happened to a child."""

    number: int
    incident: int


class IncidentClosed(OfChild, word="incident_closed", at_once=True):
    """What the officer reported has its result."""

    number: int
    incident: int


class SchoolLeft(InCohort, word="school_left"):
    """A school withdrew and took its children along, or (`back`) that was taken back."""

    school: str
    count: int
    reason: str = ""
    back: bool = False


class LateReminded(InCohort, word="late_reminded"):
    """A head reminds the officer of these tasks, which are late."""

    tasks: list[int]


class OfChildren(OfChild):
    """Children, by number, that somebody has to look at; said again where it stands while more of them are found.

    `weigh_in`: the id of the task at which that was; 0: of none.
    """

    numbers: tuple[int, ...]
    weigh_in: int = 0


class NurseFlags(OfChildren, word="nurse_flags", of_the_office=True, at_once=True):
    """Children that the nurse is asked to look after."""


class WeightLost(OfChildren, word="weight_lost", of_the_office=True, at_once=True):
    """Children who lost more weight than the pack lets pass, at a weigh-in (the task)."""


class WeighInDone(InCohort, word="weigh_in_done"):
    """A weigh-in (the id of its task) is finished. `officer` weighed last."""

    weigh_in: int


class BeforePandu(Notice, word="before_pandu"):
    """An angkatan (`cohort` is its name) was opened in the middle: `count` steps wait to be looked through."""

    cohort: str
    count: int


class StepsPast(Notice, word="steps_past"):
    """So many steps of the officer's section were past their time when the angkatan (`cohort` is its name) was opened,
    or took another calendar: were they done?"""

    past_cohort: int
    cohort: str
    count: int


class CohortMoved(Notice, word="cohort_moved"):
    """The dates of an angkatan moved: its id, its name, the officer's steps that move along, "9.2.15/4", and the times of
    a step that the stay has no more, "9.2.15/4/3". The reason is where the change is kept."""

    moved_cohort: int
    cohort: str
    arrival_from: date
    arrival_on: date
    departure_from: date
    departure_on: date
    steps: tuple[str, ...]
    gone: tuple[str, ...] = ()


class OfPlan(Notice):
    """A notice about the calendar of an angkatan or a case, one of the two."""

    of_cohort: int = 0
    of_case: int = 0


class NewPlan(OfPlan, word="new_plan", of_the_office=True):
    """The pack has a new calendar; what was opened before keeps its own unless this officer takes the new one."""


class PlanTaken(OfPlan, ByOfficer, word="plan_taken"):
    """It goes on by the new calendar."""


class CohortClosed(Notice, word="cohort_closed"):
    """An angkatan (`cohort` is its name) is over: children who stayed of all, steps done and missed."""

    cohort: str
    present: int
    total: int
    done: int
    missed: int


class StayOver(Notice, word="stay_over", of_the_office=True):
    """The children of an angkatan (`over` is its id, `cohort` its name) have left: so many steps of the officer's
    sections were not done and can't be any more."""

    over: int
    cohort: str
    count: int


class StayLeft(Notice, word="stay_left"):
    """So many steps of the officer are left of a stay that is over, and can still be done."""

    over: int
    cohort: str
    count: int


class GrantOver(Notice, word="grant_over"):
    """The angkatan (`cohort` is its name) is closed, and with it ends a role that was of it alone."""

    cohort: str
    role: str


class CaseGiven(ByOfficer, word="case_given"):
    """The case is the officer's now."""

    case: int


class CaseOpened(ByOfficer, word="case_opened", at_once=True):
    """A case was opened: an emergency, of which the heads who know cases hear at once, by its code name."""

    case: int


class CaseCalled(ByOfficer):
    """A notice about a case by its code name as it was."""

    code: str


class CaseTaken(CaseCalled, word="case_taken"):
    """The case is `to`'s now; the officer does not see it any more."""

    to: int


class CaseClosed(CaseCalled, word="case_closed"):
    """The case was closed before its last SOP; `aftercare`: what follows the hand-over of the child goes on."""

    aftercare: bool = False


class CaseMoved(CaseCalled, word="case_moved"):
    """The case has another keeper, `to`: told to the heads who know it."""

    to: int


class CaseReopened(ByOfficer, word="case_reopened"):
    """A case that was closed early goes on."""

    case: int


class CohortShut(Notice, word="cohort_shut", of_the_office=True):
    """Somebody closed the angkatan by hand, or (`again`) opened it again; so many steps were still open, and so many SOPs
    that follow the stay go on (`kept`)."""

    officer: int
    cohort: str
    count: int
    kept: int = 0
    again: bool = False


class CaseRenamed(CaseCalled, word="case_renamed"):
    """The case has another code name."""

    new: str


class Hidden(Notice):
    """A message that showed who a child is, is changed back; not when its officer has turned it into another screen."""


class CaseHidden(Hidden, word="case_hidden"):
    """It showed the data of the child of a case."""

    case: int


class NewCaseHidden(Hidden, word="new_case_hidden"):
    """It showed what was typed about a case that is being opened, or in a question about one."""


class ParentsHidden(Hidden, word="parents_hidden"):
    """It showed the parents of a child."""

    child: int


class RecordsHidden(Hidden, word="records_hidden"):
    """It showed what is recorded about a child."""

    child: int


class FileHidden(Hidden, word="file_hidden"):
    """It was a file or a place that was opened: it is taken away."""


class DataErased(Hidden, word="data_erased"):
    """It showed a child (or a case) that is erased: who it was is kept nowhere any more."""

    child: int = 0
    case: int = 0


class RetentionOver(Notice, word="retention_over"):
    """So many angkatan and cases were closed longer ago than their data are to be kept; each with its years, 0: none."""

    cohorts: int = 0
    years: int = 0
    cases: int = 0
    case_years: int = 0


class NeedsALook(Notice, word="needs_a_look"):
    """The daily look at the machine found something: `kinds` are words such as "disk"."""

    kinds: list[str]


class DigestOfDay(Notice, word="digest_of_day"):
    """The digest of what was recorded before `on` (local), as a person keeps it: "3f2a 91bc 77d0 1c2e"."""

    on: date
    digest: str


class Restored(Notice, word="restored"):
    """Pandu goes on from a backup: what was recorded after `on` (local), `clock`, is gone."""

    on: date
    clock: str


class OfficerRemoved(Notice, word="officer_removed", of_the_office=True):
    """An officer is no longer enrolled and leaves open tasks behind."""

    name: str


class Unreachable(ByOfficer, word="unreachable", of_the_office=True):
    """An officer has blocked the bot."""


class LeaveDays(ByOfficer):
    """A notice about leave from one local day to another, both inclusive."""

    from_on: Annotated[date, Field(alias="from")]
    until: date


class LeaveDeputy(LeaveDays, word="leave_stand_in"):
    """The officer deputises for a colleague."""


class LeaveBegins(ByOfficer, word="leave_begins"):
    """The first morning on which the officer deputises; `leave` is the id of the absence."""

    until: date
    leave: int


class LeaveOver(ByOfficer, word="leave_over"):
    """The colleague is back, the officer deputises no more."""


class LeaveNoLonger(ByOfficer, word="leave_no_longer"):
    """The officer does not deputise after all."""


class LeaveRecorded(LeaveDays, word="leave_recorded"):
    """Somebody recorded the officer's leave; `to` deputises, if anybody."""

    to: int | None = None


class LeaveEnded(ByOfficer, word="leave_ended"):
    """Somebody ended the officer's leave."""


class LeaveUncovered(LeaveDays, word="leave_uncovered"):
    """The deputy, by name, will not be there."""

    name: Annotated[str, Field(alias="stand_in")]


class LeaveNobody(LeaveDays, word="leave_nobody", of_the_office=True):
    """A leave leaves a role with nobody."""

    role: str


class ByWhom(Notice):
    """A notice of what was done about an officer's rights; `by` is the id of who did it, 0: the operator, on the machine."""

    by: int = 0


class KnowerInvited(ByWhom, word="knower_invited", at_once=True):
    """Somebody (`name`) is invited, or given a code for a new phone, in roles that may know the child of a case."""

    name: str
    roles: tuple[str, ...]
    new_phone: bool = False


class PhoneCodeMade(ByWhom, word="phone_code_made", at_once=True):
    """A code that binds another phone to the officer was made."""


class PhoneLeft(Notice, word="phone_left", at_once=True):
    """To the phone that was the officer's: another one is, from now on. `clock` is the local time, "09.00"."""

    clock: str


class Removed(ByWhom, word="removed", at_once=True):
    """To the phone of an officer who is not enrolled any more."""


class AboutPhone(ByWhom):
    """A notice about cases on the phone `account` of the officer `officer`."""

    officer: int
    account: int


class CasesAsked(AboutPhone, word="cases_asked", at_once=True):
    """Cases wait on that phone for the yes of a head who knows them; `operator`: there is none, the operator has to."""

    new_phone: bool
    operator: bool = False


class CasesAllowed(AboutPhone, word="cases_allowed", at_once=True):
    """Cases open on that phone, at once or from a local time of a day on."""

    on: date | None = None
    clock: str = ""


class CasesRefused(AboutPhone, word="cases_refused", at_once=True):
    """A head who knows the cases did not open them on that phone."""


class PinMade(ByOfficer, word="pin_made"):
    """The officer made a PIN for cases."""


class PinShut(ByOfficer, word="pin_shut", at_once=True):
    """Cases are shut on the officer's phone: the PIN was typed wrongly too often, or was forgotten."""

    forgotten: bool


class PinReset(ByWhom, word="pin_reset", at_once=True):
    """The PIN of the officer `officer` is no longer asked, at once or from a local time of a day on; a new one is made
    when a case is opened."""

    officer: int
    on: date | None = None
    clock: str = ""


class AdminSet(ByWhom, word="admin_set", at_once=True):
    """The officer `officer` is admin, or no longer."""

    officer: int
    is_admin: bool


class CasesLeft(ByOfficer, word="cases_left"):
    """The officer had so many cases and does not have the role for them any more: they need another one."""

    count: int


class RoleGiven(ByWhom, word="role_given"):
    """The officer `officer` holds a role from now on."""

    officer: int
    role: str


class Joined(ByOfficer, word="joined", of_the_office=True):
    """Somebody joined a role that others hold; so many open tasks could be divided."""

    role: str
    count: int


class HeadSet(ByWhom, word="head_set"):
    """The officer `officer` is head of the role, or no longer."""

    officer: int
    role: str
    is_head: bool


class RoleTaken(ByWhom, word="role_taken"):
    """A role was taken from the officer `officer`; so many open tasks went to others."""

    officer: int
    role: str
    count: int


class TasksInherited(ByOfficer, word="tasks_inherited"):
    """Open tasks of a colleague who does not have the role any more (""; is not enrolled any more) come to the officer."""

    role: str
    count: int
